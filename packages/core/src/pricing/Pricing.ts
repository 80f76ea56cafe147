/**
 * The service an application uses: the port with its policies around it.
 *
 * @since 0.2.0
 */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Customer } from "../domain/Customer.ts"
import type { PlacementId } from "../domain/Identifier.ts"
import type { ImpressionOutcome } from "../domain/Impression.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PurchaseOutcome } from "../domain/Purchase.ts"
import type * as Exposure from "../exposure/Exposure.ts"
import * as Assembled from "../internal/assembledPricing.ts"
import type { PricingError } from "../provider/PricingError.ts"
import { type CallOptions, PricingProvider } from "../provider/PricingProvider.ts"
import type * as PurchaseLedger from "../purchase/PurchaseLedger.ts"
import type { Stats } from "../resilience/PaywallCache.ts"
import * as Resilience from "../resilience/Resilience.ts"
import type * as Presented from "./Presented.ts"

/**
 * What became of one placement that was to be prefetched.
 *
 * @category models
 * @since 0.2.0
 */
export interface Prefetched {
  readonly placement: PlacementId
  readonly error?: PricingError | undefined
}

/**
 * The policies round the vendor, and two more for what is reported to it.
 *
 * - `exposure`: how an impression is kept from counting twice.
 * - `purchase`: how a purchase is kept from being validated twice. Not used where `Delivery` is set, as by an outbox,
 *   which does that itself.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options extends Resilience.Policy {
  readonly exposure?: Exposure.Options | undefined
  readonly purchase?: PurchaseLedger.Options | undefined
}

/**
 * Paywalls that are there when they are needed, and what must be reported about them.
 *
 * @category services
 * @since 0.2.0
 */
export class Pricing extends Context.Service<Pricing, {
  /**
   * The paywall to show. `within` is how long the caller can wait: it is answered by then with the best at hand, which
   * `provenance.source` names (live, cached, stale, bundled), while the request goes on to warm the cache. It fails only
   * where there is nothing to show. With an `AttributionToken` service at hand the paywall carries its
   * `attributionToken`, for a client to hold.
   */
  readonly getPaywall: (
    request: PaywallRequest,
    options?: { readonly within?: Duration.Input | undefined }
  ) => Effect.Effect<Paywall, PricingError>

  /**
   * Fetches the paywalls of several placements ahead of time, and says which could not be had. On a vendor that enrols on
   * fetch this is the enrolment, and `Unsupported` unless `enroll` is true.
   */
  readonly prefetch: (
    placements: ReadonlyArray<PlacementId>,
    customer: Customer,
    options?: Pick<PaywallRequest, "enroll" | "options">
  ) => Effect.Effect<ReadonlyArray<Prefetched>>

  /** Forgets what is held for a customer, as after a log-in, a change of attributes or of the locale. */
  readonly invalidate: (customer: Customer) => Effect.Effect<void>

  /**
   * Reports that a paywall was shown: the paywall itself, its attribution, or its token. It counts once, see `Exposure`.
   */
  readonly recordImpression: (
    impression: Presented.PresentedImpression,
    options?: CallOptions
  ) => Effect.Effect<ImpressionOutcome, PricingError>

  /**
   * Has a purchase validated, once however often it is reported. Takes the paywall it was made on, its attribution, or its
   * token. `timeout` is how long to wait for the vendor's word, 10 seconds unless set: where it has not come by then, or
   * was lost, the purchase is pending (`Purchase.isPending`).
   *
   * Given the paywall and a `storePrice`, the outcome says in `priceDifference` where the store charged something else than
   * the paywall had said exactly. The customer's paywalls are forgotten afterwards, since the offer may change with it.
   */
  readonly validatePurchase: (
    purchase: Presented.PresentedPurchase,
    options?: CallOptions
  ) => Effect.Effect<PurchaseOutcome, PricingError>

  /** What the cache did so far, and what it holds. */
  readonly stats: Effect.Effect<Stats>
}>()("@priceport/core/pricing/Pricing") {}

/**
 * Makes the service on the provider at hand. Background lookups and purchases under way live in the scope. Impressions and
 * purchases go where `Delivery` says; tokens are used where an `AttributionToken` service is at hand; what happened is told
 * to the `Journal` that is set.
 *
 * @category constructors
 * @since 0.2.0
 */
export const make = (options: Options = {}): Effect.Effect<Pricing["Service"], never, PricingProvider | Scope.Scope> =>
  Effect.gen(function*() {
    const vendor = yield* PricingProvider
    return yield* Assembled.over(yield* Resilience.harden(options)(vendor), options)
  })

/**
 * Layer that provides the service on the provider at hand.
 *
 * @category layers
 * @since 0.2.0
 */
export const layer = (options?: Options): Layer.Layer<Pricing, never, PricingProvider> =>
  Layer.effect(Pricing, make(options))

/**
 * Layer that provides the service with the policy that `Resilience.config` reads. What is given here stands where the
 * environment says nothing.
 *
 * @category layers
 * @since 0.2.0
 */
export const layerConfig = (
  options: Options = {}
): Layer.Layer<Pricing, Config.ConfigError, PricingProvider> =>
  Layer.effect(
    Pricing,
    Effect.flatMap(Resilience.config, (read) => make({ ...options, ...Resilience.merge(options, read) }))
  )
