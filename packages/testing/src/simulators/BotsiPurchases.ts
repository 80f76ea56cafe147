/**
 * What a validated purchase does to a profile.
 *
 * No store is asked: every purchase that is well formed and attributed is a good one, sandbox or production. A Play Store
 * purchase earns the price of its first phase, nothing when any phase is free (a trial, by the guide); an App Store one
 * earns the price in the catalogue, since its request carries none.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { ServedPaywall } from "./BotsiCatalogue.ts"
import { cents } from "./BotsiLedger.ts"
import type { Profile } from "./BotsiProfile.ts"
import type * as BotsiRequests from "./BotsiRequests.ts"
import * as Currency from "./Currency.ts"
import * as Refusal from "./Refusal.ts"

/** A purchase, whichever the store. */
export interface Sale {
  /** What makes a second validation of the same purchase the same one. */
  readonly transaction: string
  readonly transactionId: string
  readonly store: "app_store" | "play_store"
  readonly productId: string
  readonly basePlanId: string | null
  readonly offerId: string | null
  readonly isSubscription: boolean
  readonly isTrial: boolean
  readonly revenueUsd: number
  /** ISO 8601; how long the access lasts. */
  readonly period: string
}

/** Reads an App Store purchase. */
export const fromAppStore = (body: typeof BotsiRequests.AppStorePurchase.Type, paywall: ServedPaywall): Sale => ({
  transaction: `app_store/${body.transactionId}`,
  transactionId: body.transactionId,
  store: "app_store",
  productId: body.productId,
  basePlanId: null,
  offerId: null,
  isSubscription: body.isSubscription ?? true,
  isTrial: false,
  revenueUsd: paywall.products.find(({ productId }) => productId === body.productId)?.priceUsd ?? 9.99,
  period: "P1M"
})

/** Reads a Play Store purchase: exactly one of the two offers. */
export const fromPlayStore = (
  body: typeof BotsiRequests.PlayStorePurchase.Type
): Effect.Effect<Sale, Refusal.Refusal> => {
  const { oneTimePurchaseOfferDetails: oneTime, subscriptionOfferDetails: subscription } = body
  if (oneTime !== undefined && subscription !== undefined) {
    return Effect.fail(
      Refusal.ours("TWO_OFFERS", "subscriptionOfferDetails, oneTimePurchaseOfferDetails: send one of them, not both")
    )
  }
  const price = oneTime ?? subscription?.pricingPhases[0]
  if (price === undefined) {
    return Effect.fail(Refusal.missing("subscriptionOfferDetails or oneTimePurchaseOfferDetails: is missing"))
  }
  const isTrial = subscription?.pricingPhases.some((phase) => phase.priceAmountMicros === 0) ?? false
  return Effect.succeed({
    transaction: `play_store/${body.token}`,
    transactionId: body.token,
    store: "play_store",
    productId: body.productId,
    basePlanId: subscription?.basePlanId ?? null,
    offerId: subscription?.offerId ?? null,
    isSubscription: subscription !== undefined,
    isTrial,
    revenueUsd: isTrial ? 0 : cents(price.priceAmountMicros / 1_000_000 / Currency.perUsd(price.currencyCode)),
    period: subscription?.pricingPhases[0]?.billingPeriod ?? "P1M"
  })
}

/** The profile after this sale. */
export const credit = (profile: Profile, sale: Sale, now: DateTime.Utc): Profile => {
  const entry = sale.isSubscription ? subscriptionOf(sale, now) : undefined
  return {
    ...profile,
    state: sale.isTrial ? "active-trial" : sale.isSubscription ? "subscribed" : profile.state,
    totalRevenueUsd: cents(profile.totalRevenueUsd + sale.revenueUsd),
    accessLevels: { ...profile.accessLevels, premium: entry ?? lifetimeOf(sale, now) },
    subscriptions: entry === undefined ? profile.subscriptions : { ...profile.subscriptions, [sale.productId]: entry },
    nonSubscriptions: entry === undefined
      ? { ...profile.nonSubscriptions, [sale.productId]: oneTimeOf(sale, now) }
      : profile.nonSubscriptions
  }
}

const subscriptionOf = (sale: Sale, now: DateTime.Utc): { readonly [key: string]: Schema.Json } => {
  const at = DateTime.formatIso(now)
  return {
    createdDate: at,
    id: 1,
    isActive: true,
    sourceProductId: sale.productId,
    sourceBasePlanId: sale.basePlanId,
    store: sale.store,
    activatedAt: at,
    isLifetime: false,
    isRefund: false,
    willRenew: true,
    isInGracePeriod: false,
    cancellationReason: null,
    offerId: sale.offerId,
    startsAt: at,
    renewedAt: null,
    expiresAt: DateTime.formatIso(after(now, sale.period)),
    activeIntroductoryOfferType: sale.isTrial ? "free_trial" : null,
    activePromotionalOfferType: null,
    activePromotionalOfferId: null,
    unsubscribedAt: null,
    billingIssueDetectedAt: null
  }
}

const lifetimeOf = (sale: Sale, now: DateTime.Utc): Schema.Json => ({
  ...subscriptionOf(sale, now),
  isLifetime: true,
  willRenew: false,
  expiresAt: null
})

const oneTimeOf = (sale: Sale, now: DateTime.Utc): Schema.Json => ({
  isConsumable: false,
  isOneTime: true,
  isRefund: false,
  purchasedAt: DateTime.formatIso(now),
  purchasedId: sale.transactionId,
  store: sale.store,
  sourceProductId: sale.productId,
  transactionId: sale.transactionId
})

const after = (now: DateTime.Utc, period: string): DateTime.Utc => {
  const count = (unit: string) => Number(new RegExp(`(\\d+)${unit}`).exec(period)?.[1] ?? 0)
  return DateTime.add(now, { years: count("Y"), months: count("M"), weeks: count("W"), days: count("D") })
}
