import * as Exit from "effect/Exit"
import type { Paywall } from "../domain/Paywall.ts"
import type { Attempt } from "../domain/Provenance.ts"
import { failureOf, type Settings } from "./cacheSettings.ts"
import type { Lookup, Outcome } from "./paywallLookups.ts"
import type { Good, PaywallShelf, Refused } from "./paywallShelf.ts"
import { sizesOf } from "./recentPaywalls.ts"
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
  const kept = (payload: number) => ({
    key,
    request,
    identities,
    ...sizesOf(request),
    bytes: overheadBytes + sizeOf(key) + sizeOf(identities) + sizeOf(request) + payload
  })
  const from = Exit.isSuccess(outcome) ? adopted.get(outcome.value) : undefined
  if (Exit.isSuccess(outcome) && (from !== undefined || outcome.value.provenance.source === "live")) {
    const paywall = from?.paywall ?? outcome.value
    shelf.put({
      ...kept(sizeOf(paywall)),
      _tag: "Good",
      paywall,
      storedAt: from?.storedAt ?? now,
      retryAt: from?.reason === undefined ? 0 : now + settings.refreshPause,
      reason: from?.reason,
      held: held(paywall)
    })
    return
  }
  const error = failureOf(outcome)
  const keptFor = error === undefined ? 0 : settings.keepFor(error.reason)
  const entry = shelf.get(key)
  if (entry?._tag === "Good") {
    entry.retryAt = now + Math.max(keptFor, settings.refreshPause)
    entry.reason = Exit.isSuccess(outcome) ? outcome.value.provenance.reason : error?.reason._tag
  } else if (Exit.isFailure(outcome) && error !== undefined && keptFor > 0) {
    shelf.put({ ...kept(overheadBytes), _tag: "Refused", exit: Exit.fail(error), since: now, until: now + keptFor })
  }
}

/** A fresh answer as it is at some time. Only its age is new each time, so all else is ready. */
export const serve = ({ held, storedAt }: Good, now: number): Exit.Exit<Paywall> =>
  Exit.succeed({ ...held, provenance: { ...held.provenance, ageMs: now - storedAt } })

const held = (paywall: Paywall): Paywall => ({
  ...paywall,
  provenance: { ...paywall.provenance, source: "cache", ageMs: 0, attempts: noAttempts }
})

/** What a paywall that another process stored was made of: it is kept as that, with its own age. */
const adopted = new WeakMap<
  Paywall,
  { readonly paywall: Paywall; readonly storedAt: number; readonly reason: string | undefined }
>()

/** A paywall that another process stored, as it is at some time, for `keep` to know again. */
export const adopt = (
  shared: Pick<Good, "paywall" | "storedAt">,
  settings: Settings,
  now: number,
  reason: string | undefined,
  attempts: ReadonlyArray<Attempt>
): Paywall => {
  const paywall = aged(shared, settings, now, reason, attempts)
  adopted.set(paywall, { ...shared, reason })
  return paywall
}

/** An answer that need not be fresh as it is at some time, and why it is not a newer one. */
export const aged = (
  { paywall, storedAt }: Pick<Good, "paywall" | "storedAt">,
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
