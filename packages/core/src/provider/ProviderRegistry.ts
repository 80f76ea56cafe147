/**
 * Several providers behind one port.
 *
 * The first one answers `getPaywall`. Impressions and purchases go to the provider that served the paywall, so that
 * after a switch of vendors the purchase of an old paywall still reaches the old vendor.
 *
 * @since 0.1.0
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ProviderId } from "../domain/Identifier.ts"
import * as Impression from "../domain/Impression.ts"
import { invalidImpression, invalidPurchase } from "../internal/inputs.ts"
import * as Capabilities from "./Capabilities.ts"
import * as PricingError from "./PricingError.ts"
import * as PricingProvider from "./PricingProvider.ts"

/**
 * - `id`: the registry's own name in errors, `registry` unless set.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly id?: ProviderId | undefined
}

/**
 * Makes one provider of several. The first is the one that serves paywalls.
 *
 * Throws a `RangeError` when there is none, or when two of them have the same id: their attributions could not be told
 * apart.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  providers: NonEmptyReadonlyArray<PricingProvider.Service>,
  options: Options = {}
): PricingProvider.Service => {
  const id = options.id ?? "registry"
  const origins = providers.flatMap((provider) =>
    (provider.members ?? [provider.id]).map((origin) => [origin, provider] as const)
  )
  const byId = new Map(origins)
  const members = Array.from(byId.keys())
  if (byId.size === 0) throw new RangeError("ProviderRegistry: at least one provider is needed")
  if (byId.size < origins.length) {
    throw new RangeError(
      `ProviderRegistry: each provider needs an id of its own, got ${origins.map(([origin]) => origin)}`
    )
  }

  const refuse = (operation: PricingProvider.Operation, reason: PricingError.Reason) =>
    Effect.fail(new PricingError.PricingError({ provider: id, operation, reason }))

  const unknown = (provider: ProviderId) =>
    new PricingError.AttributionMismatch({ why: `no provider named ${provider} is registered` })

  return {
    id,
    members,
    member: (asked) => {
      const origin = byId.get(asked)
      return origin?.member === undefined ? origin : origin.member(asked)
    },
    capabilities: Capabilities.combine(providers.map((provider) => provider.capabilities)),

    getPaywall: (request, callOptions) => providers[0].getPaywall(request, callOptions),

    recordImpression: (impression, callOptions) =>
      Effect.suspend(() => {
        const invalid = invalidImpression(impression)
        if (invalid !== undefined) return refuse("recordImpression", invalid)
        const counted = Impression.countable(impression)
        if ("why" in counted) return Effect.succeed(counted)
        const origin = byId.get(counted.provider)
        return origin === undefined
          ? refuse("recordImpression", unknown(counted.provider))
          : origin.recordImpression(impression, callOptions)
      }),

    validatePurchase: (purchase, callOptions) =>
      Effect.suspend(() => {
        const invalid = invalidPurchase(purchase)
        if (invalid !== undefined) return refuse("validatePurchase", invalid)
        const { attribution } = purchase
        if (attribution === undefined) return refuse("validatePurchase", PricingError.withoutAttribution())
        const origin = byId.get(attribution.provider)
        return origin === undefined
          ? refuse("validatePurchase", unknown(attribution.provider))
          : origin.validatePurchase(purchase, callOptions)
      })
  }
}

/**
 * Layer that provides several providers as one, built from what makes each of them.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <
  const Providers extends NonEmptyReadonlyArray<Effect.Effect<PricingProvider.Service, unknown, unknown>>
>(
  providers: Providers,
  options?: Options
): Layer.Layer<
  PricingProvider.PricingProvider,
  Effect.Error<Providers[number]>,
  Effect.Services<Providers[number]>
> =>
  Layer.effect(
    PricingProvider.PricingProvider,
    Effect.map(
      Effect.all(
        providers as NonEmptyReadonlyArray<
          Effect.Effect<PricingProvider.Service, Effect.Error<Providers[number]>, Effect.Services<Providers[number]>>
        >
      ),
      ([first, ...others]) => make([first, ...others], options)
    )
  )
