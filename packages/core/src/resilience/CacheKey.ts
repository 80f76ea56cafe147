/**
 * The key of a cached paywall: one text for each request that may be answered differently.
 *
 * Two requests have the same key when they ask for the same thing, and only then. Every text is preceded by its length,
 * so no choice of delimiters inside it can make two requests look alike, and it is compared unit by unit: texts that
 * merely look the same, such as composed and decomposed accents, are different customers. Members that are missing and
 * members that are `undefined` are the same; an empty record and a missing one are not. The order of members never
 * matters. `enroll` counts as true unless it is false, as everywhere.
 *
 * A key holds the customer's ids in clear: keep it inside the process, or hash it.
 *
 * @since 0.2.0
 */
import type { Attribution } from "../domain/Attribution.ts"
import type { Customer } from "../domain/Customer.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import * as OwnRequest from "../internal/ownRequest.ts"

/**
 * What all keys of one cache begin with: the provider's id and the generation.
 *
 * @category constructors
 * @since 0.2.0
 */
export const scope = (provider: string, generation: string): string =>
  `${provider.length}:${provider}${generation.length}:${generation}`

/**
 * The key of a request, or `undefined` where no key can tell the request from every other: it has a member the port does
 * not know, a member of another type, or options that are no plain JSON. The provider itself judges such a request.
 *
 * @category constructors
 * @since 0.2.0
 */
export const of = (request: PaywallRequest, scope: string): string | undefined => {
  if (!isRecord(request)) return undefined
  for (const name in request) if (!requestMembers.has(name)) return undefined
  const { customer, enroll, options, placement } = request
  if (OwnRequest.overrides(request)) return undefined
  if ((enroll !== undefined && typeof enroll !== "boolean") || !isRecord(customer)) return undefined
  for (const name in customer) if (!customerMembers.has(name)) return undefined
  const writer = new Writer(scope + (enroll === false ? "-" : "+"))
  writer.text("p", placement)
  writer.text("i", customer.id)
  writer.text("c", customer.country)
  writer.text("s", customer.storeCountry)
  writer.text("l", customer.locale)
  writer.text("m", customer.currency)
  writer.text("a", customer.ip)
  writer.text("f", customer.platform)
  writer.text("v", customer.appVersion)
  writer.text("t", customer.store)
  writer.text("u", customer.attributionSource)
  if (customer.profiles !== undefined) writer.texts("r", customer.profiles)
  if (customer.attributes !== undefined) writer.texts("x", customer.attributes)
  if (customer.device !== undefined) writer.device(customer.device)
  if (options !== undefined) writer.json(options, 0)
  return writer.complete ? writer.key : undefined
}

/**
 * The names a customer goes by, each with its kind, so that a profile `X` is not the id `X`.
 *
 * @category conversions
 * @since 0.2.0
 */
export const identities = ({ id, ip, profiles }: Customer): ReadonlyArray<string> => {
  const names = profiles === undefined ? [] : Object.keys(profiles).map((name) => profileOf(name, profiles[name]!))
  if (id !== undefined) names.push(`id:${id}`)
  if (ip !== undefined) names.push(`ip:${ip}`)
  return names.length === 0 ? nobody : names
}

/**
 * The names to forget a customer by: the id and the profiles, or the address of one who has neither, since many people
 * share an address.
 *
 * @category conversions
 * @since 0.2.0
 */
export const ownIdentities = ({ id, ip, profiles }: Customer): ReadonlyArray<string> => {
  const own = identities({ id, profiles })
  return own === nobody && ip !== undefined ? identities({ ip }) : own
}

/**
 * The names that an attribution's subject may be: vendors have words of their own for the kinds, so the value is taken
 * for an id, a profile of that provider and an address alike.
 *
 * @category conversions
 * @since 0.2.0
 */
export const subjectIdentities = ({ provider, subject: { value } }: Attribution): ReadonlyArray<string> => [
  `id:${value}`,
  `ip:${value}`,
  profileOf(provider, value)
]

const profileOf = (provider: string, profile: string) => `profile:${provider.length}:${provider}:${profile}`

const nobody: ReadonlyArray<string> = ["nobody"]

const requestMembers = new Set(["placement", "customer", "enroll", "options"])

const customerMembers: ReadonlySet<string> = new Set(OwnRequest.customerMembers)

/** Deeper options than this, such as circular ones, have no key. */
const maxDepth = 64

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Only of a plain object is everything in its own members; a date or a map would look empty. */
const isPlain = (value: unknown): value is Record<string, unknown> => {
  if (!isRecord(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The names of a record's members in one order, which they mostly have already. */
const namesOf = (record: Record<string, unknown>): ReadonlyArray<string> => {
  const names = Object.keys(record)
  for (let index = 1; index < names.length; index++) {
    if (names[index - 1]! > names[index]!) return names.toSorted()
  }
  return names
}

/** Appends to a key. What it cannot tell from everything else makes the key incomplete. */
class Writer {
  key: string
  complete = true

  constructor(key: string) {
    this.key = key
  }

  text(tag: string, value: unknown): void {
    if (typeof value === "string") this.key += tag + value.length + ":" + value
    else if (value !== undefined) this.complete = false
  }

  texts(tag: string, record: unknown): void {
    if (!isPlain(record)) {
      this.complete = false
      return
    }
    const names = namesOf(record)
    this.key += tag + names.length + ";"
    for (const name of names) {
      this.text("", name)
      if (record[name] === undefined) this.complete = false
      else this.text("", record[name])
    }
  }

  device(device: unknown): void {
    if (!isPlain(device)) {
      this.complete = false
      return
    }
    for (const name in device) if (name !== "model" && name !== "os") this.complete = false
    this.key += "d"
    this.text("m", device["model"])
    this.text("o", device["os"])
    this.key += ";"
  }

  json(value: unknown, depth: number): void {
    if (typeof value === "string") this.text("s", value)
    else if (typeof value === "number" && Number.isFinite(value)) this.text("n", String(value))
    else if (value === null) this.key += "z"
    else if (typeof value === "boolean") this.key += value ? "y" : "w"
    else if (depth > maxDepth) this.complete = false
    else if (Array.isArray(value)) {
      this.key += "a" + value.length + ";"
      for (const item of value) this.json(item, depth + 1)
    } else if (isPlain(value)) {
      const names = namesOf(value)
      this.key += "o" + names.length + ";"
      for (const name of names) {
        this.text("", name)
        this.json(value[name], depth + 1)
      }
    } else this.complete = false
  }
}
