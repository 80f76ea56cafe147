/**
 * The provider of a paywall that no vendor served, such as one bundled with an application: its impressions do not count
 * and its purchases cannot be attributed, which the port itself answers without asking anybody.
 */
import * as PricingError from "@priceport/core/provider/PricingError"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as Effect from "effect/Effect"

const nothing = () => Effect.fail(new PricingError.Unsupported({ capability: "a vendor" }))

export const provider: PricingProvider.Service = PricingProvider.make({
  id: "priceport",
  capabilities: { exposure: "on-impression", purchases: ["app_store", "play_store"], repeatPurchase: "safe" },
  getPaywall: nothing,
  recordImpression: nothing,
  validatePurchase: nothing
})
