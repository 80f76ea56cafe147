/**
 * Where the examples find their vendors: on loopback, or with `--live` at the real ones, read only.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Impression, type Paywall, PricingError, PricingProvider } from "@priceport/core"
import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { ConfigProvider, Effect, Layer } from "effect"

/** Whether to read from the real vendors, with the keys in BOTSI_SECRET_KEY and CORRILY_API_KEY. */
export const isLive = process.argv.includes("--live")

/** Starts both vendors on loopback, and says where they are as the environment would. */
const Simulated = ConfigProvider.layer(Effect.gen(function*() {
  const latency = { minMs: 20, maxMs: 80 }
  const botsi = yield* BotsiSimulator.make({ latency, customers: [{ customerUserId: "customer-42" }] })
  const corrily = yield* CorrilySimulator.make({ latency })
  return ConfigProvider.fromUnknown({
    BOTSI_BASE_URL: botsi.baseUrl,
    BOTSI_SECRET_KEY: botsi.secretKey,
    CORRILY_BASE_URL: corrily.baseUrl,
    CORRILY_API_KEY: corrily.apiKey
  })
}))

const Vendors = isLive ? Layer.empty : Simulated

/** Asks for a customer nobody has, enrols nobody, and writes nothing. */
const readOnly = (provider: PricingProvider.Service): PricingProvider.Service => ({
  ...provider,
  getPaywall: ({ placement }, options) =>
    provider.getPaywall({ placement, customer: { id: "priceport-example", country: "US" }, enroll: false }, options),
  recordImpression: () => Effect.succeed(Impression.NotCounted.make({ why: "--live writes nothing" })),
  validatePurchase: () =>
    Effect.fail(
      new PricingError.PricingError({
        provider: provider.id,
        operation: "validatePurchase",
        reason: new PricingError.Unsupported({ capability: "purchases with --live" })
      })
    )
})

/** Connects the provider of an example to the vendors, with further settings as the environment would hold them. */
export const connect = <E>(
  pricing: Layer.Layer<PricingProvider.PricingProvider, E>,
  settings: Readonly<Record<string, string>> = {}
) =>
  Layer.effect(
    PricingProvider.PricingProvider,
    Effect.map(PricingProvider.PricingProvider, (provider) => isLive ? readOnly(provider) : provider)
  ).pipe(
    Layer.provide(pricing),
    Layer.provide(ConfigProvider.layerAdd(ConfigProvider.fromUnknown(settings), { asPrimary: true })),
    Layer.provide(Vendors)
  )

/** Runs an example; whatever it connects meets the same vendors. */
export const run = <E extends Error>(example: Effect.Effect<void, E>) =>
  example.pipe(
    Effect.provide(Vendors),
    Effect.catch((error) =>
      Effect.sync(() => {
        console.error(error.message)
        process.exitCode = 1
      })
    ),
    NodeRuntime.runMain
  )

/** A paywall in one line. */
export const summaryOf = ({ experiment, id, products, provider }: Paywall.Paywall): string => {
  const offers = products.map(({ id, price }) => price === undefined ? id : `${id} for ${price.display}`)
  return `${provider} serves paywall ${id} (${experiment._tag}): ${offers.join(", ")}`
}
