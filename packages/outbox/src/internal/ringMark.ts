/**
 * What a store remembers of the key ring whose hashes are its ids. Under another ring's index every purchase would be new, and
 * anybody's to report once more.
 */
import type { KeyRing } from "@priceport/core/attribution/KeyRing"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { OutboxStoreError, type Service } from "../OutboxStore.ts"

const key = "key ring"

/** Notes the ring, so that the note does not grow old. */
export const keep = (store: Service, ring: KeyRing["Service"]): Effect.Effect<void, OutboxStoreError> =>
  Effect.gen(function*() {
    const mark = yield* ring.fingerprint(key)
    yield* store.note(key, new TextEncoder().encode(mark), yield* Clock.currentTimeMillis)
  })

/** Refuses a store that was filled under another index. */
export const check = (store: Service, ring: KeyRing["Service"]): Effect.Effect<void, OutboxStoreError> =>
  Effect.gen(function*() {
    if ((yield* store.recall(key)) === undefined) yield* keep(store, ring)
    // Another worker may have begun at the same moment.
    const there = new TextDecoder().decode(yield* store.recall(key))
    if (there === (yield* ring.fingerprint(key))) return
    return yield* new OutboxStoreError({
      reason: "incompatible",
      operation: "open",
      detail:
        "it was filled under other sealing keys: give it those, rotated as often as you like, or begin another store"
    })
  })
