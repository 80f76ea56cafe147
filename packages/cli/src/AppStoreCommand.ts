/**
 * `priceport purchase app-store`.
 */
import * as Option from "effect/Option"
import { Command, Flag } from "./Cli.ts"
import * as PaywallSource from "./PaywallSource.ts"
import * as PurchaseValidation from "./PurchaseValidation.ts"

const { text } = PurchaseValidation

export const command = Command.make("app-store", {
  ...PurchaseValidation.flags,
  transactionId: text("transaction-id", "T", "Required. StoreKit's transaction id"),
  originalTransactionId: text(
    "original-transaction-id",
    "O",
    "Required. The first transaction of the subscription; of a first purchase the same id"
  ),
  source: text("source", "S", "How the app came by it: restore, purchasing or observing").pipe(Flag.optional),
  isSubscription: Flag.Boolean("subscription").pipe(
    Flag.withDescription("State that it is a subscription; --no-subscription states that it is not"),
    Flag.optional
  )
}, (input) =>
  PurchaseValidation.run(input, {
    _tag: "AppStoreTransaction",
    transactionId: input.transactionId,
    originalTransactionId: input.originalTransactionId,
    productId: input.product,
    environment: input.environment,
    source: Option.getOrUndefined(input.source),
    isSubscription: Option.getOrUndefined(input.isSubscription)
  })).pipe(
    Command.validate((input) => PaywallSource.validate(input)),
    Command.withShortDescription("Validate a purchase of the App Store"),
    Command.withDescription(
      "Has a transaction of Apple's App Store validated by the vendor that served the paywall, and credited to it."
    ),
    Command.withExamples([{
      command:
        "priceport purchase app-store --paywall paywall.json --transaction-id 2000000871590381 --original-transaction-id 2000000261699248 --product premium_monthly --environment production",
      description: "Validate a purchase made on a paywall that was kept in a file"
    }])
  )
