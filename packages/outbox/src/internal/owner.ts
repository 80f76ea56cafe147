/**
 * Whose a purchase is, as its digest says: where a restore moved it, the digest begins with whose it was, so that it is theirs
 * again if the vendor refuses it to the new one.
 */
import type { Entry, Known } from "../OutboxStore.ts"

interface Owner {
  readonly customer: string
  readonly digest: string
}

const moves = "moved"

/** Hashes have no blanks. */
const parsed = ({ customer, digest }: Owner): { readonly now: Owner; readonly before: Owner | undefined } => {
  const [first, formerCustomer, formerDigest, own] = digest.split(" ")
  return first === moves && formerCustomer !== undefined && formerDigest !== undefined && own !== undefined
    ? { now: { customer, digest: own }, before: { customer: formerCustomer, digest: formerDigest } }
    : { now: { customer, digest }, before: undefined }
}

export const of = (known: Known): Owner => parsed(known).now

/** Whether it was somebody else's before. */
export const wasMoved = (known: Known): boolean => parsed(known).before !== undefined

/** Whether it was this customer's, with these facts. */
export const was = (known: Known, { customer, digest }: Entry, restored: boolean): boolean => {
  const { before } = parsed(known)
  return before !== undefined && before.customer === customer && (before.digest === digest || restored)
}

/** The digest of an entry to which a purchase moves. One that nobody was granted since stays with who had it first. */
export const moved = (known: Known, { digest }: Entry): string => {
  const { before, now } = parsed(known)
  const owner = known.state === "dead" && before !== undefined ? before : now
  return [moves, owner.customer, owner.digest, digest].join(" ")
}
