import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as MigrationLog from "../routing/MigrationLog.ts"
import type { Event, MigrationStateError, Service } from "../routing/MigrationState.ts"

/** A log that is read on and written to, by this process and others. */
export interface Logbook {
  /** The state as far as the log was read. */
  readonly state: () => MigrationLog.State
  readonly refresh: Effect.Effect<void, MigrationStateError>

  /**
   * Appends what is made of the state as it is then, which is read anew where another writer was first. Makes nothing of it
   * where that is undefined, or fails.
   */
  readonly append: <E = never>(
    event: (state: MigrationLog.State, now: number) => Effect.Effect<Event | undefined, E>
  ) => Effect.Effect<void, MigrationStateError | E>
}

/** Opens the log of a migration, and reads it. */
export const open = Effect.fnUntraced(function*(store: Service, migration: string) {
  let state = MigrationLog.initial

  const refresh = Effect.suspend(() =>
    Effect.map(store.read(migration, state.sequence), (entries) => {
      // What two fibers have read at once counts once.
      state = MigrationLog.replay(entries.filter(({ sequence }) => sequence > state.sequence), state)
    })
  )

  const append: Logbook["append"] = (event) =>
    Effect.gen(function*() {
      while (true) {
        const at = yield* Clock.currentTimeMillis
        const before = state
        const made = yield* event(before, at)
        if (made === undefined) return
        const isFirst = yield* store.append(migration, { sequence: before.sequence + 1, at, event: made })
        yield* refresh
        if (isFirst) return
      }
    })

  yield* refresh
  const logbook: Logbook = { state: () => state, refresh, append }
  return logbook
})
