import { assert, describe, it } from "@effect/vitest"
import { Delivery, Impression, Pricing, type Purchase } from "@priceport/core"
import { MemoryProvider } from "@priceport/testing/memory"
import { Effect, Layer } from "effect"
import * as Stub from "../Stub.ts"

const request = { placement: "onboarding", customer: { id: "customer-42" } }

/** A delivery that takes everything, and says what the vendor said. */
const delivering = (outcome: Purchase.PurchaseOutcome) => {
  const taken: Array<string> = []
  const layer = Layer.succeed(Delivery.Delivery, {
    recordImpression: () => Effect.sync(() => (taken.push("impression"), Impression.Queued.make({}))),
    validatePurchase: () => Effect.sync(() => (taken.push("purchase"), outcome))
  })
  const pricing = Pricing.layer().pipe(Layer.provide(layer), Layer.provideMerge(MemoryProvider.layer()))
  return { taken, pricing }
}

const bought = Effect.gen(function*() {
  const pricing = yield* Pricing.Pricing
  const { attribution } = yield* pricing.getPaywall(request)
  const outcome = yield* pricing.validatePurchase({ attribution, transaction: Stub.appStore })
  return { outcome, next: yield* pricing.getPaywall(request) }
})

describe("Pricing with a delivery", () => {
  it.effect("hands it impressions, each exposure once, and sends none itself", () => {
    const { pricing, taken } = delivering(Stub.validated)
    return Effect.gen(function*() {
      const { getPaywall, recordImpression } = yield* Pricing.Pricing
      const paywall = yield* getPaywall(request)
      assert.strictEqual((yield* recordImpression(paywall))._tag, "Queued")
      assert.strictEqual((yield* recordImpression(paywall))._tag, "Duplicate")
      assert.deepStrictEqual(taken, ["impression"])
      assert.lengthOf((yield* (yield* MemoryProvider.MemoryProvider).state).impressions, 0)
    }).pipe(Effect.provide(pricing))
  })

  it.effect("hands it purchases, and forgets the customer's paywalls once one is validated", () => {
    const { pricing, taken } = delivering(Stub.validated)
    return Effect.gen(function*() {
      const { next, outcome } = yield* bought
      assert.deepStrictEqual(outcome, Stub.validated)
      assert.strictEqual(next.provenance.source, "live")
      assert.deepStrictEqual(taken, ["purchase"])
      assert.lengthOf((yield* (yield* MemoryProvider.MemoryProvider).state).purchases, 0)
    }).pipe(Effect.provide(pricing))
  })

  it.effect("keeps the customer's paywalls while a purchase is pending", () => {
    const pending = { key: "a-key", since: "2026-03-01T12:00:00.000Z" }
    const { pricing } = delivering(pending)
    return Effect.gen(function*() {
      const { next, outcome } = yield* bought
      assert.deepStrictEqual(outcome, pending)
      assert.strictEqual(next.provenance.source, "cache")
    }).pipe(Effect.provide(pricing))
  })
})
