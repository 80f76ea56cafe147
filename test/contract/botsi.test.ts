import { BotsiProvider } from "@priceport/botsi"
import { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator } from "@priceport/testing/simulators"
import { Effect, Layer } from "effect"
import * as Vendors from "../support/Vendors.ts"

const Vendor = Layer.effect(
  ProviderContract.Vendor,
  Effect.map(BotsiSimulator.BotsiSimulator, (botsi) => Vendors.vendorOf(botsi, botsi.secretKey))
)

for (const [client, HttpClient] of Object.entries(Vendors.httpClients)) {
  ProviderContract.suite(`botsi, ${client}`, {
    id: "botsi",
    capabilities: BotsiProvider.capabilities,
    placement: "onboarding",
    customer: Vendors.customer,
    concurrent: true,
    layer: Layer.merge(Vendors.asPricingProvider(Vendors.makeBotsi), Vendor).pipe(
      Layer.provide(Vendors.Botsi),
      Layer.provide(HttpClient)
    )
  })
}
