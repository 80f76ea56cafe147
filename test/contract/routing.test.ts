import { BotsiProvider } from "@priceport/botsi"
import { PricingError, type PricingProvider } from "@priceport/core"
import * as Experiment from "@priceport/core/routing/Experiment"
import * as Failover from "@priceport/core/routing/Failover"
import * as Routing from "@priceport/core/routing/Routing"
import { CorrilyProvider } from "@priceport/corrily"
import { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { Effect, Layer, type Scope } from "effect"
import * as Vendors from "../support/Vendors.ts"

type Router = (
  vendors: readonly [serving: PricingProvider.Service, other: PricingProvider.Service]
) => Effect.Effect<PricingProvider.Service, Routing.RoutingError, Scope.Scope>

/**
 * The suite makes one request fail and looks at the one attempt that it cost. Here the standby has no paywall for the
 * customer, so the failure is the answer; what it does otherwise is promised in the tests of `Failover`.
 */
const withoutPaywalls = (self: PricingProvider.Service): PricingProvider.Service => ({
  ...self,
  getPaywall: () =>
    Effect.fail(
      new PricingError.PricingError({
        provider: self.id,
        operation: "getPaywall",
        reason: new PricingError.InvalidRequest({ field: "customer", issue: "unknown here" })
      })
    )
})

/** The suite wants the caller's whole time to be spent on the one vendor. */
const failover = (id: string, ...members: readonly [string, ...Array<string>]): Failover.Config => ({
  _tag: "Failover",
  id,
  members,
  patience: 1
})

const experiment = (...members: readonly [string, ...Array<string>]): Experiment.Config => {
  const [first, ...others] = members
  return {
    _tag: "Experiment",
    id: "experiment",
    arms: [{ member: first, weight: 1 }, ...others.map((member) => ({ member, weight: 0 }))]
  }
}

const routers: Record<string, Router> = {
  "a failover": ([serving, other]) =>
    Failover.make(failover("failover", serving.id, other.id), [serving, withoutPaywalls(other)]),
  "an experiment": ([serving, other]) => Experiment.make(experiment(serving.id, other.id), [serving, other]),
  "an experiment of failovers, reloaded": ([serving, other]) =>
    Effect.gen(function*() {
      const vendors = [serving, withoutPaywalls(other)]
      const { provider, reload } = yield* Routing.reloadable({ _tag: "Routers", serve: other.id, routers: [] }, vendors)
      yield* reload({
        _tag: "Routers",
        serve: "experiment",
        routers: [
          experiment("serving-first", "other-first"),
          failover("serving-first", serving.id, other.id),
          failover("other-first", other.id, serving.id)
        ]
      })
      return provider
    })
}

const vendors = {
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
  const { capabilities, providers } = vendors[id]

  // Faults meet the vendor that serves; a request to either counts.
  const Vendor = Layer.effect(
    ProviderContract.Vendor,
    Effect.gen(function*() {
      const simulators = {
        botsi: yield* BotsiSimulator.BotsiSimulator,
        corrily: yield* CorrilySimulator.CorrilySimulator
      }
      const received = Effect.all([simulators.botsi.requests, simulators.corrily.requests])
      return {
        ...Vendors.vendorOf(simulators[id], simulators.botsi.secretKey, simulators.corrily.apiKey),
        requests: Effect.map(received, (requests) => requests.flat().length)
      }
    })
  )

  for (const [name, router] of Object.entries(routers)) {
    ProviderContract.suite(`${name}, served by ${id}`, {
      id,
      capabilities,
      placement: "onboarding",
      customer: Vendors.customer,
      concurrent: true,
      layer: Layer.merge(Vendors.asPricingProvider(Effect.flatMap(providers, router)), Vendor).pipe(
        Layer.provide([Vendors.Botsi, Vendors.Corrily, Vendors.httpClients["our undici"]])
      )
    })
  }
}
