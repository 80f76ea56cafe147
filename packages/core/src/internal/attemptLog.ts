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

/** The attempts of a call that runs out of time now, the last of them cut off, and the provider it was waiting for. */
export const cut = (
  entry: Entry,
  now: number
): { readonly provider: ProviderId; readonly attempts: Array<Attempt> } => {
  entry.isCut = true
  if (entry.running !== undefined) {
    const inner = cut(entry.running, now)
    return { provider: inner.provider, attempts: [...entry.ended, ...inner.attempts] }
  }
  // What runs after another without an entry of its own began when that ended.
  const startedAt = Math.max(entry.startedAt, ...entry.ended.map(({ ms, startedAt }) => Date.parse(startedAt) + ms))
  const last = { provider: entry.provider, startedAt: timestamp(startedAt), ms: now - startedAt, outcome: "Timeout" }
  return { provider: entry.provider, attempts: [...entry.ended, last] }
}
