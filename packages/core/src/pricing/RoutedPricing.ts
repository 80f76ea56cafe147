/**
 * `Pricing` on several vendors, with routers between them: failover, experiments, shadow reads, migrations.
 *
 * Each vendor has policies of its own round it, so that one that is down opens its own circuit and no other's.
 *
 * @since 0.4.0
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { ProviderId } from "../domain/Identifier.ts"
import * as Assembled from "../internal/assembledPricing.ts"
import * as RoutingHardened from "../internal/routingHardened.ts"
import type { Service as Vendor } from "../provider/PricingProvider.ts"
import type * as Resilience from "../resilience/Resilience.ts"
import type * as Routing from "../routing/Routing.ts"
import * as Pricing from "./Pricing.ts"

/**
 * The policies of all vendors, as in `Pricing.Options`, and what is another one's in `vendors`, by its id. A `fallback` of all is
 * the bundle of each vendor it was pulled from, and anybody's as the last resort.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options extends Pricing.Options {
  readonly vendors?: Readonly<Record<ProviderId, Resilience.Policy>> | undefined
}

/**
 * Prices of several vendors, and the routers between them, which may be replaced while they are used.
 *
 * @category models
 * @since 0.4.0
 */
export interface Routed extends Pick<Routing.Reloadable, "reload" | "config"> {
  readonly pricing: Pricing.Pricing["Service"]
}

/**
 * Makes the service on several vendors, each with policies of its own round it, and routers between them as the
 * configuration says. A prefetch asks the vendor that will serve the customer; `invalidate` and `stats` are those of all.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = (
  config: unknown,
  vendors: ReadonlyArray<Vendor>,
  options: Options = {}
): Effect.Effect<Routed, Routing.RoutingError, Scope.Scope> =>
  Effect.gen(function*() {
    const hardened = yield* RoutingHardened.make(config, vendors, options)
    return { pricing: yield* Assembled.over(hardened, options), reload: hardened.reload, config: hardened.config }
  })

/**
 * Layer that provides the service on several vendors, built from what makes each of them.
 *
 * @category layers
 * @since 0.4.0
 */
export const layer = <
  const Vendors extends NonEmptyReadonlyArray<Effect.Effect<Vendor, unknown, unknown>>
>(
  config: unknown,
  vendors: Vendors,
  options?: Options
): Layer.Layer<
  Pricing.Pricing,
  Routing.RoutingError | Effect.Error<Vendors[number]>,
  Exclude<Effect.Services<Vendors[number]>, Scope.Scope>
> =>
  Layer.effect(
    Pricing.Pricing,
    Effect.all(
      vendors as NonEmptyReadonlyArray<
        Effect.Effect<Vendor, Effect.Error<Vendors[number]>, Effect.Services<Vendors[number]>>
      >
    ).pipe(
      Effect.flatMap((vendors) => make(config, vendors, options)),
      Effect.map(({ pricing }) => pricing)
    )
  )
