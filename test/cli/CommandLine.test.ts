import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync, statSync } from "node:fs"
import * as InProcess from "./InProcess.ts"
import { served } from "./Paywalls.ts"

const env = { BOTSI_SECRET_KEY: "sk_key", CORRILY_API_KEY: "key" }

const paywall = ["paywall", "--provider", "corrily", "--placement", "p", "--customer", "u"]

const source = ["--paywall", "-"]

const appStore = [
  "purchase",
  "app-store",
  "--transaction-id",
  "t",
  "--original-transaction-id",
  "o",
  "--product",
  "p",
  "--environment",
  "sandbox"
]

const playStore = ["purchase", "play-store", "--token", "t", "--product", "p", "--environment", "sandbox"]

const plan = ["--base-plan", "b", "--phase", "1:EUR:P1M:1:0"]

const profile = ["profile", "create", "--country", "US", "--device", "d", "--os", "o", "--platform", "ios"]

/** Each says in its second half what must be on standard error. */
const misused: ReadonlyArray<readonly [args: ReadonlyArray<string>, said: string]> = [
  [["wat"], "Unknown subcommand \"wat\""],
  [["purchase"], "USAGE"],
  [["paywall", "--placement", "p"], "Missing required flag: --provider"],
  [["paywall", "--provider", "botsi"], "Missing required flag: --placement"],
  [["paywall", "--provider", "stripe", "--placement", "p"], "--provider"],
  [[...paywall, "--wat"], "Unrecognized flag: --wat"],
  [[...paywall, "--no-json"], "Unrecognized flag: --no-json"],
  [[...paywall, "extra"], "Unexpected positional argument"],
  [[...paywall, "--country"], "Missing value for flag --country"],
  [[...paywall, "--country", "DE", "--country", "AT"], "--country"],
  [[...paywall, "--attribute", "novalue"], "key=value"],
  [[...paywall, "--attribute", "=v"], "key=value"],
  [[...paywall, "--options", "{"], "JSON"],
  [[...paywall, "--timeout", "2s"], "2 seconds"],
  [["impression"], "Exactly one of --paywall and --attribution"],
  [["impression", ...source, "--attribution", "token"], "Exactly one of --paywall and --attribution"],
  [appStore, "Exactly one of --paywall and --attribution"],
  [[...appStore.slice(0, -2), ...source], "Missing required flag: --environment"],
  [[...playStore, ...source], "Exactly one of --base-plan and --one-time"],
  [[...playStore, ...source, ...plan, "--one-time", "1:EUR"], "Exactly one of --base-plan and --one-time"],
  [[...playStore, ...source, "--base-plan", "b"], "at least one --phase"],
  [[...playStore, ...source, "--one-time", "1:EUR", "--offer", "o"], "--offer and --phase"],
  [[...playStore, ...source, "--one-time", "1.5:EUR"], "MICROS:CUR"],
  [[...playStore, ...source, "--base-plan", "b", "--phase", "1:EUR:P1M:1"], "MICROS:CUR:PERIOD:MODE:CYCLES"],
  [profile, "Missing required flag: --app-version"],
  [["attribute", "add", "--key", "k", "--value", "v"], "Exactly one of --profile-id and --customer"],
  [["attribute", "update", "--customer", "u", "--key", "k", "--value", "v"], "Missing required flag: --id"],
  [["attribute", "add-many", "--customer", "u"], "Missing required flag: --set"],
  [["attribute", "add-many", "--customer", "u", "--set", "a"], "key=value"],
  [["simulate", "--latency", "5..1"], "--latency"],
  [["simulate", "--botsi-port", "http"], "--botsi-port"],
  [["simulate", "--fault", "silence"], "botsi=FAULT"],
  [["simulate", "--fault", "botsi=wat"], "Known ones: silence"],
  [["demo", "--wizard"], "Unrecognized flag: --wizard"],
  [["key"], "USAGE"],
  [["key", "new", "--json"], "Unrecognized flag: --json"],
  [["key", "rotate", "--keep", "15"], "--keep takes a number from 0 to 14"],
  [["key", "rotate", "--keep", "some"], "--keep"],
  [["key", "rotate", "-", "other"], "The old value is no argument"]
]

