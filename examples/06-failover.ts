/**
 * Two vendors, one of which dies: who has seen its prices keeps them, a newcomer gets the other vendor's.
 *
 * It needs a vendor that can be switched off, so it has no `--live`.
 */
import { NodeRuntime } from "@effect/platform-node"
import { BotsiProvider } from "@priceport/botsi"
import { Pricing, RoutedPricing } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { CorrilyProvider } from "@priceport/corrily"
import { BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import { ConfigProvider, Console, Effect, Layer } from "effect"
import * as Vendors from "./vendors.ts"

/** Botsi, and Corrily while Botsi is ill. Each has its own circuit and remembers what its customers were shown. */
const Prices = RoutedPricing.layer(
  { _tag: "Failover", id: "botsi-then-corrily", members: ["botsi", "corrily"], whenShown: "keep" },
  [BotsiProvider.makeConfig(), CorrilyProvider.makeConfig()]
).pipe(Layer.provide(UndiciHttpClient.layer))

/** Shows a paywall. `provenance` says who stands in for whom, and whether the customer has seen other prices. */
const show = Effect.fn("show")(function*(id: string) {
  const pricing = yield* Pricing.Pricing
  const paywall = yield* pricing.getPaywall({ placement: "onboarding", customer: { id, country: "US" } })
  // It is the vendor's who served the paywall, dead or not: an outbox keeps it until then, see example 05.
  const impression = yield* Effect.match(pricing.recordImpression(paywall), {
    onSuccess: ({ _tag }) => _tag,
    onFailure: ({ provider, reason }) => `${reason._tag} at ${provider}`
  })
  const { repriced = false, source, standby } = paywall.provenance
  const role = standby === undefined ? "itself" : `for ${standby.for}`
  yield* Console.log(`  ${id}: ${Vendors.summaryOf(paywall)}`)
  yield* Console.log(`    ${source}, ${role}, repriced: ${repriced}, impression: ${impression}`)
})

const main = Effect.gen(function*() {
  const latency = { minMs: 20, maxMs: 80 }
  const customers = ["ada", "grace", "alan"].map((customerUserId) => ({ customerUserId }))
  const botsi = yield* BotsiSimulator.make({ latency, customers })
  const corrily = yield* CorrilySimulator.make({ latency })

  const story = Effect.gen(function*() {
    yield* Console.log("Botsi is well")
    yield* show("ada")

    yield* botsi.inject(Fault.Status({ status: 503 }))
    yield* Console.log("Botsi is down: ada keeps its prices, grace is new")
    yield* show("ada")
    yield* show("grace")

    yield* botsi.clearFaults
    yield* Console.log("Botsi is back: grace keeps Corrily's prices, alan is new")
    yield* show("grace")
    yield* show("alan")
  })

  yield* Effect.provide(
    story,
    Prices.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({
      BOTSI_BASE_URL: botsi.baseUrl,
      BOTSI_SECRET_KEY: botsi.secretKey,
      CORRILY_BASE_URL: corrily.baseUrl,
      CORRILY_API_KEY: corrily.apiKey
    }))))
  )
})

NodeRuntime.runMain(Effect.scoped(main))
