import { BotsiProvider } from "@priceport/botsi"
import { type PricingProvider } from "@priceport/core"
import * as Fallback from "@priceport/core/resilience/Fallback"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import { CorrilyProvider } from "@priceport/corrily"
import { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { Effect, Layer } from "effect"
import * as Vendors from "../../support/Vendors.ts"
import * as Bundles from "./Bundles.ts"

// The bundle is for another placement: where it has no answer, every promise of the provider inside must hold.
const elsewhere = FallbackBundle.fromPaywalls([{ paywall: { ...Bundles.live, placement: "elsewhere" } }], {
  expires: "36500 days"
})

const bundled = <E, R>(provider: Effect.Effect<PricingProvider.Service, E, R>) =>
  Effect.gen(function*() {
    const bundle = yield* FallbackBundle.load(FallbackBundle.toText(elsewhere), { file: "fallback.json" })
    return Fallback.bundled(bundle)(yield* provider)
  })

const shared = { placement: "onboarding", customer: Vendors.customer, concurrent: true }

ProviderContract.suite("botsi with a bundle for elsewhere", {
  ...shared,
  id: "botsi",
  capabilities: BotsiProvider.capabilities,
  layer: Layer.merge(
    Vendors.asPricingProvider(bundled(Vendors.makeBotsi)),
    Layer.effect(
      ProviderContract.Vendor,
      Effect.map(BotsiSimulator.BotsiSimulator, (vendor) => Vendors.vendorOf(vendor, vendor.secretKey))
    )
  ).pipe(Layer.provide([Vendors.Botsi, Vendors.httpClients["our undici"]]))
})

ProviderContract.suite("corrily with a bundle for elsewhere", {
  ...shared,
  id: "corrily",
  capabilities: CorrilyProvider.capabilities,
  layer: Layer.merge(
    Vendors.asPricingProvider(bundled(Vendors.makeCorrily)),
    Layer.effect(
      ProviderContract.Vendor,
      Effect.map(CorrilySimulator.CorrilySimulator, (vendor) => Vendors.vendorOf(vendor, vendor.apiKey))
    )
  ).pipe(Layer.provide([Vendors.Corrily, Vendors.httpClients["our undici"]]))
})
