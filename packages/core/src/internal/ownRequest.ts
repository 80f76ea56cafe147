import * as Predicate from "effect/Predicate"
import type { Customer } from "../domain/Customer.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"

/** Every member a customer may have. */
export const customerMembers: ReadonlyArray<keyof Customer> = [
  "id",
  "profiles",
  "country",
  "storeCountry",
  "locale",
  "currency",
  "ip",
  "platform",
  "appVersion",
  "device",
  "store",
  "attributionSource",
  "attributes"
]

/**
 * Our own copy of a request that has a key: the caller may change the first one while it is being answered. Members that
 * are `undefined` are left out.
 */
export const copy = ({ customer, enroll, options, placement }: PaywallRequest): PaywallRequest => {
  const facts = customerMembers.flatMap((name) => customer[name] === undefined ? [] : [[name, customer[name]]])
  return structuredClone({
    placement,
    customer: Object.fromEntries(facts),
    ...(enroll !== undefined && { enroll }),
    ...(options !== undefined && { options })
  })
}

/** Whether a vendor is asked to change what it has decided for the customer, which no memory can stand in for. */
export const overrides = ({ options }: PaywallRequest): boolean =>
  options !== undefined && Predicate.isObject(options) &&
  Object.values(options).some((extras) => Predicate.hasProperty(extras, "override") && extras["override"] === true)
