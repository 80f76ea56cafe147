import { assert, describe, it } from "@effect/vitest"
import { Capabilities, type PricingError, PricingProvider, ProviderRegistry } from "@priceport/core"
import { Effect } from "effect"
import * as Stub from "./Stub.ts"

const paywallOf = (provider: string) => ({
  ...Stub.paywall,
  provider,
  attribution: { ...Stub.attribution, provider }
})

const named = (id: string, options: Partial<PricingProvider.Options> = {}) =>
  Stub.make({ id, getPaywall: () => Effect.succeed(paywallOf(id)), ...options })

describe("ProviderRegistry", () => {
  it.effect("asks the first provider for paywalls", () =>
    Effect.gen(function*() {
      const [a, b] = [named("a"), named("b")]
      const registry = ProviderRegistry.make([a.provider, b.provider])
      assert.strictEqual((yield* registry.getPaywall(Stub.request)).provider, "a")
      assert.deepStrictEqual([a.reached, b.reached], [["getPaywall"], []])
    }))

  it.effect("sends impressions and purchases to the server of origin, whatever serves today", () =>
    Effect.gen(function*() {
      const [a, b] = [named("a"), named("b")]
      const registry = ProviderRegistry.make([a.provider, b.provider])
      const old = paywallOf("b")
      assert.deepStrictEqual(yield* registry.recordImpression(old), { _tag: "Recorded" })
      yield* registry.validatePurchase({ attribution: old.attribution, transaction: Stub.appStore })
      assert.deepStrictEqual([a.reached, b.reached], [[], ["recordImpression", "validatePurchase"]])
    }))

  it.effect("refuses what none of its providers served", () =>
    Effect.gen(function*() {
      const a = named("a")
      const registry = ProviderRegistry.make([a.provider])
      for (const provider of ["b", "constructor", "toString"]) {
        const { attribution } = paywallOf(provider)
        const impression = yield* Effect.flip(registry.recordImpression({ attribution }))
        const purchase = yield* Effect.flip(registry.validatePurchase({ attribution, transaction: Stub.appStore }))
        assert.strictEqual(impression.reason._tag, "AttributionMismatch")
        assert.strictEqual(purchase.reason._tag, "AttributionMismatch")
      }
      assert.isEmpty(a.reached)
    }))

  it.effect("invents no attribution", () =>
    Effect.gen(function*() {
      const a = named("a")
      const registry = ProviderRegistry.make([a.provider])
      const { attribution: _, ...bundled } = Stub.paywall
      assert.strictEqual((yield* registry.recordImpression(bundled))._tag, "NotCounted")
      const error = yield* Effect.flip(registry.validatePurchase({ transaction: Stub.appStore }))
      assert.strictEqual(error.reason._tag, "Unattributable")
      assert.isEmpty(a.reached)
    }))

  it.effect("hands the options of a call on", () =>
    Effect.gen(function*() {
      const registry = ProviderRegistry.make([named("a").provider])
      const options = { timeout: "soon" as never }
      const { attribution } = paywallOf("a")
      for (
        const call of [
          registry.getPaywall(Stub.request, options),
          registry.recordImpression({ attribution }, options),
          registry.validatePurchase({ attribution, transaction: Stub.appStore }, options)
        ]
      ) {
        const error = yield* Effect.flip(call as Effect.Effect<unknown, PricingError.PricingError>)
        assert.deepInclude(error.reason, { field: "timeout" })
      }
    }))

  it.effect.each([
    { why: "nothing", value: undefined },
    { why: "null", value: null },
    { why: "a text", value: "token" },
    { why: "a null attribution", value: { attribution: null, transaction: Stub.appStore } },
    { why: "an attribution that is a text", value: { attribution: "token", transaction: Stub.appStore } }
  ])("takes $why for no impression and no purchase, without a defect", ({ value }) =>
    Effect.gen(function*() {
      const a = named("a")
      const registry = ProviderRegistry.make([a.provider])
      yield* Effect.result(registry.recordImpression(value as never))
      yield* Effect.flip(registry.validatePurchase(value as never))
      assert.isEmpty(a.reached)
    }))

  it.effect("finds the origin also behind a composed provider", () =>
    Effect.gen(function*() {
      const [a, b] = [named("a"), named("b")]
      const inner = ProviderRegistry.make([a.provider, b.provider], { id: "inner" })
      const outer = ProviderRegistry.make([inner], { id: "outer" })
      const paywall = yield* outer.getPaywall(Stub.request)
      assert.deepStrictEqual(yield* outer.recordImpression(paywall), { _tag: "Recorded" })
    }))

  it("refuses two providers of one name, and none at all", () => {
    assert.throws(() => ProviderRegistry.make([named("a").provider, named("a").provider]), RangeError)
    assert.throws(() => ProviderRegistry.make([] as never), RangeError)
  })

  it.effect("is a provider like any other", () =>
    Effect.gen(function*() {
      const provider = yield* PricingProvider.PricingProvider
      assert.strictEqual((yield* provider.getPaywall(Stub.request)).provider, "a")
      assert.deepStrictEqual(provider.capabilities, named("a").provider.capabilities)
    }).pipe(
      Effect.provide(ProviderRegistry.layer([Effect.succeed(named("a").provider), Effect.succeed(named("b").provider)]))
    ))
})

describe("Capabilities", () => {
  const botsi: Capabilities.Capabilities = {
    exposure: "on-impression",
    purchases: ["app_store", "play_store"],
    repeatPurchase: "unknown"
  }
  const corrily: Capabilities.Capabilities = { exposure: "on-fetch", purchases: [], repeatPurchase: "unknown" }
  const careful: Capabilities.Capabilities = {
    exposure: "on-impression",
    purchases: ["play_store"],
    repeatPurchase: "safe"
  }

  it("a composite enrols on fetch if any member does, and validates what any member validates", () => {
    assert.deepInclude(Capabilities.combine([botsi, corrily]), {
      exposure: "on-fetch",
      purchases: ["app_store", "play_store"]
    })
    assert.deepInclude(Capabilities.combine([careful, corrily]), { purchases: ["play_store"] })
    assert.deepInclude(Capabilities.combine([botsi, careful]), { exposure: "on-impression" })
    assert.lengthOf(Capabilities.combine([botsi, careful]).purchases, 2)
  })

  it("a repeat is safe only where all members are", () => {
    assert.strictEqual(Capabilities.combine([careful, careful]).repeatPurchase, "safe")
    assert.strictEqual(Capabilities.combine([careful, botsi]).repeatPurchase, "unknown")
  })
})
