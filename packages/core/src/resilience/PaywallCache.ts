/**
 * A policy that remembers paywalls, so that showing one waits for nobody.
 *
 * - An answer is served for its time to live as it is. After that it is served as `stale` while one refresh a key runs in
 *   the background, and after that again, up to a limit, where asking anew fails. A failed refresh never costs the answer.
 * - Whoever asks for what is being looked up waits for that one lookup, each for a time of one's own. The lookup has its
 *   own limit, outlives a caller who gives up, and is replaced once it is past that limit.
 * - A refusal that will hardly change is remembered for a short time, and a failure for as long as the vendor asks to
 *   wait. Defects and interruptions are not.
 * - Only the same request gets the same answer, see `CacheKey`. A request that has no key goes straight to the provider.
 *
 * What is served from memory says so in `provenance.source` and `ageMs`, and its attribution is untouched. Paywalls are
 * shared between callers, so nobody may change one.
 *
 * @since 0.2.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Attribution } from "../domain/Attribution.ts"
import type { Customer } from "../domain/Customer.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import * as CacheSettings from "../internal/cacheSettings.ts"
import * as RememberingProvider from "../internal/rememberingProvider.ts"
import type * as PricingError from "../provider/PricingError.ts"
import * as PricingProvider from "../provider/PricingProvider.ts"

/**
 * - `timeToLive`: how long an answer is as good as new, 5 minutes unless set.
 * - `staleWhileRevalidate`: how much longer it is served at once while it is refreshed, 25 minutes unless set.
 * - `staleIfError`: how long after its time to live it still stands in for a failure, 1 day unless set.
 * - `refusals`: how long each is remembered; `NotFound` 30 seconds, `Unauthorized`, `Forbidden` and `Rejected` 10 seconds
 *   unless set, 0 for not at all.
 * - `maxRetryAfter`: the longest that a Retry-After is heeded, 1 minute unless set.
 * - `refreshPause`: the least time between a failed refresh and the next, 1 second unless set.
 * - `patience`: how long a caller is kept waiting for a newer answer where an old one may stand in, 1 second unless set,
 *   and never more than three quarters of the budget that is left.
 * - `lookupTimeout`: how long one lookup may take, whatever its callers ask for: 3 seconds unless set. When set it is also
 *   the `timeout` of the provider's call.
 * - `maxEntries`: 10,000 unless set; `maxBytes`: 64 MiB unless set, of an estimate: 2 bytes a character, 40 an object, 16
 *   a member, 1 KiB an entry.
 * - `generation`: part of every key; another text makes everything new.
 * - `shared`: a second level that several processes share, none unless set; see `SharedPaywalls`.
 *
 * @category options
 * @since 0.2.0
 */
export interface Options extends CacheSettings.Options {}

/**
 * What happened so far, and what is held now. Entries that are past all use count until they are asked for or evicted.
 *
 * - `hits`, `stale`, `refusals`: calls answered from memory by a fresh paywall, an old one, or a remembered failure.
 * - `misses`, `joined`: calls that started a lookup, or waited for one that was under way. `bypassed`: calls without key.
 * - `lookups`, `failures`: calls to the provider, refreshes and prefetches included, and those that failed.
 * - `sharedHits`, `sharedFailures`: lookups that the shared level answered, and how often it was of no use when it should
 *   have answered, kept a paywall, or forgotten a customer.
 *
 * @category models
 * @since 0.2.0
 */
export interface Stats {
  readonly entries: number
  readonly bytes: number
  readonly inFlight: number
  readonly hits: number
  readonly stale: number
  readonly refusals: number
  readonly misses: number
  readonly joined: number
  readonly bypassed: number
  readonly lookups: number
  readonly failures: number
  readonly sharedHits: number
  readonly sharedFailures: number
  readonly evictions: number
}

/**
 * A provider that remembers, and what an application may tell it.
 *
 * @category models
 * @since 0.2.0
 */
export interface PaywallCache {
  readonly provider: PricingProvider.Service

  /**
   * Fetches a paywall ahead of time, unless a fresh one is there, and ends when it is. Fails as the lookup does, and with
   * `Unsupported` on a provider that enrols on fetch, unless the request says `enroll: true` itself.
   */
  readonly prefetch: (request: PaywallRequest) => Effect.Effect<void, PricingError.PricingError>

  /**
   * Forgets the customer: what is held under the id or any of the profiles, or under the address of one who has neither.
   * Lookups under way still answer who waits for them, and are not stored.
   *
   * With a shared level it waits until that knows too, or for its timeout. Another process serves what it holds in memory
   * until it asks anew, at the first call after `timeToLive` unless the vendor fails, and then finds nothing older. A store
   * that cannot be reached is told again until it can; until then this process uses nothing it has of the customer.
   */
  readonly invalidate: (customer: Customer) => Effect.Effect<void>

  /** Forgets the customer that a paywall was served to, whichever kind of identity it was. */
  readonly invalidateSubject: (attribution: Attribution) => Effect.Effect<void>

  readonly stats: Effect.Effect<Stats>
}

/**
 * Makes a provider remember its paywalls. Lookups run in the scope; when it is closed they end, and the provider is asked
 * directly.
 *
 * After a validated purchase, the customer is forgotten under the identity that the paywall was served to.
 *
 * Throws a `RangeError` for options that nothing could keep.
 *
 * @category constructors
 * @since 0.2.0
 */
export const make = (options: Options = {}) => {
  const settings = CacheSettings.settings(options, PricingProvider.defaultTimeouts.getPaywall)
  return (self: PricingProvider.Service): Effect.Effect<PaywallCache, never, Scope.Scope> =>
    RememberingProvider.make(self, settings)
}

/**
 * Makes a provider remember its paywalls, where nothing needs to be told or asked of it.
 *
 * @category combinators
 * @since 0.2.0
 */
export const remember = (options?: Options) => {
  const cached = make(options)
  return (self: PricingProvider.Service): Effect.Effect<PricingProvider.Service, never, Scope.Scope> =>
    Effect.map(cached(self), ({ provider }) => provider)
}
