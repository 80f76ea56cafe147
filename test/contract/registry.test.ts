import { BotsiProvider } from "@priceport/botsi"
import { ProviderRegistry } from "@priceport/core"
import { CorrilyProvider } from "@priceport/corrily"
import { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { Effect, Layer } from "effect"
import * as Vendors from "../support/Vendors.ts"

const registries = {
  botsi: {
    providers: Effect.all([Vendors.makeBotsi, Vendors.makeCorrily]),
    capabilities: BotsiProvider.capabilities
  },
  corrily: {
    providers: Effect.all([Vendors.makeCorrily, Vendors.makeBotsi]),
    capabilities: CorrilyProvider.capabilities
  }
}

for (const id of ["botsi", "corrily"] as const) {
  const { capabilities, providers } = registries[id]

  // Faults meet the vendor that serves; a request to either counts.
  const Vendor = Layer.effect(
    ProviderContract.Vendor,
    Effect.gen(function*() {
      const vendors = { botsi: yield* BotsiSimulator.BotsiSimulator, corrily: yield* CorrilySimulator.CorrilySimulator }
      const received = Effect.all([vendors.botsi.requests, vendors.corrily.requests])
      return {
        ...Vendors.vendorOf(vendors[id], vendors.botsi.secretKey, vendors.corrily.apiKey),
        requests: Effect.map(received, (requests) => requests.flat().length)
      }
    })
  )

  ProviderContract.suite(`registry of both, served by ${id}`, {
    id,
    capabilities,
    placement: "onboarding",
    customer: Vendors.customer,
    concurrent: true,
    layer: Layer.merge(Vendors.asPricingProvider(Effect.map(providers, (_) => ProviderRegistry.make(_))), Vendor).pipe(
      Layer.provide([Vendors.Botsi, Vendors.Corrily, Vendors.httpClients.undici])
    )
  })
}
