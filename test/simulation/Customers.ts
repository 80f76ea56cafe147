import type { Customer, Paywall, PaywallRequest } from "@priceport/core"
import type * as Prng from "./Prng.ts"

/** The facts of a customer that an application changes in place. */
type Mutable = { -readonly [K in keyof Customer.Customer]: Customer.Customer[K] }

/** Somebody in front of the application, and the paywall last shown to them. */
export interface Visitor {
  readonly number: number
  readonly customer: Mutable
  shown: Paywall.Paywall | undefined
}

export const placements = ["onboarding", "settings"] as const

const locales = ["en", "de", "pt-BR"] as const

/** Visitors who are not logged in: the vendor knows them by a profile of its own, or by an address. */
export const draw = (random: Prng.Prng, provider: string): ReadonlyArray<Visitor> =>
  Array.from({ length: random.between(2, 4) }, (_, number) => ({
    number,
    customer: { ...anonymous(provider, number), locale: random.pick(locales), country: "US" },
    shown: undefined
  }))

/** Two visitors share an address. */
const anonymous = (provider: string, number: number): Customer.Customer =>
  provider === "corrily"
    ? { ip: `203.0.113.${number >> 1}` }
    : { profiles: { [provider]: `profile-${number}` } }

/** What a visitor may do that changes which paywall is theirs. */
export const changes = {
  "log in": ({ customer, number }) => void (customer.id = `id-${number}`),
  "log out": ({ customer }) => void delete customer.id,
  "change locale": ({ customer }, random) => void (customer.locale = random.pick(locales)),
  "change attributes": ({ customer }, random) =>
    random.chance(0.1)
      ? void delete customer.attributes
      : void (customer.attributes = { plan: random.pick(["free", "pro"]) }),
  "change profile": ({ customer, number }, random) => {
    if (customer.profiles !== undefined) customer.profiles = { botsi: `profile-${random.pick([number, 7])}` }
  },
  "change address": ({ customer, number }, random) => {
    if (customer.ip !== undefined) customer.ip = `203.0.${random.pick([113, 114])}.${number >> 1}`
  },
  "change country": ({ customer }, random) => void (customer.country = random.pick(["US", "DE"]))
} satisfies Record<string, (visitor: Visitor, random: Prng.Prng) => void>

export type Change = keyof typeof changes

export const change = (kind: Change, visitor: Visitor, random: Prng.Prng): void => {
  const apply: (visitor: Visitor, random: Prng.Prng) => void = changes[kind]
  apply(visitor, random)
}

/** What a visitor asks for. Mostly the very object of the customer, which the application may change meanwhile. */
export const ask = (
  visitor: Visitor,
  provider: string,
  random: Prng.Prng
): { readonly kind: "keyed" | "keyless" | "nobody"; readonly request: PaywallRequest.PaywallRequest } => {
  const placement = random.pick(placements)
  const { customer } = visitor
  switch (random.weighted({ plain: 85, "without enrolling": 10, overriding: 3, nobody: 2 })) {
    case "plain":
      return { kind: "keyed", request: { placement, customer, ...(random.chance(0.2) && { enroll: true }) } }
    case "without enrolling":
      return { kind: "keyed", request: { placement, customer, enroll: false } }
    case "overriding":
      return {
        kind: "keyless",
        request: { placement, customer: structuredClone(customer), options: { [provider]: { override: true } } }
      }
    case "nobody":
      return { kind: "nobody", request: { placement, customer: { country: "US" } } }
  }
}
