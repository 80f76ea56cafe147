import { assert, describe, it } from "@effect/vitest"
import { BotsiClient, BotsiProvider } from "@priceport/botsi"
import { PricingProvider } from "@priceport/core"
import { ConfigProvider, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Botsi from "./Botsi.ts"

const failure = (reply: FakeHttp.Reply) =>
  Effect.gen(function*() {
    const { provider, sent } = yield* Botsi.provider({}, reply)
    const error = yield* Effect.flip(provider.getPaywall(Botsi.request))
    assert.lengthOf(sent, 1)
    assert.deepInclude(error, { provider: "botsi", operation: "getPaywall" })
    assert.lengthOf(error.attempts, 1)
    return error
  })

describe("Botsi errors", () => {
  it.effect("E1: error and code, as the page on issues shows them", () =>
    Effect.gen(function*() {
      const error = yield* failure(FakeHttp.json({ error: "Internal error", code: "PAYWALL_FETCH_FAILED" }, 500))
      assert.deepInclude(error.reason, {
        _tag: "Unavailable",
        status: 500,
        code: "PAYWALL_FETCH_FAILED",
        detail: "Internal error"
      })
      assert.isTrue(error.isRetryable)
    }))

  it.effect("words beside a paywall are no error: unknown members are ignored", () =>
    Effect.gen(function*() {
      const answer = { message: "note", error: "note", data: { id: 1, sourceProducts: [] } }
      const { provider } = yield* Botsi.provider({}, FakeHttp.json(answer))
      const { id } = yield* provider.getPaywall(Botsi.request)
      assert.strictEqual(id, "1")
    }))

  it.effect.each(
    [
      { http: 200, inBody: 403, tag: "Forbidden", status: 403 },
      { http: 200, inBody: 401, tag: "Unauthorized", status: 401 },
      { http: 200, inBody: 500, tag: "Rejected", status: 200 },
      { http: 200, inBody: undefined, tag: "Rejected", status: 200 },
      { http: 400, inBody: 400, tag: "Rejected", status: 400 },
      { http: 500, inBody: 403, tag: "Unavailable", status: 500 }
    ] as const
  )(
    "E2: ok false, message and status $inBody under HTTP $http is $tag",
    ({ http, inBody, status, tag }) =>
      Effect.gen(function*() {
        const error = yield* failure(FakeHttp.json({ ok: false, message: "Bad key", status: inBody }, http))
        assert.deepInclude(error.reason, { _tag: tag, status, detail: "Bad key" })
      })
  )

  it.effect("E3: codes in small letters", () =>
    Effect.gen(function*() {
      const error = yield* failure(FakeHttp.json({ error: "Nothing here", code: "not_found" }, 404))
      assert.deepInclude(error.reason, { _tag: "NotFound", status: 404, code: "not_found", detail: "Nothing here" })
    }))

  it.effect.each([
    { why: "nothing", body: null as string | null, detail: undefined },
    { why: "an empty text", body: "", detail: undefined },
    { why: "words", body: "upstream timed out", detail: "upstream timed out" },
    { why: "a page of HTML", body: "<html>502</html>", detail: undefined },
    { why: "JSON of another shape", body: `{"oops":1}`, detail: undefined },
    { why: "a JSON list", body: "[]", detail: undefined },
    { why: "JSON null", body: "null", detail: undefined },
    { why: "half of a JSON document", body: `{"error":"x`, detail: `{"error":"x` }
  ])("E4: $why as body stays what the status says", ({ body, detail }) =>
    Effect.gen(function*() {
      const error = yield* failure(() => new Response(body, { status: 502 }))
      assert.deepInclude(error.reason, { _tag: "Unavailable", status: 502 })
      if (detail === undefined) assert.notProperty(error.reason, "detail")
      else assert.deepInclude(error.reason, { detail })
    }))

  it.effect.each([
    { why: "ok: false alone", body: { ok: false } },
    { why: "ok: false beside data", body: { ok: false, data: { id: 1 } } },
    { why: "an error without ok", body: { error: "Internal error", code: "X" } }
  ])("$why under 200 is an error", ({ body }) =>
    Effect.gen(function*() {
      const error = yield* failure(FakeHttp.json(body))
      assert.strictEqual(error.reason._tag, "Rejected")
      assert.isFalse(error.isRetryable)
    }))

  it.effect.each([
    { ok: "true" },
    { ok: 1 },
    { ok: null }
  ])("$ok as ok is no success", ({ ok }) =>
    Effect.gen(function*() {
      const error = yield* failure(FakeHttp.json({ ok, data: { id: 1, sourceProducts: [] } }))
      assert.include(["InvalidResponse", "Rejected"], error.reason._tag)
    }))

  it.effect.each([
    { status: 400, tag: "Rejected" },
    { status: 401, tag: "Unauthorized" },
    { status: 403, tag: "Forbidden" },
    { status: 404, tag: "NotFound" },
    { status: 422, tag: "Rejected" },
    { status: 429, tag: "RateLimited" },
    { status: 500, tag: "Unavailable" },
    { status: 503, tag: "Unavailable" }
  ])("the documented status $status is $tag", ({ status, tag }) =>
    Effect.gen(function*() {
      assert.strictEqual((yield* failure(FakeHttp.json({ error: "x", code: "Y" }, status))).reason._tag, tag)
    }))

  it.effect("429 with Retry-After: 3 asks to wait 3 seconds, without it for nothing", () =>
    Effect.gen(function*() {
      const asked = yield* failure(() => new Response("", { status: 429, headers: { "retry-after": "3" } }))
      const silent = yield* failure(() => new Response("", { status: 429 }))
      assert.deepInclude(asked.reason, { _tag: "RateLimited", retryAfterMs: 3_000 })
      assert.notProperty(silent.reason, "retryAfterMs")
    }))

  it.effect("no answer within the limit is Timeout, after one request", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(failure(FakeHttp.silence))
      yield* TestClock.adjust("3 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: 3_000 })
    }))

  it.effect("neither the key nor the customer is in an error", () =>
    Effect.gen(function*() {
      const words = `key ${Botsi.key} of ${Botsi.profileId}`
      const error = yield* failure(FakeHttp.json({ error: words, code: words }, 401))
      const seen = `${error.message} ${JSON.stringify(error)} ${error.stack} ${String(error)}`
      assert.notInclude(seen, Botsi.key)
      assert.notInclude(seen, Botsi.profileId)
      assert.deepInclude(error.reason, { _tag: "Unauthorized", detail: "key [redacted] of [redacted]" })
    }))
})

