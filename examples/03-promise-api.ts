/**
 * The promise API: an application without Effect, plain async functions.
 */
import { BotsiProvider } from "@priceport/botsi"
import { PricingError, PricingPromise } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { Layer } from "effect"
import * as Vendors from "./vendors.ts"

/** Botsi behind the port. The key comes from BOTSI_SECRET_KEY. */
const Botsi = BotsiProvider.layerConfig().pipe(Layer.provide(UndiciHttpClient.layer))

/** The products to offer a customer. A vendor that cannot answer now must not stop the sale. */
const offersFor = async (pricing: PricingPromise.PricingPromise, customerId: string) => {
  try {
    const customer = { id: customerId }
    const paywall = await pricing.getPaywall({ placement: "onboarding", customer }, { within: "800 millis" })
    await pricing.recordImpression(paywall)
    return paywall.products.map(({ id }) => id)
  } catch (error) {
    if (error instanceof PricingError.PricingError && error.isRetryable) return ["premium_monthly"]
    throw error
  }
}

const main = async () => {
  const pricing = PricingPromise.make(Vendors.connect(Botsi))
  const offers = await offersFor(pricing, "customer-42").finally(pricing.close)
  console.log(`offers: ${offers.join(", ")}`)
}

await main()
