/**
 * Stops asking a provider that keeps failing, and lets one call at a time find out whether it is back.
 *
 * A refusal is health: a vendor that says no is there. What counts is silence, broken connections and errors of the
 * vendor's own, a call cut off by its time budget included. A caller who gives up counts for nothing, and so does a call
 * that cost the vendor nothing. Per-attempt limits stand inside, see `Deadline`.
 *
 * @since 0.2.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { type ProviderId, timestamp } from "../domain/Identifier.ts"
import * as Calls from "../internal/calls.ts"
import * as MetricSeries from "../internal/metricSeries.ts"
import * as PricingError from "../provider/PricingError.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import * as Budget from "./Budget.ts"

/**
 * - `failures`: opens after so many failures in a row, 5 unless set.
 * - `rate`: opens, in place of `failures`, when this share of the last `calls` calls has failed. For a vendor that
 *   answers now and then.
 * - `openFor`: how long it stays open the first time, 5 seconds unless set; twice as long each time it opens anew.
 * - `openAtMost`: how long at most, 1 minute unless set. A Retry-After may make it longer, up to 1 hour.
 * - `onTransition`: is told when a circuit changes. Keep it brief: calls wait for it.
 *
 * @category options
 * @since 0.2.0
 */
export interface Options {
  readonly failures?: number | undefined
  readonly rate?: { readonly threshold: number; readonly calls: number } | undefined
  readonly openFor?: Duration.Input | undefined
  readonly openAtMost?: Duration.Input | undefined
  readonly onTransition?: ((transition: Transition) => Effect.Effect<void>) | undefined
}

/**
 * A circuit lets calls through while `closed`, none while `open`, and one while `half-open`.
 *
 * @category models
 * @since 0.2.0
 */
export type State = "closed" | "open" | "half-open"

/**
 * A circuit changed.
 *
 * @category models
 * @since 0.2.0
 */
export interface Transition {
  readonly provider: ProviderId
  readonly operation: PricingProvider.Operation
  readonly from: State
  readonly to: State
}

/**
 * Gives each operation of a provider a circuit of its own. While one is open its calls fail with `CircuitOpen` at once,
 * with `until` unless a probe is running; calls that cost the vendor nothing anyway pass.
 *
 * Throws a `RangeError` for numbers that make no circuit.
 *
 * @category combinators
 * @since 0.2.0
 */
export const guard = (options: Options = {}): (self: PricingProvider.Service) => PricingProvider.Service => {
  const policy: Parameters<typeof CircuitBreaker.make>[0] = {
    tripPolicy: options.rate === undefined
      ? CircuitBreaker.consecutive(options.failures ?? 5)
      : CircuitBreaker.rate({ threshold: options.rate.threshold, size: options.rate.calls }),
    openDuration: Schedule.min([
      Schedule.exponential(Duration.fromInputUnsafe(options.openFor ?? "5 seconds")),
      Schedule.spaced(Duration.fromInputUnsafe(options.openAtMost ?? "1 minute"))
    ])
  }

  return (self) => {
    const circuits = make(policy, self.id, options.onTransition)

    return Calls.transform(self, (call) => {
      const { operation } = call
      const vendor = call.run(call.options)
      return Effect.uninterruptibleMask((restore) =>
        failWhenCut(restore(vendor), self.id, operation).pipe(
          circuits.execute({ key: operation, classify: (exit) => classify(call, exit) }),
          Effect.catchTag("CircuitBreakerError", ({ reason }) =>
            call.staysHere() ?
              restore(vendor) :
              Effect.flatMap(asReason(reason), (reason) =>
                Effect.andThen(
                  MetricSeries.update(PricingMetrics.heldBack, { provider: self.id, operation, policy: "Breaker" }),
                  Effect.fail(new PricingError.PricingError({ provider: self.id, operation, reason }))
                )))
        )
      )
    })
  }
}

