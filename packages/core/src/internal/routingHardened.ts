import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import type * as Scope from "effect/Scope"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Service } from "../provider/PricingProvider.ts"
import type { FallbackBundle } from "../resilience/FallbackBundle.ts"
import type { PaywallCache, Stats } from "../resilience/PaywallCache.ts"
import * as Resilience from "../resilience/Resilience.ts"
import * as Routing from "../routing/Routing.ts"
import * as OwnRequest from "./ownRequest.ts"
import { Ahead } from "./routingAhead.ts"
import * as Bundles from "./routingBundles.ts"
import type { RoutingError } from "./routingError.ts"
import * as Walk from "./routingWalk.ts"

/** The policies of all vendors, and what is another one's. A bundle is its vendor's, and anybody's as the last resort. */
export interface Policies extends Resilience.Policy {
  readonly vendors?: Readonly<Record<ProviderId, Resilience.Policy>> | undefined
}

/** Several vendors, each with the policies round it, behind routers: one handle for all their caches. */
export interface Hardened extends PaywallCache, Pick<Routing.Reloadable, "reload" | "config"> {}

/** Hardens each vendor, and builds the routers over them. */
export const make = Effect.fnUntraced(function*(
  config: unknown,
  vendors: ReadonlyArray<Service>,
  { fallback, vendors: own = {}, ...all }: Policies = {}
): Effect.fn.Return<Hardened, RoutingError, Scope.Scope> {
  const caches = yield* Effect.forEach(vendors, (vendor) => {
    const { fallback: _, ...policy } = Resilience.merge(all, own[vendor.id] ?? {})
    return Resilience.harden(policy)(vendor)
  })
  const bundled = Object.fromEntries(vendors.flatMap(({ id }) => {
    const bundle = own[id]?.fallback ?? (fallback && { ...fallback, bundle: only(fallback.bundle, id) })
    return bundle === undefined ? [] : [[id, bundle]]
  }))
  const routing = yield* Routing.reloadable(config, caches.map(fetchingAhead), { bundled })
  return {
    reload: routing.reload,
    config: routing.config,
    provider: fallback === undefined ? routing.provider : lastResort(fallback)(routing.provider),
    prefetch: (request) => Effect.asVoid(Effect.provideService(routing.provider.getPaywall(request), Ahead, true)),
    invalidate: (customer) => Effect.forEach(caches, (cache) => cache.invalidate(customer), { discard: true }),
    invalidateSubject: (attribution) =>
      Effect.forEach(caches, (cache) => cache.invalidateSubject(attribution), { discard: true }),
    stats: Effect.map(Effect.forEach(caches, ({ stats }) => stats), (stats) => stats.reduce(add))
  }
})

/** Shows anybody's bundle where there is nothing else, unless the customer is to be shown no other prices. */
const lastResort = (fallback: NonNullable<Policies["fallback"]>) => (self: Service): Service => {
  const bundles = Bundles.make({ [self.id]: fallback }, [{ ...self, members: [self.id] }])
  return {
    ...self,
    getPaywall: (request, options) =>
      Effect.catchIf(
        self.getPaywall(request, options),
        Walk.mayShowAny,
        (error) => bundles.answer(self.id, request, error)
      )
  }
}

/** Ahead of time a vendor is asked as a prefetch asks, with what that refuses on a vendor that enrols on fetch. */
const fetchingAhead = ({ prefetch, provider }: PaywallCache): Service => ({
  ...provider,
  getPaywall: (request, options) =>
    Effect.withFiber((fiber) => {
      const answer = provider.getPaywall(request, options)
      if (!fiber.getRef(Ahead)) return answer
      // What nothing may remember is asked for once: an override is never repeated.
      const isOnce = OwnRequest.overrides(request) &&
        (provider.capabilities.exposure === "on-impression" || request.enroll === true)
      return isOnce ? answer : Effect.andThen(prefetch(request), answer)
    })
})

/** What a bundle has of one vendor. */
const only = (bundle: FallbackBundle, id: ProviderId): FallbackBundle => ({
  ...bundle,
  find: (placement, locale) => {
    const entry = bundle.find(placement, locale)
    return entry?.paywall.provider === id ? entry : undefined
  }
})

const add = (a: Stats, b: Stats): Stats => Record.map({ ...a }, (value, name) => value + b[name])
