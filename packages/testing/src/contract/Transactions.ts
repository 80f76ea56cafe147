/**
 * Purchases as the stores report them.
 *
 * @since 0.1.0
 */
import type { Transaction } from "@priceport/core/domain/Purchase"

/** Texts that tell who bought what. */
export const secrets: ReadonlyArray<string> = [
  "2000000871590381",
  "2000000261699248",
  "play-subscription-token-4fd1",
  "play-one-time-token-9ab7"
]

/** One of every kind, for a product. */
export const all = (productId: string): ReadonlyArray<Transaction> => [
  {
    _tag: "AppStoreTransaction",
    transactionId: "2000000871590381",
    originalTransactionId: "2000000261699248",
    productId,
    environment: "sandbox"
  },
  {
    _tag: "PlayStoreSubscription",
    token: "play-subscription-token-4fd1",
    productId,
    environment: "sandbox",
    offer: {
      basePlanId: "monthly",
      offerId: "trial-7d",
      pricingPhases: [
        { amountMicros: 0, currency: "USD", period: "P1W", recurrenceMode: 2, cycles: 1 },
        { amountMicros: 9_990_000, currency: "USD", period: "P1M", recurrenceMode: 1, cycles: 0 }
      ]
    }
  },
  {
    _tag: "PlayStoreOneTimePurchase",
    token: "play-one-time-token-9ab7",
    productId,
    environment: "sandbox",
    price: { amountMicros: 4_500_000, currency: "EUR" }
  }
]

/** The store a transaction is of. */
export const storeOf = (transaction: Transaction): "app_store" | "play_store" =>
  transaction._tag === "AppStoreTransaction" ? "app_store" : "play_store"
