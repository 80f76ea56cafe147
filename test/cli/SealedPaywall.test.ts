import { assert, describe, it } from "@effect/vitest"
import { AttributionToken, KeyRing, SealingKeys } from "@priceport/core"
import { Effect, Redacted } from "effect"
import * as InProcess from "./InProcess.ts"
import { bundled, served } from "./Paywalls.ts"

const purchase = ["purchase", "play-store", "--token", "t", "--product", "p", "--environment", "sandbox"]
  .concat("--one-time", "1:EUR")

/** What `paywall --json` prints where there are keys. */
const sealed = Effect.fnUntraced(function*(keys: Redacted.Redacted, text: string, options?: AttributionToken.Options) {
  const { attribution, ...paywall } = JSON.parse(text)
  const service = yield* Effect.provide(AttributionToken.make(options), KeyRing.layer(keys))
  const attributionToken = yield* service.seal(attribution)
  return { token: attributionToken, file: JSON.stringify({ ...paywall, attributionToken }) }
})

const environment = (keys: Redacted.Redacted) => ({ PRICEPORT_SEALING_KEYS: Redacted.value(keys) })

describe("a sealed paywall", () => {
  it.effect("is read from its token alone, and from the file that holds the token", () =>
    Effect.gen(function*() {
      const keys = yield* SealingKeys.generate
      const env = environment(keys)
      const { file, token } = yield* sealed(keys, served({}, "corrily"))
      for (const given of [["--attribution", token], ["--paywall", "-"]]) {
        const { code, stdout } = yield* InProcess.run(["impression", ...given, "--json"], { env, stdin: file })
        assert.deepStrictEqual([code, JSON.parse(stdout)], [0, { _tag: "ImplicitOnFetch" }])
        const reason = yield* InProcess.reason([...purchase, ...given], { env, stdin: file })
        assert.strictEqual(reason._tag, "Unsupported")
      }
    }))

  it.effect("names the vendor whose key is needed", () =>
    Effect.gen(function*() {
      const keys = yield* SealingKeys.generate
      const { token } = yield* sealed(keys, served({ id: 100, placementId: "p" }))
      for (const args of [["impression"], purchase]) {
        const reason = yield* InProcess.reason([...args, "--attribution", token], { env: environment(keys) })
        assert.deepStrictEqual([reason._tag, reason.field], ["InvalidRequest", "BOTSI_SECRET_KEY"])
      }
    }))

  it.effect("is refused in one way whatever is wrong with its token, which is not repeated", () =>
    Effect.gen(function*() {
      const keys = yield* SealingKeys.generate
      const env = environment(keys)
      const { file, token } = yield* sealed(keys, served({}, "corrily"))
      const elsewhere = yield* sealed(keys, served({}, "corrily"), { deployment: "elsewhere" })
      const strange = yield* sealed(yield* SealingKeys.generate, served({}, "corrily"))
      const wrong = [elsewhere.token, strange.token, `${token}A`, token.slice(0, -9), "pp1.", "planted"]
      for (const text of wrong) {
        const given: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
          [["--attribution", text], ""],
          [["--paywall", "-"], file.replace(token, text)]
        ]
        for (const [args, stdin] of given) {
          for (const command of [["impression"], purchase]) {
            const { code, stderr, stdout } = yield* InProcess.run([...command, ...args, "--json"], { env, stdin })
            assert.deepStrictEqual([code, stdout], [1, ""])
            const { error } = JSON.parse(stderr)
            assert.deepStrictEqual(
              [error.provider, error.operation],
              ["priceport", command === purchase ? "validatePurchase" : "recordImpression"]
            )
            assert.deepStrictEqual(error.reason, { _tag: "AttributionMismatch", why: "refused" })
            if (text !== "pp1.") assert.notInclude(stderr, text.slice(4, 12))
          }
        }
      }
      const { stderr } = yield* InProcess.run(["impression", "--attribution", "planted"], { env })
      assert.include(stderr, "the keys that sealed it")
    }))

  it.effect("is refused when its token is another paywall's", () =>
    Effect.gen(function*() {
      const keys = yield* SealingKeys.generate
      const { file } = yield* sealed(keys, served({}, "corrily"))
      const changes = [["\"placement\":\"p\"", "\"placement\":\"q\""], [
        "\"provider\":\"corrily\"",
        "\"provider\":\"botsi\""
      ]]
      for (const [from, to] of changes) {
        const stdin = file.replace(from!, to!)
        const reason = yield* InProcess.reason(["impression", "--paywall", "-"], { env: environment(keys), stdin })
        assert.strictEqual(reason._tag, "AttributionMismatch")
      }
    }))

  it.effect("counts by its token and not by what stands readable beside it", () =>
    Effect.gen(function*() {
      const keys = yield* SealingKeys.generate
      const { token } = yield* sealed(keys, served({}, "corrily").replace("\"enrolled\":true", "\"enrolled\":false"))
      const both = JSON.stringify({ ...JSON.parse(served({}, "corrily")), attributionToken: token })
      const outcome = yield* InProcess.run(["impression", "--paywall", "-", "--json"], {
        env: environment(keys),
        stdin: both
      })
      assert.strictEqual(JSON.parse(outcome.stdout)._tag, "NotCounted")
    }))

  it.effect("does not count when the paywall was bundled, whatever token it is given", () =>
    Effect.gen(function*() {
      const keys = yield* SealingKeys.generate
      const { token } = yield* sealed(keys, served({}, "botsi"))
      const stdin = JSON.stringify({ ...JSON.parse(bundled), attributionToken: token })
      const outcome = yield* InProcess.run(["impression", "--paywall", "-", "--json"], {
        env: environment(keys),
        stdin
      })
      assert.strictEqual(JSON.parse(outcome.stdout)._tag, "NotCounted")
    }))

  it.effect("needs the keys, which are asked for by the name of their variable and never shown", () =>
    Effect.gen(function*() {
      const keys = yield* SealingKeys.generate
      const { file, token } = yield* sealed(keys, served({}, "corrily"))
      const broken = `planted${Redacted.value(keys)}`
      const cases: ReadonlyArray<readonly [env: Record<string, string>, said: RegExp]> = [
        [{}, /^It is not set\. Expected the keys that the token was sealed with$/],
        [{ PRICEPORT_SEALING_KEYS: "" }, /^It is not set\./],
        [{ PRICEPORT_SEALING_KEYS: broken }, /^Expected one line as `priceport key new` prints it$/]
      ]
      for (const [env, said] of cases) {
        for (const given of [["--attribution", token], ["--paywall", "-"]]) {
          const reason = yield* InProcess.reason(["impression", ...given], { env, stdin: file })
          assert.deepStrictEqual([reason._tag, reason.field], ["InvalidRequest", "PRICEPORT_SEALING_KEYS"])
          assert.match(reason.issue, said)
        }
        const { stderr } = yield* InProcess.run(["impression", "--attribution", token], { env })
        assert.include(stderr, "priceport key new")
        for (const secret of ["planted", token.slice(4, 20), broken.slice(12, 30)]) assert.notInclude(stderr, secret)
      }
      const asked = ["paywall", "--provider", "botsi", "--placement", "p", "--customer", "u"]
      const reason = yield* InProcess.reason(asked, { env: { BOTSI_SECRET_KEY: "sk", PRICEPORT_SEALING_KEYS: broken } })
      assert.deepStrictEqual([reason._tag, reason.field], ["InvalidRequest", "PRICEPORT_SEALING_KEYS"])
    }))
})
