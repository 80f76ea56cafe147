import { timestamp } from "@priceport/core/domain/Identifier"
import type { PendingPurchase, PurchaseOutcome } from "@priceport/core/domain/Purchase"
import { mayHaveArrived, type PricingError } from "@priceport/core/provider/PricingError"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Entry, Known } from "../OutboxStore.ts"
import type { Desk } from "./desk.ts"
import * as Owner from "./owner.ts"

/** A purchase as it is reported now. */
export interface Asked {
  readonly entry: Entry
  /** Reported with `source: "restore"`. */
  readonly restored: boolean
}

/**
 * What is to be done with a purchase that is known already. `uncertain`: the vendor may have credited it to this customer
 * before.
 */
export type Answer = Data.TaggedEnum<{
  Wait: {}
  Known: { readonly outcome: Effect.Effect<PurchaseOutcome, PricingError> }
  Conflict: { readonly why: string }
  Replace: { readonly digest: string; readonly uncertain: boolean }
}>

const { Conflict, Known: Answered, Replace, Wait } = Data.taggedEnum<Answer>()

/**
 * A result is given again for as long as it is kept, then the vendor is asked again. A refusal for certain binds nobody
 * but who asked the same; whatever the vendor may have credited is one customer's.
 */
export const of = (desk: Desk, { entry, restored }: Asked, known: Known): Effect.Effect<Answer> =>
  Effect.gen(function*() {
    const { settings } = desk
    const now = yield* Clock.currentTimeMillis
    const isSettled = known.state === "delivered" || known.state === "dead"
    const owner = Owner.of(known)
    const isOwn = owner.customer === entry.customer
    const isSame = isOwn && (owner.digest === entry.digest || restored)
    const { digest } = entry
    if (!isSettled) return isSame ? Wait() : conflict(isOwn)

    const word = yield* wordOf(desk, known)
    const isOld = now - (known.settledAt ?? now) >= settings.keep.purchase
    if (isOld && (word._tag === "Said" || known.state === "delivered")) return Replace({ digest, uncertain: false })
    if (isSame) {
      // Who reports it once more has it tried once more, where that can bring more than is known.
      const uncertain = known.uncertain || known.state === "delivered"
      return settings.repeatPurchases && isOpen(known, word)
        ? Replace({ digest: known.digest, uncertain })
        : Answered({ outcome: outcome(word, entry, known) })
    }
    if (known.state === "dead") {
      // Refused for certain, no attempt before that was lost, and it was nobody's before: it cannot have been credited.
      const isFree = word._tag === "Said" && !known.uncertain && !Owner.wasMoved(known)
      if (isFree) return Replace({ digest, uncertain: false })
      // It was this customer's before somebody else asked for it, in vain.
      if (Owner.was(known, entry, restored)) return Replace({ digest, uncertain: true })
    }
    return !isOwn && restored && settings.restore === "move"
      ? Replace({ digest: Owner.moved(known, entry), uncertain: false })
      : conflict(isOwn)
  })

const conflict = (isOwn: boolean) =>
  Conflict({ why: `the purchase was reported ${isOwn ? "with other facts" : "for another customer"}` })

/** What became of it, for somebody who waits; undefined while nothing did. */
export const outcomeOf = (
  desk: Desk,
  { entry }: Asked,
  known: Known
): Effect.Effect<PurchaseOutcome | undefined, PricingError> =>
  known.customer !== entry.customer || known.state === "queued" || known.state === "leased"
    ? Effect.undefined
    : Effect.flatMap(wordOf(desk, known), (word) => outcome(word, entry, known))

export const pending = ({ acceptedAt, customer, id }: Entry, known: Known | undefined): PendingPurchase => ({
  key: id,
  since: timestamp(known?.customer === customer ? known.acceptedAt : acceptedAt)
})

/**
 * What a vendor said of it.
 *
 * - `Said`: its word, for good.
 * - `Unclear`: it refused, which says nothing of an attempt before that was lost.
 * - `Unreadable`: what it said is sealed by a key that is not in this ring any more.
 * - `Nothing`: nothing, or something that leaves open what it did.
 */
type Word = Data.TaggedEnum<{
  Said: { readonly outcome: Effect.Effect<PurchaseOutcome, PricingError> }
  Unclear: {}
  Unreadable: {}
  Nothing: {}
}>

const { Nothing, Said, Unclear, Unreadable } = Data.taggedEnum<Word>()

const wordOf = ({ envelope }: Desk, { id, result, uncertain }: Known): Effect.Effect<Word> =>
  result === undefined ? Effect.succeed(Nothing()) : Effect.map(envelope.result.open(id, result), (kept) => {
    if (kept === undefined) return Unreadable()
    if (kept._tag === "Validated") return Said({ outcome: Effect.succeed(kept.purchase) })
    if (mayHaveArrived(kept.error.reason)) return Nothing()
    return uncertain ? Unclear() : Said({ outcome: Effect.fail(kept.error) })
  })

const outcome = (word: Word, entry: Entry, known: Known): Effect.Effect<PurchaseOutcome, PricingError> =>
  word._tag === "Said" ? word.outcome : Effect.succeed(pending(entry, known))

/** Given up because it was too late or no key opened it, or settled with a word that tells nothing now. */
const isOpen = ({ reason, state }: Known, { _tag }: Word): boolean =>
  _tag === "Unclear" || _tag === "Unreadable" ||
  _tag === "Nothing" && state === "dead" && (reason === "Expired" || reason === "Unreadable")
