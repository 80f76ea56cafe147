import type { Customer } from "../domain/Customer.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"

/** What can be found by the request it was made for. */
export interface Answered {
  readonly request: PaywallRequest
}

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
  const handleOf = ({ id, profiles }: Customer) => id ?? profiles?.[provider]

  return {
    find: (request) => {
      const { customer, placement } = request
      if (customer === undefined || customer === null) return undefined
      const item = placements.get(placement)?.get(handleOf(customer)!)
      return item !== undefined && isSame(item.request, request) ? item : undefined
    },
    note: (item) => {
      const { customer, placement } = item.request
      const handle = handleOf(customer)
      if (handle === undefined) return
      const items = placements.get(placement)
      if (items === undefined) placements.set(placement, new Map([[handle, item]]))
      else items.set(handle, item)
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
export const isSame = (own: PaywallRequest, other: PaywallRequest): boolean => {
  const [a, b] = [own.customer, other.customer]
  if (
    own.placement !== other.placement || own.options !== undefined || other.options !== undefined ||
    (own.enroll === false) !== (other.enroll === false) ||
    a.id !== b.id || a.country !== b.country || a.storeCountry !== b.storeCountry || a.locale !== b.locale ||
    a.currency !== b.currency || a.ip !== b.ip || a.platform !== b.platform || a.appVersion !== b.appVersion ||
    a.store !== b.store || a.attributionSource !== b.attributionSource
  ) return false
  // As many members as are compared here, so there is none that is not.
  if (other.enroll !== undefined && typeof other.enroll !== "boolean") return false
  if (sizeOf(other) !== (other.enroll === undefined ? 2 : 3) || sizeOf(b) !== sizeOf(a)) return false
  return isSameRecord(a.profiles, b.profiles) && isSameRecord(a.attributes, b.attributes) &&
    isSameRecord(a.device, b.device)
}

/** All that an object has, inherited members too. */
const sizeOf = (value: object): number => {
  let size = 0
  for (const _ in value) size++
  return size
}

const isSameRecord = (
  own: Readonly<Record<string, string | undefined>> | undefined,
  other: Readonly<Record<string, string | undefined>> | undefined
): boolean => {
  if (own === undefined || other === undefined) return own === other
  if (Object.getPrototypeOf(other) !== Object.prototype) return false
  const names = Object.keys(other)
  for (const name of names) if (typeof other[name] !== "string" || own[name] !== other[name]) return false
  return names.length === Object.keys(own).length
}
