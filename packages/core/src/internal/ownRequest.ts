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
export const copy = ({ customer, enroll, options, placement }: PaywallRequest): PaywallRequest => ({
  placement: single(placement),
  customer: Object.fromEntries(customerMembers.flatMap((name) => {
    const fact = customer[name]
    return fact === undefined ? [] : [[name, typeof fact === "string" ? single(fact) : record(fact)]]
  })),
  ...(enroll !== undefined && { enroll }),
  ...(options !== undefined && { options: structuredClone(options) })
})

const record = (facts: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([name, fact]) => fact === undefined ? [] : [[name, single(fact)]])
  )

/**
 * The one text of its kind, since the engine keeps names only once. Facts such as a locale are the same for many
 * customers, and a text cut out of a larger one would keep that alive.
 */
const single = (text: string): string => Object.keys({ [text]: 0 })[0] ?? text

/** Whether a vendor is asked to change what it has decided for the customer, which no memory can stand in for. */
export const overrides = ({ options }: PaywallRequest): boolean =>
  options !== undefined && Predicate.isObject(options) &&
  Object.values(options).some((extras) => Predicate.hasProperty(extras, "override") && extras["override"] === true)
