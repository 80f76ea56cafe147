import * as Exit from "effect/Exit"
import type { Paywall } from "../domain/Paywall.ts"
import type { Attempt } from "../domain/Provenance.ts"
import { failureOf, type Settings } from "./cacheSettings.ts"
import type { Lookup, Outcome } from "./paywallLookups.ts"
import type { Good, PaywallShelf, Refused } from "./paywallShelf.ts"
import { sizeOf } from "./sizeOf.ts"

/** What one entry costs beside its texts and its paywall: its place, its index, its last answer. */
const overheadBytes = 1024

/** Keeps what a lookup brought. What it did not bring never costs a good answer that is there already. */
export const keep = (
  shelf: PaywallShelf,
  settings: Settings,
  { identities, key, request }: Lookup,
  outcome: Outcome,
  now: number
): void => {
  const put = (content: Good | Refused) => {
    const bytes = overheadBytes + sizeOf(key) + sizeOf(identities) + sizeOf(request) +
      (content._tag === "Good" ? sizeOf(content.paywall) : overheadBytes)
    shelf.put({ key, request, identities, bytes, content })
  }
  if (Exit.isSuccess(outcome) && outcome.value.provenance.source === "live") {
    put({
      _tag: "Good",
      paywall: outcome.value,
      storedAt: now,
      retryAt: 0,
      reason: undefined,
      hit: undefined,
      hitAt: 0
    })
    return
  }
  const error = failureOf(outcome)
  const kept = error === undefined ? 0 : settings.keepFor(error.reason)
  const content = shelf.get(key)?.content
  if (content?._tag === "Good") {
    content.retryAt = now + Math.max(kept, settings.refreshPause)
    content.reason = Exit.isSuccess(outcome) ? outcome.value.provenance.reason : error?.reason._tag
    content.hit = undefined
  } else if (Exit.isFailure(outcome) && error !== undefined && kept > 0) {
    put({ _tag: "Refused", exit: Exit.fail(error), since: now, until: now + kept })
  }
}

/** The ready answer of an entry at some time. Nothing but it changes within a millisecond. */
export const serve = (good: Good, settings: Settings, now: number): Exit.Exit<Paywall> => {
  if (good.hit !== undefined && good.hitAt === now) return good.hit
  good.hit = Exit.succeed(aged(good, settings, now, good.reason, noAttempts))
  good.hitAt = now
  return good.hit
}

/** The paywall of an entry as it is at some time, and why it is not a newer one. */
export const aged = (
  { paywall, storedAt }: Good,
  settings: Settings,
  now: number,
  reason: string | undefined,
  attempts: ReadonlyArray<Attempt>
): Paywall => {
  const fresh = isFresh(now - storedAt, settings)
  return {
    ...paywall,
    provenance: {
      ...paywall.provenance,
      source: fresh ? "cache" : "stale",
      ageMs: Math.max(0, now - storedAt),
      attempts,
      ...(!fresh && reason !== undefined && { reason })
    }
  }
}

/** An entry from the future, after a clock was set back, is not fresh. */
export const isFresh = (age: number, { timeToLive }: Settings): boolean => age >= 0 && age < timeToLive

/** Whether a remembered failure still stands. */
export const stands = ({ since, until }: Refused, now: number): boolean => now >= since && now < until

const noAttempts: ReadonlyArray<Attempt> = []
