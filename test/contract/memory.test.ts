import { assert, describe, it } from "@effect/vitest"
import { PricingError, PricingProvider } from "@priceport/core"
import { ProviderContract } from "@priceport/testing/contract"
import { MemoryProvider } from "@priceport/testing/memory"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

const reasons: Record<Exclude<ProviderContract.Fault, "silence">, PricingError.Reason> = {
  unauthorized: new PricingError.Unauthorized({}),
  forbidden: new PricingError.Forbidden({}),
  notFound: new PricingError.NotFound({}),
  rejected: new PricingError.Rejected({}),
  rateLimited: new PricingError.RateLimited({ retryAfterMs: 3000 }),
  unavailable: new PricingError.Unavailable({}),
  undecodable: new PricingError.InvalidResponse({ path: "", detail: "not an answer" }),
  reset: new PricingError.Transport({ detail: "the connection broke", sent: "maybe" })
}

const Vendor = Layer.effect(
  ProviderContract.Vendor,
  Effect.map(MemoryProvider.MemoryProvider, (memory) => ({
    requests: Effect.map(memory.state, ({ requests }) => requests.length),
    fail: (fault) => fault === "silence" ? memory.hangNext : memory.failNext(reasons[fault]),
    secrets: []
  }))
)

const shared = { id: "memory", placement: "onboarding", concurrent: true }

for (const exposure of ["on-impression", "on-fetch"] as const) {
  ProviderContract.suite(`memory, ${exposure}`, {
    ...shared,
    capabilities: { ...MemoryProvider.defaultCapabilities, exposure },
    customer: { id: "customer-5a1f8c" },
    layer: Layer.provideMerge(Vendor, MemoryProvider.layer({ capabilities: { exposure } }))
  })
}

ProviderContract.suite("memory, without purchases", {
  ...shared,
  capabilities: { ...MemoryProvider.defaultCapabilities, purchases: [] },
  customer: { profiles: { memory: "profile-5a1f8c" } },
  layer: Layer.provideMerge(Vendor, MemoryProvider.layer({ capabilities: { purchases: [] } }))
})

describe("MemoryProvider", () => {
  const request = { placement: "onboarding", customer: { id: "customer-42" } }

  it.effect("serves the paywalls it was given, and no others", () =>
    Effect.gen(function*() {
      const memory = yield* MemoryProvider.make({ paywalls: { onboarding: { id: "summer", products: [] } } })
      const paywall = yield* memory.getPaywall(request)
      assert.strictEqual(paywall.id, "summer")
      assert.strictEqual(paywall.name, MemoryProvider.defaultPaywall.name)
      assert.deepStrictEqual(paywall.products, [])

      const error = yield* Effect.flip(memory.getPaywall({ ...request, placement: "settings" }))
      assert.strictEqual(error.reason._tag, "NotFound")
    }))

  it.effect("counts an impression once for each customer and paywall", () =>
    Effect.gen(function*() {
      const memory = yield* MemoryProvider.make()
      for (const id of ["ada", "ada", "grace"]) {
        const paywall = yield* memory.getPaywall({ ...request, customer: { id } })
        yield* memory.recordImpression(paywall)
      }
      const { impressions, requests } = yield* memory.state
      assert.deepStrictEqual(impressions.map(({ subject }) => subject.value), ["ada", "grace"])
      assert.lengthOf(requests, 6)
    }))

  it.effect("counts the fetch where that is the exposure, unless nobody was to be enrolled", () =>
    Effect.gen(function*() {
      const memory = yield* MemoryProvider.make({ capabilities: { exposure: "on-fetch" } })
      yield* memory.getPaywall({ ...request, enroll: false })
      assert.deepStrictEqual((yield* memory.state).impressions, [])
      yield* memory.getPaywall(request)
      assert.lengthOf((yield* memory.state).impressions, 1)
    }))

  it.effect("credits a purchase once", () =>
    Effect.gen(function*() {
      const memory = yield* MemoryProvider.make()
      const { attribution } = yield* memory.getPaywall(request)
      const transaction = {
        _tag: "PlayStoreOneTimePurchase",
        token: "a-token",
        productId: "coins",
        environment: "sandbox",
        price: { amountMicros: 4_500_000, currency: "EUR" }
      } as const
      yield* memory.validatePurchase({ attribution, transaction })
      yield* memory.validatePurchase({ attribution, transaction })
      assert.deepStrictEqual((yield* memory.state).purchases, [{ attribution: attribution!, transaction }])
    }))

  it.effect("fails and hangs as it was told, one call after the other", () =>
    Effect.gen(function*() {
      const pricing = yield* PricingProvider.PricingProvider
      const memory = yield* MemoryProvider.MemoryProvider
      yield* memory.failNext(new PricingError.Forbidden({}))
      yield* memory.hangNext
      const forbidden = yield* Effect.flip(pricing.getPaywall(request))
      const hanging = yield* Effect.forkChild(Effect.flip(pricing.getPaywall(request)))
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(forbidden.reason._tag, "Forbidden")
      assert.strictEqual((yield* Fiber.join(hanging)).reason._tag, "Timeout")
      assert.strictEqual((yield* pricing.getPaywall(request)).provider, "memory")
    }).pipe(Effect.provide(MemoryProvider.layer())))
})
