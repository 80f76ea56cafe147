import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { Flushed } from "../Outbox.ts"
import type { OutboxStoreError, Service } from "../OutboxStore.ts"
import type { Lane } from "./lane.ts"
import type { Tally } from "./settling.ts"

export const make = (options: {
  readonly store: Service
  readonly lanes: ReadonlyArray<Lane>
  readonly tally: Tally
  /** Has the latch opened when a lane comes to rest or something was settled, until what it returns is called. */
  readonly watch: (latch: Latch.Latch) => () => void
}) =>
(within: Duration.Input): Effect.Effect<Flushed, OutboxStoreError> =>
  Effect.gen(function*() {
    const { lanes, store, tally, watch } = options
    const deadline = (yield* Clock.currentTimeMillis) + Duration.toMillis(Duration.fromInputUnsafe(within))
    const latch = Latch.makeUnsafe()
    const unwatch = watch(latch)

    const settled = Effect.gen(function*() {
      for (;;) {
        latch.closeUnsafe()
        const now = yield* Clock.currentTimeMillis
        const next = lanes.reduce((least, lane) => Math.min(least, lane.nextAt()), Infinity)
        if (next > -Infinity || now >= deadline) {
          const pending = yield* unsettled(store)
          if (pending === 0 || next > deadline || now >= deadline) return pending
        }
        yield* Effect.timeoutOrElse(latch.await, { duration: deadline - now, orElse: () => Effect.void })
      }
    })

    for (const lane of lanes) lane.wake(-Infinity)
    const pending = yield* Effect.ensuring(settled, Effect.sync(unwatch))
    const { dead, delivered } = tally
    tally.delivered = 0
    tally.dead = 0
    return { delivered, pending, dead }
  })

const unsettled = (store: Service) =>
  Effect.map(store.counts, (counts) => counts.reduce((sum, { leased, queued }) => sum + queued + leased, 0))
