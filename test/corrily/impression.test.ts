import { assert, describe, it } from "@effect/vitest"
import { CorrilyProvider } from "@priceport/corrily"
import { Effect } from "effect"
import * as Corrily from "./Corrily.ts"

const fetched = (enroll?: boolean) =>
  Effect.gen(function*() {
    const { provider } = yield* Corrily.provider({}, Corrily.R1)
    return yield* provider.getPaywall({ placement: "p", customer: { id: "u_1" }, enroll })
  })

describe("Corrily recordImpression", () => {
  it.effect("19: the fetch was the exposure: once or twice, nothing is sent", () =>
    Effect.gen(function*() {
      const paywall = yield* fetched()
      const { provider, sent } = yield* Corrily.provider({}, Corrily.R1)
      for (const _ of [1, 2]) {
        assert.deepStrictEqual(yield* provider.recordImpression(paywall), { _tag: "ImplicitOnFetch" })
      }
      assert.isEmpty(sent)
    }))

  it.effect("an answer without enrolment is not counted", () =>
    Effect.gen(function*() {
      const paywall = yield* fetched(false)
      const { provider, sent } = yield* Corrily.provider({}, Corrily.R1)
      assert.strictEqual((yield* provider.recordImpression(paywall))._tag, "NotCounted")
      assert.isEmpty(sent)
    }))

  it.effect("a bundled paywall is not counted", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Corrily.provider({}, Corrily.R1)
      const { attribution: _, ...paywall } = yield* fetched()
      assert.strictEqual((yield* provider.recordImpression(paywall))._tag, "NotCounted")
      assert.isEmpty(sent)
    }))

  it.effect("another vendor's paywall is refused", () =>
    Effect.gen(function*() {
      const paywall = yield* fetched()
      const { provider, sent } = yield* Corrily.provider({ id: "corrily-eu" }, Corrily.R1)
      const error = yield* Effect.flip(provider.recordImpression(paywall))
      assert.strictEqual(error.reason._tag, "AttributionMismatch")
      assert.isEmpty(sent)
    }))
})

describe("Corrily validatePurchase", () => {
  it.effect("is not supported, at once and whatever the purchase", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Corrily.provider({}, Corrily.R1)
      const { attribution } = yield* fetched()
      const transaction = {
        _tag: "AppStoreTransaction",
        transactionId: "1",
        originalTransactionId: "1",
        productId: "p",
        environment: "sandbox"
      } as const
      for (const purchase of [{ attribution, transaction }, { transaction }, {}]) {
        const error = yield* Effect.flip(provider.validatePurchase(purchase as never))
        assert.strictEqual(error.reason._tag, "Unsupported")
        assert.isFalse(error.isRetryable)
      }
      assert.isEmpty(sent)
    }))

  it("is known beforehand", () => {
    assert.deepStrictEqual(CorrilyProvider.capabilities, {
      exposure: "on-fetch",
      purchases: [],
      repeatPurchase: "unknown"
    })
  })
})
