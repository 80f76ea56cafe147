import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Vendor from "./Vendor.ts"

const said = { code: "SOME_CODE", detail: "some words" }

describe("VendorClient, by status", () => {
  it.effect.each(
    [
      { status: 400, tag: "Rejected", retryable: false },
      { status: 401, tag: "Unauthorized", retryable: false },
      { status: 402, tag: "Rejected", retryable: false },
      { status: 403, tag: "Forbidden", retryable: false },
      { status: 404, tag: "NotFound", retryable: false },
      { status: 405, tag: "Rejected", retryable: false },
      { status: 408, tag: "Unavailable", retryable: true },
      { status: 409, tag: "Rejected", retryable: false },
      { status: 410, tag: "Rejected", retryable: false },
      { status: 413, tag: "Rejected", retryable: false },
      { status: 418, tag: "Rejected", retryable: false },
      { status: 422, tag: "Rejected", retryable: false },
      { status: 425, tag: "Unavailable", retryable: true },
      { status: 429, tag: "RateLimited", retryable: true },
      { status: 451, tag: "Rejected", retryable: false },
      { status: 500, tag: "Unavailable", retryable: true },
      { status: 501, tag: "Rejected", retryable: false },
      { status: 502, tag: "Unavailable", retryable: true },
      { status: 503, tag: "Unavailable", retryable: true },
      { status: 504, tag: "Unavailable", retryable: true },
      { status: 505, tag: "Rejected", retryable: false },
      { status: 507, tag: "Rejected", retryable: false },
      { status: 520, tag: "Rejected", retryable: false },
      { status: 599, tag: "Rejected", retryable: false }
    ] as const
  )("$status is $tag, retryable: $retryable", ({ retryable, status, tag }) =>
    Effect.gen(function*() {
      const fake = FakeHttp.make(FakeHttp.json(said, status))
      const vendor = yield* Vendor.make(fake)
      const error = yield* Effect.flip(vendor.call(Vendor.call))
      assert.deepInclude(error.reason, { _tag: tag, status, ...said })
      assert.strictEqual(error.isRetryable, retryable)
      assert.strictEqual(error.reason.isRetryable, retryable)
      assert.lengthOf(fake.sent, 1)
      assert.deepInclude(error.attempts[0], { provider: "acme", outcome: tag })
    }))

  it.effect.each([200, 201, 202, 203, 206, 299])("%i with a body is a success", (status) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* Vendor.answer(FakeHttp.json({ a: 1 }, status)), { a: 1 })
    }))

  it.effect.each([
    { status: 200, body: "" as string | null },
    { status: 201, body: null },
    { status: 202, body: "  \r\n" },
    { status: 204, body: null },
    { status: 205, body: null }
  ])("$status without a body reads as nothing", ({ body, status }) =>
    Effect.gen(function*() {
      assert.isUndefined(yield* Vendor.answer(() => new Response(body, { status })))
    }))

  it.effect.each([300, 301, 302, 303, 304, 307, 308])(
    "a redirect %i is refused and not followed",
    (status) =>
      Effect.gen(function*() {
        const location = `https://elsewhere.test/${Vendor.id}`
        const body = status === 304 ? null : `Moved to ${location}`
        const fake = FakeHttp.make(() => new Response(body, { status, headers: { location } }), FakeHttp.json({}))
        const vendor = yield* Vendor.make(fake)
        const error = yield* Effect.flip(vendor.call(Vendor.call))
        assert.deepInclude(error.reason, { _tag: "Rejected", status })
        assert.isFalse(error.isRetryable)
        assert.notInclude(error.message, "elsewhere")
        assert.lengthOf(fake.sent, 1)
      })
  )

  it.effect("an opaque redirect, as browsers hide them, is refused too", () =>
    Effect.gen(function*() {
      const reason = yield* Vendor.reason(() => Response.error())
      assert.strictEqual(reason._tag, "Rejected")
      assert.notProperty(reason, "status")
    }))

  it.effect("ends the body of a redirect, so that the connection is free again", () =>
    Effect.gen(function*() {
      let ended = false
      const body = new ReadableStream({
        start: (out) => out.enqueue(new Uint8Array(16)),
        cancel: () => {
          ended = true
        }
      })
      yield* Vendor.reason(() => new Response(body, { status: 302 }))
      assert.isTrue(ended)
    }))

  describe("a refusal under HTTP 200", () => {
    it.effect.each(
      [
        { inBody: 401, tag: "Unauthorized", status: 401 },
        { inBody: 403, tag: "Forbidden", status: 403 },
        { inBody: 404, tag: "Rejected", status: 200 },
        { inBody: 429, tag: "Rejected", status: 200 },
        { inBody: 503, tag: "Rejected", status: 200 },
        { inBody: undefined, tag: "Rejected", status: 200 }
      ] as const
    )("with status $inBody in the body is $tag", ({ inBody, status, tag }) =>
      Effect.gen(function*() {
        const reason = yield* Vendor.reason(FakeHttp.json({ ...said, status: inBody }))
        assert.deepInclude(reason, { _tag: tag, status, ...said })
        assert.isFalse(reason.isRetryable)
      }))

    it.effect("a status in the body changes nothing under another HTTP status", () =>
      Effect.gen(function*() {
        const reason = yield* Vendor.reason(FakeHttp.json({ ...said, status: 403 }, 500))
        assert.deepInclude(reason, { _tag: "Unavailable", status: 500 })
      }))
  })

  describe("Retry-After", () => {
    const now = Date.UTC(2026, 2, 1, 12)

    const waitFor = (header: string, status = 429) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(now)
        return yield* Effect.flip(
          Vendor.answer(() => new Response(null, { status, headers: { "retry-after": header } }))
        )
      })

    it.effect.each([
      { header: "3", ms: 3_000 },
      { header: "0", ms: 0 },
      { header: "120", ms: 120_000 },
      { header: "003", ms: 3_000 },
      { header: " 7 ", ms: 7_000 },
      { header: "Sun, 01 Mar 2026 12:00:30 GMT", ms: 30_000 },
      { header: "Sunday, 01-Mar-26 12:00:30 GMT", ms: 30_000 },
      { header: "Sun Mar  1 12:00:30 2026", ms: 30_000 },
      { header: "Sun, 01 Mar 2026 11:00:00 GMT", ms: 0 }
    ])("$header is $ms ms", ({ header, ms }) =>
      Effect.gen(function*() {
        const error = yield* waitFor(header)
        assert.deepInclude(error.reason, { _tag: "RateLimited", retryAfterMs: ms })
        assert.include(error.message, `${ms} ms`)
      }))

    it.effect.each(["soon", "", "-1", "1.5", "1e3", "3 seconds", "0x10", "3, 5", "Infinity", "NaN", "2026-03-01"])(
      "%o says nothing",
      (header) =>
        Effect.gen(function*() {
          const error = yield* waitFor(header)
          assert.strictEqual(error.reason._tag, "RateLimited")
          assert.notProperty(error.reason, "retryAfterMs")
          assert.isUndefined(error.retryAfter)
        })
    )

    it.effect.each([16, 30, 300, 400])("a number of %i digits does no harm", (digits) =>
      Effect.gen(function*() {
        const error: PricingError.PricingError = yield* waitFor("9".repeat(digits))
        assert.strictEqual(error.reason._tag, "RateLimited")
        const encoded = yield* Schema.encodeEffect(Schema.toCodecJson(PricingError.PricingError))(error)
        assert.strictEqual(JSON.parse(JSON.stringify(encoded)).reason._tag, "RateLimited")
      }))

    it.effect.each([408, 500, 502, 503, 504])("is read under %i too", (status) =>
      Effect.gen(function*() {
        assert.deepInclude((yield* waitFor("3", status)).reason, { _tag: "Unavailable", retryAfterMs: 3_000 })
      }))

    it.effect("is no reason to retry what is refused for good", () =>
      Effect.gen(function*() {
        const error = yield* waitFor("3", 400)
        assert.strictEqual(error.reason._tag, "Rejected")
        assert.isUndefined(error.retryAfter)
      }))
  })
})
