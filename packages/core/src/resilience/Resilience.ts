/**
 * The recommended policies in the recommended order.
 *
 * @since 0.2.0
 */
import * as Config from "effect/Config"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { pipe } from "effect/Function"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as AnswerMetrics from "../internal/answerMetrics.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import * as Breaker from "./Breaker.ts"
import * as Budget from "./Budget.ts"
import * as CacheMetrics from "./CacheMetrics.ts"
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
 * What may be changed from the outside, without touching code. Each is optional.
 *
 * | variable                       | what it sets                                                            |
 * | ------------------------------ | ----------------------------------------------------------------------- |
 * | `PRICEPORT_BUDGET`             | how long a paywall may take in all, such as `3 seconds`                 |
 * | `PRICEPORT_ATTEMPT`            | how long one attempt at a paywall may take                              |
 * | `PRICEPORT_RETRIES`            | how often a call is repeated at most                                    |
 * | `PRICEPORT_BREAKER_FAILURES`   | after how many failures in a row a vendor is left alone                 |
 * | `PRICEPORT_BREAKER_OPEN`       | for how long at first                                                   |
 * | `PRICEPORT_CACHE_TIME_TO_LIVE` | how long a paywall is as good as new                                    |
 * | `PRICEPORT_CACHE_ENTRIES`      | how many paywalls are kept                                              |
 *
 * @category config
 * @since 0.2.0
 */
export const config: Config.Config<Policy> = Config.map(
  Config.all({
    budget: Config.option(Config.Duration("PRICEPORT_BUDGET")),
    attempt: Config.option(Config.Duration("PRICEPORT_ATTEMPT")),
    retries: Config.option(Config.Int("PRICEPORT_RETRIES")),
    failures: Config.option(Config.Int("PRICEPORT_BREAKER_FAILURES")),
    openFor: Config.option(Config.Duration("PRICEPORT_BREAKER_OPEN")),
    timeToLive: Config.option(Config.Duration("PRICEPORT_CACHE_TIME_TO_LIVE")),
    maxEntries: Config.option(Config.Int("PRICEPORT_CACHE_ENTRIES"))
  }),
  ({ attempt, budget, failures, maxEntries, openFor, retries, timeToLive }): Policy => ({
    budget: Option.match(budget, { onNone: () => ({}), onSome: (getPaywall) => ({ getPaywall }) }),
    attempt: Option.match(attempt, { onNone: () => ({}), onSome: (getPaywall) => ({ getPaywall }) }),
    retry: { times: Option.getOrUndefined(retries) },
    breaker: { failures: Option.getOrUndefined(failures), openFor: Option.getOrUndefined(openFor) },
    cache: { timeToLive: Option.getOrUndefined(timeToLive), maxEntries: Option.getOrUndefined(maxEntries) }
  })
)

/**
 * One policy over another: what the second sets stands, the first fills the rest.
 *
 * @category combinators
 * @since 0.2.0
 */
export const merge = (base: Policy, over: Policy): Policy => ({
  ...base,
  ...over,
  budget: { ...base.budget, ...set(over.budget) },
  attempt: { ...base.attempt, ...set(over.attempt) },
  retry: { ...base.retry, ...set(over.retry) },
  breaker: { ...base.breaker, ...set(over.breaker) },
  cache: { ...base.cache, ...set(over.cache) }
})

/** The members that say something. */
const set = <A extends object>(options: A | undefined): Partial<A> =>
  Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as Partial<A>

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
      Effect.tap(({ stats }) => CacheMetrics.observe(vendor.id, stats)),
      Effect.map((cache) => {
        const { fallback } = policy
        const provider = fallback === undefined
          ? cache.provider
          : Fallback.bundled(fallback.bundle, fallback)(cache.provider)
        return { ...cache, provider: AnswerMetrics.counted(provider) }
      })
    )
