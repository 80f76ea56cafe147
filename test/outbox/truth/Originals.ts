/** Attributions as the adapters make them, drawn from a seed, and the texts that they must still have at the end. */
import type { Attribution, Customer } from "@priceport/core"
import type { Schema } from "effect"
import type * as Prng from "../../simulation/Prng.ts"

/** `house` is a third vendor, whose payload may be any JSON. */
export type Vendor = "botsi" | "corrily" | "house"

/** What a vendor once said of a paywall. `vendorPlacement` is its own name for the place, as unique as ours. */
export interface Original {
  readonly vendor: Vendor
  readonly placement: string
  readonly vendorPlacement: string
  readonly customer: Customer.Customer
  readonly subject: Attribution.Subject
  readonly enrolled: boolean
  readonly paywallId: string
  readonly payload: Schema.JsonObject
}

const odd = [
  "plain",
  "\ud800",
  "half \udfff of a pair",
  "pair 😀",
  "e\u0301",
  "\u00e9",
  "\u0000",
  "line\u2028end",
  "\ufeffmark",
  "\"quoted\\\"",
  "__proto__",
  "constructor",
  " spaces ",
  "a/b?c=d&e#f",
  "1e400",
  "null",
  "אבג",
  "long ".repeat(60)
]

const integers = [0, 1, 2, 32, 42, 255, 65_536, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1, -1, -(2 ** 53 - 1)]

const decimals = [0.1, -0.5, 1 / 3, 5e-324, 1.7976931348623157e308, 2 ** 53 + 2, 1e21, 9.99, 4.35, 123456789.01234567]

const integer = (prng: Prng.Prng) => prng.chance(0.5) ? prng.pick(integers) : prng.between(-(2 ** 52), 2 ** 52)

const json = (prng: Prng.Prng, depth: number): Schema.Json => {
  switch (prng.between(0, depth === 0 ? 5 : 7)) {
    case 0:
      return null
    case 1:
      return prng.chance(0.5)
    case 2:
      return integer(prng)
    case 3:
      return prng.pick(decimals)
    case 4:
      return prng.pick(odd)
    case 5:
      return ""
    case 6:
      return Array.from({ length: prng.between(0, 4) }, () => json(prng, depth - 1))
    default:
      return object(prng, depth - 1)
  }
}

/** Names that look like numbers or like members that every object has included. */
const object = (prng: Prng.Prng, depth: number): Schema.JsonObject =>
  Object.fromEntries(
    Array.from({ length: prng.between(0, 5) }, () => [prng.pick([...odd, "id", "7", "-0"]), json(prng, depth)])
  )

/** Null, 0, absent, and every other value that Botsi's two members may have. */
const experiment = (prng: Prng.Prng) => ({
  ...prng.pick<{ readonly isExperiment?: boolean | null }>([
    {},
    { isExperiment: null },
    { isExperiment: true },
    { isExperiment: false }
  ]),
  ...prng.pick<{ readonly aiPricingModelId?: number | null }>([
    {},
    { aiPricingModelId: null },
    { aiPricingModelId: 0 },
    { aiPricingModelId: integer(prng) }
  ]),
  ...prng.chance(0.2) && { abTestId: integer(prng) }
})

export type Person = Pick<Original, "vendor" | "customer" | "subject">

/** Somebody by any kind of identity that the vendor has. */
export const person = (prng: Prng.Prng, vendor: Vendor, number: number): Person => {
  const value = `${prng.pick(odd)}|${number}`
  if (vendor === "corrily" && prng.chance(0.5)) {
    const ip = prng.chance(0.5)
      ? `2001:db8::${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`
      : `10.${number >>> 16}.${number >>> 8 & 255}.${number & 255}`
    return { vendor, customer: { ip, country: "de" }, subject: { kind: "ip", value: ip } }
  }
  if (vendor === "corrily") {
    const ip = prng.chance(0.5) ? { ip: "203.0.113.9" } : {}
    return { vendor, customer: { id: value, ...ip }, subject: { kind: "user_id", value } }
  }
  return prng.chance(0.5)
    ? { vendor, customer: { id: "other", profiles: { [vendor]: value } }, subject: { kind: "profileId", value } }
    : { vendor, customer: { id: value }, subject: { kind: "customerUserId", value } }
}

/** A paywall of this person's. */
export const original = (prng: Prng.Prng, person: Person, number: number): Original => {
  const { customer, subject, vendor } = person
  const places = {
    placement: `${prng.pick(odd)}@${number}`,
    vendorPlacement: prng.chance(0.5) ? `vendor ${prng.pick(odd)}@${number}` : `${number}`
  }
  if (vendor === "house") {
    const payload = object(prng, 3)
    return { ...person, ...places, enrolled: prng.chance(0.9), paywallId: `${prng.pick(odd)}${number}`, payload }
  }
  const id = integer(prng)
  if (vendor === "botsi") {
    const payload = { id, placementId: places.vendorPlacement, ...experiment(prng) }
    return { ...person, ...places, enrolled: prng.chance(0.9), paywallId: String(id), payload }
  }
  const payload = {
    pricingPageId: id,
    ...(subject.kind === "user_id" && { user_id: subject.value }),
    ...(customer.ip !== undefined && { ip: customer.ip }),
    ...(customer.country !== undefined && { country: customer.country.toUpperCase() })
  }
  return { ...person, ...places, enrolled: true, paywallId: String(id), payload }
}

/** Everything an attribution says, digit for digit and in the order that the payload's members have. */
export const text = (attribution: Attribution.Attribution): string => {
  const { enrolled, fetchedAt, paywallId, payload, placement, provider, subject, ...others } = attribution
  return JSON.stringify([
    provider,
    placement,
    paywallId,
    subject.kind,
    subject.value,
    enrolled,
    fetchedAt,
    payload,
    Object.keys(others),
    Object.keys(subject).length
  ])
}

export const attributionOf = (original: Original, fetchedAt: string): Attribution.Attribution => ({
  provider: original.vendor,
  placement: original.placement,
  paywallId: original.paywallId,
  subject: original.subject,
  enrolled: original.enrolled,
  fetchedAt,
  payload: original.payload
})

/** What Botsi must find in an event or a validation: these members, each as it once said it. */
export const wire = ({ payload, subject }: Original, isPlayStore: boolean): string =>
  JSON.stringify([
    payload["placementId"],
    payload["id"],
    "isExperiment" in payload ? [payload["isExperiment"]] : [],
    "aiPricingModelId" in payload ? [payload["aiPricingModelId"]] : [],
    isPlayStore && "abTestId" in payload ? [payload["abTestId"]] : [],
    subject.kind,
    subject.value
  ])
