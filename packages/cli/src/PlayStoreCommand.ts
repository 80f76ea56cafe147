/**
 * `priceport purchase play-store`.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError, Command, Flag } from "./Cli.ts"
import * as PaywallSource from "./PaywallSource.ts"
import * as PurchaseValidation from "./PurchaseValidation.ts"
import * as Syntax from "./Syntax.ts"

const { text } = PurchaseValidation

export const command = Command.make("play-store", {
  ...PurchaseValidation.flags,
  token: text("token", "T", "Required. Google Play's purchase token"),
  basePlan: text("base-plan", "B", "For a subscription: the base plan").pipe(Flag.optional),
  offer: text("offer", "O", "For a subscription: the offer, if one was used").pipe(Flag.optional),
  phases: text(
    "phase",
    "MICROS:CUR:PERIOD:MODE:CYCLES",
    "For a subscription: a pricing phase, such as 0:EUR:P1W:2:1 for a free week; once for each phase, in order"
  ).pipe(
    Flag.filterMap(Syntax.phase, () => "MICROS:CUR:PERIOD:MODE:CYCLES, such as 9990000:EUR:P1M:1:0"),
    Flag.atLeast(0)
  ),
  oneTime: text("one-time", "MICROS:CUR", "For a one-time product: the price, such as 4500000:EUR").pipe(
    Flag.filterMap(Syntax.price, () => "MICROS:CUR, such as 4500000:EUR"),
    Flag.optional
  )
}, (input) => {
  const bought = { token: input.token, productId: input.product, environment: input.environment }
  return PurchaseValidation.run(
    input,
    Option.match(input.oneTime, {
      onSome: (price) => ({ _tag: "PlayStoreOneTimePurchase", ...bought, price }),
      onNone: () => ({
        _tag: "PlayStoreSubscription",
        ...bought,
        offer: {
          basePlanId: Option.getOrUndefined(input.basePlan),
          offerId: Option.getOrUndefined(input.offer),
          pricingPhases: input.phases
        }
      })
    })
  )
}).pipe(
  Command.validate((input) => {
    const [isOneTime, isSubscription] = [Option.isSome(input.oneTime), Option.isSome(input.basePlan)]
    const message = isOneTime === isSubscription
      ? "Exactly one of --base-plan and --one-time is needed"
      : isSubscription && input.phases.length === 0
      ? "A subscription needs at least one --phase"
      : isOneTime && (input.phases.length > 0 || Option.isSome(input.offer))
      ? "--offer and --phase belong to a subscription, not to --one-time"
      : undefined
    return message === undefined
      ? PaywallSource.validate(input)
      : Effect.fail(new CliError.ValidationError({ message }))
  }),
  Command.withShortDescription("Validate a purchase of the Play Store"),
  Command.withDescription(
    `Has a purchase of Google's Play Store validated by the vendor that served the paywall, and credited to it: a
  subscription with its base plan and pricing phases, or a one-time product with its price.

  Prices are in millionths (9990000:EUR is 9.99 EUR), as Play Billing gives them. A phase of price 0 is a trial; without
  it Botsi books the purchase as paid.`
  ),
  Command.withExamples([
    {
      command:
        "priceport purchase play-store --paywall paywall.json --token abc --product premium_monthly --environment production --base-plan monthly --phase 0:EUR:P1W:2:1 --phase 9990000:EUR:P1M:1:0",
      description: "A subscription that starts with a free week"
    },
    {
      command:
        "priceport purchase play-store --paywall paywall.json --token abc --product coins --environment sandbox --one-time 4500000:EUR",
      description: "A one-time product"
    }
  ])
)
