import { PricingError } from "@priceport/core/provider/PricingError"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as TimeBudget from "@priceport/core/provider/TimeBudget"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Backoff from "./backoff.ts"
import * as Measures from "./measures.ts"
import { type Item, type Means, type Parcel, released } from "./parcel.ts"
import type { Outcome } from "./settling.ts"
import * as Verdict from "./verdict.ts"

/** Lets an effect be interrupted where the rest cannot be. */
export type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

/** What came of a request. `Stopped`: this process is shutting down; `Late`: there was no time left to send it. */
export type Reply<A> = Data.TaggedEnum<{
  Said: { readonly value: A; readonly now: number }
  Failed: { readonly verdict: Verdict.Verdict; readonly now: number }
  Stopped: {}
  Late: {}
}>

class Late extends Data.TaggedError("Late") {}

/** A vendor's own time limit goes off before ours, which is there for one that has none. */
const grace = Duration.seconds(1)

/** Sends one request, when the lane's rate allows it, and tells the lane's health how it went. */
export const send = <A>(
  { health, lane, pace, settings }: Means,
  { probe, until }: Parcel,
  operation: PricingProvider.Operation,
  call: (options: PricingProvider.CallOptions) => Effect.Effect<A, PricingError>,
  restore: Restore
): Effect.Effect<Reply<A>> =>
  Effect.gen(function*() {
    const limit = Duration.sum(Duration.millis(settings.timeout), grace)
    const exit = yield* Effect.exit(restore(Effect.andThen(
      pace,
      Clock.clockWith((clock): Effect.Effect<A, PricingError | Late> =>
        clock.currentTimeMillisUnsafe() + Duration.toMillis(limit) > until ? Effect.fail(new Late()) : Effect.catchTag(
          TimeBudget.within(Effect.suspend(() => call({ timeout: settings.timeout })), limit),
          "Timeout",
          (reason) => Effect.fail(new PricingError({ provider: lane, operation, reason }))
        )
      )
    )))
    const wasOpen = health.isOpen()
    const reply = yield* judge(exit)
    if (reply._tag === "Said") health.answered()
    if (reply._tag === "Failed") {
      const { now, verdict } = reply
      if (verdict._tag === "Again") {
        health.failed({ now, random: yield* Random.next, notBefore: verdict.notBefore, probe })
      } else if (verdict.error !== undefined) health.answered()
    }
    if (health.isOpen() !== wasOpen) yield* Measures.laneOpen(lane, health.isOpen())
    return reply
  })

const judge = <A>(exit: Exit.Exit<A, PricingError | Late>): Effect.Effect<Reply<A>> =>
  Effect.map(Clock.currentTimeMillis, (now): Reply<A> => {
    if (Exit.isSuccess(exit)) return { _tag: "Said", value: exit.value, now }
    const { cause } = exit
    if (cause.reasons.some((reason) => reason._tag === "Fail" && reason.error._tag === "Late")) return { _tag: "Late" }
    if (Cause.hasInterruptsOnly(cause)) return { _tag: "Stopped" }
    return { _tag: "Failed", verdict: Verdict.of(cause as Cause.Cause<PricingError>, now), now }
  })

/**
 * The items of a failed request, to be repeated together when the first one's backoff is over, and the vendor's Retry-After
 * too.
 */
export const again = (
  { expiring, health }: Means,
  items: ReadonlyArray<Item>,
  verdict: Extract<Verdict.Verdict, { readonly _tag: "Again" }>,
  now: number
): Effect.Effect<ReadonlyArray<Outcome>> =>
  Effect.map(Random.next, (random) => {
    const own = now + Backoff.jittered(items[0]!.entry.attempts, random)
    const dueAt = Math.max(own, verdict.notBefore, health.isOpen() ? health.heldUntil() : 0)
    for (const { entry } of items) expiring(entry.expiresAt)
    return items.map(({ entry }) => ({
      entry,
      settled: {
        _tag: "Failed",
        dueAt: Math.min(dueAt, entry.expiresAt),
        reason: verdict.reason,
        counted: verdict.attempted,
        lost: verdict.lost
      }
    }))
  })

/** The items that were behind a failed one, due when it is. */
export const behind = (items: ReadonlyArray<Item>, failed: ReadonlyArray<Outcome>): ReadonlyArray<Outcome> => {
  const settled = failed[0]?.settled
  return settled?._tag !== "Failed" ? [] : items.map(({ entry }) => ({
    ...released(entry, settled.reason),
    settled: { ...settled, dueAt: Math.min(settled.dueAt, entry.expiresAt), counted: false, lost: false }
  }))
}
