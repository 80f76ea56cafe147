import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Paywall } from "../domain/Paywall.ts"
import type { PricingError } from "../provider/PricingError.ts"
import * as Budget from "../resilience/Budget.ts"
import type { Settings } from "./cacheSettings.ts"
import * as PaywallMemory from "./paywallMemory.ts"
import type { PaywallShelf } from "./paywallShelf.ts"
import type { Question, SharedLookup } from "./sharedLookup.ts"

/** Asks anew for what is too old to be served at once, and serves the old one where that fails or takes too long. */
export const make = (options: {
  readonly shared: SharedLookup
  readonly shelf: PaywallShelf
  readonly settings: Settings
  readonly count: { hits: number; stale: number }
}) => {
  const { count, settings, shared, shelf } = options

  /** Nothing stands in once the customer is forgotten: what is held is looked for when it is needed. */
  const standIn = (key: string, now: number, reason: string | undefined, attempts: PricingError["attempts"]) => {
    const entry = shelf.get(key)
    if (entry?._tag !== "Good" || now - entry.storedAt >= settings.usableUntil) return undefined
    if (PaywallMemory.isFresh(now - entry.storedAt, settings)) count.hits++
    else count.stale++
    return PaywallMemory.aged(entry, settings, now, reason, attempts)
  }

  return (question: Question, limit: Duration.Duration): Effect.Effect<Paywall, PricingError> => {
    const { caller, key } = question
    const now = () => caller.getRef(Clock.Clock).currentTimeMillisUnsafe()
    const endsAt = now() + Duration.toMillis(limit)
    // A budget that ends the call would leave no time to stand in for it.
    const budget = Math.max(0, caller.getRef(Budget.Current).endsAt - now())
    const patience = Duration.min(limit, Duration.millis(Math.min(settings.patience, budget * 0.75)))

    return Effect.matchEffect(shared.wait(question, patience), {
      onSuccess: (paywall) => {
        const { attempts, reason, source } = paywall.provenance
        const held = source === "bundled" ? standIn(key, now(), reason, attempts) : undefined
        return Effect.succeed(held ?? paywall)
      },
      onFailure: (error) => {
        const held = standIn(key, now(), error.reason._tag, error.attempts)
        if (held !== undefined) return Effect.succeed(held)
        const left = endsAt - now()
        return error.reason._tag === "Timeout" && left > 0
          ? shared.wait(question, Duration.millis(left))
          : Effect.fail(error)
      }
    })
  }
}
