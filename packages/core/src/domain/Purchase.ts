/**
 * Purchases in the stores, and what a vendor says of them.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Attribution } from "./Attribution.ts"
import { ProviderId, Timestamp } from "./Identifier.ts"
import { Currency, Money } from "./Money.ts"

/**
 * Which store environment the purchase was made in.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Environment = Schema.Literals(["production", "sandbox"])

/** @since 0.1.0 */
export type Environment = typeof Environment.Type

/**
 * A price in micro-units: 1,000,000 are one unit of the currency. Zero is a price, not a missing one.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Micros = Schema.Int.check(
  Schema.isGreaterThanOrEqualTo(0, { expected: "a whole number of micro-units, zero or more" })
)

/** @since 0.1.0 */
export type Micros = typeof Micros.Type

/**
 * A transaction of the App Store, in StoreKit's words. `source` and `isSubscription` are sent only when stated.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AppStoreTransaction = Schema.TaggedStruct("AppStoreTransaction", {
  transactionId: Schema.NonEmptyString,
  originalTransactionId: Schema.NonEmptyString,
  productId: Schema.NonEmptyString,
  environment: Environment,
  source: Schema.optional(Schema.Literals(["restore", "purchasing", "observing"])),
  isSubscription: Schema.optional(Schema.Boolean)
})

/** @since 0.1.0 */
export interface AppStoreTransaction extends Schema.Schema.Type<typeof AppStoreTransaction> {}

/**
 * One phase of a Play Store subscription, in Play Billing's words: `period` is ISO 8601 such as `P1M`. A phase with
 * `amountMicros` 0 is a trial; without it Botsi books the purchase as paid.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PricingPhase = Schema.Struct({
  amountMicros: Micros,
  currency: Currency,
  period: Schema.String.check(
    Schema.isPattern(/^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/, {
      expected: "an ISO 8601 period such as P1M"
    })
  ),
  recurrenceMode: Schema.Int,
  cycles: Schema.Int
})

/** @since 0.1.0 */
export interface PricingPhase extends Schema.Schema.Type<typeof PricingPhase> {}

/**
 * A subscription bought in the Play Store. The order of the phases is kept.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PlayStoreSubscription = Schema.TaggedStruct("PlayStoreSubscription", {
  token: Schema.NonEmptyString,
  productId: Schema.NonEmptyString,
  environment: Environment,
  offer: Schema.Struct({
    basePlanId: Schema.NonEmptyString,
    offerId: Schema.optional(Schema.NonEmptyString),
    pricingPhases: Schema.NonEmptyArray(PricingPhase)
  })
})

/** @since 0.1.0 */
export interface PlayStoreSubscription extends Schema.Schema.Type<typeof PlayStoreSubscription> {}

/**
 * A one-time product bought in the Play Store.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PlayStoreOneTimePurchase = Schema.TaggedStruct("PlayStoreOneTimePurchase", {
  token: Schema.NonEmptyString,
  productId: Schema.NonEmptyString,
  environment: Environment,
  price: Schema.Struct({ amountMicros: Micros, currency: Currency })
})

/** @since 0.1.0 */
export interface PlayStoreOneTimePurchase extends Schema.Schema.Type<typeof PlayStoreOneTimePurchase> {}

/**
 * One transaction of one store.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Transaction = Schema.Union([AppStoreTransaction, PlayStoreSubscription, PlayStoreOneTimePurchase])

/** @since 0.1.0 */
export type Transaction = typeof Transaction.Type

/**
 * A purchase to validate, with the attribution of the paywall it was made on, also of one fetched with `enroll: false`.
 * `storePrice` is what the store charged, for your own records: no vendor takes it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Purchase = Schema.Struct({
  attribution: Schema.optional(Attribution),
  transaction: Transaction,
  storePrice: Schema.optional(Money)
})

/** @since 0.1.0 */
export interface Purchase extends Schema.Schema.Type<typeof Purchase> {}

/**
 * Something the customer may use, under the vendor's key for it. `expiresAt` is the vendor's text, verbatim.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Entitlement = Schema.Struct({
  key: Schema.String,
  active: Schema.optionalKey(Schema.Boolean),
  productId: Schema.optionalKey(Schema.String),
  store: Schema.optionalKey(Schema.String),
  expiresAt: Schema.optionalKey(Schema.String),
  willRenew: Schema.optionalKey(Schema.Boolean),
  refunded: Schema.optionalKey(Schema.Boolean)
})

/** @since 0.1.0 */
export interface Entitlement extends Schema.Schema.Type<typeof Entitlement> {}

/**
 * The store charged something else than the paywall had said for this product.
 *
 * @category schemas
 * @since 0.3.0
 */
export const PriceDifference = Schema.Struct({ productId: Schema.String, paywall: Money, store: Money })

/** @since 0.3.0 */
export interface PriceDifference extends Schema.Schema.Type<typeof PriceDifference> {}

/**
 * What the vendor says after it validated a purchase.
 *
 * `trial` tells whether the purchase started a trial; it is known for the Play Store only, since an App Store
 * transaction does not tell. `totalRevenueUsd` is the vendor's lifetime total in US dollars, not this purchase.
 * `priceDifference` is our own finding, see `Pricing.validatePurchase`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ValidatedPurchase = Schema.Struct({
  provider: ProviderId,
  customer: Schema.Struct({
    profileId: Schema.optionalKey(Schema.String),
    id: Schema.optionalKey(Schema.String),
    state: Schema.optionalKey(Schema.String),
    totalRevenueUsd: Schema.optionalKey(Schema.Finite),
    entitlements: Schema.Array(Entitlement)
  }),
  trial: Schema.optionalKey(Schema.Boolean),
  priceDifference: Schema.optionalKey(PriceDifference)
})

/** @since 0.1.0 */
export interface ValidatedPurchase extends Schema.Schema.Type<typeof ValidatedPurchase> {}

/**
 * A purchase whose outcome is not known yet, and since when (ISO 8601). `key` is what it is known by: a hash.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PendingPurchase = Schema.Struct({
  key: Schema.String,
  since: Timestamp,
  priceDifference: Schema.optionalKey(PriceDifference)
})

/** @since 0.1.0 */
export interface PendingPurchase extends Schema.Schema.Type<typeof PendingPurchase> {}

/**
 * What became of a purchase: the vendor's word, or none yet.
 *
 * @category schemas
 * @since 0.3.0
 */
export const PurchaseOutcome = Schema.Union([ValidatedPurchase, PendingPurchase])

/** @since 0.3.0 */
export type PurchaseOutcome = typeof PurchaseOutcome.Type

/**
 * Whether the vendor's word on a purchase is still to come.
 *
 * @category predicates
 * @since 0.3.0
 */
export const isPending = (outcome: PurchaseOutcome): outcome is PendingPurchase => !("provider" in outcome)
