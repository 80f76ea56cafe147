import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Paywall } from "../domain/Paywall.ts"
import type { PricingError } from "../provider/PricingError.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as Fallback from "../resilience/Fallback.ts"

type Answer = Effect.Effect<Paywall, PricingError>

/** Which members are left alone for now. */
export interface Rest {
  /** Whether a member may be asked. Of one that was ill and may be back, one caller at a time finds out. */
  readonly admits: (member: Service, now: number) => boolean
  /** Learns from what comes of a call to a member. */
  readonly watch: (member: Service, call: Answer) => Answer
}

/** Leaves a member alone for the longest of its circuit's wait, its Retry-After and `cooldownMs`; never where that is 0. */
export const make = (cooldownMs: number): Rest => {
  if (cooldownMs === 0) return { admits: () => true, watch: (_, call) => call }
  const resting = new Map<Service, { readonly until: number; isAsked: boolean }>()

  const learn = (member: Service, exit: Exit.Exit<Paywall, PricingError>, now: number) => {
    const error = Option.getOrUndefined(Exit.findErrorOption(exit))
    const before = resting.get(member)
    const isIll = Exit.isSuccess(exit)
      ? exit.value.provenance.source === "bundled"
      : error !== undefined && Fallback.onOutage(error.reason)
    if (isIll) {
      // An open circuit has failed before, and that began our own wait.
      const own = error?.reason._tag === "CircuitOpen" ? 0 : now + cooldownMs
      const until = Math.max(before?.until ?? 0, own, error === undefined ? 0 : askedFor(error, now))
      resting.set(member, { until, isAsked: false })
    } else if (Exit.isSuccess(exit) ? exit.value.provenance.source === "live" : error !== undefined) {
      resting.delete(member)
    } else if (before !== undefined) before.isAsked = false
  }

  return {
    admits: (member, now) => {
      const rest = resting.get(member)
      if (rest === undefined) return true
      if (now < rest.until || rest.isAsked) return false
      rest.isAsked = true
      return true
    },
    watch: (member, call) =>
      Effect.onExit(call, (exit) => Effect.map(Clock.currentTimeMillis, (now) => learn(member, exit, now)))
  }
}

/** Until when a member asks to be left alone. */
const askedFor = ({ reason, retryAfter }: PricingError, now: number): number =>
  Math.max(
    retryAfter === undefined ? 0 : now + Duration.toMillis(retryAfter),
    reason._tag === "CircuitOpen" && reason.until !== undefined
      ? DateTime.toEpochMillis(DateTime.makeUnsafe(reason.until))
      : 0
  )
