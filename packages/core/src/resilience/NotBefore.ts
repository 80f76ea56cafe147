/**
 * Does not ask a vendor again before the time it has named.
 *
 * It stands beside `Breaker`, which cannot lengthen a wait that has begun: one Retry-After is enough to close the gate,
 * and a later, longer one keeps it closed.
 *
 * @since 0.2.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { timestamp } from "../domain/Identifier.ts"
import * as Calls from "../internal/calls.ts"
import * as MetricSeries from "../internal/metricSeries.ts"
import { CircuitOpen, PricingError } from "../provider/PricingError.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"

/**
 * - `atMost`: how long a Retry-After is believed at most, 1 hour unless set. The vendor is asked once more then and may
 *   say it again.
 *
 * @category options
 * @since 0.2.0
 */
export interface Options {
  readonly atMost?: Duration.Input | undefined
}

/**
 * Answers `CircuitOpen` with `until`, and sends nothing, until the latest instant that the provider's Retry-After have
 * named so far. A shorter one never brings it forward, nor does a success.
 *
 * Vendors limit a key, not an operation: what any operation was told holds `getPaywall` and `recordImpression` back.
 * `validatePurchase` waits only for what a purchase was told, since a purchase must not be lost to the rate limit of
 * paywalls. Calls that cost the vendor nothing, such as those that are refused here, pass.
 *
 * @category combinators
 * @since 0.2.0
 */
export const gate = (options: Options = {}): (self: PricingProvider.Service) => PricingProvider.Service => {
  const atMost = Duration.toMillis(Duration.fromInputUnsafe(options.atMost ?? "1 hour"))

  return (self) => {
    const until = { reads: 0, purchases: 0 }

    return Calls.transform(self, (call) =>
      Clock.clockWith((clock) => {
        const opens = call.operation === "validatePurchase" ? until.purchases : until.reads
        if (clock.currentTimeMillisUnsafe() < opens && !call.staysHere()) {
          const reason = new CircuitOpen({ until: timestamp(opens) })
          return Effect.andThen(
            MetricSeries.update(PricingMetrics.heldBack, {
              provider: self.id,
              operation: call.operation,
              policy: "NotBefore"
            }),
            Effect.fail(new PricingError({ provider: self.id, operation: call.operation, reason }))
          )
        }
        return Effect.tapError(call.run(call.options), ({ retryAfter }) =>
          Effect.suspend(() => {
            if (retryAfter === undefined) return Effect.void
            const named = clock.currentTimeMillisUnsafe() + Math.min(Duration.toMillis(retryAfter), atMost)
            until.reads = Math.max(until.reads, named)
            if (call.operation === "validatePurchase") until.purchases = Math.max(until.purchases, named)
            const labels = { provider: self.id, operation: call.operation }
            return MetricSeries.update(PricingMetrics.retryAfter, labels, Duration.toSeconds(retryAfter))
          }))
      }))
  }
}
