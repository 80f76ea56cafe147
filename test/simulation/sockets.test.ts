import { assert, describe, it } from "@effect/vitest"
import { Pricing, type PricingProvider } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { BotsiSimulator, CorrilySimulator, Fault, type Simulator } from "@priceport/testing/simulators"
import { Duration, Effect, Layer } from "effect"
import * as Vendors from "../support/Vendors.ts"
import * as Watch from "./Watch.ts"

/** How long each caller has, and how late a busy machine may notice. */
const [within, slack] = [800, 1_000]

const promise = <Id>(
  vendor: string,
  provider: Layer.Layer<PricingProvider.PricingProvider | Id, unknown>,
  simulator: Effect.Effect<Simulator, never, Id>
) =>
  it.live(
    `are answered in time by ${vendor}'s adapter, and leave no fiber and no connection`,
    () =>
      Effect.gen(function*() {
        const { openSockets, inject, requests } = yield* simulator
        yield* inject(Fault.Silence())
        const { left, result: calls } = yield* Watch.fibers(Effect.scoped(Effect.gen(function*() {
          const pricing = yield* Pricing.make()
          const ask = pricing.getPaywall({ placement: "onboarding", customer: Vendors.customer }, { within })
          return yield* Effect.all(
            Array.from({ length: 50 }, () => Effect.timed(Effect.flip(ask))),
            { concurrency: "unbounded" }
          )
        })))
        for (const [elapsed, { reason }] of calls) {
          assert.deepInclude(reason, { _tag: "Timeout", limitMs: within })
          assert.isAtMost(Duration.toMillis(elapsed), within + slack)
        }
        assert.lengthOf(yield* requests, 1)
        yield* becomesZero(left)
        yield* becomesZero(openSockets)
      }).pipe(Effect.provide(provider)),
    30_000
  )

/** Waits for a count to become 0: a vendor needs a moment to notice that its client is gone. */
const becomesZero = Effect.fnUntraced(function*(count: Effect.Effect<number>) {
  yield* Effect.timeoutOption(
    Effect.repeat(Effect.delay(count, "5 millis"), { until: (left) => left === 0 }),
    "5 seconds"
  )
  assert.strictEqual(yield* count, 0)
})

describe("50 callers with 800 ms each, before a server that accepts and stays silent", () => {
  promise(
    "Botsi",
    Vendors.asPricingProvider(Vendors.makeBotsi).pipe(
      Layer.provideMerge(Vendors.Botsi),
      Layer.provide(UndiciHttpClient.layer)
    ),
    BotsiSimulator.BotsiSimulator
  )
  promise(
    "Corrily",
    Vendors.asPricingProvider(Vendors.makeCorrily).pipe(
      Layer.provideMerge(Vendors.Corrily),
      Layer.provide(UndiciHttpClient.layer)
    ),
    CorrilySimulator.CorrilySimulator
  )
})
