/**
 * The recommended policies in the recommended order.
 *
 * @since 0.2.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { pipe } from "effect/Function"
import type * as Scope from "effect/Scope"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import * as Breaker from "./Breaker.ts"
import * as Budget from "./Budget.ts"
import * as Deadline from "./Deadline.ts"
import * as Fallback from "./Fallback.ts"
import type { FallbackBundle } from "./FallbackBundle.ts"
import * as NotBefore from "./NotBefore.ts"
import * as PaywallCache from "./PaywallCache.ts"
import * as Retry from "./Retry.ts"

/**
 * What may be changed of each policy; see there for what stands unless set.
 *
 * - `budget`: how long a whole call may take, by operation.
 * - `attempt`: how long one attempt may take, by operation; 2.5 seconds for a paywall unless set, since Botsi takes up to
 *   2, and no narrower limit for the others: an impression or a purchase cut short may have arrived.
 * - `fallback`: the bundle to answer from when nothing else can, and which failures it answers.
 *
 * @category options
 * @since 0.2.0
 */
export interface Policy {
  readonly budget?: Budget.Options | undefined
  readonly attempt?: Partial<Record<PricingProvider.Operation, Duration.Input>> | undefined
  readonly breaker?: Breaker.Options | undefined
  readonly notBefore?: NotBefore.Options | undefined
  readonly retry?: Retry.Options | undefined
  readonly cache?: PaywallCache.Options | undefined
  readonly fallback?: ({ readonly bundle: FallbackBundle } & Fallback.Options) | undefined
}

/**
 * Puts the policies round a vendor.
 *
 * From the inside: a limit for each attempt; a circuit, which must see each attempt's end; the vendor's own wish to be
 * left alone; retries; one budget round all of them; the cache, whose lookups several callers share; and the bundle for
 * when even that has nothing. A breaker stands for one vendor, so harden vendors before they go into a registry.
 *
 * @category combinators
 * @since 0.2.0
 */
export const harden =
  (policy: Policy = {}) =>
  (vendor: PricingProvider.Service): Effect.Effect<PaywallCache.PaywallCache, never, Scope.Scope> =>
    pipe(
      vendor,
      Deadline.each({ getPaywall: "2.5 seconds", ...policy.attempt }),
      Breaker.guard(policy.breaker),
      NotBefore.gate(policy.notBefore),
      Retry.transient(policy.retry),
      Budget.grant(policy.budget),
      PaywallCache.make(policy.cache),
      Effect.map((cache) =>
        policy.fallback === undefined
          ? cache
          : { ...cache, provider: Fallback.bundled(policy.fallback.bundle, policy.fallback)(cache.provider) }
      )
    )
