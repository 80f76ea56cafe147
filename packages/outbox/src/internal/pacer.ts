import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Waits until the next request may be sent, at most `rate` a second. */
export const make = (rate: number | undefined): Effect.Effect<void> => {
  if (rate === undefined) return Effect.void
  const interval = 1_000 / rate
  let next = 0
  return Clock.clockWith((clock) => {
    const now = clock.currentTimeMillisUnsafe()
    const at = Math.max(next, now)
    next = at + interval
    return at > now ? Effect.sleep(at - now) : Effect.void
  })
}
