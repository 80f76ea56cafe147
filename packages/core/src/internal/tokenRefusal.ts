import * as Effect from "effect/Effect"
import { AttributionMismatch } from "../provider/PricingError.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import * as MetricSeries from "./metricSeries.ts"

/** Refuses a token: counts the cause, and tells the caller nothing. */
export const refuse = (cause: PricingMetrics.Labels["cause"]): Effect.Effect<never, AttributionMismatch> =>
  Effect.andThen(
    MetricSeries.update(PricingMetrics.attributionRefused, { cause }),
    Effect.suspend(() => Effect.fail(new AttributionMismatch({ why })))
  )

const why = "refused"
