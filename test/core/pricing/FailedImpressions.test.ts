import { assert, it } from "@effect/vitest"
import { Journal, Pricing, PricingError, PricingProvider } from "@priceport/core"
import { Effect, Layer } from "effect"
import * as Stub from "../Stub.ts"

it.effect("a paywall that was shown is told of though its vendor cannot be told", () => {
  const events: Array<Journal.Event> = []
  const journal = { tell: (event: Journal.Event) => Effect.sync(() => void events.push(event)) }
  const { provider } = Stub.make({ recordImpression: () => Effect.fail(new PricingError.Unavailable({ status: 503 })) })
  return Effect.gen(function*() {
    const pricing = yield* Pricing.Pricing
    const paywall = yield* pricing.getPaywall(Stub.request)
    yield* Effect.flip(pricing.recordImpression(paywall).pipe(Effect.timeout("1 minute"), (e) => e))
    assert.deepStrictEqual(events.map(({ _tag }) => _tag), ["Served", "Exposed"])
  }).pipe(Effect.provide(
    Pricing.layer({ retry: { times: 0 } }).pipe(
      Layer.provide(Layer.succeed(PricingProvider.PricingProvider, provider)),
      Layer.provide(Layer.succeed(Journal.Journal, journal))
    )
  ))
})
