import type * as Exit from "effect/Exit"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PricingError } from "../provider/PricingError.ts"
import * as CustomerIndex from "./customerIndex.ts"
import * as RecentPaywalls from "./recentPaywalls.ts"

/** What every entry has, in one object with the rest: a hit that goes from object to object waits for memory. */
interface Kept extends CustomerIndex.Owned, RecentPaywalls.Answered {
  readonly key: string
  readonly bytes: number
}

/**
 * A good answer. `held`: the paywall as it is served while fresh. `retryAt`: no refresh before that, since the last one
 * failed for `reason`. All times are milliseconds since 1970.
 */
export interface Good extends Kept {
  readonly _tag: "Good"
  readonly paywall: Paywall
  readonly held: Paywall
  readonly storedAt: number
  retryAt: number
  reason: string | undefined
}

/** A failure that stands until some time, ready to be given again. */
export interface Refused extends Kept {
  readonly _tag: "Refused"
  readonly exit: Exit.Exit<never, PricingError>
  readonly since: number
  readonly until: number
}

type Entry = Good | Refused

/** Where an entry stands in the row from the newest to the oldest, and whether it was asked for since the last look. */
type Place = Entry & {
  visited: boolean
  newer: Place | undefined
  older: Place | undefined
}

/** Entries by key, bounded in number and bytes. */
export interface PaywallShelf {
  readonly get: (key: string) => Entry | undefined
  /** Finds what `get` would for the key of the request, or nothing. */
  readonly find: (request: PaywallRequest) => Entry | undefined
  /** Tells whether it was stored: an entry larger than the whole shelf is not, and nothing makes room for it. */
  readonly put: (entry: Entry) => boolean
  readonly remove: (key: string) => void
  readonly removeAll: (identities: ReadonlyArray<string>) => void
  readonly counts: { readonly entries: number; readonly bytes: number; readonly evictions: number }
}

/**
 * An empty shelf. What has to go is found as SIEVE does: a hand walks from the oldest to the newest, spares once what was
 * asked for since it last came by, and takes the first that was not. A hit costs one assignment.
 */
export const make = (
  provider: string,
  limits: { readonly maxEntries: number; readonly maxBytes: number }
): PaywallShelf => {
  const places = new Map<string, Place>()
  const recent = RecentPaywalls.make<Place>(provider)
  const customers = CustomerIndex.make<Place>()
  let newest: Place | undefined
  let oldest: Place | undefined
  let hand: Place | undefined
  let bytes = 0
  let evictions = 0

  const take = (place: Place): void => {
    places.delete(place.key)
    customers.remove(place)
    recent.drop(place)
    bytes -= place.bytes
    if (hand === place) hand = place.newer
    if (place.newer === undefined) newest = place.older
    else place.newer.older = place.older
    if (place.older === undefined) oldest = place.newer
    else place.older.newer = place.newer
  }

  const evict = (): void => {
    let victim = hand ?? oldest
    while (victim?.visited) {
      victim.visited = false
      victim = victim.newer ?? oldest
    }
    if (victim === undefined) return
    hand = victim.newer
    take(victim)
    evictions++
  }

  const remove = (key: string): void => {
    const place = places.get(key)
    if (place !== undefined) take(place)
  }

  return {
    get: (key) => {
      const place = places.get(key)
      if (place === undefined) return undefined
      place.visited = true
      recent.note(place)
      return place
    },
    find: (request) => {
      const place = recent.find(request)
      if (place !== undefined) place.visited = true
      return place
    },
    put: (entry) => {
      remove(entry.key)
      if (entry.bytes > limits.maxBytes) return false
      while (places.size >= limits.maxEntries || bytes + entry.bytes > limits.maxBytes) evict()
      const place: Place = { ...entry, visited: false, newer: undefined, older: newest }
      if (newest === undefined) oldest = place
      else newest.newer = place
      newest = place
      places.set(place.key, place)
      customers.add(place)
      recent.note(place)
      bytes += place.bytes
      return true
    },
    remove,
    removeAll: (identities) => {
      for (const place of customers.find(identities)) take(place)
    },
    counts: {
      get entries() {
        return places.size
      },
      get bytes() {
        return bytes
      },
      get evictions() {
        return evictions
      }
    }
  }
}
