/**
 * From Botsi to Corrily by stages: read beside, half of the customers, a bad day that undoes it, and everybody in the end.
 *
 * Its windows are half a second long, and it needs a vendor that can be switched off, so it has no `--live`.
 */
import { NodeRuntime } from "@effect/platform-node"
import { BotsiProvider } from "@priceport/botsi"
import type { PricingProvider } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import * as Migration from "@priceport/core/routing/Migration"
import * as MigrationState from "@priceport/core/routing/MigrationState"
import * as MigrationSteps from "@priceport/core/routing/MigrationSteps"
import { CorrilyProvider } from "@priceport/corrily"
import { BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import { ConfigProvider, Console, Effect, Schedule } from "effect"
import * as Vendors from "./vendors.ts"

/** Days and hours in earnest. The two vendors have names of their own for one product. */
const config: Migration.Config = {
  _tag: "Migration",
  id: "botsi-to-corrily",
  from: "botsi",
  to: "corrily",
  ramp: [50],
  products: { premium_monthly: "pro.monthly", premium_yearly: "pro.annual" },
  shadow: { sample: 1 },
  windowMs: 500,
  refreshMs: 100,
  minimum: 20
}

let customers = 0

/** Twenty customers come, none of whom was here before. */
const serve = (pricing: PricingProvider.Service) =>
  Effect.forEach(
    Array.from({ length: 20 }, () => ({ id: `customer-${customers++}`, country: "US" })),
    (customer) => Effect.ignore(pricing.getPaywall({ placement: "settings", customer })),
    { concurrency: 10, discard: true }
  )

const textOf = ({ moved, returned, stage }: MigrationSteps.Status) =>
  `${stage._tag}: ${moved * 100} % on corrily, ${returned * 100} % were there and came back`

/** What `priceport migrate advance` does, again and again until the gates let it. */
const advance = (pricing: PricingProvider.Service, options: { readonly release?: boolean } = {}) =>
  Effect.andThen(serve(pricing), MigrationSteps.advance(config, { by: "example", ...options })).pipe(
    Effect.retry({
      while: ({ _tag }) => _tag === "AdvanceRefused",
      times: 30,
      schedule: Schedule.spaced("50 millis")
    }),
    Effect.tap((status) => Console.log(textOf(status)))
  )

const main = Effect.gen(function*() {
  const latency = { minMs: 5, maxMs: 20 }
  const botsi = yield* BotsiSimulator.make({ latency, profiles: "implicit" })
  const corrily = yield* CorrilySimulator.make({ latency })
  const environment = ConfigProvider.layer(ConfigProvider.fromUnknown({
    BOTSI_BASE_URL: botsi.baseUrl,
    BOTSI_SECRET_KEY: botsi.secretKey,
    CORRILY_BASE_URL: corrily.baseUrl,
    CORRILY_API_KEY: corrily.apiKey
  }))

  yield* Effect.gen(function*() {
    const vendors = yield* Effect.all([BotsiProvider.makeConfig(), CorrilyProvider.makeConfig()])
    const pricing = yield* Migration.make(config, vendors)
    const old = yield* pricing.getPaywall({ placement: "settings", customer: { id: "ada", country: "US" } })
    yield* Console.log(Vendors.summaryOf(old))

    yield* advance(pricing)
    yield* advance(pricing)

    yield* corrily.inject(Fault.Status({ status: 503 }))
    const isBack = Effect.map(MigrationSteps.status(config), ({ stage }) => stage._tag === "Shadow")
    yield* Effect.repeat(Effect.andThen(serve(pricing), isBack), {
      until: (isBack) => isBack,
      schedule: Schedule.spaced("50 millis")
    })
    yield* Console.log(`corrily is down, stepped back to ${textOf(yield* MigrationSteps.status(config))}`)
    yield* corrily.clearFaults

    yield* advance(pricing)
    yield* advance(pricing)
    // Nobody changes vendors twice unless somebody says so.
    yield* advance(pricing, { release: true })

    const { provider } = yield* pricing.validatePurchase({
      attribution: old.attribution,
      transaction: {
        _tag: "AppStoreTransaction",
        transactionId: "2000000871590381",
        originalTransactionId: "2000000261699248",
        productId: "premium_monthly",
        environment: "sandbox"
      }
    })
    yield* Console.log(`the old paywall's purchase went to ${provider}`)
    const { exposures, unenrolled } = yield* corrily.state
    yield* Console.log(`corrily enrolled ${exposures}, and ${unenrolled} shadow reads enrolled nobody`)
  }).pipe(Effect.provide([MigrationState.layerMemory, environment, UndiciHttpClient.layer]))
})

NodeRuntime.runMain(Effect.scoped(main))
