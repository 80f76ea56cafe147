import { timestamp } from "@priceport/core/domain/Identifier"
import type { PendingPurchase, PurchaseOutcome } from "@priceport/core/domain/Purchase"
import { mayHaveArrived, type PricingError } from "@priceport/core/provider/PricingError"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Entry, Known } from "../OutboxStore.ts"
import type { Desk } from "./desk.ts"

/** A purchase as it is reported now. */
export interface Asked {
  readonly entry: Entry
  /** Reported with `source: "restore"`. */
  readonly restored: boolean
}

/** What is to be done with a purchase that is known already. */
export type Answer = Data.TaggedEnum<{
  Wait: {}
  Known: { readonly outcome: Effect.Effect<PurchaseOutcome, PricingError> }
  Conflict: { readonly why: string }
  Replace: { readonly digest: string }
}>

/** Begins the digest of a purchase that may have been credited before it was put here: what became of that is not counted. */
const moved = "moved "

const { Conflict, Known: Answered, Replace, Wait } = Data.taggedEnum<Answer>()

/**
 * A result is given again for as long as it is kept, then the vendor is asked again. A refusal for certain binds nobody
 * but who asked the same; whatever the vendor may have credited is one customer's.
 */
export const of = (desk: Desk, asked: Asked, known: Known): Effect.Effect<Answer> =>
  Effect.gen(function*() {
    const { entry, restored } = asked
    const { settings } = desk
    const now = yield* Clock.currentTimeMillis
    const isSettled = known.state === "delivered" || known.state === "dead"
    const isOwn = known.customer === entry.customer
    const wasMoved = known.digest.startsWith(moved)
    const isSame = isOwn && (known.digest === (wasMoved ? moved : "") + entry.digest || restored)
    const word = isSettled ? yield* wordOf(desk, known) : undefined
    const isOld = now - (known.settledAt ?? now) >= settings.keep.purchase
    if (isOld && (word !== undefined || known.state === "delivered")) return Replace({ digest: entry.digest })
    // Given up because it was too late, or no key opened it: who reports it once more has it tried once more.
    if (isSame && word === undefined && settings.repeatPurchases && isGivenUp(known)) {
      return Replace({ digest: wasMoved ? known.digest : moved + known.digest })
    }
    if (isSame) {
      return isSettled ? Answered({ outcome: word ?? Effect.succeed(pending(entry, known)) }) : Wait()
    }
    // Refused at the first attempt, the only one there ever was: it cannot have been credited.
    if (known.state === "dead" && word !== undefined && known.attempts === 0 && !wasMoved) {
      return Replace({ digest: entry.digest })
    }
    if (!isOwn && restored && settings.restore === "move" && isSettled) return Replace({ digest: moved + entry.digest })
    return Conflict({ why: `the purchase was reported ${isOwn ? "with other facts" : "for another customer"}` })
  })

const isGivenUp = ({ reason, state }: Known): boolean =>
  state === "dead" && (reason === "Expired" || reason === "Unreadable")

/** What became of it, for somebody who waits; undefined while nothing did. */
export const outcomeOf = (
  desk: Desk,
  { entry }: Asked,
  known: Known
): Effect.Effect<PurchaseOutcome | undefined, PricingError> =>
  known.customer !== entry.customer || known.state === "queued" || known.state === "leased"
    ? Effect.undefined
    : Effect.flatMap(wordOf(desk, known), (word) => word ?? Effect.succeed(pending(entry, known)))

export const pending = ({ acceptedAt, customer, id }: Entry, known: Known | undefined): PendingPurchase => ({
  key: id,
  since: timestamp(known?.customer === customer ? known.acceptedAt : acceptedAt)
})

/** The vendor's word that was kept; undefined where there was none, or it leaves open what the vendor did. */
const wordOf = (
  { envelope }: Desk,
  { id, result }: Known
): Effect.Effect<Effect.Effect<PurchaseOutcome, PricingError> | undefined> =>
  result === undefined ? Effect.undefined : Effect.map(envelope.result.open(id, result), (kept) => {
    if (kept === undefined) return undefined
    if (kept._tag === "Validated") return Effect.succeed(kept.purchase)
    return mayHaveArrived(kept.error.reason) ? undefined : Effect.fail(kept.error)
  })
