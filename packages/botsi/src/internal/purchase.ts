import type * as Purchase from "@priceport/core/domain/Purchase"
import * as Predicate from "effect/Predicate"
import type * as BotsiSchema from "../BotsiSchema.ts"

/** StoreKit's facts in Botsi's words. `source` and `isSubscription` only when they were stated. */
export const appStore = (
  transaction: Purchase.AppStoreTransaction
): Omit<BotsiSchema.ValidateAppStore, "paywallId" | "placementId"> => ({
  productId: transaction.productId,
  transactionId: transaction.transactionId,
  originalTransactionId: transaction.originalTransactionId,
  environment: transaction.environment,
  ...(transaction.source !== undefined && { source: transaction.source }),
  ...(transaction.isSubscription !== undefined && { isSubscription: transaction.isSubscription })
})

/** Play Billing's facts in Botsi's words. All phases in their order: Botsi knows a trial by its phase of price zero. */
export const playStore = (
  transaction: Purchase.PlayStoreSubscription | Purchase.PlayStoreOneTimePurchase
): Omit<BotsiSchema.ValidatePlayStore, "paywallId" | "placementId"> => {
  const { environment, productId, token } = transaction
  if (transaction._tag === "PlayStoreOneTimePurchase") {
    const { amountMicros, currency } = transaction.price
    return {
      token,
      productId,
      environment,
      isSubscription: false,
      oneTimePurchaseOfferDetails: { priceAmountMicros: amountMicros, currencyCode: currency }
    }
  }
  const { basePlanId, offerId, pricingPhases: [first, ...others] } = transaction.offer
  return {
    token,
    productId,
    environment,
    isSubscription: true,
    subscriptionOfferDetails: {
      basePlanId,
      ...(offerId !== undefined && { offerId }),
      pricingPhases: [phase(first), ...others.map(phase)]
    }
  }
}

const phase = (pricing: Purchase.PricingPhase) => ({
  priceAmountMicros: pricing.amountMicros,
  currencyCode: pricing.currency,
  billingPeriod: pricing.period,
  recurrenceMode: pricing.recurrenceMode,
  billingCycleCount: pricing.cycles
})

/** Whether a purchase starts with a trial, as far as the store tells. */
export const trialOf = (transaction: Purchase.Transaction): boolean | undefined => {
  switch (transaction._tag) {
    case "AppStoreTransaction":
      return undefined
    case "PlayStoreSubscription":
      return transaction.offer.pricingPhases.some(({ amountMicros }) => amountMicros === 0)
    case "PlayStoreOneTimePurchase":
      return false
  }
}

/** Botsi's profile in the words of the port. A member of an unexpected type is left out; it fails nothing. */
export const toValidated = (
  profile: BotsiSchema.Profile,
  provider: string,
  trial: boolean | undefined
): Purchase.ValidatedPurchase => ({
  provider,
  customer: {
    profileId: profile.profileId,
    ...only("id", profile["customerUserId"], Predicate.isString),
    ...only("state", profile["state"], Predicate.isString),
    ...only("totalRevenueUsd", profile["totalRevenueUsd"], Number.isFinite as Predicate.Refinement<unknown, number>),
    entitlements: Predicate.isObject(profile["accessLevels"])
      ? Object.entries(profile["accessLevels"]).map(([key, level]) => toEntitlement(key, level))
      : []
  },
  ...(trial !== undefined && { trial })
})

const toEntitlement = (key: string, level: unknown): Purchase.Entitlement => {
  const wire = Predicate.isObject(level) ? level as Record<string, unknown> : {}
  return {
    key,
    ...only("active", wire["isActive"], Predicate.isBoolean),
    ...only("productId", wire["sourceProductId"], Predicate.isString),
    ...only("store", wire["store"], Predicate.isString),
    ...only("expiresAt", wire["expiresAt"], Predicate.isString),
    ...only("willRenew", wire["willRenew"], Predicate.isBoolean),
    ...only("refunded", wire["isRefund"], Predicate.isBoolean)
  }
}

const only = <K extends string, A>(
  key: K,
  value: unknown,
  is: Predicate.Refinement<unknown, A>
): { readonly [P in K]?: A } => (is(value) ? { [key]: value } : {}) as { readonly [P in K]?: A }
