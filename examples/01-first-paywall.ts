/**
 * The first paywall: ask for it, show it, report that it was shown.
 */
import { BotsiProvider } from "@priceport/botsi"
import { type Customer, PricingProvider } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { Console, Effect, Layer } from "effect"
import * as Vendors from "./vendors.ts"

/** Asks for the paywall of a customer, and reports that it was shown. */
const showPaywall = Effect.fn("showPaywall")(function*(customer: Customer.Customer) {
  const pricing = yield* PricingProvider.PricingProvider
  const paywall = yield* pricing.getPaywall({ placement: "onboarding", customer })
  const impression = yield* pricing.recordImpression(paywall)
  return { paywall, impression }
})

/** Botsi behind the port. The key comes from BOTSI_SECRET_KEY. */
const Pricing = BotsiProvider.layerConfig().pipe(Layer.provide(UndiciHttpClient.layer))

const main = Effect.gen(function*() {
  const { impression, paywall } = yield* showPaywall({ id: "customer-42", country: "US" })
  yield* Console.log(Vendors.summaryOf(paywall))
  yield* Console.log(`impression: ${impression._tag}`)
})

Vendors.run(Effect.provide(main, Vendors.connect(Pricing)))
