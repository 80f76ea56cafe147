import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import * as Pricing from "@priceport/core/pricing/Pricing"
import type * as Resilience from "@priceport/core/resilience/Resilience"
import { MemoryProvider } from "@priceport/testing/memory"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as Bundles from "../fallback/Bundles.ts"

const customer = { id: "customer-42" }
const request = { placement: "onboarding", customer }

const layer = (policy?: Resilience.Policy, options?: MemoryProvider.Options) =>
  Pricing.layer(policy).pipe(Layer.provideMerge(MemoryProvider.layer(options)))

const requests = Effect.map(
  Effect.flatMap(MemoryProvider.MemoryProvider, (memory) => memory.state),
  (state) => state.requests.length
)

describe("Pricing", () => {
  it.effect("asks the vendor once for what is asked for twice, and says which answer is from memory", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const first = yield* pricing.getPaywall(request)
      yield* TestClock.adjust("1 second")
      const second = yield* pricing.getPaywall(request)
      assert.strictEqual(first.provenance.source, "live")
      assert.deepInclude(second.provenance, { source: "cache", ageMs: 1000 })
      assert.deepStrictEqual(second.attribution, first.attribution)
      assert.strictEqual(yield* requests, 1)
    }).pipe(Effect.provide(layer())))

  it.effect("answers within the time the caller has, and goes on asking", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const memory = yield* MemoryProvider.MemoryProvider
      yield* pricing.getPaywall(request)
      yield* TestClock.adjust("40 minutes")
      yield* memory.hangNext
      const waiting = yield* Effect.forkChild(pricing.getPaywall(request, { within: "200 millis" }), {
        startImmediately: true
      })
      yield* TestClock.adjust("200 millis")
      const old = yield* Fiber.join(waiting)
      assert.deepInclude(old.provenance, { source: "stale", reason: "Timeout" })
      yield* TestClock.adjust("10 seconds")
      const { provenance } = yield* pricing.getPaywall(request)
      assert.notStrictEqual(provenance.source, "stale")
    }).pipe(Effect.provide(layer())))

  it.effect("retries what may pass, and lists every attempt", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const memory = yield* MemoryProvider.MemoryProvider
      yield* memory.failNext(new PricingError.Unavailable({ status: 503 }))
      const waiting = yield* Effect.forkChild(pricing.getPaywall(request), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      const { provenance } = yield* Fiber.join(waiting)
      assert.deepStrictEqual(provenance.attempts.map(({ outcome }) => outcome), ["Unavailable", "ok"])
    }).pipe(Effect.provide(layer())))

  it.effect("shows the bundle when the vendor is down from the start, and says why", () =>
    Effect.gen(function*() {
      const bundle = yield* Bundles.load(Bundles.json())
      yield* Effect.gen(function*() {
        const pricing = yield* Pricing.Pricing
        const memory = yield* MemoryProvider.MemoryProvider
        for (const _ of [1, 2, 3]) yield* memory.failNext(new PricingError.Unavailable({ status: 503 }))
        const waiting = yield* Effect.forkChild(
          pricing.getPaywall({ placement: bundle.placements[0]!, customer }),
          { startImmediately: true }
        )
        yield* TestClock.adjust("3 seconds")
        const paywall = yield* Fiber.join(waiting)
        assert.deepInclude(paywall.provenance, { source: "bundled", reason: "Unavailable" })
        assert.strictEqual((yield* pricing.recordImpression(paywall))._tag, "NotCounted")
      }).pipe(Effect.provide(layer({ fallback: { bundle } })))
    }))

  it.effect("prefetches several placements, and says which could not be had", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const outcome = yield* pricing.prefetch(["onboarding", "nowhere"], customer)
      assert.deepStrictEqual(
        outcome.map(({ error, placement }) => [placement, error?.reason._tag]),
        [["onboarding", undefined], ["nowhere", "NotFound"]]
      )
      assert.strictEqual((yield* pricing.getPaywall(request)).provenance.source, "cache")
    }).pipe(Effect.provide(layer({}, { paywalls: { onboarding: {} } }))))

  it.effect("does not prefetch where that would enrol, unless told to", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const [refused] = yield* pricing.prefetch(["onboarding"], customer)
      assert.strictEqual(refused?.error?.reason._tag, "Unsupported")
      assert.strictEqual(yield* requests, 0)
      const [fetched] = yield* pricing.prefetch(["onboarding"], customer, { enroll: true })
      assert.isUndefined(fetched?.error)
    }).pipe(Effect.provide(layer({}, { capabilities: { exposure: "on-fetch" } }))))

  it.effect("forgets a customer after a purchase, and when told to", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const { attribution } = yield* pricing.getPaywall(request)
      yield* pricing.validatePurchase({
        attribution,
        transaction: {
          _tag: "AppStoreTransaction",
          transactionId: "1",
          originalTransactionId: "1",
          productId: "premium_monthly",
          environment: "sandbox"
        }
      })
      assert.strictEqual((yield* pricing.getPaywall(request)).provenance.source, "live")
      yield* pricing.invalidate(customer)
      assert.strictEqual((yield* pricing.getPaywall(request)).provenance.source, "live")
    }).pipe(Effect.provide(layer())))
})
