import type { PricingError } from "@priceport/core/provider/PricingError"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import { dead, type Item, type Means, type Parcel, released } from "./parcel.ts"
import * as Request from "./request.ts"

type Items = NonEmptyReadonlyArray<Item>

/**
 * Sends impressions of one customer, in one request where the vendor has one for that. A request that is refused is
 * halved until the impression that is to blame is found, and the others arrive.
 */
export const send = Effect.fnUntraced(
  function*(means: Means, parcel: Parcel, items: ReadonlyArray<Item>, restore: Request.Restore) {
    const { notes, provider, settle, tooMany } = means
    const left = chunked(items, provider.recordImpressions === undefined ? 1 : items.length)
    for (let chunk = left.shift(); chunk !== undefined; chunk = left.shift()) {
      const current = chunk
      const call = (options: PricingProvider.CallOptions) => record(provider, current, options)
      const reply = yield* Request.send(means, parcel, "recordImpression", call, restore)
      if (reply._tag === "Stopped" || reply._tag === "Late") {
        return yield* settle([...current, ...left.flat()].map(({ entry }) => released(entry, reply._tag)))
      }
      const at = reply.now
      if (reply._tag === "Said") {
        for (const { content } of current) notes.later(content.attribution)
        yield* settle(current.map(({ entry }) => ({ entry, settled: { _tag: "Delivered", at } })))
      } else if (reply.verdict._tag === "Again") {
        const failed = yield* Request.again(means, current, reply.verdict, at)
        return yield* settle([...failed, ...Request.behind(left.flat(), failed)])
      } else {
        if (reply.verdict.tooLarge) tooMany(current.length)
        if (current.length > 1) left.unshift(...chunked(current, Math.ceil(current.length / 2)))
        else yield* settle([dead(current[0].entry, reply.verdict.reason, at)])
      }
    }
  }
)

const record = (
  { recordImpression, recordImpressions }: PricingProvider.Service,
  items: Items,
  options: PricingProvider.CallOptions
): Effect.Effect<unknown, PricingError> => {
  const [first, ...others] = items.map(({ content: { attribution, shownAt } }) =>
    shownAt === undefined ? { attribution } : { attribution, shownAt }
  )
  return recordImpressions === undefined || others.length === 0
    ? recordImpression(first!, options)
    : recordImpressions([first!, ...others], options)
}

const chunked = (items: ReadonlyArray<Item>, size: number): Array<Items> => {
  const chunks: Array<Items> = []
  for (let from = 0; from < items.length; from += size) {
    const chunk = items.slice(from, from + size)
    if (isReadonlyArrayNonEmpty(chunk)) chunks.push(chunk)
  }
  return chunks
}
