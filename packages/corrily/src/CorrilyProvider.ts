/**
 * Corrily behind the port.
 *
 * On Corrily the fetch is the exposure: asking for a paywall enrols the customer and settles its prices for good, unless
 * the request says `enroll: false`. So recording an impression sends nothing, and prefetching is enrolling. Corrily
 * validates no purchase.
 *
 * @since 0.1.0
 */
import { timestamp } from "@priceport/core/domain/Identifier"
import type { Capabilities } from "@priceport/core/provider/Capabilities"
import * as PricingError from "@priceport/core/provider/PricingError"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import type * as VendorClient from "@priceport/core/provider/VendorClient"
import * as Clock from "effect/Clock"
import type * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CorrilyClient from "./CorrilyClient.ts"
import { toPaywall } from "./internal/paywall.ts"
import * as Request from "./internal/request.ts"

/**
 * - `placements`: Corrily's `paywall_id` for each placement of the application. For one that is not listed Corrily
 *   chooses by its own segmentation.
 * - `sendIp`: `always` sends the customer's address wherever it is known, so that Corrily can link an anonymous visitor
 *   to a later `id`; `anonymous` sends it only for customers without an `id`.
 * - `timeouts`: time budgets by operation, in place of the port's defaults.
 *
 * @category models
 * @since 0.1.0
 */
export interface ProviderOptions {
  readonly placements?: Readonly<Record<string, string>> | undefined
  readonly sendIp?: "always" | "anonymous" | undefined
  readonly timeouts?: PricingProvider.Options["timeouts"]
}

/**
 * What makes a client, and what makes a provider of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends CorrilyClient.Options, ProviderOptions {}

/**
 * Corrily's extras, given as `options.corrily` (or under the provider's own id) of a request.
 *
 * - `paywallId`: forces one paywall and bypasses segmentation.
 * - `coupons`: coupon ids by product id.
 * - `overrideCurrency`: gives the prices in `customer.currency` also to a customer who was shown another one before.
 * - `runExperiment`: false makes sure that no experiment is run.
 * - `override`: throws the customer's saved assignment away and draws anew. It breaks experiments: never send it twice.
 *
 * @category models
 * @since 0.1.0
 */
export type RequestOptions = Request.RequestOptions

/**
 * Corrily counts the customer when the paywall is fetched, and validates no purchase.
 *
 * @category models
 * @since 0.1.0
 */
export const capabilities: Capabilities = { exposure: "on-fetch", purchases: [], repeatPurchase: "unknown" }

/**
 * Makes a provider of a client.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromClient = (
  client: CorrilyClient.CorrilyClient["Service"],
  options: ProviderOptions = {}
): PricingProvider.Service => {
  const { placements = {}, sendIp = "always", timeouts } = options
  const provider = client.id

  return PricingProvider.make({
    id: provider,
    capabilities,
    timeouts,

    getPaywall: (request) => {
      const encoded = Request.encode(request, { provider, placements, sendIp })
      if (encoded instanceof PricingError.InvalidRequest) return Effect.fail(encoded)
      return Effect.flatMap(client.paywall(encoded.body, unbounded), (wire) =>
        Clock.clockWith((clock) => {
          const fetchedAt = timestamp(clock.currentTimeMillisUnsafe())
          const paywall = toPaywall(wire, { provider, request, encoded, fetchedAt })
          return paywall instanceof PricingError.InvalidResponse ? Effect.fail(paywall) : Effect.succeed(paywall)
        }))
    }
  })
}

/**
 * Makes a provider with a client of its own. Fails when the key or the base URL cannot be used.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: Options
): Effect.Effect<PricingProvider.Service, Config.ConfigError, VendorClient.Requirements> =>
  Effect.map(CorrilyClient.make(options), (client) => fromClient(client, options))

/**
 * Layer that provides Corrily as the pricing provider.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options
): Layer.Layer<PricingProvider.PricingProvider, Config.ConfigError, VendorClient.Requirements> =>
  Layer.effect(PricingProvider.PricingProvider, make(options))

/**
 * Makes a provider whose key and base URL come from `CorrilyClient.config`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeConfig = (
  options: Omit<Options, "apiKey" | "baseUrl"> = {}
): Effect.Effect<PricingProvider.Service, Config.ConfigError, VendorClient.Requirements> =>
  Effect.flatMap(CorrilyClient.config, (read) => make({ ...options, ...read }))

/**
 * Layer that provides Corrily as the pricing provider, with key and base URL from `CorrilyClient.config`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options?: Omit<Options, "apiKey" | "baseUrl">
): Layer.Layer<PricingProvider.PricingProvider, Config.ConfigError, VendorClient.Requirements> =>
  Layer.effect(PricingProvider.PricingProvider, makeConfig(options))

/** The provider's own budget bounds the whole call; the client adds none. */
const unbounded = { timeout: Duration.infinity }
