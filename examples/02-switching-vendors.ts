/**
 * Switching vendors: the same program on Botsi, then on Corrily, and the purchase of an old paywall.
 */
import { BotsiProvider } from "@priceport/botsi"
import { type Customer, type Paywall, PricingProvider, ProviderRegistry } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { CorrilyProvider } from "@priceport/corrily"
import { Config, Console, Effect, Layer } from "effect"
import * as Vendors from "./vendors.ts"

/** The vendor that PRICING_VENDOR names serves paywalls. Each gets the impressions and purchases of its own. */
const Pricing = Layer.unwrap(Effect.gen(function*() {
  const vendor = yield* Config.Literals(["botsi", "corrily"], "PRICING_VENDOR")
  const botsi = BotsiProvider.makeConfig()
  const corrily = CorrilyProvider.makeConfig()
  return ProviderRegistry.layer(vendor === "botsi" ? [botsi, corrily] : [corrily, botsi])
})).pipe(Layer.provide(UndiciHttpClient.layer))

/** Asks for the paywall of a customer, and reports that it was shown. No vendor is named. */
const showPaywall = Effect.fn("showPaywall")(function*(customer: Customer.Customer) {
  const pricing = yield* PricingProvider.PricingProvider
  const paywall = yield* pricing.getPaywall({ placement: "onboarding", customer })
  const impression = yield* pricing.recordImpression(paywall)
  return { paywall, impression }
})

/** Has an App Store purchase validated by the vendor whose paywall led to it. */
const validate = Effect.fn("validate")(function*(paywall: Paywall.Paywall, transactionId: string) {
  const pricing = yield* PricingProvider.PricingProvider
  return yield* pricing.validatePurchase({
    attribution: paywall.attribution,
    transaction: {
      _tag: "AppStoreTransaction",
      transactionId,
      originalTransactionId: transactionId,
      productId: paywall.products[0]?.id ?? "premium_monthly",
      environment: "sandbox"
    }
  })
})

const show = Effect.gen(function*() {
  const { impression, paywall } = yield* showPaywall({ id: "customer-42", country: "US" })
  yield* Console.log(Vendors.summaryOf(paywall))
  yield* Console.log(`impression: ${impression._tag}`)
  return paywall
})

const main = Effect.gen(function*() {
  const onBotsi = Vendors.connect(Pricing, { PRICING_VENDOR: "botsi" })
  const onCorrily = Vendors.connect(Pricing, { PRICING_VENDOR: "corrily" })

  const oldPaywall = yield* Effect.provide(show, onBotsi)
  yield* Effect.provide(show, onCorrily)
  if (Vendors.isLive) return

  const { customer, provider } = yield* Effect.provide(validate(oldPaywall, "2000000871590381"), onCorrily)
  const keys = customer.entitlements.map(({ key }) => key)
  yield* Console.log(`the old paywall's purchase went to ${provider}, which grants ${keys.join(", ")}`)
})

Vendors.run(main)
