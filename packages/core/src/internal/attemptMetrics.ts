import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Paywall } from "../domain/Paywall.ts"
import { type PricingError, wasAttempted } from "../provider/PricingError.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import type { Operation } from "../provider/PricingProvider.ts"
import * as AttemptLog from "./attemptLog.ts"
import * as MetricSeries from "./metricSeries.ts"

/** What a fiber does when it has a value: nothing, or something that is worth a step of its own. */
export type Report<A> = (value: A, fiber: Fiber.Fiber<unknown, unknown>) => Effect.Effect<void> | undefined

/** Counts an attempt at a vendor when it ends, and how long it took. What was refused before it was sent is none. */
export const counted = <A>(
  attempt: Effect.Effect<A, PricingError>,
  { fiber, operation, provider, report }: {
    readonly provider: ProviderId
    readonly operation: Operation
    readonly fiber: Fiber.Fiber<unknown, unknown>
    readonly report: Report<A> | undefined
  }
): Effect.Effect<A, PricingError> => {
  const clock = fiber.getRef(Clock.Clock)
  const startedAt = clock.currentTimeMillisUnsafe()
  return Effect.onExitPrimitive(attempt, (exit) => {
    const outcome = outcomeOf(exit, fiber)
    if (outcome === undefined) return undefined
    const seconds = (clock.currentTimeMillisUnsafe() - startedAt) / 1000
    MetricSeries.record(fiber.context, PricingMetrics.attempts, { provider, operation, outcome })
    MetricSeries.record(fiber.context, PricingMetrics.attemptDuration, { provider, operation }, seconds)
    if (Exit.isSuccess(exit)) return report?.(exit.value, fiber)
    const isCut = outcome === "Timeout" && Cause.hasInterruptsOnly(exit.cause)
    return isCut ? Effect.annotateCurrentSpan({ "error.type": outcome }) : undefined
  })
}

const outcomeOf = (exit: Exit.Exit<unknown, PricingError>, fiber: Fiber.Fiber<unknown, unknown>) => {
  if (Exit.isSuccess(exit)) return "ok"
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error !== undefined && !wasAttempted(error.reason)) return undefined
  const outcome = MetricSeries.outcomeOf(exit)
  return outcome === "Interrupted" && fiber.getRef(AttemptLog.Current)?.isCut === true ? "Timeout" : outcome
}

/** Counts what of a vendor's paywall could not be read. */
export const reportNotes = (provider: ProviderId): Report<Paywall> => ({ provenance: { notes } }, { context }) => {
  if (notes.length === 0) return undefined
  MetricSeries.record(context, PricingMetrics.paywallNotes, { provider }, notes.length)
  return Effect.annotateLogs(Effect.logDebug("parts of a paywall could not be read"), {
    "pricing.provider": provider,
    "pricing.notes": notes.length
  })
}
