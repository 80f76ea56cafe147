/**
 * Providers that answer what the port itself answers without asking anybody, and so need no key.
 */
import * as PricingError from "@priceport/core/provider/PricingError"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import { capabilities } from "@priceport/corrily/CorrilyProvider"
import * as Effect from "effect/Effect"

const nothing = () => Effect.fail(new PricingError.Unsupported({ capability: "a vendor" }))

/**
 * The provider of a paywall that no vendor served, such as one bundled with an application, or that must not count: its
 * impressions do not, and its purchases cannot be attributed.
 */
export const inPlaceOf = (id: string): PricingProvider.Service =>
  PricingProvider.make({
    id,
    capabilities: { exposure: "on-impression", purchases: ["app_store", "play_store"], repeatPurchase: "safe" },
    getPaywall: nothing,
    recordImpression: nothing,
    validatePurchase: nothing
  })

/** Corrily, to which neither impressions nor purchases are sent. */
export const corrily: PricingProvider.Service = PricingProvider.make({
  id: "corrily",
  capabilities,
  getPaywall: nothing
})
