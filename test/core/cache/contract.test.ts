import { BotsiProvider } from "@priceport/botsi"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import { CorrilyProvider } from "@priceport/corrily"
import { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { Effect, Layer } from "effect"
import * as Vendors from "../../support/Vendors.ts"

/** The contract asks again and again, and means it. */
const forgetful = PaywallCache.remember({
  timeToLive: 0,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  refusals: { Unauthorized: 0, Forbidden: 0, NotFound: 0, Rejected: 0 },
  maxRetryAfter: 0
})

const shared = { placement: "onboarding", customer: Vendors.customer, concurrent: true }

ProviderContract.suite("botsi, behind a cache", {
  ...shared,
  id: "botsi",
  capabilities: BotsiProvider.capabilities,
  layer: Layer.merge(
    Vendors.asPricingProvider(Effect.flatMap(Vendors.makeBotsi, forgetful)),
    Layer.effect(
      ProviderContract.Vendor,
      Effect.map(BotsiSimulator.BotsiSimulator, (botsi) => Vendors.vendorOf(botsi, botsi.secretKey))
    )
  ).pipe(Layer.provide(Vendors.Botsi), Layer.provide(UndiciHttpClient.layer))
})

ProviderContract.suite("corrily, behind a cache", {
  ...shared,
  id: "corrily",
  capabilities: CorrilyProvider.capabilities,
  layer: Layer.merge(
    Vendors.asPricingProvider(Effect.flatMap(Vendors.makeCorrily, forgetful)),
    Layer.effect(
      ProviderContract.Vendor,
      Effect.map(CorrilySimulator.CorrilySimulator, (corrily) => Vendors.vendorOf(corrily, corrily.apiKey))
    )
  ).pipe(Layer.provide(Vendors.Corrily), Layer.provide(UndiciHttpClient.layer))
})
