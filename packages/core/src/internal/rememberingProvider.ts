import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { Customer } from "../domain/Customer.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import { InvalidRequest, PricingError, type Reason, Unsupported } from "../provider/PricingError.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"
import * as CacheKey from "../resilience/CacheKey.ts"
import type { Settings } from "./cacheSettings.ts"
import * as OwnRequest from "./ownRequest.ts"
import * as PaywallLookups from "./paywallLookups.ts"
import * as PaywallMemory from "./paywallMemory.ts"
import * as PaywallShelf from "./paywallShelf.ts"
import * as Renewal from "./renewal.ts"
import * as SharedLookup from "./sharedLookup.ts"

type Answer = Effect.Effect<Paywall, PricingError>

/** The provider behind `PaywallCache`, and its handle. */
export const make = Effect.fnUntraced(function*(self: PricingProvider.Service, settings: Settings) {
  const scope = CacheKey.scope(self.id, settings.generation)
  const shelf = PaywallShelf.make(self.id, settings)
  const count = { hits: 0, stale: 0, refusals: 0, misses: 0, joined: 0, bypassed: 0, lookups: 0, failures: 0 }
  const lookups = yield* PaywallLookups.make({
    provider: self.id,
    limitMs: Duration.toMillis(settings.lookupTimeout),
    onFailure: () => void count.failures++,
    onEnd: (lookup, outcome, now) => PaywallMemory.keep(shelf, settings, lookup, outcome, now)
  })
  const call = (request: PaywallRequest) => self.getPaywall(request, settings.callOptions)
  const shared = SharedLookup.make({ provider: self.id, call, lookups, settings, count })
  const renew = Renewal.make({ shared, shelf, settings, count })
  let open = true
  yield* Effect.addFinalizer(() => Effect.sync(() => void (open = false)))

  const refuse = (reason: Reason) =>
    Effect.fail(new PricingError({ provider: self.id, operation: "getPaywall", reason }))

  const forget = (identities: ReadonlyArray<string>): void => {
    lookups.forget(identities)
    shelf.removeAll(identities)
  }

  const bypass = (request: PaywallRequest, options: PricingProvider.CallOptions | undefined): Answer => {
    count.bypassed++
    const answer = self.getPaywall(request, options)
    return OwnRequest.overrides(request)
      ? Effect.tap(answer, () => Effect.sync(() => forget(CacheKey.ownIdentities(request.customer))))
      : answer
  }

  const answer = (
    request: PaywallRequest,
    options: PricingProvider.CallOptions | undefined,
    caller: Fiber.Fiber<unknown, unknown>
  ): Answer => {
    if (!open) return self.getPaywall(request, options)
    const limit = TimeBudget.limit(options?.timeout, settings.lookupTimeout)
    if (limit instanceof InvalidRequest) return refuse(limit)
    let entry = shelf.find(request)
    const key = entry === undefined ? CacheKey.of(request, scope) : entry.key
    if (key === undefined) return bypass(request, options)
    const content = (entry ??= shelf.get(key))?.content
    if (content === undefined) return shared.wait({ key, request, caller }, limit)

    const now = caller.getRef(Clock.Clock).currentTimeMillisUnsafe()
    if (content._tag === "Refused") {
      if (!PaywallMemory.stands(content, now)) return shared.wait({ key, request, caller }, limit)
      count.refusals++
      return content.exit
    }
    const age = now - content.storedAt
    if (PaywallMemory.isFresh(age, settings)) {
      count.hits++
      return PaywallMemory.serve(content, settings, now)
    }
    const pausing = now < content.retryAt
    const revalidating = age >= 0 && age < settings.revalidateUntil
    if (revalidating || (pausing && age >= 0 && age < settings.usableUntil)) {
      count.stale++
      const held = PaywallMemory.serve(content, settings, now)
      if (!pausing && lookups.get(key) === undefined) shared.start({ key, request, caller })
      return held
    }
    const ask = age < settings.usableUntil ? renew : shared.wait
    return ask({ key, request, caller }, limit)
  }

  const prefetch = (request: PaywallRequest): Effect.Effect<void, PricingError> =>
    Effect.withFiber((caller) => {
      if (self.capabilities.exposure === "on-fetch" && request.enroll !== true) {
        return refuse(new Unsupported({ capability: "prefetch" }))
      }
      const key = open ? CacheKey.of(request, scope) : undefined
      if (key === undefined) return Effect.asVoid(self.getPaywall(request))
      const content = shelf.get(key)?.content
      const now = caller.getRef(Clock.Clock).currentTimeMillisUnsafe()
      if (content?._tag === "Refused" && PaywallMemory.stands(content, now)) return content.exit
      return content?._tag === "Good" && PaywallMemory.isFresh(now - content.storedAt, settings)
        ? Effect.void
        : Effect.asVoid(shared.wait({ key, request, caller }, settings.lookupTimeout))
    })

  const provider: PricingProvider.Service = {
    ...self,
    getPaywall: (request, options) => Effect.withFiber((caller) => answer(request, options, caller)),
    validatePurchase: (purchase, options) =>
      Effect.tap(self.validatePurchase(purchase, options), () =>
        Effect.sync(() => {
          if (purchase.attribution !== undefined) forget(CacheKey.subjectIdentities(purchase.attribution))
        }))
  }

  return {
    provider,
    prefetch,
    invalidate: (customer: Customer) => Effect.sync(() => forget(CacheKey.ownIdentities(customer))),
    stats: Effect.sync(() => ({ ...shelf.counts, inFlight: lookups.count(), ...count }))
  }
})
