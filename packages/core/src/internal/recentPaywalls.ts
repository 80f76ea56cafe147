import type { Customer } from "../domain/Customer.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"

/** What can be found by the request it was made for: our own copy, and how many members that has. */
export interface Answered extends Sizes {
  readonly request: PaywallRequest
}

/** How many members each record of a customer has, none where there is no such record. */
interface Sizes {
  readonly ofCustomer: number
  readonly ofProfiles: number
  readonly ofAttributes: number
  readonly ofDevice: number
}

/** Counts them. */
export const sizesOf = ({ customer }: PaywallRequest): Sizes => ({
  ofCustomer: countOf(customer),
  ofProfiles: countOf(customer.profiles),
  ofAttributes: countOf(customer.attributes),
  ofDevice: countOf(customer.device)
})

/**
 * Finds the entry last used for a placement and a customer without writing a key, which costs more than all the rest of
 * a hit. What it finds is what the key would find; where it is not certain it finds nothing.
 */
export interface RecentPaywalls<A extends Answered> {
  readonly find: (request: PaywallRequest) => A | undefined
  readonly note: (item: A) => void
  readonly drop: (item: A) => void
}

/** Remembers nothing yet. `provider` is the one whose profile names a customer without id. */
export const make = <A extends Answered>(provider: string): RecentPaywalls<A> => {
  const placements = new Map<string, Map<string, A>>()
  // Most calls are for the same placement as the one before.
  let lastPlacement: string | undefined
  let last: Map<string, A> | undefined
  const handleOf = ({ id, profiles }: Customer) => id ?? profiles?.[provider]

  return {
    find: (request) => {
      const { customer, placement } = request
      if (customer === undefined || customer === null) return undefined
      if (placement !== lastPlacement) {
        lastPlacement = placement
        last = placements.get(placement)
      }
      const item = last?.get(handleOf(customer)!)
      return item !== undefined && isSame(item.request, request, item) ? item : undefined
    },
    note: (item) => {
      const { customer, placement } = item.request
      const handle = handleOf(customer)
      if (handle === undefined) return
      const items = placements.get(placement)
      if (items !== undefined) items.set(handle, item)
      else {
        placements.set(placement, new Map([[handle, item]]))
        lastPlacement = undefined
      }
    },
    drop: (item) => {
      const { customer, placement } = item.request
      const handle = handleOf(customer)
      const items = placements.get(placement)
      if (handle === undefined || items?.get(handle) !== item) return
      items.delete(handle)
      if (items.size === 0) placements.delete(placement)
    }
  }
}

/**
 * Whether two requests ask for the same thing. The first is our own copy of one that has a key. Says no where the key
 * has to tell: options, and members that are there but `undefined`.
 */
export const isSame = (own: PaywallRequest, other: PaywallRequest, sizes: Sizes = sizesOf(own)): boolean => {
  const a = own.customer
  const b = other.customer
  if (
    own.placement !== other.placement || own.options !== undefined || other.options !== undefined ||
    (own.enroll === false) !== (other.enroll === false) ||
    a.id !== b.id || a.country !== b.country || a.storeCountry !== b.storeCountry || a.locale !== b.locale ||
    a.currency !== b.currency || a.ip !== b.ip || a.platform !== b.platform || a.appVersion !== b.appVersion ||
    a.store !== b.store || a.attributionSource !== b.attributionSource
  ) return false
  // As many members as are compared here, so there is none that is not.
  if (other.enroll !== undefined && typeof other.enroll !== "boolean") return false
  if (countOf(other) !== (other.enroll === undefined ? 2 : 3) || countOf(b) !== sizes.ofCustomer) return false
  return isSameRecord(a.profiles, b.profiles, sizes.ofProfiles) &&
    isSameRecord(a.attributes, b.attributes, sizes.ofAttributes) && isSameRecord(a.device, b.device, sizes.ofDevice)
}

/** All that an object has, inherited members too. */
const countOf = (value: object | undefined): number => {
  let count = 0
  for (const _ in value) count++
  return count
}

const isSameRecord = (
  own: Readonly<Record<string, string | undefined>> | undefined,
  other: Readonly<Record<string, string | undefined>> | undefined,
  size: number
): boolean => {
  if (own === undefined || other === undefined) return own === other
  if (Object.getPrototypeOf(other) !== Object.prototype) return false
  let found = 0
  for (const name in other) {
    const value = other[name]
    if (typeof value !== "string" || own[name] !== value) return false
    found++
  }
  return found === size
}
