import { assert, describe, it } from "@effect/vitest"
import { Pricing, PricingError, Resilience } from "@priceport/core"
import { MemoryProvider } from "@priceport/testing/memory"
import { ConfigProvider, Duration, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

const environment = (variables: Record<string, string>) =>
  ConfigProvider.layer(ConfigProvider.fromEnv({ env: variables }))

const request = { placement: "onboarding", customer: { id: "customer-42" } }

describe("Resilience", () => {
  it.effect("needs no configuration", () =>
    Effect.gen(function*() {
      const policy = yield* Resilience.config
      assert.deepStrictEqual(Resilience.merge({}, policy), {
        budget: {},
        attempt: {},
        retry: {},
        breaker: {},
        cache: {}
      })
    }).pipe(Effect.provide(environment({}))))

  it.effect("reads a policy from the environment, over what the code says", () =>
    Effect.gen(function*() {
      const policy = Resilience.merge(
        { retry: { times: 5, base: 10 }, cache: { maxEntries: 7 } },
        yield* Resilience.config
      )
      assert.deepStrictEqual(policy, {
        budget: { getPaywall: Duration.seconds(1) },
        attempt: {},
        retry: { times: 0, base: 10 },
        breaker: {},
        cache: { maxEntries: 7 }
      })
    }).pipe(Effect.provide(environment({ PRICEPORT_BUDGET: "1 second", PRICEPORT_RETRIES: "0" }))))

  it.effect("says which variable cannot be read", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.asVoid(Resilience.config))
      assert.include(error.message, "PRICEPORT_BUDGET")
    }).pipe(Effect.provide(environment({ PRICEPORT_BUDGET: "soon" }))))

  it.effect("is obeyed by the service", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const memory = yield* MemoryProvider.MemoryProvider
      yield* memory.failNext(new PricingError.Unavailable({ status: 503 }))
      const waiting = yield* Effect.forkChild(Effect.flip(pricing.getPaywall(request)), { startImmediately: true })
      yield* TestClock.adjust("3 seconds")
      const error = yield* Fiber.join(waiting)
      assert.deepStrictEqual(error.attempts.map(({ outcome }) => outcome), ["Unavailable"])
    }).pipe(
      Effect.provide(
        Pricing.layerConfig().pipe(
          Layer.provideMerge(MemoryProvider.layer()),
          Layer.provide(environment({ PRICEPORT_RETRIES: "0" }))
        )
      )
    ))
})
