import { assert, describe, it } from "@effect/vitest"
import { PricingProvider } from "@priceport/core"
import { CorrilyClient, CorrilyProvider } from "@priceport/corrily"
import { ConfigProvider, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Corrily from "./Corrily.ts"

const failure = (reply: FakeHttp.Reply) =>
  Effect.gen(function*() {
    const { provider, sent } = yield* Corrily.provider({}, reply)
    const error = yield* Effect.flip(
      provider.getPaywall({ placement: "p", customer: { id: "user_1", ip: "192.0.2.7" } })
    )
    assert.lengthOf(sent, 1)
    assert.deepInclude(error, { provider: "corrily", operation: "getPaywall" })
    return error
  })

describe("Corrily errors", () => {
  it.effect.each([
    { success: false, error_message: "Unknown paywall" },
    { success: false, message: "Unknown paywall" }
  ])("15: a refusal is one, in the words of %o", (body) =>
    Effect.gen(function*() {
      const error = yield* failure(FakeHttp.json(body, 400))
      assert.deepInclude(error.reason, { _tag: "Rejected", status: 400, detail: "Unknown paywall" })
      assert.isFalse(error.isRetryable)
    }))

  it.effect.each([
    { success: false, error_message: "Unknown paywall" },
    { success: false },
    { ...Corrily.full, success: false }
  ])("success: false under 200 is an error", (body) =>
    Effect.gen(function*() {
      const error = yield* failure(FakeHttp.json(body))
      assert.deepInclude(error.reason, { _tag: "Rejected", status: 200 })
      assert.isFalse(error.isRetryable)
    }))

  it.effect("a status 401 or 403 beside it counts as that status", () =>
    Effect.gen(function*() {
      const unauthorized = yield* failure(FakeHttp.json({ success: false, message: "no", status: 401 }))
      const forbidden = yield* failure(FakeHttp.json({ success: false, message: "no", status: 403 }))
      assert.deepInclude(unauthorized.reason, { _tag: "Unauthorized", status: 401 })
      assert.deepInclude(forbidden.reason, { _tag: "Forbidden", status: 403 })
    }))

  it.effect.each([
    { what: "JSON", body: `{"success":false,"error_message":"bad key"}` },
    { what: "HTML", body: "<html>Unauthorized</html>" },
    { what: "nothing", body: "" }
  ])("17: a bad key is Unauthorized with $what as body, and is not printed", ({ body }) =>
    Effect.gen(function*() {
      const error = yield* failure(() => new Response(body.replace("bad", Corrily.key), { status: 401 }))
      assert.deepInclude(error.reason, { _tag: "Unauthorized", status: 401 })
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, Corrily.key)
    }))

  it.effect("neither id nor address is repeated", () =>
    Effect.gen(function*() {
      const error = yield* failure(FakeHttp.json({ success: false, error_message: "user_1 at 192.0.2.7" }, 422))
      assert.deepInclude(error.reason, { detail: "[redacted] at [redacted]" })
    }))

  it.effect.each(["true", 1, null])("%o as success is none", (success) =>
    Effect.gen(function*() {
      const error = yield* failure(FakeHttp.json({ ...Corrily.full, success }))
      assert.include(["InvalidResponse", "Rejected"], error.reason._tag)
    }))

  it.effect.each([429, 503])("%i tells how long to wait", (status) =>
    Effect.gen(function*() {
      const error = yield* failure(() => new Response("", { status, headers: { "retry-after": "3" } }))
      assert.deepInclude(error.reason, { retryAfterMs: 3_000 })
      assert.isTrue(error.isRetryable)
    }))

  it.effect("no answer within 3 seconds is Timeout", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(failure(FakeHttp.silence))
      yield* TestClock.adjust("3 seconds")
      assert.deepInclude((yield* Fiber.join(fiber)).reason, { _tag: "Timeout", limitMs: 3_000 })
    }))

  it.effect("a redirect is refused", () =>
    Effect.gen(function*() {
      const error = yield* failure(() => new Response(null, { status: 307, headers: { location: "https://x.test" } }))
      assert.deepInclude(error.reason, { _tag: "Rejected", status: 307 })
    }))
})

