/**
 * A validated purchase, as the `Journal` is told of it: by `Pricing`, and by whatever delivers purchases later than the
 * application asked for it. Told twice it is the same transaction.
 *
 * @since 0.4.0
 */
import * as Effect from "effect/Effect"
import type { Attribution } from "../domain/Attribution.ts"
import type { Transaction } from "../domain/Purchase.ts"
import { sha256 } from "../internal/sha256.ts"
import type { Purchased } from "../routing/Journal.ts"
import * as PurchaseKey from "./PurchaseKey.ts"

/**
 * - `at`: when the vendor validated it, in milliseconds since 1970.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = (attribution: Attribution, transaction: Transaction, at: number): Effect.Effect<Purchased> =>
  Effect.map(sha256(PurchaseKey.text(transaction)), (hash) => ({
    _tag: "Purchased",
    at,
    provider: attribution.provider,
    subject: attribution.subject,
    transaction: hash,
    productId: transaction.productId,
    environment: transaction.environment,
    ...firstPayment(transaction)
  }))

/** What is paid first, which the Play Store tells. */
const firstPayment = (transaction: Transaction) => {
  switch (transaction._tag) {
    case "AppStoreTransaction":
      return {}
    case "PlayStoreSubscription": {
      const [{ amountMicros, currency }] = transaction.offer.pricingPhases
      return { amountMicros, currency }
    }
    case "PlayStoreOneTimePurchase":
      return { amountMicros: transaction.price.amountMicros, currency: transaction.price.currency }
  }
}
