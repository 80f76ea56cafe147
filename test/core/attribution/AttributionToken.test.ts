import { assert, describe, it } from "@effect/vitest"
import { Attribution, AttributionToken, KeyRing, SealingKeys } from "@priceport/core"
import { ConfigProvider, Duration, Effect, Layer, Metric, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { bytesOf, tokenOf } from "./Mutations.ts"
import { botsi, corrily, keys, refused, tokens } from "./Samples.ts"

/** Made by the first version of the format, at the first second of 1970: it must open for ever. */
const kept =
  "pp1.AQIDwT91fUNtYhdNmZe-Ph90PK_DNSK-FMlbOZT1Oe3ivdxFPGb76qStcfUm7GhxS7xtqnefoWGaRjTy-gaCvznDQqUzYmGXkH93Wy3u5sRE5JnzAl_FRajf_A"

describe("AttributionToken", () => {
  it.effect("opens to what was sealed, and is another text each time", () =>
    Effect.gen(function*() {
      const service = yield* tokens()
      for (const attribution of [botsi, corrily]) {
        const [one, other] = [yield* service.seal(attribution), yield* service.seal(attribution)]
        assert.notStrictEqual(one, other)
        for (const token of [one, other]) {
          assert.match(token, /^pp1\.[\w-]+$/)
          assert.deepStrictEqual(yield* service.open(token), attribution)
        }
      }
    }))

  it.effect("opens when it was made by the first version of this format", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* (yield* tokens({ tenant: "t", deployment: "d" })).open(kept), botsi)
    }))

  it.effect("shows nothing of what it holds", () =>
    Effect.gen(function*() {
      const token = yield* (yield* tokens()).seal(botsi)
      const raw = Buffer.from(token.slice(4), "base64url").toString("latin1")
      for (const text of ["botsi", "onboarding", "user-1", "customerUserId", "2026", "id"]) assert.notInclude(raw, text)
    }))

  it.effect("has less than 512 characters where no id has more than 64 bytes", () =>
    Effect.gen(function*() {
      const service = yield* tokens({ tenant: "t".repeat(64), deployment: "d".repeat(64) })
      const largest = Number.MAX_SAFE_INTEGER
      yield* TestClock.setTime(Date.UTC(2026, 10, 22))
      const ids = (
        letter: string
      ) => [letter.repeat(64), `${letter}${"é".repeat(31)}`, `${letter}\\${"\"\n".repeat(31)}`]
      for (const [at, value] of ids("s").entries()) {
        const shared = {
          provider: "p".repeat(64),
          placement: ids("q")[at]!,
          enrolled: true,
          fetchedAt: "2026-01-01T12:34:56.789Z"
        }
        const longest: ReadonlyArray<Attribution.Attribution> = [{
          ...shared,
          paywallId: String(largest),
          subject: { kind: "customerUserId", value },
          payload: {
            id: largest,
            placementId: ids("v")[at]!,
            isExperiment: false,
            aiPricingModelId: -largest,
            abTestId: largest
          }
        }, {
          ...shared,
          paywallId: ids("r")[at]!,
          subject: { kind: "user_id", value },
          payload: {
            pricingPageId: largest,
            user_id: value,
            ip: "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
            country: "DE"
          }
        }]
        for (const attribution of longest) {
          const token = yield* service.seal(attribution)
          assert.isBelow(token.length, 512)
          assert.deepStrictEqual(yield* service.open(token), attribution)
        }
      }
    }))

  it.effect("keeps every value of the vendor as it came", () =>
    Effect.gen(function*() {
      const service = yield* tokens()
      const values = [
        null,
        0,
        -0,
        1,
        -1,
        15,
        16,
        127,
        128,
        0.1,
        -1.5,
        1e21,
        5e-324,
        1.7976931348623157e308,
        2 ** 53 - 1
      ]
        .concat([-(2 ** 53 - 1), 2 ** 60])
      const texts = [
        "",
        "null",
        "0",
        "botsi",
        "\ufeffx",
        "\ud800",
        "a\udfffb",
        "\u0000",
        "é".repeat(100),
        "x".repeat(5000)
      ]
      const twice = [texts, "a", "ab", "a", texts, { ab: "é".repeat(100), a: "a\udfffb" }]
      const odd = JSON.parse("{\"__proto__\":{\"constructor\":1},\"\":[[],{}],\"b\":1,\"a\":2}")
      const wide = Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [`k${at}`, Array.from({ length: at }, () => at)])
      )
      for (const payload of [...values, ...texts, values, texts, twice, odd, wide, true, [[[null]]], {}]) {
        const opened = yield* Effect.flatMap(service.seal({ ...botsi, payload }), (token) => service.open(token))
        assert.deepStrictEqual(opened.payload, payload)
        assert.strictEqual(JSON.stringify(opened.payload), JSON.stringify(payload))
      }
      const fields = JSON.stringify(
        (yield* Effect.flatMap(service.seal({ ...botsi, payload: odd }), service.open)).payload
      )
      assert.strictEqual(fields, "{\"__proto__\":{\"constructor\":1},\"\":[[],{}],\"b\":1,\"a\":2}")
    }))

  it.effect("keeps the text of the instant, however it is written", () =>
    Effect.gen(function*() {
      const service = yield* tokens()
      for (
        const instant of ["T12:00:00Z", "T12:00:00.0Z", "T12:00:00.000Z", "T12:00:00.123456789Z", "T23:59:59.999Z"]
      ) {
        for (const day of ["2026-03-01", "1969-12-31", "0001-01-01", "9999-12-31", "2026-02-31", "2024-02-29"]) {
          const attribution = { ...botsi, fetchedAt: day + instant }
          const token = yield* service.seal(attribution)
          assert.deepStrictEqual(yield* service.open(token), attribution)
        }
      }
    }))

  it.effect.prop(
    "any attribution comes out as it went in",
    { attribution: Attribution.Attribution, tenant: Schema.String, deployment: Schema.String },
    ({ attribution, deployment, tenant }) =>
      Effect.gen(function*() {
        const service = yield* tokens({ tenant, deployment })
        const opened = yield* Effect.flatMap(service.seal(attribution), (token) => service.open(token))
        assert.deepStrictEqual(opened, attribution)
        assert.strictEqual(JSON.stringify(opened), JSON.stringify(attribution))
      }),
    { arbitrary: { runs: 300 }, timeout: 60_000 }
  )

  it.effect("opens for what the caller knows of it, and for nothing else", () =>
    Effect.gen(function*() {
      const service = yield* tokens()
      const token = yield* service.seal(botsi)
      const fitting: ReadonlyArray<AttributionToken.Expected> = [
        {},
        { provider: "botsi" },
        { placement: "onboarding" },
        { subject: { value: "user-1" } },
        { subject: { kind: "customerUserId", value: "user-1" } },
        botsi
      ]
      for (const expected of fitting) assert.deepStrictEqual(yield* service.open(token, expected), botsi)
      const foreign = [
        { provider: "corrily" },
        { provider: "Botsi" },
        { placement: "onboarding " },
        { placement: "" },
        { subject: { value: "user-2" } },
        { subject: { value: "" } },
        { subject: { kind: "profileId", value: "user-1" } },
        { ...botsi, placement: "settings" },
        // What an untyped caller may hand over where somebody is not logged in.
        { subject: undefined },
        { subject: null },
        { subject: { value: undefined } },
        { subject: { kind: undefined, value: "user-1" } },
        { placement: undefined },
        { provider: undefined }
      ] as ReadonlyArray<AttributionToken.Expected>
      for (const expected of foreign) yield* refused(service, token, expected)
    }))

  it.effect("opens for its tenant in its deployment alone", () =>
    Effect.gen(function*() {
      const scopes = [{}, { tenant: "a" }, { deployment: "a" }, { tenant: "a", deployment: "b" }, { tenant: "ab" }]
        .concat([{ tenant: "b", deployment: "a" }, { tenant: "a\",\"b" }])
      const services = yield* Effect.forEach(scopes, (scope) => tokens(scope))
      for (const [at, sealer] of services.entries()) {
        const token = yield* sealer.seal(botsi)
        for (const [other, opener] of services.entries()) {
          if (at === other) assert.deepStrictEqual(yield* opener.open(token), botsi)
          else yield* refused(opener, token)
        }
      }
    }))

  it.effect("opens for thirty days, or as long as it was made for", () =>
    Effect.gen(function*() {
      for (
        const [options, life] of [[{}, Duration.days(30)], [
          { timeToLive: "90 seconds" },
          Duration.seconds(90)
        ]] as const
      ) {
        const service = yield* tokens(options)
        const token = yield* service.seal(botsi)
        yield* TestClock.adjust(Duration.subtract(life, Duration.millis(1)))
        assert.deepStrictEqual(yield* service.open(token), botsi)
        yield* TestClock.adjust("1 millis")
        yield* refused(service, token)
        // How long is settled when it is sealed.
        yield* refused(yield* tokens({ timeToLive: "9999 days" }), token)
      }
    }))

  it.effect("opens before its time only as far as clocks may differ", () =>
    Effect.gen(function*() {
      const now = Date.UTC(2026, 2, 1)
      const service = yield* tokens()
      yield* TestClock.setTime(now + 60_000)
      const token = yield* service.seal(botsi)
      yield* TestClock.setTime(now)
      assert.deepStrictEqual(yield* service.open(token), botsi)
      yield* refused(yield* tokens({ skew: "59 seconds" }), token)
      yield* TestClock.setTime(now - 1)
      yield* refused(service, token)
      assert.deepStrictEqual(yield* (yield* tokens({ skew: "2 minutes" })).open(token), botsi)
    }))

  it.effect("cannot be made with a life or a skew that is none", () =>
    Effect.sync(() => {
      for (const timeToLive of ["0 seconds", "-1 seconds", Infinity] as ReadonlyArray<Duration.Input>) {
        assert.throws(() => AttributionToken.make({ timeToLive }), RangeError)
      }
      for (const skew of ["-1 seconds", Infinity] as ReadonlyArray<Duration.Input>) {
        assert.throws(() => AttributionToken.make({ skew }), RangeError)
      }
    }))

  it.effect("opens while the keys are rotated, whichever process sealed it", () =>
    Effect.gen(function*() {
      const staged = yield* SealingKeys.rotate(keys, { stage: true })
      const rotated = yield* SealingKeys.rotate(staged)
      const twice = yield* SealingKeys.rotate(rotated)
      const services = yield* Effect.forEach([keys, staged, rotated, twice], (text) => tokens({}, text))
      const opens = yield* Effect.forEach(services, (sealer) =>
        Effect.flatMap(sealer.seal(botsi), (token) =>
          Effect.forEach(services, (opener) =>
            Effect.isSuccess(opener.open(token)))))
      assert.deepStrictEqual(opens, [
        [true, true, true, true],
        [true, true, true, true],
        [false, true, true, true],
        [false, false, false, true]
      ])
    }))

  it.effect("is refused when its key is retired or was never here", () =>
    Effect.gen(function*() {
      const token = yield* (yield* tokens()).seal(botsi)
      yield* refused(yield* tokens({}, yield* SealingKeys.rotate(keys, { keep: 0 })), token)
      yield* refused(yield* tokens({}, yield* SealingKeys.generate), token)
      // Another key under the same id.
      const namesake = Redacted.make(Redacted.value(keys).replace(":ICEi", ":JCEi"))
      yield* refused(yield* tokens({}, namesake), token)
    }))

  it.effect("is refused when it is authentic and no attribution", () =>
    Effect.gen(function*() {
      const ring = yield* KeyRing.make(keys)
      const service = yield* tokens()
      const context = JSON.stringify(["attribution", "pp1", "", ""])
      const contents = Array.from({ length: 1000 }, (_, at) =>
        Uint8Array.from({ length: at % 40 }, (_, place) => (at * 7919 + place * (at % 251) * 104729) >> 3))
      const whole = yield* ring.open(bytesOf(yield* service.seal(botsi)), context)
      const near = [Uint8Array.of(...whole, 0), whole.subarray(0, -1), Uint8Array.of(...whole, ...whole)]
      for (const content of [new Uint8Array(0), ...near, ...contents]) {
        const sealed = yield* ring.seal(content, context)
        yield* refused(service, tokenOf(sealed))
      }
      for (
        const wrong of [{ placement: "" }, { provider: 1 }, { enrolled: "yes" }, { fetchedAt: "now" }, {
          fetchedAt: null
        }]
      ) {
        const token = yield* service.seal({ ...botsi, ...wrong } as unknown as Attribution.Attribution)
        yield* refused(service, token)
      }
    }))

  it.effect("is refused when it is no text at all", () =>
    Effect.gen(function*() {
      const service = yield* tokens()
      for (const given of [undefined, null, 1, {}, [], ["pp1.AAAA"], new Uint8Array(100)]) {
        yield* refused(service, given as unknown as string)
      }
    }))

  it.effect("tells its operator by a metric what was wrong, and nobody else", () =>
    Effect.gen(function*() {
      const service = yield* tokens({ timeToLive: "1 minute" })
      const ring = yield* KeyRing.make(keys)
      yield* TestClock.setTime(1_000_000_000)
      const token = yield* service.seal(botsi)
      const empty = Buffer.from(yield* ring.seal(new Uint8Array(0), JSON.stringify(["attribution", "pp1", "", ""])))
      yield* refused(service, "pp2.AAAA")
      yield* refused(service, `pp1.${empty.toString("base64url")}`)
      yield* refused(service, token.replace("pp1.", "pp1.AAAA"))
      yield* refused(service, `${token.slice(0, 40)}${token[40] === "A" ? "B" : "A"}${token.slice(41)}`)
      yield* refused(service, token, { provider: "corrily" })
      yield* refused(service, token, { placement: "settings" })
      yield* refused(service, token, { subject: { value: "user-2" } })
      yield* TestClock.adjust("1 minute")
      yield* refused(service, token)
      yield* TestClock.setTime(0)
      yield* refused(service, token)

      const counted = (yield* Metric.snapshot)
        .filter(({ id }) => id === "priceport_attribution_refused_total")
        .map(({ attributes, state }) => [attributes?.cause, (state as Metric.CounterState<number>).count])
      assert.deepStrictEqual(Object.fromEntries(counted), {
        "malformed": 2,
        "unknown-key": 1,
        "forged": 1,
        "provider": 1,
        "placement": 1,
        "subject": 1,
        "expired": 1,
        "future": 1
      })
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("is made by what the environment holds", () =>
    Effect.gen(function*() {
      const environment = (env: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromEnv({ env }))
      const service = (env: Record<string, string>) =>
        Effect.provide(
          AttributionToken.AttributionToken,
          Layer.provide(AttributionToken.layerConfig(), environment(env))
        )
      const all = { PRICEPORT_SEALING_KEYS: Redacted.value(keys), PRICEPORT_TENANT: "t", PRICEPORT_DEPLOYMENT: "d" }
      assert.deepStrictEqual(yield* (yield* service(all)).open(kept), botsi)
      for (const variable of ["PRICEPORT_TENANT", "PRICEPORT_DEPLOYMENT"]) {
        yield* refused(yield* service({ ...all, [variable]: "other" }), kept)
      }
      for (const text of [undefined, "", "planted"]) {
        const error = yield* Effect.flip(service(text === undefined ? {} : { PRICEPORT_SEALING_KEYS: text }))
        assert.strictEqual(error._tag, "ConfigError")
        assert.include(error.message, "PRICEPORT_SEALING_KEYS")
        assert.notInclude(error.message, "planted")
      }
    }))
})
