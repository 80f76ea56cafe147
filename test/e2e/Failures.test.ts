import { assert, describe, it } from "@effect/vitest"
import { Fault } from "@priceport/testing/simulators"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const botsi = [
  "paywall",
  "--provider",
  "botsi",
  "--placement",
  "onboarding",
  "--customer",
  "user-1",
  ...Priceport.patience
]

const corrily = [
  "paywall",
  "--provider",
  "corrily",
  "--placement",
  "onboarding",
  "--customer",
  "user-1",
  ...Priceport.patience
]

const oneTime = ["--token", "t", "--product", "p", "--environment", "sandbox", "--one-time", "1:EUR"]

describe.concurrent("priceport: what went wrong, and exit code 1", () => {
  it.live("tells people the tag, the reason and what to do, on standard error and without a stack", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi()
      yield* vendor.inject(Fault.Status({ status: 429, retryAfter: "3" }))
      const { code, stderr, stdout } = yield* Priceport.run(botsi, { env })
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.match(
        stderr,
        /^✗ botsi\.getPaywall: RateLimited \(429 .*retry after 3000 ms\)\n {2}Try again in 3 seconds/
      )
      assert.notMatch(stderr, /^\s+at /m)
    }))

  it.live("keeps to --timeout", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.corrily()
      yield* vendor.inject(Fault.Silence())
      const error = yield* Priceport.failure([...corrily.slice(0, -1), "200 millis"], { env })
      assert.deepStrictEqual(error.reason, { _tag: "Timeout", limitMs: 200 })
    }))

  it.live("asks only for the key of the vendor in question, and never prints a malformed one", () =>
    Effect.gen(function*() {
      const [missing, malformed] = yield* Effect.all([
        Priceport.failure(corrily, { env: { BOTSI_SECRET_KEY: "planted" } }),
        Priceport.failure(botsi, { env: { BOTSI_SECRET_KEY: "planted key\n" } })
      ], { concurrency: 2 })
      assert.deepStrictEqual([missing.reason._tag, missing.reason.field], ["InvalidRequest", "CORRILY_API_KEY"])
      assert.deepStrictEqual([malformed.reason._tag, malformed.reason.field], ["InvalidRequest", "BOTSI_SECRET_KEY"])
      assert.match(missing.reason.issue, /^It is not set\. /)
      assert.notMatch(JSON.stringify([missing, malformed]), /planted/)
    }))

  it.live("leaves values to the domain, which names the field and sends nothing", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi()
      const error = yield* Priceport.failure([...botsi, "--country", "DEU"], { env })
      assert.deepStrictEqual([error.reason._tag, error.reason.field], ["InvalidRequest", "customer.country"])
      assert.deepStrictEqual(yield* vendor.requests, [])
    }))

  it.live("names a paywall that cannot be read, and never what is in it", () =>
    Effect.gen(function*() {
      const write = yield* Priceport.files
      const file = write("other.json", "{\"provider\":\"planted\"}")
      const error = yield* Priceport.failure(["impression", "--paywall", file])
      assert.deepStrictEqual([error.reason._tag, error.reason.field], ["InvalidRequest", "paywall"])
      assert.include(error.reason.issue, JSON.stringify(file))
      assert.notInclude(JSON.stringify(error), "planted")
    }))
})

describe.concurrent("priceport: a command line that cannot be read, and exit code 2", () => {
  it.live("prints help and the mistake on standard error, and nothing on standard output", () =>
    Effect.gen(function*() {
      const outcomes = yield* Effect.forEach(
        [
          [],
          ["paywall", "--provider", "botsi", "--placement", "p", "--wat"],
          ["purchase", "play-store", "--paywall", "-", ...oneTime.slice(0, -1), "1.5:EUR", "--json"]
        ],
        (args) => Priceport.run(args),
        { concurrency: 2 }
      )
      for (const { code, stderr, stdout } of outcomes) {
        assert.deepStrictEqual([code, stdout], [2, ""])
        assert.include(stderr, "USAGE\n  priceport")
      }
      assert.include(outcomes[1]?.stderr, "Unrecognized flag: --wat")
      assert.include(outcomes[2]?.stderr, "--one-time")
    }))

  it.live("prints help and the version that were asked for on standard output, and exits 0", () =>
    Effect.gen(function*() {
      const [help, version] = yield* Effect.all([
        Priceport.run(["purchase", "play-store", "--help"]),
        Priceport.run(["--version"])
      ], { concurrency: 2 })
      assert.deepStrictEqual([help.code, help.stderr, version.code, version.stderr], [0, "", 0, ""])
      assert.include(help.stdout, "--phase MICROS:CUR:PERIOD:MODE:CYCLES")
      assert.match(version.stdout, /^priceport v\d+\.\d+\.\d+\n$/)
    }))
})

describe("a reader who leaves early", () => {
  it("is no failure: priceport demo | head", async () => {
    const command = spawn(process.execPath, ["packages/cli/src/bin.ts", "demo"], { stdio: ["ignore", "pipe", "pipe"] })
    const errors: Array<string> = []
    command.stderr.on("data", (chunk) => errors.push(String(chunk)))
    command.stdout.once("data", () => command.stdout.destroy())
    const [code] = await once(command, "exit")
    assert.notMatch(errors.join(""), /EPIPE|at /)
    assert.strictEqual(code, 0)
  })
})
