import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PricingError } from "../provider/PricingError.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"
import * as CacheKey from "../resilience/CacheKey.ts"
import * as AttemptLog from "./attemptLog.ts"
import { failureOf, type Settings } from "./cacheSettings.ts"
import * as OwnRequest from "./ownRequest.ts"
import { type Lookup, type PaywallLookups, timedOut } from "./paywallLookups.ts"
import type { SharedLevel } from "./sharedLevel.ts"

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
  readonly ask: SharedLevel["ask"]
  readonly lookups: PaywallLookups
  readonly settings: Settings
  readonly count: { misses: number; joined: number }
}): SharedLookup => {
  const { ask, count, lookups, settings } = options

  const start = ({ caller, key, request }: Question): Lookup => {
    const own = OwnRequest.copy(request)
    const identities = CacheKey.identities(own.customer)
    return lookups.start({ key, request: own, identities }, () => ask(key, identities, own), caller)
  }

  return {
    start,
    wait: (question, limit) => {
      const clock = question.caller.getRef(Clock.Clock)
      const since = clock.currentTimeMillisUnsafe()
      const patience = Duration.toMillis(limit)

      /**
       * A lookup joined late may run out of time before its caller does; another one follows it, for what was asked then:
       * the caller may have changed the request since.
       */
      const follow = (
        lookup: Lookup,
        bound: (next: Effect.Effect<Paywall, PricingError>) => Effect.Effect<Paywall, PricingError>
      ): Effect.Effect<Paywall, PricingError> =>
        Effect.flatMap(
          Effect.exit(Deferred.await(lookup.outcome)),
          (outcome) =>
            failureOf(outcome)?.reason._tag === "Timeout" && clock.currentTimeMillisUnsafe() < since + patience
              ? Effect.suspend(() => {
                const next = lookups.get(question.key)
                return bound(
                  next === undefined
                    ? Deferred.await(start({ ...question, request: lookup.request }).outcome)
                    : follow(next, identity)
                )
              })
              : outcome
        )

      const current = lookups.get(question.key)
      if (current === undefined) count.misses++
      else count.joined++
      const first = current ?? start(question)

      const ending = (answer: Effect.Effect<Paywall, PricingError>, left: Duration.Duration) =>
        Effect.catchTag(TimeBudget.within(answer, left), "Timeout", () => {
          const latest = lookups.get(question.key) ?? first
          return Effect.fail(timedOut(AttemptLog.soFar(latest.log, clock.currentTimeMillisUnsafe()), patience))
        })

      // A lookup ends by its own limit: who can wait as long needs no timer, and there may be thousands.
      const endsInTime = patience >= Duration.toMillis(settings.lookupTimeout)
      const answer = current === undefined
        ? Deferred.await(first.outcome)
        : follow(
          first,
          endsInTime
            ? (next) => ending(next, Duration.millis(since + patience - clock.currentTimeMillisUnsafe()))
            : identity
        )
      return AttemptLog.awaiting(endsInTime ? answer : ending(answer, limit), first.log)
    }
  }
}
