import { assert, describe, it } from "@effect/vitest"
import { VendorClient } from "@priceport/core"
import { Config, ConfigProvider, Effect, Exit, Fiber, Redacted, Result, Schema, Tracer } from "effect"
import { TestClock } from "effect/testing"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Vendor from "./Vendor.ts"

describe("VendorClient", () => {
  it.effect("sends one JSON request with the key in its header and nowhere else", () =>
    Effect.gen(function*() {
      const fake = FakeHttp.make(FakeHttp.json({}))
      const vendor = yield* Vendor.make(fake)
      yield* vendor.call(Vendor.call)

      assert.lengthOf(fake.sent, 1)
      const [sent] = fake.sent
      assert.strictEqual(sent?.method, "POST")
      assert.strictEqual(sent?.url, "https://acme.test/api/paywalls")
      assert.strictEqual(sent?.headers["x-api-key"], Vendor.key)
      assert.match(sent?.headers["content-type"] ?? "", /^application\/json\b/)
      assert.notProperty(sent?.headers, "authorization")
      assert.strictEqual(sent?.raw, `{"customer":"${Vendor.id}"}`)
      assert.strictEqual(sent?.redirect, "manual")
    }))

  it.effect("sends a PUT where the call says so", () =>
    Effect.gen(function*() {
      const fake = FakeHttp.make(FakeHttp.json({}))
      const vendor = yield* Vendor.make(fake)
      yield* vendor.call({ ...Vendor.call, method: "PUT" })
      assert.strictEqual(fake.sent[0]?.method, "PUT")
    }))

  it.effect("sends again when the same call is run again", () =>
    Effect.gen(function*() {
      const fake = FakeHttp.make(FakeHttp.json({}))
      const vendor = yield* Vendor.make(fake)
      const call = vendor.call(Vendor.call)
      assert.lengthOf(fake.sent, 0)
      yield* call
      yield* call
      assert.lengthOf(fake.sent, 2)
    }))

  describe("keys", () => {
    it.effect.each([
      { why: "an empty key", bad: "" },
      { why: "a blank key", bad: " " },
      { why: "a newline at the end", bad: "sk_live_abc\n" },
      { why: "a carriage return", bad: "sk_live_abc\r" },
      { why: "a space inside", bad: "sk_live abc" },
      { why: "a tab", bad: "sk_live\tabc" },
      { why: "a letter beyond ASCII", bad: "sk_livé_abc" },
      { why: "a zero byte", bad: "sk_live\0abc" },
      { why: "a delete character", bad: "sk_live\x7fabc" },
      { why: "513 characters", bad: "k".repeat(513) }
    ])("refuses $why at construction, without printing the key", ({ bad }) =>
      Effect.gen(function*() {
        const fake = FakeHttp.make(FakeHttp.json({}))
        const error = yield* Effect.flip(Vendor.make(fake, { key: Redacted.make(bad) }))
        assert.strictEqual(error._tag, "ConfigError")
        assert.lengthOf(fake.sent, 0)
        if (bad.trim() !== "") {
          assert.notInclude(`${error.message} ${JSON.stringify(error)} ${String(error)}`, bad.trim())
        }
      }))

    it.effect.each([
      { why: "one character", good: "k" },
      { why: "512 characters", good: "k".repeat(512) },
      {
        why: "every visible ASCII character",
        good: String.fromCharCode(...Array.from({ length: 94 }, (_, i) => i + 33))
      }
    ])("takes a key of $why to the header as it is", ({ good }) =>
      Effect.gen(function*() {
        const fake = FakeHttp.make(FakeHttp.json({}))
        const vendor = yield* Vendor.make(fake, { key: Redacted.make(good) })
        yield* vendor.call(Vendor.call)
        assert.strictEqual(fake.sent[0]?.headers["x-api-key"], good)
      }))

    it.effect("refuses the same keys when they come from configuration", () =>
      Effect.gen(function*() {
        const exit = Schema.decodeUnknownExit(VendorClient.SecretKey)(Redacted.make("sk_live_abc\n"))
        assert.isTrue(Exit.isFailure(exit))
        assert.notInclude(String(exit), "sk_live_abc")
      }))
  })

  describe("base URLs", () => {
    it.effect.each([
      { base: "https://acme.test/api", url: "https://acme.test/api/paywalls" },
      { base: "https://acme.test/api/", url: "https://acme.test/api/paywalls" },
      { base: "https://acme.test/api//", url: "https://acme.test/api/paywalls" },
      { base: "https://acme.test", url: "https://acme.test/paywalls" },
      { base: "https://acme.test/", url: "https://acme.test/paywalls" },
      { base: "http://127.0.0.1:8080/mainapi/v1", url: "http://127.0.0.1:8080/mainapi/v1/paywalls" },
      { base: "http://[::1]:8080", url: "http://[::1]:8080/paywalls" }
    ])("puts the path behind $base", ({ base, url }) =>
      Effect.gen(function*() {
        const fake = FakeHttp.make(FakeHttp.json({}))
        const vendor = yield* Vendor.make(fake, { baseUrl: base })
        yield* vendor.call(Vendor.call)
        assert.strictEqual(fake.sent[0]?.url, url)
      }))

    it.effect.each([
      "",
      "acme.test/api",
      "/api",
      "ftp://acme.test",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "https://user:password@acme.test/api",
      "https://user@acme.test/api",
      "https://acme.test/api?tenant=1",
      "https://acme.test/api#part",
      "https://"
    ])("refuses %s at construction", (baseUrl) =>
      Effect.gen(function*() {
        const fake = FakeHttp.make(FakeHttp.json({}))
        const error = yield* Effect.flip(Vendor.make(fake, { baseUrl }))
        assert.strictEqual(error._tag, "ConfigError")
        assert.include(error.message, "baseUrl")
        assert.notInclude(error.message, "password@")
      }))

    it.effect.each([
      "https://acme.test/api?",
      "https://acme.test/api#",
      "https://acme.test/api ",
      " https://acme.test/api"
    ])(
      "takes %o as the URL it means or refuses it, and never sends elsewhere",
      (baseUrl) =>
        Effect.gen(function*() {
          const fake = FakeHttp.make(FakeHttp.json({}))
          const made = yield* Effect.result(Vendor.make(fake, { baseUrl }))
          if (Result.isFailure(made)) return
          yield* made.success.call(Vendor.call)
          assert.strictEqual(fake.sent[0]?.url, "https://acme.test/api/paywalls")
        })
    )
  })

  describe("traces", () => {
    const traceHeaders = ["b3", "traceparent", "tracestate"]

    it.effect("sends no trace headers, also inside a span", () =>
      Effect.gen(function*() {
        const fake = FakeHttp.make(FakeHttp.json({}))
        const vendor = yield* Vendor.make(fake)
        yield* Effect.withSpan(vendor.call(Vendor.call), "application")
        assert.doesNotHaveAnyKeys(fake.sent[0]?.headers, traceHeaders)
      }))

    it.effect("sends them when asked", () =>
      Effect.gen(function*() {
        const fake = FakeHttp.make(FakeHttp.json({}))
        const vendor = yield* Vendor.make(fake, { tracePropagation: true })
        yield* Effect.withSpan(vendor.call(Vendor.call), "application")
        assert.containsAllKeys(fake.sent[0]?.headers, ["traceparent"])
      }))

    it.effect.each([
      { why: "an answer", reply: FakeHttp.json({}) },
      { why: "a refusal", reply: FakeHttp.json({ detail: `${Vendor.key} ${Vendor.id}` }, 400) },
      { why: "a broken connection", reply: FakeHttp.broken(new Error(`${Vendor.key} ${Vendor.id}`)) }
    ])("keeps key and ids out of spans after $why", ({ reply }) =>
      Effect.gen(function*() {
        const spans: Array<Tracer.Span> = []
        const tracer = Tracer.make({
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            spans.push(span)
            return span
          }
        })
        const vendor = yield* Vendor.make(FakeHttp.make(reply), { tracePropagation: true })
        yield* Effect.exit(Effect.withSpan(vendor.call(Vendor.call), "application").pipe(Effect.withTracer(tracer)))
        assert.isNotEmpty(spans)
        for (const { attributes, name } of spans) {
          const seen = JSON.stringify([name, Array.from(attributes)])
          assert.notInclude(seen, Vendor.key)
          assert.notInclude(seen, Vendor.id)
        }
      }))
  })

  describe("time", () => {
    it.effect.each(
      [
        { operation: "getPaywall", limit: 3_000 },
        { operation: "sendEvents", limit: 10_000 },
        { operation: "validatePurchase", limit: 10_000 },
        { operation: "createProfile", limit: 10_000 }
      ] as const
    )("$operation ends after $limit ms without an answer", ({ limit, operation }) =>
      Effect.gen(function*() {
        const fiber = yield* Effect.forkChild(Vendor.reason(FakeHttp.silence, { operation }))
        yield* TestClock.adjust(limit - 1)
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust(1)
        assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Timeout", limitMs: limit })
      }))

    it.effect("counts the body as part of the call", () =>
      Effect.gen(function*() {
        const stalled = () => new Response(new ReadableStream({ start: (out) => out.enqueue(new Uint8Array([123])) }))
        const fiber = yield* Effect.forkChild(Vendor.reason(stalled))
        yield* Effect.yieldNow
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "Timeout")
      }))

    it.effect("interrupting a call interrupts its request", () =>
      Effect.gen(function*() {
        let interrupted = false
        const reply = () =>
          Effect.onInterrupt(Effect.never, () =>
            Effect.sync(() => {
              interrupted = true
            }))
        const fiber = yield* Effect.forkChild(Vendor.answer(reply))
        yield* Effect.yieldNow
        yield* Fiber.interrupt(fiber)
        assert.isTrue(interrupted)
      }))

    it.effect("tells what was tried, when and how long", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2026, 2, 1, 12))
        const fiber = yield* Effect.forkChild(Effect.flip(Vendor.answer(FakeHttp.silence)))
        yield* TestClock.adjust("3 seconds")
        assert.deepStrictEqual((yield* Fiber.join(fiber)).attempts, [
          { provider: "acme", startedAt: "2026-03-01T12:00:00.000Z", ms: 3_000, outcome: "Timeout" }
        ])
      }))

    it.effect("refuses a timeout that is not a duration, and sends nothing", () =>
      Effect.gen(function*() {
        const fake = FakeHttp.make(FakeHttp.json({}))
        const vendor = yield* Vendor.make(fake)
        const error = yield* Effect.flip(vendor.call(Vendor.call, { timeout: "soon" as never }))
        assert.deepInclude(error.reason, { _tag: "InvalidRequest", field: "timeout" })
        assert.lengthOf(fake.sent, 0)
      }))
  })

  it.effect("reads a secret key from configuration without showing it", () =>
    Effect.gen(function*() {
      const error = yield* Config.schema(VendorClient.SecretKey, "ACME_KEY").parse(
        ConfigProvider.fromUnknown({ ACME_KEY: "sk_live_abc\n" })
      ).pipe(Effect.flip)
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, "sk_live_abc")
    }))
})
