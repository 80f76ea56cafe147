import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { AttributionMismatch } from "../provider/PricingError.ts"

/** Why a token was refused. Nobody but the operator is told. */
export type Cause =
  | "malformed"
  | "unknown-key"
  | "forged"
  | "expired"
  | "future"
  | "provider"
  | "placement"
  | "subject"

/** Refuses a token: counts the cause, and tells the caller nothing. */
export const refuse = (cause: Cause): Effect.Effect<never, AttributionMismatch> =>
  Effect.andThen(
    Metric.update(Metric.withAttributes(refused, { cause }), 1),
    Effect.suspend(() => Effect.fail(new AttributionMismatch({ why })))
  )

const why = "refused"

const refused = Metric.counter("priceport_attribution_refused_total", {
  description: "Attribution tokens that were not opened, by cause",
  incremental: true
})
