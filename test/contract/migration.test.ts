import { BotsiProvider } from "@priceport/botsi"
import * as Migration from "@priceport/core/routing/Migration"
import * as MigrationState from "@priceport/core/routing/MigrationState"
import * as MigrationSteps from "@priceport/core/routing/MigrationSteps"
import { CorrilyProvider } from "@priceport/corrily"
import { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { Effect, Layer } from "effect"
import * as Vendors from "../support/Vendors.ts"

const capabilities = { botsi: BotsiProvider.capabilities, corrily: CorrilyProvider.capabilities }

/** How many steps were taken, and whose customers everybody is then. */
const stages = { "with shadow reads": 1, complete: 3 } as const

for (const from of ["botsi", "corrily"] as const) {
  const to = from === "botsi" ? "corrily" : "botsi"
  for (const [stage, steps] of Object.entries(stages)) {
    const id = stage === "complete" ? to : from
    const config: Migration.Config = {
      _tag: "Migration",
      id: "migration",
      from,
      to,
      ramp: [50],
      shadow: { sample: 1 }
    }

    const migrated = Effect.gen(function*() {
      const vendors = yield* Effect.all([Vendors.makeBotsi, Vendors.makeCorrily])
      for (let step = 0; step < steps; step++) {
        yield* MigrationSteps.advance(config, { by: "test", force: true })
      }
      return yield* Migration.make(config, vendors)
    })

    // Requests of the vendor that serves count: a shadow read is nobody's business.
    const Vendor = Layer.effect(
      ProviderContract.Vendor,
      Effect.gen(function*() {
        const vendors = {
          botsi: yield* BotsiSimulator.BotsiSimulator,
          corrily: yield* CorrilySimulator.CorrilySimulator
        }
        return Vendors.vendorOf(vendors[id], vendors.botsi.secretKey, vendors.corrily.apiKey)
      })
    )

    ProviderContract.suite(`a migration from ${from} to ${to}, ${stage}`, {
      id,
      capabilities: capabilities[id],
      placement: "onboarding",
      customer: Vendors.customer,
      concurrent: true,
      layer: Layer.merge(Vendors.asPricingProvider(migrated), Vendor).pipe(
        Layer.provide([Vendors.Botsi, Vendors.Corrily, Vendors.httpClients.undici, MigrationState.layerMemory])
      )
    })
  }
}
