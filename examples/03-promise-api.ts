/**
 * The promise API: an application without Effect, plain async functions.
 */
import { BotsiProvider } from "@priceport/botsi"
import { type Impression, type PaywallRequest, PricingError, PricingProvider } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { Effect, Layer, ManagedRuntime } from "effect"
import * as Vendors from "./vendors.ts"

/** Botsi behind the port. The key comes from BOTSI_SECRET_KEY. */
const Pricing = BotsiProvider.layerConfig().pipe(Layer.provide(UndiciHttpClient.layer))

/** The port as async functions, for as long as the application runs. */
const makePricing = (layer: Layer.Layer<PricingProvider.PricingProvider, unknown>) => {
  const runtime = ManagedRuntime.make(layer)
  return {
    getPaywall: (request: PaywallRequest.PaywallRequest) =>
      runtime.runPromise(PricingProvider.PricingProvider.use((provider) => provider.getPaywall(request))),
    recordImpression: (impression: Impression.Impression) =>
      runtime.runPromise(PricingProvider.PricingProvider.use((provider) => provider.recordImpression(impression))),
    close: () => runtime.dispose()
  }
}

/** The products to offer a customer. A vendor that cannot answer now must not stop the sale. */
const offersFor = async (pricing: ReturnType<typeof makePricing>, customerId: string) => {
  try {
    const paywall = await pricing.getPaywall({ placement: "onboarding", customer: { id: customerId } })
    await pricing.recordImpression(paywall)
    return paywall.products.map(({ id }) => id)
  } catch (error) {
    if (error instanceof PricingError.PricingError && error.isRetryable) return ["premium_monthly"]
    throw error
  }
}

const main = async () => {
  const pricing = makePricing(Vendors.connect(Pricing))
  const offers = await offersFor(pricing, "customer-42").finally(pricing.close)
  console.log(`offers: ${offers.join(", ")}`)
}

Vendors.run(Effect.tryPromise({ try: main, catch: (error) => error as PricingError.PricingError }))
