import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as MetricSeries from "./metricSeries.ts"
import * as PromptAnswer from "./promptAnswer.ts"

/**
 * Counts what callers of `getPaywall` got from the vendor, and what failed. What came from memory is counted by the cache
 * itself, what came from a bundle by `Fallback`; an answer at hand passes as it is.
 */
export const counted = (self: Service): Service => {
  const ask = PromptAnswer.of(self)
  const provider = self.id
  return {
    ...self,
    getPaywall: PromptAnswer.make((request, options, caller) => {
      const asked = ask(request, options, caller)
      return PromptAnswer.isReady(asked) ? asked : Effect.onExitPrimitive(asked, (exit) => {
        const reason = MetricSeries.outcomeOf(exit)
        if (reason === "Interrupted") return undefined
        const source = Exit.isSuccess(exit) ? exit.value.provenance.source : "none"
        if (source === "live" || source === "none") {
          const labels = { provider, source, reason: reason === "ok" ? "none" : reason } as const
          MetricSeries.record(caller.context, PricingMetrics.paywalls, labels)
        }
        return undefined
      })
    })
  }
}
