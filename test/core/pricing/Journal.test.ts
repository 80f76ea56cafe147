import { assert, describe, it } from "@effect/vitest"
import { Journal, Pricing, PricingError } from "@priceport/core"
import { MemoryProvider } from "@priceport/testing/memory"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"

const request = { placement: "onboarding", customer: { id: "customer-42" } }

const listening = () => {
  const events: Array<Journal.Event> = []
  const journal = Layer.succeed(Journal.Journal, { tell: (event) => Effect.sync(() => void events.push(event)) })
  return { events, pricing: Pricing.layer().pipe(Layer.provide(journal), Layer.provideMerge(MemoryProvider.layer())) }
}

describe("Pricing with a journal", () => {
  it.effect("tells what a customer was served, whether it took long, and where it came from", () => {
    const { events, pricing } = listening()
    return Effect.gen(function*() {
      const { getPaywall } = yield* Pricing.Pricing
      const { attribution } = yield* getPaywall(request)
      yield* TestClock.adjust("1 second")
      yield* getPaywall(request)
      const told: Partial<Journal.Served> = {
        _tag: "Served",
        unit: "customer-42",
        subject: attribution!.subject,
        provider: attribution!.provider,
        placement: "onboarding"
      }
      assert.lengthOf(events, 2)
      assert.deepInclude(events[0], { ...told, at: 0, ms: 0, source: "live" })
      assert.deepInclude(events[1], { ...told, at: 1000, ms: 0, source: "cache" })
    }).pipe(Effect.provide(pricing))
  })

  it.effect("tells who was served nothing, and why", () => {
    const { events, pricing } = listening()
    return Effect.gen(function*() {
      const { getPaywall } = yield* Pricing.Pricing
      const memory = yield* MemoryProvider.MemoryProvider
      yield* memory.failNext(new PricingError.NotFound({ status: 404 }))
      const waiting = yield* Effect.forkChild(Effect.flip(getPaywall(request)), { startImmediately: true })
      yield* Fiber.join(waiting)
      assert.lengthOf(events, 1)
      assert.deepInclude(events[0], { _tag: "Unserved", unit: "customer-42", reason: "NotFound" })
    }).pipe(Effect.provide(pricing))
  })

  it.effect("tells of each report of an exposure, with its outcome", () => {
    const { events, pricing } = listening()
    return Effect.gen(function*() {
      const { getPaywall, recordImpression } = yield* Pricing.Pricing
      const paywall = yield* getPaywall(request)
      yield* recordImpression(paywall)
      yield* recordImpression(paywall)
      yield* recordImpression({})
      assert.deepStrictEqual(
        events.flatMap((event) => event._tag === "Exposed" ? [[event.outcome, event.paywallId]] : []),
        [["Recorded", paywall.id], ["Duplicate", paywall.id], ["NotCounted", undefined]]
      )
    }).pipe(Effect.provide(pricing))
  })

  it.effect("tells of a validated purchase, by the hash of its transaction, and what was paid first", () => {
    const { events, pricing } = listening()
    return Effect.gen(function*() {
      const { getPaywall, validatePurchase } = yield* Pricing.Pricing
      const { attribution } = yield* getPaywall(request)
      yield* validatePurchase({ attribution, transaction: Stub.oneTime })
      const event = events.at(-1)
      assert.deepInclude(event, {
        _tag: "Purchased",
        productId: "coins",
        environment: "production",
        amountMicros: 4_500_000,
        currency: "EUR"
      })
      assert.notInclude(JSON.stringify(events), Stub.oneTime.token)
    }).pipe(Effect.provide(pricing))
  })
})