/** Values that are written well and mean nothing: the domain names the field. */
const refused: ReadonlyArray<readonly [args: ReadonlyArray<string>, field: string]> = [
  [paywall.slice(0, 5), "customer.id"],
  [[...paywall.slice(0, 3), "--placement", "", "--customer", "u"], "placement"],
  [[...paywall, "--country", "DEU"], "customer.country"],
  [[...paywall, "--store-country", "1"], "customer.storeCountry"],
  [[...paywall, "--locale", ""], "customer.locale"],
  [[...paywall, "--currency", "eur"], "customer.currency"],
  [[...paywall, "--ip", "1.2.3"], "customer.ip"],
  [[...paywall, "--options", "{\"paywall\":1}"], "options.corrily.paywall"],
  [[...paywall, "--options", "{\"paywallId\":9007199254740993}"], "options.corrily.paywallId"],
  [[...paywall, "--options", "{\"runExperiment\":true}", "--no-enroll"], "options.corrily.runExperiment"],
  [["paywall", "--provider", "botsi", "--placement", "p", "--profile-id", ""], "customer.profiles.botsi"],
  [["paywall", "--provider", "botsi", "--placement", "p", "--customer", "u", "--options", "[1]"], "options.botsi"],
  [[...appStore, ...source, "--source", "wat"], "transaction.source"],
  [[...appStore.slice(0, -1), "dev", ...source], "transaction.environment"],
  [[...playStore, ...source, "--one-time", "1:eur"], "transaction.price.currency"],
  [[...playStore, ...source, "--one-time=-1:EUR"], "transaction.price.amountMicros"],
  [[...playStore, ...source, "--one-time", "9007199254740993:EUR"], "transaction.price.amountMicros"],
  [[...playStore, ...source, ...plan, "--phase", "1:EUR:monthly:1:0"], "transaction.offer.pricingPhases[1].period"],
  [[...playStore, ...source, ...plan, "--offer", ""], "transaction.offer.offerId"],
  [[...profile.slice(0, -1), "windows", "--app-version", "1"], "platform"],
  [["attribute", "add", "--customer", "", "--key", "k", "--value", ""], "customerUserId"],
  [["attribute", "update", "--customer", "u", "--id", "", "--key", "k", "--value", ""], "attrId"],
  [["impression", "--attribution", "token"], "PRICEPORT_SEALING_KEYS"]
]

describe("the command line", () => {
  it.effect.each(misused)("refuses %j with exit code 2", ([args, said]) =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* InProcess.run(args, { env })
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, "USAGE\n  priceport")
      assert.include(stderr, said)
    }))

  it.effect.each(refused)("leaves %j to the domain", ([args, field]) =>
    Effect.gen(function*() {
      const stdin = served({ id: 100, placementId: "p", isExperiment: false, aiPricingModelId: null })
      const reason = yield* InProcess.reason(args, { env, stdin })
      assert.deepStrictEqual([reason._tag, reason.field], ["InvalidRequest", field])
    }))

  it.effect("describes every command, every flag and an example of each", () =>
    Effect.gen(function*() {
      const commands = [
        "paywall",
        "impression",
        "purchase app-store",
        "purchase play-store",
        "profile create",
        "attribute add",
        "attribute update",
        "attribute add-many",
        "key new",
        "key rotate",
        "simulate",
        "demo"
      ]
      for (const command of commands) {
        const { code, stderr, stdout } = yield* InProcess.run([...command.split(" "), "--help"])
        assert.deepStrictEqual([code, stderr], [0, ""])
        assert.match(stdout, new RegExp(`^DESCRIPTION\\n {2}\\S[^]*USAGE\\n {2}priceport ${command} [^]*EXAMPLES\\n`))
        for (const [flag] of stdout.matchAll(/^ {2}--.*$/gm)) assert.match(flag, /^ {2}--\S+( \S+)*? {2,}\S/, command)
      }
    }))

  it("is a file that can be run as it is", () => {
    const { bin } = JSON.parse(readFileSync("packages/cli/package.json", "utf8"))
    const file = `packages/cli/${bin.priceport}`
    assert.match(readFileSync(file, "utf8"), /^#!\/usr\/bin\/env node\n/)
    assert.strictEqual(statSync(file).mode & 0o111, 0o111)
  })

  it.effect("has the version of its package", () =>
    Effect.gen(function*() {
      const { version } = JSON.parse(readFileSync("packages/cli/package.json", "utf8"))
      const { code, stdout } = yield* InProcess.run(["--version"])
      assert.deepStrictEqual([code, stdout], [0, `priceport v${version}\n`])
    }))
})