describe("Botsi construction", () => {
  it.effect.each(["", " ", "sk_live.abc\n"])(
    "refuses the key %o and does not print it",
    (bad) =>
      Effect.gen(function*() {
        const { layer } = FakeHttp.make(Botsi.ok)
        const error = yield* BotsiClient.make({ secretKey: Redacted.make(bad) }).pipe(
          Effect.provide(layer),
          Effect.flip
        )
        assert.strictEqual(error._tag, "ConfigError")
        assert.notInclude(error.message, "sk_live.abc")
      })
  )

  it.effect("refuses a name that no attribution could carry", () =>
    Effect.gen(function*() {
      for (const id of ["", "my botsi", "-x"]) {
        const exit = yield* Effect.exit(Botsi.provider({ id }, Botsi.ok))
        assert.strictEqual(exit._tag, "Failure", JSON.stringify(id))
      }
    }))

  it.effect("a key in plain text is not printed, even where types were ignored", () =>
    Effect.gen(function*() {
      const { layer } = FakeHttp.make(Botsi.ok)
      const exit = yield* Effect.exit(
        Effect.provide(Effect.suspend(() => BotsiClient.make({ secretKey: "sk_live.plain" as never })), layer)
      )
      assert.notInclude(`${String(exit)} ${JSON.stringify(exit)}`, "sk_live.plain")
    }))

  const environment = (values: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromUnknown(values))

  it.effect("reads BOTSI_SECRET_KEY and BOTSI_BASE_URL", () =>
    Effect.gen(function*() {
      const fake = FakeHttp.make(Botsi.referencePaywall)
      const live = BotsiProvider.layerConfig({ id: "botsi-eu" }).pipe(
        Layer.provide(fake.layer),
        Layer.provide(environment({ BOTSI_SECRET_KEY: "sk_env.a", BOTSI_BASE_URL: "http://127.0.0.1:9/v1/" }))
      )
      const provider = yield* Effect.provide(PricingProvider.PricingProvider, live)
      yield* provider.getPaywall({ placement: "p", customer: { id: "u" } })
      assert.strictEqual(provider.id, "botsi-eu")
      assert.strictEqual(fake.sent[0]?.url, "http://127.0.0.1:9/v1/paywalls")
      assert.strictEqual(fake.sent[0]?.headers["authorization"], "sk_env.a")
    }))

  it.effect("lives at app.botsi.com unless told", () =>
    Effect.gen(function*() {
      const fake = FakeHttp.make(Botsi.referencePaywall)
      const live = BotsiClient.layerConfig().pipe(
        Layer.provide(fake.layer),
        Layer.provide(environment({ BOTSI_SECRET_KEY: "sk_env.a" }))
      )
      const client = yield* Effect.provide(BotsiClient.BotsiClient, live)
      yield* client.getPaywall({ customerUserId: "u", placementId: "p" })
      assert.strictEqual(fake.sent[0]?.url, "https://app.botsi.com/api/v1/web-api/paywalls")
    }))

  it.effect.each([
    { why: "no key", values: {}, says: "BOTSI_SECRET_KEY" },
    { why: "an empty key", values: { BOTSI_SECRET_KEY: "" }, says: "BOTSI_SECRET_KEY" },
    { why: "a key with a newline", values: { BOTSI_SECRET_KEY: "sk_live.abc\n" }, says: "BOTSI_SECRET_KEY" },
    {
      why: "a base URL that is none",
      values: { BOTSI_SECRET_KEY: "sk_live.abc", BOTSI_BASE_URL: "botsi.test" },
      says: "BOTSI_BASE_URL"
    }
  ])("with $why fails and names $says", ({ says, values }) =>
    Effect.gen(function*() {
      const { layer } = FakeHttp.make(Botsi.ok)
      const error = yield* BotsiProvider.makeConfig().pipe(
        Effect.provide(Layer.merge(layer, environment(values))),
        Effect.flip
      )
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, says)
      assert.notInclude(error.message, "sk_live.abc")
    }))
})
