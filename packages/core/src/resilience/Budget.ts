/**
 * One time budget for a whole call: every attempt, every wait between them, and whatever else stands between the
 * application and the vendor.
 *
 * The budget travels in the context, so that inner policies see what remains: `Retry` does not wait for what cannot be
 * had in time, `Deadline` only narrows it, and `Breaker` tells a call that ran out of time from one that its caller gave
 * up. It belongs outermost.
 *
 * **Example** (Three seconds for a paywall, retries included)
 *
 * ```ts
 * const provider = pipe(
 *   vendor,
 *   Deadline.within("1 second"),
 *   Retry.transient(),
 *   Budget.grant({ getPaywall: "3 seconds" })
 * )
 * ```
 *
 * @since 0.2.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { ProviderId } from "../domain/Identifier.ts"
import * as AttemptLog from "../internal/attemptLog.ts"
import * as Calls from "../internal/calls.ts"
import * as MetricSeries from "../internal/metricSeries.ts"
import { InvalidRequest, PricingError, Timeout } from "../provider/PricingError.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import * as PricingProvider from "../provider/PricingProvider.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"

/**
 * - `endsAt`: the instant by which the call must end, in milliseconds of the `Clock`; infinite where nothing limits it.
 * - `limitMs`: how many milliseconds it was given.
 * - `spent`: becomes true at the moment the call is cut off for it.
 *
 * @category models
 * @since 0.2.0
 */
export interface Budget {
  readonly endsAt: number
  readonly limitMs: number
  readonly spent: boolean
}

/**
 * The budget outside any call: none.
 *
 * @category models
 * @since 0.2.0
 */
export const none: Budget = { endsAt: Infinity, limitMs: Infinity, spent: false }

/**
 * The budget of the call at hand. It is always kept by whoever put it here, see `run`: inner policies only read it.
 *
 * @category references
 * @since 0.2.0
 */
export const Current = Context.Reference<Budget>("@priceport/core/resilience/Budget/Current", {
  defaultValue: () => none
})

/**
 * How much time the call at hand still has: zero once it is spent, infinite outside any budget.
 *
 * @category accessors
 * @since 0.2.0
 */
export const remaining: Effect.Effect<Duration.Duration> = Clock.clockWith((clock) =>
  Effect.map(Current, ({ endsAt }) => Duration.millis(Math.max(0, endsAt - clock.currentTimeMillisUnsafe())))
)

/**
 * How long each operation may take in all, where the call itself does not say: `PricingProvider.defaultTimeouts` unless
 * set.
 *
 * @category options
 * @since 0.2.0
 */
export type Options = Partial<Record<PricingProvider.Operation, Duration.Input>>

/**
 * Gives every call one budget: its own `timeout`, or the usual one of its operation. The timeout is not handed on, so
 * each attempt inside has the provider's own limit and all of them together have this one.
 *
 * A call that runs out of time fails with `Timeout`, and the error lists the attempts made until then.
 *
 * @category combinators
 * @since 0.2.0
 */
export const grant = (options: Options = {}): (self: PricingProvider.Service) => PricingProvider.Service => {
  const usual = PricingProvider.timeoutsOf(options)
  return (self) =>
    Calls.transform(self, ({ operation, options: { timeout, ...others } = {}, run: call }) => {
      const limit = TimeBudget.limit(timeout, usual[operation])
      return limit instanceof InvalidRequest
        ? Effect.fail(new PricingError({ provider: self.id, operation, reason: limit }))
        : counted(run(call(others), { provider: self.id, operation, limit }), self.id, operation, limit)
    })
}

/** Counts a whole call, unless it is part of one that is counted. */
const counted = <A>(
  call: Effect.Effect<A, PricingError>,
  provider: ProviderId,
  operation: PricingProvider.Operation,
  limit: Duration.Duration
): Effect.Effect<A, PricingError> =>
  Effect.withFiber((fiber) => {
    if (fiber.getRef(Current) !== none) return call
    const { context } = fiber
    const clock = fiber.getRef(Clock.Clock)
    const startedAt = clock.currentTimeMillisUnsafe()
    return Effect.onExitPrimitive(call, (exit) => {
      const outcome = MetricSeries.outcomeOf(exit)
      MetricSeries.record(context, PricingMetrics.calls, { provider, operation, outcome })
      const limitMs = Duration.toMillis(limit)
      if (outcome !== "Interrupted" && limitMs > 0 && limitMs < Infinity) {
        const share = (clock.currentTimeMillisUnsafe() - startedAt) / limitMs
        MetricSeries.record(context, PricingMetrics.budgetUsed, { provider, operation }, share)
      }
      return undefined
    })
  })

/**
 * Gives a budget to the calls that come without one, and leaves the others as they are.
 *
 * @category combinators
 * @since 0.2.0
 */
export const ensure = (options?: Options) => (self: PricingProvider.Service): PricingProvider.Service => {
  const alone = grant(options)(self)
  const pick = <A>(f: (provider: PricingProvider.Service) => Effect.Effect<A, PricingError>) =>
    Effect.flatMap(Current, (budget) => f(budget === none ? alone : self))
  return {
    ...self,
    getPaywall: (request, options) => pick((provider) => provider.getPaywall(request, options)),
    recordImpression: (impression, options) => pick((provider) => provider.recordImpression(impression, options)),
    validatePurchase: (purchase, options) => pick((provider) => provider.validatePurchase(purchase, options))
  }
}

/**
 * Runs one call under a budget of `limit`, or under the one it already has where that ends no later. A budget that is
 * used up beforehand fails at once, without an attempt.
 *
 * @category combinators
 * @since 0.2.0
 */
export const run = <A>(
  call: Effect.Effect<A, PricingError>,
  options: {
    readonly provider: ProviderId
    readonly operation: PricingProvider.Operation
    readonly limit: Duration.Duration
  }
): Effect.Effect<A, PricingError> =>
  Effect.withFiber((fiber) => {
    const outer = fiber.getRef(Current)
    const clock = fiber.getRef(Clock.Clock)
    const { limit, operation, provider } = options
    const limitMs = Duration.toMillis(limit)
    const now = clock.currentTimeMillisUnsafe()
    const budget = { endsAt: now + limitMs, limitMs, spent: false }
    const timeout = (limitMs: number) => new Timeout({ limitMs })

    if (outer !== none && outer.endsAt <= budget.endsAt) {
      return outer.endsAt > now
        ? call
        : Effect.fail(new PricingError({ provider, operation, reason: timeout(outer.limitMs) }))
    }
    if (limitMs <= 0) return Effect.fail(new PricingError({ provider, operation, reason: timeout(limitMs) }))
    if (limitMs === Infinity) return Effect.provideService(call, Current, budget)

    return AttemptLog.under(provider, (entry) =>
      // Not a timeout: what was under way has to be seen before it is interrupted.
      // @effect-diagnostics-next-line raceFirstWithSleepToTimeout:off
      Effect.raceFirst(
        Effect.provideService(call, Current, budget),
        Effect.flatMap(Effect.sleep(limit), () => {
          budget.spent = true
          const cut = AttemptLog.cut(entry, clock.currentTimeMillisUnsafe())
          return Effect.fail(new PricingError({ ...cut, operation, reason: timeout(limitMs) }))
        })
      ))
  })

/**
 * Runs an effect outside the budget of the call that started it, as a lookup does that several callers share.
 *
 * @category combinators
 * @since 0.2.0
 */
export const apart = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect.pipe(Effect.provideService(Current, none), Effect.provideService(AttemptLog.Current, undefined))