describe("Corrily client", () => {
  it.effect("speaks Corrily's words, strictly", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Corrily.client(Corrily.R1)
      yield* client.paywall({ user_id: "u", country: "us", coupons: { p: ["a", "b"] }, features: {} })
      assert.deepStrictEqual(sent[0]?.body, { user_id: "u", country: "US", coupons: { p: "a,b" } })
    }))

  it.effect.each([
    { why: "no identity", field: "user_id", request: {} },
    { why: "an empty id", field: "user_id", request: { user_id: "" } },
    { why: "a forced currency without one", field: "currency", request: { user_id: "u", override_currency: true } },
    { why: "a number as paywall id", field: "paywall_id", request: { user_id: "u", paywall_id: 501 } },
    { why: "a number as feature", field: "features.level", request: { user_id: "u", features: { level: 3 } } },
    { why: "a lower-case currency", field: "currency", request: { user_id: "u", currency: "eur" } },
    { why: "the id of an older SDK", field: "api_id", request: { user_id: "u", api_id: "x" } },
    { why: "nothing", field: "", request: undefined },
    { why: "null", field: "", request: null },
    { why: "a text", field: "", request: "u" }
  ])("refuses $why", ({ field, request }) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Corrily.client(Corrily.R1)
      const error = yield* Effect.flip(Effect.suspend(() => client.paywall(request as never)))
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field })
      assert.isEmpty(sent)
    }))
})

describe("Corrily construction", () => {
  const environment = (values: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromUnknown(values))

  it.effect("reads CORRILY_API_KEY and CORRILY_BASE_URL, a path prefix included", () =>
    Effect.gen(function*() {
      const fake = FakeHttp.make(Corrily.R1)
      const live = CorrilyProvider.layerConfig().pipe(
        Layer.provide(fake.layer),
        Layer.provide(environment({ CORRILY_API_KEY: "k", CORRILY_BASE_URL: "https://staging.corrily.test/mainapi/" }))
      )
      const provider = yield* Effect.provide(PricingProvider.PricingProvider, live)
      yield* provider.getPaywall({ placement: "p", customer: { id: "u" } })
      assert.strictEqual(provider.id, "corrily")
      assert.strictEqual(fake.sent[0]?.url, "https://staging.corrily.test/mainapi/v1/paywall")
      assert.strictEqual(fake.sent[0]?.headers["x-api-key"], "k")
    }))

  it.effect("lives at client.corrily.com unless told", () =>
    Effect.gen(function*() {
      const fake = FakeHttp.make(Corrily.R1)
      const live = CorrilyClient.layerConfig({ id: "corrily-eu" }).pipe(
        Layer.provide(fake.layer),
        Layer.provide(environment({ CORRILY_API_KEY: "k" }))
      )
      const client = yield* Effect.provide(CorrilyClient.CorrilyClient, live)
      yield* client.paywall({ user_id: "u" })
      assert.strictEqual(client.id, "corrily-eu")
      assert.strictEqual(fake.sent[0]?.url, "https://client.corrily.com/v1/paywall")
    }))

  it.effect.each([
    { why: "no key", values: {}, says: "CORRILY_API_KEY" },
    { why: "a blank key", values: { CORRILY_API_KEY: " " }, says: "CORRILY_API_KEY" },
    { why: "a wrong base URL", values: { CORRILY_API_KEY: "k", CORRILY_BASE_URL: "x" }, says: "CORRILY_BASE_URL" }
  ])("with $why fails and names $says", ({ says, values }) =>
    Effect.gen(function*() {
      const { layer } = FakeHttp.make(Corrily.R1)
      const error = yield* CorrilyProvider.makeConfig().pipe(
        Effect.provide(Layer.merge(layer, environment(values))),
        Effect.flip
      )
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, says)
    }))
})
