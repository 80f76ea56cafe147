import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Impression, ImpressionOutcome } from "../domain/Impression.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import { isPending, type Purchase, type PurchaseOutcome } from "../domain/Purchase.ts"
import { type PricingError, wasAttempted } from "../provider/PricingError.ts"
import * as PurchaseTold from "../purchase/PurchaseTold.ts"
import * as Assignment from "../routing/Assignment.ts"
import type { Event, Service as Journal } from "../routing/Journal.ts"

/** Tells a journal what came of a call, and leaves the call as it is. */
export const make = (journal: Journal) => {
  const telling = <A>(
    call: Effect.Effect<A, PricingError>,
    event: (at: number, ms: number, outcome: A | PricingError) => Effect.Effect<Event | undefined>
  ): Effect.Effect<A, PricingError> =>
    Clock.clockWith((clock) => {
      const startedAt = clock.currentTimeMillisUnsafe()
      const tell = (outcome: A | PricingError) => {
        const at = clock.currentTimeMillisUnsafe()
        return Effect.flatMap(event(at, at - startedAt, outcome), (told) =>
          told === undefined ? Effect.void : journal.tell(told))
      }
      return Effect.tapError(Effect.tap(call, tell), tell)
    })

  return {
    getPaywall: (call: Effect.Effect<Paywall, PricingError>, { customer, placement }: PaywallRequest) =>
      telling(call, (at, ms, outcome) => {
        const [unit, ...others] = Assignment.units(customer)
        const asked = { at, ms, unit, placement, provider: outcome.provider }
        if ("_tag" in outcome) return Effect.succeed({ _tag: "Unserved", ...asked, reason: outcome.reason._tag })
        const { attribution, experiment, provenance } = outcome
        return Effect.succeed({
          _tag: "Served",
          ...asked,
          ...(others.length > 0 && { others }),
          subject: attribution?.subject,
          source: provenance.source,
          standbyFor: provenance.standby?.for,
          repriced: provenance.repriced,
          treatment: experiment._tag,
          variant: "variant" in experiment ? experiment.variant : undefined
        })
      }),

    recordImpression: (
      call: Effect.Effect<ImpressionOutcome, PricingError>,
      { attribution, provenance }: Impression
    ) =>
      telling(call, (at, _, outcome) =>
        Effect.succeed(
          outcome._tag === "PricingError" && !wasShown(outcome) ? undefined : {
            _tag: "Exposed",
            at,
            provider: attribution?.provider,
            placement: attribution?.placement,
            paywallId: attribution?.paywallId,
            subject: attribution?.subject,
            source: provenance?.source,
            standbyFor: provenance?.standby?.for,
            outcome: outcome._tag === "PricingError" ? "Failed" : outcome._tag
          }
        )),

    validatePurchase: (call: Effect.Effect<PurchaseOutcome, PricingError>, { attribution, transaction }: Purchase) =>
      telling(call, (at, _, outcome) => {
        if ("_tag" in outcome || isPending(outcome) || attribution === undefined) return Effect.undefined
        return PurchaseTold.make(attribution, transaction, at)
      })
  }
}

/** Whether a report was right, and only its vendor could not be told of it now. */
const wasShown = ({ reason }: PricingError): boolean =>
  wasAttempted(reason) || reason._tag === "CircuitOpen" || reason._tag === "QueueFull"
