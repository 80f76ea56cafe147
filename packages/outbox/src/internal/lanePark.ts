import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

/** Where a lane waits while it has nothing to do. */
export interface LanePark {
  /** Something is due at this time. Ends a wait that would last longer, unless the lane is held back. */
  readonly wake: (at: number) => void
  /** Ends any wait, or the next one where none is under way. */
  readonly interrupt: () => void
  /** There is no wait any more. */
  readonly close: () => void
  /** What is said from here on is heard by the next wait. */
  readonly listen: () => void
  /** Until then, or until something is due earlier; `next` is when the lane has something to do for its own part. */
  readonly idle: (until: number, next: number) => Effect.Effect<void>
  /** What was due so far has been looked at. */
  readonly looked: () => void
  /** Until then, whatever comes. */
  readonly held: (until: number) => Effect.Effect<void>
  /** When the wait ends that is under way; -Infinity without one. */
  readonly nextAt: () => number
}

export const make = (changed: () => void): LanePark => {
  const latch = Latch.makeUnsafe()
  let waiting: { readonly next: number; readonly until: number; readonly deaf: boolean } | undefined
  let wakeAt = Infinity
  let interrupted = false
  let closed = false

  const interrupt = () => {
    interrupted = true
    waiting = undefined
    latch.openUnsafe()
  }

  const wait = (until: number, next: number, deaf: boolean) =>
    Clock.clockWith((clock) => {
      const now = clock.currentTimeMillisUnsafe()
      const end = deaf ? until : Math.min(until, wakeAt)
      if (closed || interrupted || end <= now) return Effect.void
      latch.closeUnsafe()
      waiting = { next, until: end, deaf }
      changed()
      return (end === Infinity ? latch.await : Effect.timeoutOrElse(latch.await, {
        duration: end - now,
        orElse: () => Effect.void
      })).pipe(
        Effect.ensuring(Effect.sync(() => {
          waiting = undefined
        }))
      )
    })

  return {
    interrupt,
    close: () => {
      closed = true
      interrupt()
    },
    wake: (at) => {
      wakeAt = Math.min(wakeAt, at)
      if (waiting !== undefined && !waiting.deaf && at < waiting.until) interrupt()
    },
    listen: () => {
      interrupted = false
    },
    looked: () => {
      wakeAt = Infinity
    },
    idle: (until, next) => wait(until, next, false),
    held: (until) => wait(until, until, true),
    nextAt: () => waiting === undefined ? -Infinity : waiting.deaf ? waiting.next : Math.min(waiting.next, wakeAt)
  }
}
