import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { dead, type Item, type Means, type Parcel } from "./parcel.ts"
import * as SendImpressions from "./sendImpressions.ts"
import * as SendPurchase from "./sendPurchase.ts"
import type { Outcome } from "./settling.ts"

/**
 * Delivers a parcel and settles every entry of it, also when it is interrupted. What is past its horizon or cannot be
 * opened is given up without a request.
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
    const content = yield* envelope.content.open(entry.id, entry.payload)
    if (content === undefined) lost.push(dead(entry, "Unreadable", now))
    else items.push({ entry, content })
  }
  yield* settle(lost)
  return items
})
