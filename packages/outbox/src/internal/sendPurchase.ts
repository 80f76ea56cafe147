import type { Transaction } from "@priceport/core/domain/Purchase"
import { mayHaveArrived } from "@priceport/core/provider/PricingError"
import * as PurchaseTold from "@priceport/core/purchase/PurchaseTold"
import { Journal } from "@priceport/core/routing/Journal"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Claimed, OutboxStoreError } from "../OutboxStore.ts"
import type { Result } from "./envelope.ts"
import { dead, type Item, type Means, type Parcel, released } from "./parcel.ts"
import * as Request from "./request.ts"
import type { Outcome } from "./settling.ts"

/** Has one purchase validated, and keeps the vendor's word on it, sealed. */
export const send = Effect.fnUntraced(
  function*(
    means: Means,
    parcel: Parcel,
    item: Item & { readonly content: { readonly transaction: Transaction } },
    restore: Request.Restore
  ): Effect.fn.Return<void, OutboxStoreError> {
    const { envelope, mark, notes, provider, settings: { repeatPurchases }, settle } = means
    const { content: { attribution, transaction }, entry } = item

    if (!repeatPurchases) {
      if (yield* mark.isSet(entry)) return yield* settle([interrupted(entry, yield* Clock.currentTimeMillis)])
      yield* mark.set(entry)
    }
    const reply = yield* Request.send(
      means,
      parcel,
      "validatePurchase",
      (options) => provider.validatePurchase({ attribution, transaction }, options),
      restore
    )
    const keep = (result: Result) => envelope.result.seal(entry.id, result)
    switch (reply._tag) {
      case "Said": {
        yield* notes.save(attribution, transaction.productId)
        const result = yield* keep({ _tag: "Validated", purchase: reply.value })
        const settled = { _tag: "Delivered", at: reply.now, result } as const
        yield* settle([{ entry, settled, word: Effect.succeed(reply.value) }])
        // Nobody may wait for it any more, so `Pricing` cannot tell of it.
        const journal = yield* Journal
        return journal && (yield* journal.tell(yield* PurchaseTold.make(attribution, transaction, reply.now)))
      }
      case "Failed": {
        const { now, verdict } = reply
        if (verdict._tag === "Refused") {
          const { error, reason } = verdict
          const lost = error === undefined || mayHaveArrived(error.reason)
          const result = error && (yield* keep({ _tag: "Refused", error }))
          const settled = { _tag: "Dead", at: now, reason, result, lost } as const
          // What was lost before is not made good by a request that did nothing.
          const word = error === undefined || lost || entry.uncertain ? undefined : Effect.fail(error)
          return yield* settle([{ entry, settled, word }])
        }
        if (!repeatPurchases && verdict.lost) return yield* settle([dead(entry, verdict.reason, now, true)])
        if (!repeatPurchases) yield* mark.clear(entry)
        return yield* settle(yield* Request.again(means, [item], verdict, now))
      }
      case "Late":
        if (!repeatPurchases) yield* mark.clear(entry)
        return yield* settle([released(entry, "Late")])
      case "Stopped":
        return yield* settle([
          repeatPurchases ? cutOff(entry) : interrupted(entry, yield* Clock.currentTimeMillis)
        ])
    }
  }
)

/** The request may have arrived, and is not to be sent again. */
const interrupted = (entry: Claimed, now: number) => dead(entry, "Interrupted", now, true)

/** Given back, but the request may have arrived. */
const cutOff = (entry: Claimed): Outcome => ({
  entry,
  settled: { _tag: "Failed", dueAt: entry.dueAt, reason: "Stopped", counted: false, lost: true }
})
