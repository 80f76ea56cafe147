/**
 * Vendors that also show what they really answered.
 *
 * The clients hand on an answer as it came, unknown members and all, so listening between a client and its provider shows
 * everything without touching HTTP. Of Botsi it is what is inside `data`.
 */
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import type { Requirements } from "@priceport/core/provider/VendorClient"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Drift from "./Drift.ts"
import type { VendorId } from "./Vendors.ts"

/** A provider, where its answers go, and how they should look. */
export interface Listening {
  readonly provider: PricingProvider.Service
  readonly baseUrl: string
  readonly shape: Drift.Shape
  readonly root: string
  /** The last answer, undefined before there is one. */
  readonly answer: () => unknown
}

const botsi = Effect.gen(function*() {
  const BotsiClient = yield* Effect.promise(() => import("@priceport/botsi/BotsiClient"))
  const BotsiProvider = yield* Effect.promise(() => import("@priceport/botsi/BotsiProvider"))
  const BotsiSchema = yield* Effect.promise(() => import("@priceport/botsi/BotsiSchema"))
  const options = yield* BotsiClient.config
  const client = yield* BotsiClient.make(options)
  let answer: unknown
  const getPaywall: typeof client.getPaywall = (...args) =>
    Effect.tap(client.getPaywall(...args), (wire) => Effect.sync(() => void (answer = wire)))
  return {
    provider: BotsiProvider.fromClient({ ...client, getPaywall }),
    baseUrl: options.baseUrl,
    answer: () => answer,
    root: "data",
    shape: Drift.members(BotsiSchema.Paywall, {
      // In the guide's answer, and the same as was asked for.
      placementId: "kept",
      sourceProducts: { items: Drift.members(BotsiSchema.Product) }
    })
  } satisfies Listening
})

const corrily = Effect.gen(function*() {
  const CorrilyClient = yield* Effect.promise(() => import("@priceport/corrily/CorrilyClient"))
  const CorrilyProvider = yield* Effect.promise(() => import("@priceport/corrily/CorrilyProvider"))
  const CorrilySchema = yield* Effect.promise(() => import("@priceport/corrily/CorrilySchema"))
  const options = yield* CorrilyClient.config
  const client = yield* CorrilyClient.make(options)
  let answer: unknown
  const paywall: typeof client.paywall = (...args) =>
    Effect.tap(client.paywall(...args), (wire) => Effect.sync(() => void (answer = wire)))
  const feature: Drift.Shape = {
    members: {
      ...Drift.kept("id", "value", "value_id", "status", "feature_group"),
      ...Drift.texts("api_id", "type", "name", "unit", "description")
    }
  }
  return {
    provider: CorrilyProvider.fromClient({ ...client, paywall }),
    baseUrl: options.baseUrl,
    answer: () => answer,
    root: "",
    shape: Drift.members(CorrilySchema.PaywallAnswer, {
      // In Corrily's real answers, on no page of it, and of no use to a paywall.
      ...Drift.kept("prices_raw_response", "trace_id"),
      products: {
        items: Drift.members(CorrilySchema.Product, {
          ...Drift.texts("interval", "price_usd"),
          trial: { members: { ...Drift.kept("id", "trial_id", "trial_days"), ...Drift.texts("trial_type") } },
          features: { items: feature }
        })
      }
    })
  } satisfies Listening
})

/** A vendor, configured from the environment. */
export const vendors: Readonly<Record<VendorId, Effect.Effect<Listening, Config.ConfigError, Requirements>>> = {
  botsi,
  corrily
}
