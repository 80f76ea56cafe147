import { type Pricing, PricingProvider } from "@priceport/core"
import { Effect, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Bundle from "./Bundle.ts"
import * as Circuit from "./Circuit.ts"
import type * as Coverage from "./Coverage.ts"
import * as Customers from "./Customers.ts"
import * as EventLog from "./EventLog.ts"
import type { Facts } from "./Facts.ts"
import * as Ledger from "./Ledger.ts"
import * as Prng from "./Prng.ts"
import * as Question from "./Question.ts"
import * as Settings from "./Settings.ts"
import { onAttempt, onAttribution, onEnd, type Stage } from "./Stage.ts"
import * as Vendor from "./Vendor.ts"

/** The day on which every world begins. */
const firstDay = Date.parse("2026-03-01T12:00:00.000Z")

/** Everything as it is before the first step. `scope` is the stack's. */
export const make = Effect.fnUntraced(
  function*(seed: number, coverage: Coverage.Coverage, makeStack: typeof Pricing.make) {
    yield* TestClock.setTime(firstDay)
    const clock = yield* TestClock.testClockWith(Effect.succeed)
    const now = () => clock.currentTimeMillisUnsafe()
    const random = Prng.make(seed)
    const settings = Settings.draw(random)
    const log = EventLog.make()
    const ledger = Ledger.make()
    const circuit = Circuit.make()
    const vendor = Vendor.make(settings.exposure, settings.gateAtMost, Prng.make(random.between(0, 2 ** 32)), {
      now,
      onAttempt: (attempt) => onAttempt(stage, attempt),
      onEnd: (attempt) => onEnd(stage, attempt),
      onAttribution: (attribution) => onAttribution(stage, attribution),
      onPurchase: (attribution) => ledger.forget(Question.subjectNames(attribution))
    })
    const bundle = settings.hasBundle ? yield* Bundle.load(firstDay) : undefined
    const scope = yield* Scope.make()
    const pricing = yield* makeStack({
      ...settings.policy,
      breaker: {
        ...settings.policy.breaker,
        onTransition: (transition) =>
          Effect.sync(() => {
            const { from, operation, to } = transition
            log.add(`${now()} circuit ${operation} ${from} -> ${to}`)
            coverage.add(`circuit ${from} -> ${to}`)
            Circuit.turn(circuit, transition, now())
          })
      },
      ...(bundle !== undefined && { fallback: { bundle } })
    }).pipe(
      Effect.provideService(PricingProvider.PricingProvider, vendor.provider),
      Scope.provide(scope)
    )
    const facts: Facts = { settings, vendor, ledger, circuit, bundle, open: true }
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const stage: Stage & { readonly scope: Scope.Closeable } = {
      scope,
      facts,
      pricing,
      visitors: Customers.draw(random, vendor.provider.id),
      random,
      log,
      coverage,
      waiting: new Set(),
      made: { calls: 0, keyless: 0, others: 0, cache: 0, stale: 0 },
      reported: new Set(),
      pairs: [],
      violations: [],
      now,
      run,
      calls: 0
    }
    return stage
  }
)
