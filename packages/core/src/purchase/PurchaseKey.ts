/**
 * What makes two purchases the same one.
 *
 * A store names each transaction once, within its environment. That name, not the request, is what a purchase is known by:
 * reporting it twice, from two devices or in two processes, must be one validation.
 *
 * @since 0.3.0
 */
import type { Attribution } from "../domain/Attribution.ts"
import type { Purchase, Transaction } from "../domain/Purchase.ts"
import * as CanonicalJson from "../internal/canonicalJson.ts"

/**
 * The natural key: store, environment, and the App Store's transaction id or the Play Store's purchase token. It holds the
 * token in clear: hash it before it is stored or shown.
 *
 * @category conversions
 * @since 0.3.0
 */
export const parts = (transaction: Transaction): ReadonlyArray<string> =>
  transaction._tag === "AppStoreTransaction"
    ? ["purchase", "app_store", transaction.environment, transaction.transactionId]
    : ["purchase", "play_store", transaction.environment, transaction.token]

/**
 * The natural key as one text. It holds the token in clear.
 *
 * @category conversions
 * @since 0.3.0
 */
export const text = (transaction: Transaction): string => JSON.stringify(parts(transaction))

/**
 * Whose purchase it is: the vendor, and the identity it knows the customer by.
 *
 * @category conversions
 * @since 0.3.0
 */
export const customer = ({ provider, subject }: Attribution): ReadonlyArray<string> => [
  "customer",
  provider,
  subject.kind,
  subject.value
]

/**
 * What the vendor would be told: two purchases under one key that differ in it contradict each other. When the paywall was
 * fetched and how the transaction came to the app (`source`) may differ between two reports of one purchase.
 *
 * @category conversions
 * @since 0.3.0
 */
export const content = ({ attribution, transaction }: Purchase & { readonly attribution: Attribution }): string =>
  JSON.stringify([
    customer(attribution),
    attribution.placement,
    attribution.paywallId,
    CanonicalJson.stringify(attribution.payload),
    facts(transaction)
  ])

/** In a fixed order, whatever the order of the caller's members. */
const facts = (transaction: Transaction): ReadonlyArray<unknown> => {
  switch (transaction._tag) {
    case "AppStoreTransaction":
      return [transaction.originalTransactionId, transaction.productId, transaction.isSubscription]
    case "PlayStoreSubscription":
      return [
        transaction.productId,
        transaction.offer.basePlanId,
        transaction.offer.offerId,
        transaction.offer.pricingPhases.map((phase) => [
          phase.amountMicros,
          phase.currency,
          phase.period,
          phase.recurrenceMode,
          phase.cycles
        ])
      ]
    case "PlayStoreOneTimePurchase":
      return [transaction.productId, transaction.price.amountMicros, transaction.price.currency]
  }
}
