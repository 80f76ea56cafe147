import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { type ProviderId, timestamp } from "../domain/Identifier.ts"
import type { Attempt } from "../domain/Provenance.ts"
import type { PricingError } from "../provider/PricingError.ts"

/**
 * A call that is under way, kept so that whoever cuts it off can still say what it did: the attempts that ended, and the
 * call inside it that is running now.
 */
export interface Entry {
  readonly provider: ProviderId
  readonly startedAt: number
  readonly ended: Array<Attempt>
  running: Entry | undefined
  /** Whether it was cut off because its time was up, and not because its caller gave up. */
  isCut: boolean
  readonly isShared?: true
}

/** The call that this fiber is working on. */
export const Current = Context.Reference<Entry | undefined>("@priceport/core/internal/attemptLog/Current", {
  defaultValue: () => undefined
})

/**
 * Runs a call under an entry of its own, which its parent knows of while it runs. When it fails, its attempts are the
 * parent's, who may go on to another.
 */
export const under = <A>(
  provider: ProviderId,
  use: (entry: Entry) => Effect.Effect<A, PricingError>
): Effect.Effect<A, PricingError> =>
  Effect.withFiber((fiber) => {
    const parent = fiber.getRef(Current)
    const startedAt = fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
    const entry: Entry = { provider, startedAt, ended: [], running: undefined, isCut: false }
    if (parent !== undefined) parent.running = entry
    return use(entry).pipe(
      Effect.provideService(Current, entry),
      Effect.onExit((exit) =>
        Effect.sync(() => {
          if (parent === undefined) return
          if (parent.running === entry) parent.running = undefined
          const error = Option.getOrUndefined(Exit.findErrorOption(exit))
          if (error !== undefined) parent.ended.push(...error.attempts)
        })
      )
    )
  })

/** A call that several callers wait for: it goes on when one of them gives up. */
export const shared = (provider: ProviderId, startedAt: number): Entry => ({
  provider,
  startedAt,
  ended: [],
  running: undefined,
  isCut: false,
  isShared: true
})

/** Waits for a shared call, so that whoever cuts the wait off can say what the call did. */
export const awaiting = <A>(wait: Effect.Effect<A, PricingError>, call: Entry): Effect.Effect<A, PricingError> =>
  Effect.withFiber((fiber) => {
    const parent = fiber.getRef(Current)
    if (parent === undefined) return wait
    parent.running = call
    return Effect.onExit(wait, () =>
      Effect.sync(() => {
        if (parent.running === call) parent.running = undefined
      }))
  })

interface Told {
  readonly provider: ProviderId
  readonly attempts: Array<Attempt>
}

/** The attempts of a call that runs out of time now, the last of them cut off, and the provider it was waiting for. */
export const cut = (entry: Entry, now: number): Told => {
  entry.isCut = true
  for (let at = entry.running; at !== undefined && !at.isShared; at = at.running) at.isCut = true
  return soFar(entry, now)
}

/** The same for whoever stops waiting for a call that goes on. */
export const soFar = (entry: Entry, now: number): Told => {
  if (entry.running !== undefined) {
    const inner = soFar(entry.running, now)
    return { provider: inner.provider, attempts: [...entry.ended, ...inner.attempts] }
  }
  // What runs after another without an entry of its own began when that ended.
  const startedAt = Math.max(entry.startedAt, ...entry.ended.map(({ ms, startedAt }) => Date.parse(startedAt) + ms))
  const last = { provider: entry.provider, startedAt: timestamp(startedAt), ms: now - startedAt, outcome: "Timeout" }
  return { provider: entry.provider, attempts: [...entry.ended, last] }
}
