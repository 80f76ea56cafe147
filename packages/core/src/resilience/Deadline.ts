/**
 * Bounds how long one attempt may take.
 *
 * It stands inside `Breaker` and `Retry`, where a vendor that is silent costs one attempt instead of the whole budget,
 * and where the breaker counts it.
 *
 * @since 0.2.0
 */
import * as Duration from "effect/Duration"
import * as PricingProvider from "../provider/PricingProvider.ts"
import * as Budget from "./Budget.ts"

/**
 * Fails a call with `Timeout` once it has taken longer than `limit`. It narrows what the call has anyway and never
 * widens it: neither the budget around it nor the provider's own limits.
 *
 * @category combinators
 * @since 0.2.0
 */
export const within = (limit: Duration.Input): (self: PricingProvider.Service) => PricingProvider.Service =>
  each({ getPaywall: limit, recordImpression: limit, validatePurchase: limit })

/**
 * Does so with a limit for each operation, and leaves those that have none as they are.
 *
 * @category combinators
 * @since 0.2.0
 */
export const each = (
  limits: Partial<Record<PricingProvider.Operation, Duration.Input | undefined>>
): (self: PricingProvider.Service) => PricingProvider.Service => {
  const limitOf = (input: Duration.Input | undefined) =>
    input === undefined ? undefined : Duration.max(Duration.fromInputUnsafe(input), Duration.zero)
  const durations = {
    getPaywall: limitOf(limits.getPaywall),
    recordImpression: limitOf(limits.recordImpression),
    validatePurchase: limitOf(limits.validatePurchase)
  }
  return (self) =>
    PricingProvider.transform(self, (call, operation) => {
      const limit = durations[operation]
      return limit === undefined ? call : Budget.run(call, { provider: self.id, operation, limit })
    })
}