/** Circuits that nobody else shares, kept in memory for good; their keys are the operations. */
const make = (
  policy: Parameters<typeof CircuitBreaker.make>[0],
  provider: ProviderId,
  onTransition: Options["onTransition"]
): CircuitBreaker.CircuitBreaker => {
  const tell = (transition: CircuitBreaker.Transition | undefined) => {
    if (transition === undefined) return Effect.void
    const change: Transition = {
      provider,
      operation: transition.key as PricingProvider.Operation,
      from: states[transition.from],
      to: states[transition.to]
    }
    return onTransition === undefined ? report(change) : Effect.andThen(report(change), onTransition(change))
  }

  /** A circuit that is closed is seen from its first call on. */
  const seen = new Set<string>()
  const show = (key: string, fiber: Fiber.Fiber<unknown, unknown>) => {
    if (seen.has(key)) return
    seen.add(key)
    const operation = key as PricingProvider.Operation
    MetricSeries.record(fiber.context, PricingMetrics.breakerState, { provider, operation }, level.closed)
  }

  // There are three keys, which nobody has to sweep: a circuit that was open hours ago still lets one probe through.
  return Layer.build(CircuitBreaker.layerStoreMemory({ idleTimeToLive: Duration.infinity })).pipe(
    Effect.flatMap((context) => {
      const store = Context.get(context, CircuitBreaker.CircuitBreakerStore)
      return Effect.provideService(CircuitBreaker.make(policy), CircuitBreaker.CircuitBreakerStore, {
        ...store,
        admit: (key) =>
          Effect.withFiber((fiber) => {
            show(key, fiber)
            return Effect.tap(store.admit(key), ({ transition }) => tell(transition))
          }),
        record: (outcome) => Effect.tap(store.record(outcome), tell)
      })
    }),
    Scope.provide(Scope.makeUnsafe()),
    Effect.runSync
  )
}

const report = ({ operation, provider, to }: Transition): Effect.Effect<void> => {
  const log = to === "open" ? Effect.logWarning : Effect.logInfo
  return MetricSeries.update(PricingMetrics.breakerState, { provider, operation }, level[to]).pipe(
    Effect.andThen(MetricSeries.update(PricingMetrics.breakerTransitions, { provider, operation, state: to })),
    Effect.andThen(log(`the circuit is ${to}`)),
    Effect.annotateLogs({ "pricing.provider": provider, "pricing.operation": operation, "pricing.state": to })
  )
}

const level: Readonly<Record<State, number>> = { closed: 0, "half-open": 1, open: 2 }

const states = { Closed: "closed", Open: "open", HalfOpen: "half-open" } as const

/**
 * A call that its budget cuts off is interrupted, which a circuit ignores, as it must when a caller gives up. Here it
 * becomes the failure that it is. This works where the fiber cannot be interrupted, and the call itself can.
 */
const failWhenCut = <A>(
  call: Effect.Effect<A, PricingError.PricingError>,
  provider: ProviderId,
  operation: PricingProvider.Operation
) =>
  Effect.flatMap(
    Budget.Current,
    (budget) =>
      Effect.catchCauseIf(
        call,
        (cause) => budget.spent && Cause.hasInterruptsOnly(cause),
        () => {
          const reason = new PricingError.Timeout({ limitMs: budget.limitMs })
          return Effect.fail(new PricingError.PricingError({ provider, operation, reason }))
        }
      )
  )

const classify = <A>(
  call: Calls.Call<A>,
  exit: Exit.Exit<A, PricingError.PricingError>
): CircuitBreaker.Outcome => {
  if (Exit.isSuccess(exit)) return call.wasSent(exit.value) ? CircuitBreaker.success : CircuitBreaker.ignored
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error === undefined || error.isRetryable) return CircuitBreaker.failure({ retryAfter: error?.retryAfter })
  return PricingError.wasAttempted(error.reason) ? CircuitBreaker.success : CircuitBreaker.ignored
}

const asReason = (reason: CircuitBreaker.CircuitBreakerErrorReason): Effect.Effect<PricingError.CircuitOpen> =>
  Effect.map(Clock.currentTimeMillis, (now) =>
    new PricingError.CircuitOpen(
      reason._tag === "CircuitOpen" ? { until: timestamp(now + Duration.toMillis(reason.retryAfter)) } : {}
    ))
