import { assert, describe, it } from "@effect/vitest"
import {
  type Attribution,
  AttributionToken,
  KeyRing,
  Pricing,
  PricingError,
  Purchase,
  PurchaseLedger
} from "@priceport/core"
import { MemoryProvider } from "@priceport/testing/memory"
import { Effect, Layer, type Schema } from "effect"
import { TestClock } from "effect/testing"

const of = (value: string, payload: Schema.Json = { id: "p", isExperiment: true }): Attribution.Attribution => ({
  provider: "memory",
  placement: "onboarding",
  paywallId: "default",
  subject: { kind: "id", value },
  enrolled: true,
  fetchedAt: "2026-01-01T00:00:00.000Z",
  payload
})

const sale = (id: string, source: "restore" | "purchasing" = "purchasing"): Purchase.AppStoreTransaction => ({
  _tag: "AppStoreTransaction",
  transactionId: id,
  originalTransactionId: id,
  productId: "premium_monthly",
  environment: "sandbox",
  source
})

const lost = new PricingError.Timeout({ limitMs: 1 })
const conflict = (failure: PricingError.PricingError) => assert.strictEqual(failure.reason._tag, "PurchaseConflict")
const tokens = (options?: AttributionToken.Options) =>
  AttributionToken.layer(options).pipe(Layer.provide(KeyRing.layerEphemeral))
const pricing = (options?: AttributionToken.Options) =>
  Pricing.layer().pipe(Layer.provideMerge([MemoryProvider.layer(), tokens(options)]))

describe("a purchase whose reply was lost", () => {
  it.effect("stays pending, and its customer's, when asking again does not get through", () =>
    Effect.gen(function*() {
      const vendor = yield* MemoryProvider.MemoryProvider
      const validate = yield* PurchaseLedger.make()(vendor)
      yield* vendor.failNext(lost)
      yield* vendor.failNext(new PricingError.CircuitOpen({}))
      assert(Purchase.isPending(yield* validate({ attribution: of("ann"), transaction: sale("1") })))
      assert(Purchase.isPending(yield* validate({ attribution: of("ann"), transaction: sale("1") })))
      conflict(yield* Effect.flip(validate({ attribution: of("eve"), transaction: sale("1") })))
    }).pipe(Effect.provide(MemoryProvider.layer())))

  it.effect("is not forgotten to make room", () =>
    Effect.gen(function*() {
      const vendor = yield* MemoryProvider.MemoryProvider
      const validate = yield* PurchaseLedger.make({ maxEntries: 1 })(vendor)
      yield* vendor.failNext(lost)
      yield* validate({ attribution: of("ann"), transaction: sale("1") })
      yield* validate({ attribution: of("ann"), transaction: sale("2") })
      conflict(yield* Effect.flip(validate({ attribution: of("eve"), transaction: sale("1") })))
    }).pipe(Effect.provide(MemoryProvider.layer())))
})

describe("a purchase that was validated", () => {
  it.effect("stays its customer's when moving it to another one is refused", () =>
    Effect.gen(function*() {
      const vendor = yield* MemoryProvider.MemoryProvider
      const validate = yield* PurchaseLedger.make({ restore: "move" })(vendor)
      yield* validate({ attribution: of("ann"), transaction: sale("1") })
      yield* vendor.failNext(new PricingError.NotFound({ status: 404 }))
      yield* Effect.flip(validate({ attribution: of("bob"), transaction: sale("1", "restore") }))
      conflict(yield* Effect.flip(validate({ attribution: of("eve"), transaction: sale("1") })))
    }).pipe(Effect.provide(MemoryProvider.layer())))

  it.effect("is the same one in whatever order a database gives the members of its payload back", () =>
    Effect.gen(function*() {
      const vendor = yield* MemoryProvider.MemoryProvider
      const validate = yield* PurchaseLedger.make()(vendor)
      const first = yield* validate({ attribution: of("ann"), transaction: sale("1") })
      const again = yield* validate({ attribution: of("ann", { isExperiment: true, id: "p" }), transaction: sale("1") })
      assert.deepStrictEqual(again, first)
    }).pipe(Effect.provide(MemoryProvider.layer())))
})

describe("what the application expects of a session", () => {
  it.effect("holds for a readable attribution as for a token", () =>
    Effect.gen(function*() {
      const { getPaywall, recordImpression, validatePurchase } = yield* Pricing.Pricing
      const { attributionToken: _, ...paywall } = yield* getPaywall({
        placement: "onboarding",
        customer: { id: "ann" }
      })
      const expected = { subject: { value: "eve" } }
      const shown = yield* Effect.flip(recordImpression({ ...paywall, expected }))
      assert.strictEqual(shown.reason._tag, "AttributionMismatch")
      const bought = yield* Effect.flip(validatePurchase({ paywall, expected, transaction: sale("1") }))
      assert.strictEqual(bought.reason._tag, "AttributionMismatch")
    }).pipe(Effect.provide(pricing())))

  it.effect("a paywall out of the cache has a token that still opens", () =>
    Effect.gen(function*() {
      const { getPaywall, recordImpression } = yield* Pricing.Pricing
      yield* getPaywall({ placement: "onboarding", customer: { id: "ann" } })
      yield* TestClock.adjust("2 minutes")
      const paywall = yield* getPaywall({ placement: "onboarding", customer: { id: "ann" } })
      assert.strictEqual(paywall.provenance.source, "cache")
      assert.strictEqual((yield* recordImpression(paywall))._tag, "Recorded")
    }).pipe(Effect.provide(pricing({ timeToLive: "1 minute" }))))
})
