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
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Customer } from "../domain/Customer.ts"
import type { PlacementId } from "../domain/Identifier.ts"
import type { Impression, ImpressionOutcome } from "../domain/Impression.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { Purchase, ValidatedPurchase } from "../domain/Purchase.ts"
import type { PricingError } from "../provider/PricingError.ts"
import { type CallOptions, PricingProvider } from "../provider/PricingProvider.ts"
import type { Stats } from "../resilience/PaywallCache.ts"
import * as Resilience from "../resilience/Resilience.ts"

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
 * Paywalls that are there when they are needed, and what must be reported about them.
 *
 * @category services
 * @since 0.2.0
 */
export class Pricing extends Context.Service<Pricing, {
  /**
   * The paywall to show. `within` is how long the caller can wait: it is answered by then with the best at hand, which
   * `provenance.source` names (live, cached, stale, bundled), while the request goes on to warm the cache. It fails only
   * where there is nothing to show.
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

  /** Reports that a paywall was shown. */
  readonly recordImpression: (
    impression: Impression,
    options?: CallOptions
  ) => Effect.Effect<ImpressionOutcome, PricingError>

  /** Has a purchase validated. The customer's paywalls are forgotten afterwards, since the offer may change with it. */
  readonly validatePurchase: (
    purchase: Purchase,
    options?: CallOptions
  ) => Effect.Effect<ValidatedPurchase, PricingError>

  /** What the cache did so far, and what it holds. */
  readonly stats: Effect.Effect<Stats>
}>()("@priceport/core/pricing/Pricing") {}

/**
 * Makes the service on the provider at hand. Background lookups live in the scope.
 *
 * @category constructors
 * @since 0.2.0
 */
export const make = Effect.fnUntraced(
  function*(
    policy?: Resilience.Policy
  ): Effect.fn.Return<Pricing["Service"], never, PricingProvider | Scope.Scope> {
    const { invalidate, prefetch, provider, stats } = yield* Effect.flatMap(PricingProvider, Resilience.harden(policy))
    return {
      getPaywall: (request, options) => provider.getPaywall(request, { timeout: options?.within }),
      prefetch: (placements, customer, options) =>
        Effect.forEach(placements, (placement) =>
          Effect.map(
            Effect.result(prefetch({ ...options, placement, customer })),
            (result) => Result.isFailure(result) ? { placement, error: result.failure } : { placement }
          ), { concurrency: "unbounded" }),
      invalidate,
      recordImpression: provider.recordImpression,
      validatePurchase: provider.validatePurchase,
      stats
    }
  }
)

/**
 * Layer that provides the service on the provider at hand.
 *
 * @category layers
 * @since 0.2.0
 */
export const layer = (policy?: Resilience.Policy): Layer.Layer<Pricing, never, PricingProvider> =>
  Layer.effect(Pricing, make(policy))

/**
 * Layer that provides the service with the policy that `Resilience.config` reads. What is given here stands where the
 * environment says nothing.
 *
 * @category layers
 * @since 0.2.0
 */
export const layerConfig = (
  policy: Resilience.Policy = {}
): Layer.Layer<Pricing, Config.ConfigError, PricingProvider> =>
  Layer.effect(Pricing, Effect.flatMap(Resilience.config, (read) => make(Resilience.merge(policy, read))))
