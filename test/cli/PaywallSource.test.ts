import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as InProcess from "./InProcess.ts"
import { bundled, served } from "./Paywalls.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "priceport-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const impression = ["impression", "--paywall", "-"]

const purchase = ["purchase", "play-store", "--paywall", "-", "--token", "t", "--product", "p"]
  .concat("--environment", "sandbox", "--one-time", "1:EUR")

describe("the paywall of an impression or a purchase", () => {
  it.effect("is refused by the name of its file, never by what is in it", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const contents = {
        "text": "planted",
        "empty": " \n",
        "other.json": "{\"provider\":\"planted\"}",
        "array.json": "[1]",
        "partial.json": served({}).replace("\"subject\"", "\"planted\"")
      }
      for (const [name, text] of Object.entries(contents)) writeFileSync(join(path, name), text)
      for (const name of [...Object.keys(contents), "missing", "."]) {
        const file = join(path, name)
        const reason = yield* InProcess.reason(["impression", "--paywall", file])
        assert.deepStrictEqual([reason._tag, reason.field], ["InvalidRequest", "paywall"])
        assert.include(reason.issue, JSON.stringify(file))
        assert.notInclude(JSON.stringify(reason), "planted")
      }
      const reason = yield* InProcess.reason(impression, { stdin: "planted" })
      assert.include(reason.issue, "standard input")
      assert.notInclude(reason.issue, "planted")
    }))

  it.effect("is not repeated when it was given in place of its file", () =>
    Effect.gen(function*() {
      for (const given of [served({}), "planted".repeat(40)]) {
        const reason = yield* InProcess.reason(["impression", "--paywall", given])
        assert.deepStrictEqual([reason._tag, reason.field], ["InvalidRequest", "paywall"])
        assert.notInclude(JSON.stringify(reason), "planted")
        assert.notInclude(JSON.stringify(reason), "subject")
      }
    }))

  it.effect("needs no vendor and no key when no vendor served it", () =>
    Effect.gen(function*() {
      const outcome = yield* InProcess.run([...impression, "--json"], { stdin: bundled })
      assert.deepStrictEqual([outcome.code, JSON.parse(outcome.stdout)._tag], [0, "NotCounted"])
      const reason = yield* InProcess.reason(purchase, { stdin: bundled })
      assert.strictEqual(reason._tag, "Unattributable")
    }))

  it.effect("needs the key of the vendor that served it, and of no other", () =>
    Effect.gen(function*() {
      const payload = { id: 100, placementId: "p", isExperiment: true, aiPricingModelId: 3 }
      const env = { CORRILY_API_KEY: "planted" }
      for (const args of [impression, purchase]) {
        const reason = yield* InProcess.reason(args, { stdin: served(payload), env })
        assert.deepStrictEqual([reason._tag, reason.field], ["InvalidRequest", "BOTSI_SECRET_KEY"])
      }
    }))

  it.effect("needs no key where nothing is sent to the vendor", () =>
    Effect.gen(function*() {
      const stdin = served({}, "corrily")
      const outcome = yield* InProcess.run([...impression, "--json"], { stdin })
      assert.deepStrictEqual([outcome.code, JSON.parse(outcome.stdout)], [0, { _tag: "ImplicitOnFetch" }])
      const unsupported = yield* InProcess.reason(purchase, { stdin })
      assert.strictEqual(unsupported._tag, "Unsupported")
      for (const vendor of ["botsi", "corrily"]) {
        const looked = served({}, vendor).replace("\"enrolled\":true", "\"enrolled\":false")
        const { code, stdout } = yield* InProcess.run([...impression, "--json"], { stdin: looked })
        assert.deepStrictEqual([code, JSON.parse(stdout)._tag], [0, "NotCounted"])
      }
    }))

  it.effect("is refused when another vendor than the known ones served it", () =>
    Effect.gen(function*() {
      const reason = yield* InProcess.reason(impression, { stdin: served({}, "other") })
      assert.strictEqual(reason._tag, "AttributionMismatch")
      assert.include(reason.why, "served by other")
    }))

  it.effect("is refused when its numbers cannot be sent back exactly", () =>
    Effect.gen(function*() {
      const payload = { id: 100, placementId: "p", isExperiment: true, aiPricingModelId: "LARGE" }
      const stdin = served(payload).replace("\"LARGE\"", "9007199254740993")
      const reason = yield* InProcess.reason(impression, { stdin, env: { BOTSI_SECRET_KEY: "sk_key" } })
      assert.strictEqual(reason._tag, "AttributionMismatch")
    }))
})

describe("the configuration", () => {
  it.effect("is refused by the name of its variable, never by its value", () =>
    Effect.gen(function*() {
      const botsi = ["paywall", "--provider", "botsi", "--placement", "p", "--customer", "u"]
      const profile = ["attribute", "add", "--customer", "u", "--key", "k", "--value", "v"]
      const cases: ReadonlyArray<readonly [args: ReadonlyArray<string>, env: Record<string, string>, field: string]> = [
        [botsi, {}, "BOTSI_SECRET_KEY"],
        [botsi, { BOTSI_SECRET_KEY: "" }, "BOTSI_SECRET_KEY"],
        [botsi, { BOTSI_SECRET_KEY: "planted\n" }, "BOTSI_SECRET_KEY"],
        [botsi, { BOTSI_SECRET_KEY: "planted".repeat(100) }, "BOTSI_SECRET_KEY"],
        [profile, { BOTSI_SECRET_KEY: "sk", BOTSI_BASE_URL: "https://planted:x@host" }, "BOTSI_BASE_URL"],
        [profile, { CORRILY_API_KEY: "planted" }, "BOTSI_SECRET_KEY"]
      ]
      for (const [args, env, field] of cases) {
        const reason = yield* InProcess.reason(args, { env })
        assert.deepStrictEqual([reason._tag, reason.field], ["InvalidRequest", field])
        assert.notInclude(reason.issue, "planted")
        assert.strictEqual(reason.issue.startsWith("It is not set."), (env[field] ?? "") === "")
      }
    }))
})
