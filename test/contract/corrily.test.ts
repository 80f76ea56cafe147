import { CorrilyProvider } from "@priceport/corrily"
import { ProviderContract } from "@priceport/testing/contract"
import { CorrilySimulator } from "@priceport/testing/simulators"
import { Effect, Layer } from "effect"
import * as Vendors from "../support/Vendors.ts"

const Vendor = Layer.effect(
  ProviderContract.Vendor,
  Effect.map(CorrilySimulator.CorrilySimulator, (corrily) => Vendors.vendorOf(corrily, corrily.apiKey))
)

for (const [client, HttpClient] of Object.entries(Vendors.httpClients)) {
  ProviderContract.suite(`corrily, ${client}`, {
    id: "corrily",
    capabilities: CorrilyProvider.capabilities,
    placement: "onboarding",
    customer: Vendors.customer,
    concurrent: true,
    layer: Layer.merge(Vendors.asPricingProvider(Vendors.makeCorrily), Vendor).pipe(
      Layer.provide(Vendors.Corrily),
      Layer.provide(HttpClient)
    )
  })
}
