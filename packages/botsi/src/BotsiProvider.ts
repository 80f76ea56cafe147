/**
 * Botsi behind the port.
 *
 * A paywall is asked for with exactly one identity, and the same one goes on its impression and its purchase, together
 * with Botsi's `isExperiment` and `aiPricingModelId` exactly as they came: Botsi's pages warn that anything else
 * corrupts the experiment.
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
import * as BotsiClient from "./BotsiClient.ts"
import type * as BotsiSchema from "./BotsiSchema.ts"
import * as Attribution from "./internal/attribution.ts"
import { toPaywall } from "./internal/paywall.ts"
import * as Profiles from "./internal/profiles.ts"
import * as Purchases from "./internal/purchase.ts"
import * as Request from "./internal/request.ts"

/**
 * - `placements`: Botsi's placement id for each placement of the application; one that is not listed is sent as it is.
 * - `dialect`: `reference` speaks the page "Get Paywall", `guide` the older guide, which requires a locale.
 * - `profiles`: with `ensure`, a customer Botsi does not know is created when country, device, os, platform and app
 *   version are known, once, and the paywall is asked for once more within the same time budget.
 * - `nullModelId`: how an `aiPricingModelId` that came as null goes back; see `NullModelId`.
 * - `timeouts`: time budgets by operation, in place of the port's defaults.
 *
 * @category models
 * @since 0.1.0
 */
export interface ProviderOptions {
  readonly placements?: Readonly<Record<string, string>> | undefined
  readonly dialect?: "reference" | "guide" | undefined
  readonly profiles?: "ensure" | "existing" | undefined
  readonly nullModelId?: NullModelId | undefined
  readonly timeouts?: PricingProvider.Options["timeouts"]
}

/**
 * `echo` (the default) sends null as null, `omit` leaves the member out, `zero` sends 0 as Botsi's Android client does.
 * Botsi documents the member as a required integer and asks for exactly the value it gave; which of them it takes for a
 * null is not documented.
 *
 * @category models
 * @since 0.1.0
 */
export type NullModelId = Attribution.NullModelId

/**
 * What makes a client, and what makes a provider of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends BotsiClient.Options, ProviderOptions {}

/**
 * Botsi counts an impression when it is told of it, and validates purchases of both stores. What validating one twice
 * does is not documented.
 *
 * @category models
 * @since 0.1.0
 */
export const capabilities: Capabilities = {
  exposure: "on-impression",
  purchases: ["app_store", "play_store"],
  repeatPurchase: "unknown"
}

/**
 * Makes a provider of a client.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromClient = (
  client: BotsiClient.BotsiClient["Service"],
  options: ProviderOptions = {}
): PricingProvider.Service => {
  const { dialect = "reference", nullModelId = "echo", placements = {}, timeouts } = options
  const provider = client.id
  const ensureProfile = options.profiles === "ensure" ? Profiles.make(client) : undefined

  return PricingProvider.make({
    id: provider,
    capabilities,
    timeouts,

    getPaywall: (request) => {
      const encoded = Request.encode(request, { provider, placements, dialect })
      if (encoded instanceof PricingError.InvalidRequest) return Effect.fail(encoded)
      const { body, placementId, subject } = encoded
      const ask = client.getPaywall(body, unbounded)
      return Effect.flatMap(
        ensureProfile === undefined || subject.kind !== "customerUserId"
          ? ask
          : Effect.catchReason(ask, "PricingError", "NotFound", (_, error) => {
            const creation = ensureProfile(request.customer)
            return creation === undefined
              ? Effect.fail(withHint(error, `to create the profile, ${Profiles.required} are needed`))
              : Effect.flatMap(creation, (unknown) =>
                unknown === undefined
                  ? ask
                  : Effect.fail(withHint(error, `creating the profile ended in ${unknown} and is not repeated`)))
          }),
        (wire) =>
          Clock.clockWith((clock) => {
            const fetchedAt = timestamp(clock.currentTimeMillisUnsafe())
            const paywall = toPaywall(wire, { provider, request, subject, placementId, fetchedAt })
            return paywall instanceof PricingError.InvalidResponse ? Effect.fail(paywall) : Effect.succeed(paywall)
          })
      )
    },

    recordImpression: (attribution) => {
      const echoed = Attribution.echo(attribution, nullModelId)
      return echoed instanceof PricingError.AttributionMismatch
        ? Effect.fail(echoed)
        : Effect.as(client.sendEvents([echoed.shown], unbounded), { _tag: "Recorded" })
    },

    recordImpressions: (attributions) => {
      const events: Array<BotsiSchema.Event> = []
      for (const attribution of attributions) {
        const echoed = Attribution.echo(attribution, nullModelId)
        if (echoed instanceof PricingError.AttributionMismatch) return Effect.fail(echoed)
        events.push(echoed.shown)
      }
      return client.sendEvents(events, unbounded)
    },

    validatePurchase: (attribution, transaction) => {
      const echoed = Attribution.echo(attribution, nullModelId)
      if (echoed instanceof PricingError.AttributionMismatch) return Effect.fail(echoed)
      const { abTestId, shown } = echoed
      const profile = transaction._tag === "AppStoreTransaction"
        ? client.validateAppStorePurchase({ ...shown, ...Purchases.appStore(transaction) }, unbounded)
        : client.validatePlayStorePurchase(
          { ...shown, ...(abTestId !== undefined && { abTestId }), ...Purchases.playStore(transaction) },
          unbounded
        )
      return Effect.map(
        profile,
        (answer) => Purchases.toValidated(answer, provider, Purchases.trialOf(transaction))
      )
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
  Effect.map(BotsiClient.make(options), (client) => fromClient(client, options))

/**
 * Layer that provides Botsi as the pricing provider.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options
): Layer.Layer<PricingProvider.PricingProvider, Config.ConfigError, VendorClient.Requirements> =>
  Layer.effect(PricingProvider.PricingProvider, make(options))

/**
 * Makes a provider whose key and base URL come from `BotsiClient.config`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeConfig = (
  options: Omit<Options, "secretKey" | "baseUrl"> = {}
): Effect.Effect<PricingProvider.Service, Config.ConfigError, VendorClient.Requirements> =>
  Effect.flatMap(BotsiClient.config, (read) => make({ ...options, ...read }))

/**
 * Layer that provides Botsi as the pricing provider, with key and base URL from `BotsiClient.config`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options?: Omit<Options, "secretKey" | "baseUrl">
): Layer.Layer<PricingProvider.PricingProvider, Config.ConfigError, VendorClient.Requirements> =>
  Layer.effect(PricingProvider.PricingProvider, makeConfig(options))

/** A paywall that was not found, and what was tried about it. */
const withHint = (error: PricingError.PricingError, hint: string) => {
  const { code, detail, status } = error.reason as PricingError.NotFound
  return new PricingError.PricingError({
    provider: error.provider,
    operation: error.operation,
    reason: new PricingError.NotFound({
      ...(status !== undefined && { status }),
      ...(code !== undefined && { code }),
      detail: detail === undefined ? hint : `${detail.slice(0, 298 - hint.length).toWellFormed()}; ${hint}`
    }),
    attempts: error.attempts
  })
}

/** The provider's own budget bounds the whole call; the client adds none. */
const unbounded = { timeout: Duration.infinity }
