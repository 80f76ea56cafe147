import { type Attribution, type Paywall, PricingProvider, type Purchase } from "@priceport/core"
import { Effect } from "effect"

export const attribution: Attribution.Attribution = {
  provider: "stub",
  placement: "onboarding",
  paywallId: "42",
  subject: { kind: "user", value: "u-1" },
  enrolled: true,
  fetchedAt: "2026-03-01T12:00:00.000Z",
  payload: { id: 42, model: null, arm: 0 }
}

export const paywall: Paywall.Paywall = {
  provider: "stub",
  id: "42",
  placement: "onboarding",
  products: [],
  experiment: { _tag: "Unknown" },
  attribution,
  provenance: { source: "live", fetchedAt: "2026-03-01T12:00:00.000Z", notes: [], attempts: [] }
}

export const request = { placement: "onboarding", customer: { id: "u-1" } }

export const appStore: Purchase.AppStoreTransaction = {
  _tag: "AppStoreTransaction",
  transactionId: "2000000871590381",
  originalTransactionId: "2000000261699248",
  productId: "premium_monthly",
  environment: "sandbox"
}

export const monthly: Purchase.PricingPhase = {
  amountMicros: 9_990_000,
  currency: "USD",
  period: "P1M",
  recurrenceMode: 1,
  cycles: 0
}

export const subscription: Purchase.PlayStoreSubscription = {
  _tag: "PlayStoreSubscription",
  token: "a-token",
  productId: "premium_monthly",
  environment: "production",
  offer: { basePlanId: "monthly-base", pricingPhases: [monthly] }
}

export const oneTime: Purchase.PlayStoreOneTimePurchase = {
  _tag: "PlayStoreOneTimePurchase",
  token: "another-token",
  productId: "coins",
  environment: "production",
  price: { amountMicros: 4_500_000, currency: "EUR" }
}

export const validated: Purchase.ValidatedPurchase = { provider: "stub", customer: { entitlements: [] } }

/** A provider that answers at once, and the names of the operations that reached its vendor. */
export const make = (options: Partial<PricingProvider.Options> = {}) => {
  const reached: Array<string> = []
  const counted =
    <Args extends ReadonlyArray<unknown>, A, E>(name: string, f: (...args: Args) => Effect.Effect<A, E>) =>
    (...args: Args) =>
      Effect.suspend(() => {
        reached.push(name)
        return f(...args)
      })
  const { getPaywall, recordImpression, validatePurchase, ...rest } = options
  const provider = PricingProvider.make({
    id: "stub",
    capabilities: { exposure: "on-impression", purchases: ["app_store", "play_store"], repeatPurchase: "unknown" },
    getPaywall: counted("getPaywall", getPaywall ?? (() => Effect.succeed(paywall))),
    recordImpression: counted("recordImpression", recordImpression ?? (() => Effect.succeed({ _tag: "Recorded" }))),
    validatePurchase: "validatePurchase" in options && validatePurchase === undefined
      ? undefined
      : counted("validatePurchase", validatePurchase ?? (() => Effect.succeed(validated))),
    ...rest
  })
  return { provider, reached }
}
