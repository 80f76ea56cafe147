import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import * as PricingPromise from "@priceport/core/pricing/PricingPromise"
import { MemoryProvider } from "@priceport/testing/memory"
import { Effect, Layer } from "effect"

const request = { placement: "onboarding", customer: { id: "customer-42" } }

const make = () => PricingPromise.make(MemoryProvider.layer({ paywalls: { onboarding: {} } }))

const rejection = (promise: Promise<unknown>) => promise.then(() => undefined, (error: unknown) => error)

describe("PricingPromise", () => {
  it("gives plain objects", async () => {
    const pricing = make()
    const paywall = await pricing.getPaywall(request)
    assert.strictEqual(paywall.placement, "onboarding")
    assert.deepStrictEqual(await pricing.recordImpression(paywall), { _tag: "Recorded" })
    assert.deepStrictEqual(await pricing.prefetch(["onboarding"], request.customer), [{ placement: "onboarding" }])
    assert.strictEqual((await pricing.stats()).entries, 1)
    await pricing.invalidate(request.customer)
    assert.strictEqual((await pricing.stats()).entries, 0)
    await pricing.close()
  })

  it("rejects with the error itself", async () => {
    const pricing = make()
    const error = await rejection(pricing.getPaywall({ ...request, placement: "nowhere" }))
    assert.instanceOf(error, PricingError.PricingError)
    assert.strictEqual(error.reason._tag, "NotFound")
    assert.isFalse(error.isRetryable)
    await pricing.close()
  })

  it("gives a call up when its signal says so", async () => {
    const pricing = make()
    const error = await rejection(pricing.getPaywall(request, { signal: AbortSignal.abort() }))
    assert.strictEqual((error as DOMException).name, "AbortError")
    await pricing.close()
  })

  it("rejects every call when the provider cannot be made", async () => {
    const pricing = PricingPromise.make(Layer.effectDiscard(Effect.die("no key")) as never)
    assert.match(String(await rejection(pricing.getPaywall(request))), /no key/)
    await pricing.close()
  })
})
