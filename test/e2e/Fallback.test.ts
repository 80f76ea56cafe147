import { assert, describe, it } from "@effect/vitest"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import { Fault } from "@priceport/testing/simulators"
import { Effect } from "effect"
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const pull = (vendor: string, ...rest: ReadonlyArray<string>) => [
  "fallback",
  "pull",
  "--provider",
  vendor,
  ...Priceport.patience,
  ...rest
]

const customers = [{ customerUserId: "planted-tester", profileId: "planted-profile" }]

/** What a file left where it stood looks like. */
const folderOf = (file: string) => readdirSync(dirname(file)).toSorted()

describe.concurrent("priceport fallback pull", () => {
  it.live("writes what an application can load, from answers that enrolled nobody", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.corrily()
      const file = (yield* Priceport.files)("fallback.json", "the old one")
      const placements = ["--placement", "plans", "--placement", "settings", "--locale", "de"]
      const { document } = yield* Priceport.json(
        pull("corrily", ...placements, "--country", "DE", "--expires", "7 days", "--output", file),
        { env }
      )

      const text = readFileSync(file, "utf8")
      const bundle = yield* FallbackBundle.load(text, { file, placements: ["plans", "settings"] })
      assert.strictEqual(bundle.expiresAtMs - bundle.pulledAtMs, 7 * 86_400_000)
      assert.strictEqual(bundle.find("plans", "de-AT")?.locale, "de")
      assert.isUndefined(bundle.find("settings", "fr")?.locale)
      assert.notMatch(text, /attribution|provenance|priceport-fallback/)
      assert.deepStrictEqual([document.file, document.pulledAt, document.paywalls.length], [
        file,
        bundle.contents.pulledAt,
        4
      ])
      assert.deepStrictEqual(folderOf(file), ["fallback.json"])

      const { exposures, unenrolled } = yield* vendor.state
      assert.deepStrictEqual([exposures, unenrolled], [0, 4])
      for (const { body } of yield* vendor.requests) {
        assert.deepInclude(body, { user_id: "priceport-fallback", run_experiment: false, country: "DE" })
      }
    }))

  it.live("prints the bundle where no file is named, as text and as one line", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.corrily()
      const args = pull("corrily", "--placement", "plans")
      const { code, stderr, stdout } = yield* Priceport.run(args, { env })
      assert.deepStrictEqual([code, stderr], [0, ""])
      const { document } = yield* Priceport.json([...args, "--output", "-"], { env })
      assert.deepStrictEqual(document.paywalls, JSON.parse(stdout).paywalls)
    }))

  it.live("names a customer that Botsi knows where it is told to, and keeps neither id", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi({ customers })
      const args = pull("botsi", "--placement", "onboarding")
      const byId = yield* Priceport.json([...args, "--customer", "planted-tester"], { env })
      const byProfile = yield* Priceport.json([...args, "--profile-id", "planted-profile"], { env })
      assert.notMatch(byId.stdout + byProfile.stdout, /planted/)
      yield* FallbackBundle.load(byId.stdout, { file: "x", placements: ["onboarding"] })

      const { impressions, profiles } = yield* vendor.state
      assert.deepStrictEqual([impressions.received, profiles.length], [0, 1])
      assert.deepStrictEqual((yield* vendor.requests).map(({ body }) => body), [
        { customerUserId: "planted-tester", placementId: "onboarding" },
        { profileId: "planted-profile", placementId: "onboarding" }
      ])
    }))

  it.live("leaves out what the vendor's own JSON says of the customer", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi({ customers })
      const data = {
        id: 1,
        isExperiment: false,
        remoteConfigs: { user: "planted-tester", title: "Go pro", links: ["/u/planted-tester", "/terms"] },
        sourceProducts: [{ productId: "premium" }]
      }
      yield* vendor.inject(Fault.Verbatim({ status: 200, body: JSON.stringify({ ok: true, data }) }))
      const args = pull("botsi", "--placement", "onboarding", "--customer", "planted-tester")
      const { document } = yield* Priceport.json(args, { env })
      assert.deepStrictEqual(document.paywalls[0].paywall.remoteConfig, { title: "Go pro", links: ["/terms"] })
    }))

  it.live("says what to do where Botsi does not know the made-up customer, and creates none", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi()
      const error = yield* Priceport.failure(pull("botsi", "--placement", "onboarding"), { env })
      assert.strictEqual(error.reason._tag, "NotFound")
      assert.match(error.message, /name a test customer of your own with --customer or --profile-id/)
      assert.lengthOf((yield* vendor.state).profiles, 0)
    }))

  it.live("leaves the old file alone when anything fails", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi({ profiles: "implicit" })
      const write = yield* Priceport.files
      const file = write("fallback.json", "the old one")
      const args = pull("botsi", "--placement", "onboarding", "--output", file)
      const answer = (products: ReadonlyArray<unknown>) =>
        Fault.Verbatim({ status: 200, body: JSON.stringify({ ok: true, data: { id: 1, sourceProducts: products } }) })

      const table = [
        [Fault.Status({ status: 503 }), "Unavailable"],
        [Fault.WrongTypes(), "InvalidResponse"],
        [answer([]), "InvalidResponse"]
      ] as const
      for (const [fault, tag] of table) {
        yield* vendor.inject(fault, { times: 1 })
        const error = yield* Priceport.failure(args, { env })
        assert.strictEqual(error.reason._tag, tag)
      }
      const half = [...args, "--placement", "nowhere"]
      assert.strictEqual((yield* Priceport.failure(half, { env })).reason._tag, "NotFound")
      assert.strictEqual(readFileSync(file, "utf8"), "the old one")
      assert.deepStrictEqual(folderOf(file), ["fallback.json"])
    }))

  it.live("keeps the rights of a file, and a link a link", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.corrily()
      const file = (yield* Priceport.files)("bundle.json", "the old one")
      const link = join(dirname(file), "link.json")
      chmodSync(file, 0o640)
      symlinkSync("bundle.json", link)
      yield* Priceport.json(pull("corrily", "--placement", "plans", "--output", link), { env })
      assert.isTrue(lstatSync(link).isSymbolicLink())
      assert.strictEqual(statSync(file).mode & 0o777, 0o640)
      assert.include(readFileSync(file, "utf8"), "\"version\": 1")
    }))

  it.live("tells what it was given wrong", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.corrily()
      const args = pull("corrily", "--placement", "plans")
      const folder = dirname((yield* Priceport.files)("a", ""))
      const [nowhere, locale, key] = yield* Effect.all([
        Priceport.failure([...args, "--output", join(folder, "none", "x.json")], { env }),
        Priceport.failure([...args, "--locale", "english"], { env }),
        Priceport.failure(args)
      ], { concurrency: 3 })
      assert.deepStrictEqual([nowhere.reason.field, locale.reason.field, key.reason.field], [
        "output",
        "locale",
        "CORRILY_API_KEY"
      ])
      assert.lengthOf(yield* vendor.requests, 1)

      const misused = yield* Effect.forEach(
        [pull("corrily"), [...args, "--expires", "0 days"], [...args, "--expires", "soon"], ["fallback"]],
        (wrong) => Priceport.run(wrong, { env }),
        { concurrency: 2 }
      )
      for (const { code, stderr, stdout } of misused) {
        assert.deepStrictEqual([code, stdout], [2, ""])
        assert.include(stderr, "USAGE\n  priceport fallback")
      }
    }))
})
