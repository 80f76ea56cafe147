import { assert, describe, it } from "@effect/vitest"
import { Delivery, KeyRing, type Paywall, Pricing, PricingProvider, Purchase } from "@priceport/core"
import { MemoryStore, Outbox } from "@priceport/outbox"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const shown: Paywall.Paywall = {
  provider: "botsi",
  id: "1",
  placement: "onboarding",
  products: [],
  experiment: { _tag: "Unknown" },
  attribution: Given.attribution("ada", "1"),
  provenance: { source: "live", fetchedAt: "2026-03-01T12:00:00.000Z", notes: [], attempts: [] }
}

const live = (vendor: Given.Vendor) =>
  Pricing.layer().pipe(
    Layer.provideMerge(Outbox.layer()),
    Layer.provide([
      Layer.succeed(PricingProvider.PricingProvider, vendor.provider),
      MemoryStore.layer,
      KeyRing.layerEphemeral
    ])
  )

describe("Outbox.layer", () => {
  it.effect("has what an application reports delivered by the outbox", () => {
    const vendor = Given.vendor({ answer: Given.fails(Given.unavailable), batches: true })
    return Effect.gen(function*() {
      const delivery = yield* Delivery.Delivery
      assert(delivery !== undefined)
      assert.deepStrictEqual(yield* delivery.recordImpression(shown), { _tag: "Queued" })
      const sale = Given.purchase("ada", "t1")
      assert(Purchase.isPending(yield* delivery.validatePurchase(sale, { timeout: 0 })))
      vendor.answer = () => Effect.void
      yield* TestClock.adjust("1 minute")
      const outcome = yield* delivery.validatePurchase(sale)
      assert.deepStrictEqual(outcome, Given.validated("botsi", sale.transaction))
      assert.deepInclude((yield* Outbox.Outbox.use(({ status }) => status)).counts[0], { delivered: 1, dead: 0 })
    }).pipe(Effect.provide(live(vendor)))
  })

  it.effect("gives an application's Pricing its way", () => {
    const vendor = Given.vendor({ batches: true })
    return Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      assert.deepStrictEqual(yield* pricing.recordImpression(shown), { _tag: "Queued" })
      assert.lengthOf(vendor.requests, 0)
      yield* TestClock.adjust("1 second")
      assert.lengthOf(vendor.requests, 1)
    }).pipe(Effect.provide(live(vendor)))
  })
})
