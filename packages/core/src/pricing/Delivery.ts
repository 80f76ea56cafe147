/**
 * How impressions and purchases leave the application.
 *
 * Unless this reference is set, `Pricing` sends them at once, to the provider at hand, and what cannot be delivered now is
 * the caller's. `Outbox.layer` of `@priceport/outbox` sets it: there they are stored first, and delivered in the background.
 *
 * @since 0.3.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Impression, ImpressionOutcome } from "../domain/Impression.ts"
import type { Purchase, PurchaseOutcome } from "../domain/Purchase.ts"
import type { PricingError } from "../provider/PricingError.ts"
import type { CallOptions } from "../provider/PricingProvider.ts"

/**
 * @category models
 * @since 0.3.0
 */
export interface Service {
  readonly recordImpression: (
    impression: Impression,
    options?: CallOptions
  ) => Effect.Effect<ImpressionOutcome, PricingError>

  /** `timeout` is how long to wait for the vendor's word; the purchase is pending after that. */
  readonly validatePurchase: (
    purchase: Purchase,
    options?: CallOptions
  ) => Effect.Effect<PurchaseOutcome, PricingError>
}

/**
 * @category references
 * @since 0.3.0
 */
export const Delivery: Context.Reference<Service | undefined> = Context.Reference<Service | undefined>(
  "@priceport/core/pricing/Delivery",
  { defaultValue: () => undefined }
)
