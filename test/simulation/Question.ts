import type { Attribution, Customer, PaywallRequest } from "@priceport/core"

/** Everything a vendor's answer may depend on, in one text: what it stamps on its answer, and what the caller asked. */
export const digest = ({ customer, enroll, options, placement }: PaywallRequest.PaywallRequest): string =>
  JSON.stringify([
    placement,
    enroll !== false,
    customer.id,
    sorted(customer.profiles),
    customer.ip,
    customer.country,
    customer.storeCountry,
    customer.locale,
    customer.currency,
    sorted(customer.attributes),
    options
  ])

const sorted = (record: Readonly<Record<string, string>> | undefined) =>
  record && Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))

/** Every name that an answer for this customer may be forgotten by. */
export const namesOf = ({ id, ip, profiles }: Customer.Customer): ReadonlyArray<string> => [
  ...ownNames({ id, profiles }),
  ...(ip === undefined ? [] : [`ip ${ip}`])
]

/** The names that forgetting this customer means: not the address of one who has a better name. */
export const forgottenNames = (customer: Customer.Customer): ReadonlyArray<string> => {
  const own = ownNames(customer)
  return own.length > 0 ? own : namesOf(customer)
}

const ownNames = ({ id, profiles = {} }: Customer.Customer): ReadonlyArray<string> => [
  ...(id === undefined ? [] : [`id ${id}`]),
  ...Object.entries(profiles).map(([provider, profile]) => `profile ${provider} ${profile}`)
]

/** The names that a purchase under this attribution forgets. */
export const subjectNames = ({ provider, subject: { value } }: Attribution.Attribution): ReadonlyArray<string> => [
  `id ${value}`,
  `ip ${value}`,
  `profile ${provider} ${value}`
]

/** Whether the vendor is asked to decide anew, which no memory may answer. */
export const overrides = ({ options = {} }: PaywallRequest.PaywallRequest): boolean =>
  Object.values(options).some((extras) => JSON.stringify(extras).includes("override"))
