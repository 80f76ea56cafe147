import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PricingError } from "../provider/PricingError.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"
import * as CacheKey from "../resilience/CacheKey.ts"
import { failureOf, type Settings } from "./cacheSettings.ts"
import * as OwnRequest from "./ownRequest.ts"
import { type Lookup, type PaywallLookups, timedOut } from "./paywallLookups.ts"

/** A request with its key, and the fiber that asks. */
export interface Question {
  readonly key: string
  readonly request: PaywallRequest
  readonly caller: Fiber.Fiber<unknown, unknown>
}

/** Answers that several callers share. */
export interface SharedLookup {
  /** Starts a lookup, whoever may wait for it. */
  readonly start: (question: Question) => Lookup
  /** Waits for the lookup of this key, no longer than `limit`. Starts it where there is none. */
  readonly wait: (question: Question, limit: Duration.Duration) => Effect.Effect<Paywall, PricingError>
}

/** Makes it of a provider's call. */
export const make = (options: {
  readonly provider: string
  readonly call: (request: PaywallRequest) => Effect.Effect<Paywall, PricingError>
  readonly lookups: PaywallLookups
  readonly settings: Settings
  readonly count: { misses: number; joined: number; lookups: number }
}): SharedLookup => {
  const { call, count, lookups, provider, settings } = options

  const start = ({ caller, key, request }: Question): Lookup => {
    count.lookups++
    const own = OwnRequest.copy(request)
    const identities = CacheKey.identities(own.customer)
    return lookups.start({ key, request: own, identities }, () => call(own), caller)
  }

  return {
    start,
    wait: (question, limit) => {
      const clock = question.caller.getRef(Clock.Clock)
      const since = clock.currentTimeMillisUnsafe()
      const patience = Duration.toMillis(limit)

      /** A lookup joined late may run out of time before its caller does; another one follows it. */
      const follow = (lookup: Lookup): Effect.Effect<Paywall, PricingError> =>
        Effect.flatMap(
          Effect.exit(Deferred.await(lookup.outcome)),
          (outcome) =>
            failureOf(outcome)?.reason._tag === "Timeout" && clock.currentTimeMillisUnsafe() < since + patience
              ? Effect.suspend(() => {
                const next = lookups.get(question.key)
                return next === undefined ? Deferred.await(start(question).outcome) : follow(next)
              })
              : outcome
        )

      const current = lookups.get(question.key)
      if (current === undefined) count.misses++
      else count.joined++
      const answer = current === undefined ? Deferred.await(start(question).outcome) : follow(current)
      return current === undefined && patience >= Duration.toMillis(settings.lookupTimeout)
        ? answer
        : Effect.catchTag(
          TimeBudget.within(answer, limit),
          "Timeout",
          () => Effect.fail(timedOut(provider, since, clock.currentTimeMillisUnsafe() - since, patience))
        )
    }
  }
}
