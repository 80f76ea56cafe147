import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Claimed } from "../OutboxStore.ts"
import { dead, type Item, type Means, type Parcel } from "./parcel.ts"
import * as SendImpressions from "./sendImpressions.ts"
import * as SendPurchase from "./sendPurchase.ts"
import type { Outcome } from "./settling.ts"

/** A key that is missing is no fault of the entry: it may be there again before the horizon. */
const keyless = (entry: Claimed, now: number): Outcome => ({
  entry,
  settled: {
    _tag: "Failed",
    dueAt: Math.min(now + untilKeyIsThere, entry.expiresAt),
    reason: "UnknownKey",
    counted: false
  }
})

const untilKeyIsThere = 60_000

/**
 * Delivers a parcel and settles every entry of it, also when it is interrupted. What is past its horizon or cannot be
 * read is given up without a request; what another ring sealed waits for its key.
 */
export const deliver = (means: Means, parcel: Parcel): Effect.Effect<void> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const items = yield* open(means, parcel)
      const [first] = items
      if (first === undefined) return
      const { transaction } = first.content
      if (transaction === undefined) return yield* SendImpressions.send(means, parcel, items, restore)
      const content = { ...first.content, transaction }
      yield* SendPurchase.send(means, parcel, { ...first, content }, restore)
    }).pipe(
      Effect.catch(({ operation, reason }) =>
        Effect.logWarning("An entry was not delivered, it will be when its lease ends").pipe(
          Effect.annotateLogs({ provider: means.lane, operation, reason })
        )
      )
    )
  )

const open = Effect.fnUntraced(function*({ envelope, settle }: Means, { entries }: Parcel) {
  const now = yield* Clock.currentTimeMillis
  const items: Array<Item> = []
  const lost: Array<Outcome> = []
  for (const entry of entries) {
    if (entry.expiresAt <= now) {
      lost.push(dead(entry, "Expired", now))
      continue
    }
    const content = yield* Effect.result(envelope.content.read(entry.id, entry.payload))
    if (Result.isSuccess(content)) items.push({ entry, content: content.success })
    else if (content.failure === "unreadable") lost.push(dead(entry, "Unreadable", now))
    else lost.push(keyless(entry, now))
  }
  yield* settle(lost)
  return items
})
