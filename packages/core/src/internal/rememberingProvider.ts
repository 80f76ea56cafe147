import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Attribution } from "../domain/Attribution.ts"
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
import * as PromptAnswer from "./promptAnswer.ts"
import * as Renewal from "./renewal.ts"
import * as SharedLevel from "./sharedLevel.ts"
import * as SharedLookup from "./sharedLookup.ts"

type Answer = Effect.Effect<Paywall, PricingError>

/** The provider behind `PaywallCache`, and its handle. */
export const make = Effect.fnUntraced(function*(self: PricingProvider.Service, settings: Settings) {
  const scope = CacheKey.scope(self.id, settings.generation)
  const shelf = PaywallShelf.make(self.id, settings)
  const count = {
    hits: 0,
    stale: 0,
    refusals: 0,
    misses: 0,
    joined: 0,
    bypassed: 0,
    lookups: 0,
    failures: 0,
    sharedHits: 0,
    sharedFailures: 0
  }
  const lookups = yield* PaywallLookups.make({
    provider: self.id,
    limitMs: Duration.toMillis(settings.lookupTimeout),
    onFailure: () => void count.failures++,
    onEnd: (lookup, outcome, now) => PaywallMemory.keep(shelf, settings, lookup, outcome, now)
  })
  const call = (request: PaywallRequest) => {
    count.lookups++
    return self.getPaywall(request, settings.callOptions)
  }
  const level = yield* SharedLevel.make({ provider: self.id, store: settings.shared, call, shelf, settings, count })
  const shared = SharedLookup.make({ ask: level.ask, lookups, settings, count })
  const renew = Renewal.make({ shared, shelf, settings, count })
  let open = true
  yield* Effect.addFinalizer(() => Effect.sync(() => void (open = false)))

  const refuse = (reason: Reason) =>
    Effect.fail(new PricingError({ provider: self.id, operation: "getPaywall", reason }))

  /** Here at once, and in the shared level as soon as it can be told. */
  const forget = (identities: ReadonlyArray<string>): Effect.Effect<void> =>
    Effect.suspend(() => {
      lookups.forget(identities)
      shelf.removeAll(identities)
      return level.forget(identities)
    })

  const bypass = (request: PaywallRequest, options: PricingProvider.CallOptions | undefined): Answer => {
    count.bypassed++
    const answer = self.getPaywall(request, options)
    return OwnRequest.overrides(request)
      ? Effect.tap(answer, () => forget(CacheKey.ownIdentities(request.customer)))
      : answer
  }

  const answer: PromptAnswer.Prompt = (request, options, caller) => {
    if (!open) return self.getPaywall(request, options)
    const limit = TimeBudget.limit(options?.timeout, settings.lookupTimeout)
    if (limit instanceof InvalidRequest) return refuse(limit)
    const key = CacheKey.of(request, scope)
    if (key === undefined) return bypass(request, options)
    const entry = shelf.get(key)
    if (entry === undefined) return shared.wait({ key, request, caller }, limit)

    const now = caller.getRef(Clock.Clock).currentTimeMillisUnsafe()
    if (entry._tag === "Refused") {
      if (!PaywallMemory.stands(entry, now)) return shared.wait({ key, request, caller }, limit)
      count.refusals++
      return entry.exit
    }
    const age = now - entry.storedAt
    if (PaywallMemory.isFresh(age, settings)) {
      count.hits++
      return PaywallMemory.serve(entry, now)
    }
    const pausing = now < entry.retryAt
    const revalidating = age >= 0 && age < settings.revalidateUntil
    if (revalidating || (pausing && age >= 0 && age < settings.usableUntil)) {
      count.stale++
      const held = Effect.succeed(PaywallMemory.aged(entry, settings, now, entry.reason, []))
      if (!pausing && lookups.get(key) === undefined) shared.start({ key, request, caller })
      return held
    }
    const ask = age < settings.usableUntil ? renew : shared.wait
    // Our own copy: the caller may have changed the request by the time it is asked anew.
    return ask({ key, request: entry.request, caller }, limit)
  }

  /** Answers from a fresh entry before anything else is looked at. */
  const answerAtOnce: PromptAnswer.Prompt = (request, options, caller) => {
    const entry = shelf.find(request)
    if (entry?._tag === "Good" && open && options?.timeout === undefined) {
      const now = caller.getRef(Clock.Clock).currentTimeMillisUnsafe()
      if (PaywallMemory.isFresh(now - entry.storedAt, settings)) {
        count.hits++
        return PaywallMemory.serve(entry, now)
      }
    }
    return answer(request, options, caller)
  }

  const prefetch = (request: PaywallRequest): Effect.Effect<void, PricingError> =>
    Effect.withFiber((caller) => {
      if (self.capabilities.exposure === "on-fetch" && request.enroll !== true) {
        return refuse(new Unsupported({ capability: "prefetch" }))
      }
      const key = open ? CacheKey.of(request, scope) : undefined
      if (key === undefined) return Effect.asVoid(self.getPaywall(request))
      const entry = shelf.get(key)
      const now = caller.getRef(Clock.Clock).currentTimeMillisUnsafe()
      if (entry?._tag === "Refused" && PaywallMemory.stands(entry, now)) return entry.exit
      return entry?._tag === "Good" && PaywallMemory.isFresh(now - entry.storedAt, settings)
        ? Effect.void
        : Effect.asVoid(shared.wait({ key, request, caller }, settings.lookupTimeout))
    })

  const provider: PricingProvider.Service = {
    ...self,
    getPaywall: PromptAnswer.make(answerAtOnce),
    validatePurchase: (purchase, options) =>
      Effect.tap(
        self.validatePurchase(purchase, options),
        () =>
          purchase.attribution === undefined
            ? Effect.void
            : forget(CacheKey.subjectIdentities(purchase.attribution))
      )
  }

  return {
    provider,
    prefetch,
    invalidate: (customer: Customer) => forget(CacheKey.ownIdentities(customer)),
    invalidateSubject: (attribution: Attribution) => forget(CacheKey.subjectIdentities(attribution)),
    stats: Effect.sync(() => ({ ...shelf.counts, inFlight: lookups.count(), ...count }))
  }
})
