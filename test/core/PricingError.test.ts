import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import { Duration, Effect, Schema } from "effect"

const json = Schema.toCodecJson(PricingError.PricingError)

const wrap = (reason: PricingError.Reason) =>
  new PricingError.PricingError({ provider: "botsi", operation: "getPaywall", reason })

const reasons: ReadonlyArray<
  { readonly reason: PricingError.Reason; readonly retryable: boolean; readonly tried: boolean }
> = [
  { reason: new PricingError.InvalidRequest({ field: "customer.ip", issue: "no" }), retryable: false, tried: false },
  { reason: new PricingError.Unsupported({ capability: "prefetch" }), retryable: false, tried: false },
  { reason: new PricingError.Unattributable({ why: "bundled" }), retryable: false, tried: false },
  { reason: new PricingError.AttributionMismatch({ why: "foreign" }), retryable: false, tried: false },
  { reason: new PricingError.PurchaseConflict({ why: "other customer" }), retryable: false, tried: false },
  { reason: new PricingError.QueueFull(), retryable: false, tried: false },
  { reason: new PricingError.CircuitOpen({ until: "2026-03-01T12:00:00.000Z" }), retryable: false, tried: false },
  { reason: new PricingError.CircuitOpen({}), retryable: false, tried: false },
  { reason: new PricingError.Timeout({ limitMs: 3_000 }), retryable: true, tried: true },
  { reason: new PricingError.Unauthorized({ status: 401 }), retryable: false, tried: true },
  { reason: new PricingError.Forbidden({ status: 403 }), retryable: false, tried: true },
  { reason: new PricingError.NotFound({ status: 404 }), retryable: false, tried: true },
  { reason: new PricingError.Rejected({ status: 422, code: "BAD", detail: "no" }), retryable: false, tried: true },
  { reason: new PricingError.RateLimited({ retryAfterMs: 3_000 }), retryable: true, tried: true },
  { reason: new PricingError.Unavailable({ status: 503 }), retryable: true, tried: true },
  { reason: new PricingError.Transport({ detail: "reset", sent: "maybe" }), retryable: true, tried: true },
  { reason: new PricingError.Transport({ detail: "refused", sent: "no" }), retryable: true, tried: true },
  { reason: new PricingError.InvalidResponse({ path: "data.id", detail: "no" }), retryable: false, tried: true }
]

describe("PricingError", () => {
  it.effect.each(reasons)(
    "$reason._tag: retryable $retryable, tried $tried",
    ({ reason, retryable, tried }) =>
      Effect.sync(() => {
        const error = wrap(reason)
        assert.strictEqual(reason.isRetryable, retryable)
        assert.strictEqual(error.isRetryable, retryable)
        assert.strictEqual(PricingError.wasAttempted(reason), tried)
        assert.include(error.message, "botsi.getPaywall")
        assert.include(error.message, reason._tag)
      })
  )

  it.effect.each(reasons)("$reason._tag crosses JSON intact, as plain data", ({ reason }) =>
    Effect.gen(function*() {
      const error = new PricingError.PricingError({
        provider: "botsi",
        operation: "validatePurchase",
        reason,
        attempts: [{ provider: "botsi", startedAt: "2026-03-01T12:00:00.000Z", ms: 12, outcome: reason._tag }]
      })
      const text = JSON.stringify(yield* Schema.encodeEffect(json)(error))
      const back = yield* Schema.decodeUnknownEffect(json)(JSON.parse(text))
      assert.instanceOf(back, PricingError.PricingError)
      assert.strictEqual(back.message, error.message)
      assert.strictEqual(back.isRetryable, error.isRetryable)
      assert.deepStrictEqual(back.retryAfter, error.retryAfter)
      assert.strictEqual(JSON.stringify(yield* Schema.encodeEffect(json)(back)), text)
      assert.notInclude(text, "stack")
    }))

  it.effect.prop(
    "any error crosses JSON intact",
    { error: PricingError.PricingError },
    ({ error }) =>
      Effect.gen(function*() {
        const text = JSON.stringify(yield* Schema.encodeEffect(json)(error))
        const back = yield* Schema.decodeUnknownEffect(json)(JSON.parse(text))
        assert.strictEqual(JSON.stringify(yield* Schema.encodeEffect(json)(back)), text)
        assert.strictEqual(back.message, error.message)
        assert.strictEqual(back.reason._tag, error.reason._tag)
      })
  )

  it("has no attempts unless told", () => {
    assert.deepStrictEqual(wrap(new PricingError.QueueFull()).attempts, [])
  })

  it("tells the vendor's wait as a duration", () => {
    assert.deepStrictEqual(wrap(new PricingError.RateLimited({ retryAfterMs: 3_000 })).retryAfter, Duration.seconds(3))
    assert.deepStrictEqual(wrap(new PricingError.Unavailable({ retryAfterMs: 0 })).retryAfter, Duration.zero)
    assert.isUndefined(wrap(new PricingError.RateLimited({})).retryAfter)
    assert.isUndefined(wrap(new PricingError.Timeout({ limitMs: 1 })).retryAfter)
  })

  it.effect("is caught by its reason", () =>
    Effect.gen(function*() {
      const caught = yield* Effect.fail(wrap(new PricingError.RateLimited({ retryAfterMs: 5 }))).pipe(
        Effect.catchReason("PricingError", "RateLimited", (reason, error) => Effect.succeed({ error, reason }))
      )
      assert.strictEqual(caught.reason.retryAfterMs, 5)
      assert.strictEqual(caught.error.operation, "getPaywall")
    }))

  it.effect("another reason passes by", () =>
    Effect.gen(function*() {
      const error = yield* Effect.fail(wrap(new PricingError.QueueFull())).pipe(
        Effect.catchReason("PricingError", "RateLimited", () => Effect.succeed("caught")),
        Effect.flip
      )
      assert.strictEqual(error.reason._tag, "QueueFull")
    }))

  it("knows the operations of the port and of the clients, and no other", () => {
    assert.sameMembers(Array.from(PricingError.Operation.literals), [
      "getPaywall",
      "recordImpression",
      "validatePurchase",
      "createProfile",
      "addAttribute",
      "updateAttribute",
      "addAttributes",
      "sendEvents"
    ])
  })
})
