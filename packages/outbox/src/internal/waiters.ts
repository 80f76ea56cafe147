import type { PurchaseOutcome } from "@priceport/core/domain/Purchase"
import type { PricingError } from "@priceport/core/provider/PricingError"
import * as Deferred from "effect/Deferred"

type Word = Deferred.Deferred<PurchaseOutcome | undefined, PricingError>

/**
 * Who waits for a purchase to be settled, by transaction and customer: a purchase that moved to another customer is none
 * of the first one's business. The word is undefined where it is settled without an outcome.
 */
export interface Waiters {
  readonly join: (id: string, customer: string) => Word
  readonly leave: (id: string, customer: string, word: Word) => void
  readonly take: (id: string, customer: string) => ReadonlyArray<Word>
}

export const make = (): Waiters => {
  const words = new Map<string, Set<Word>>()
  const keyOf = (id: string, customer: string) => `${id} ${customer}`

  return {
    join: (id, customer) => {
      const key = keyOf(id, customer)
      const word: Word = Deferred.makeUnsafe()
      const joined = words.get(key) ?? new Set()
      words.set(key, joined.add(word))
      return word
    },
    leave: (id, customer, word) => {
      const key = keyOf(id, customer)
      const joined = words.get(key)
      joined?.delete(word)
      if (joined?.size === 0) words.delete(key)
    },
    take: (id, customer) => {
      const key = keyOf(id, customer)
      const joined = words.get(key) ?? []
      words.delete(key)
      return Array.from(joined)
    }
  }
}
