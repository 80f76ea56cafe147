/** Requests that are hard to tell apart, from a seed. */
import type { PaywallRequest } from "@priceport/core"

/** Texts made of what keys are made of, and texts that look the same. */
const texts = [
  "1",
  "a",
  "b",
  "X",
  "0",
  "a:b",
  ":",
  "1:a",
  "p1:a",
  "i1:X",
  "a|b",
  "a\u0000b",
  "\u0000",
  ";",
  "r1;",
  "_",
  "+",
  "-",
  "undefined",
  "null",
  "true",
  "é",
  "e\u0301",
  "\ud800",
  "\udfff",
  "\ufffd",
  "\ud83d\ude00",
  "__proto__",
  "constructor",
  "customer",
  " a",
  "a ",
  "A",
  "{}",
  "[]",
  "\"",
  "\\",
  ""
] // dprint-ignore

export type Random = () => number

/** Mulberry32: numbers from 0 to 1. */
export const random = (seed: number): Random => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const pick = <A>(next: Random, items: ReadonlyArray<A>): A => items[Math.floor(next() * items.length)]!

const text = (next: Random) => next() < 0.8 ? pick(next, texts) : pick(next, texts) + pick(next, texts)

const record = <A>(next: Random, member: () => A): Record<string, A> => {
  const entries = Array.from({ length: Math.floor(next() * 3) }, () => [text(next), member()] as const)
  // `fromEntries` gives `__proto__` as an own member, as JSON does.
  return Object.fromEntries(entries)
}

const json = (next: Random, depth = 0): unknown => {
  const leaf = pick(next, [
    "1",
    1,
    -1,
    0,
    -0,
    1.5,
    1e21,
    true,
    false,
    null,
    "true",
    "null",
    "",
    "é",
    "e\u0301",
    "\ud800"
  ])
  if (depth > 2 || next() < 0.5) return leaf
  return next() < 0.5 ?
    Array.from({ length: Math.floor(next() * 3) }, () => json(next, depth + 1)) :
    record(next, () => json(next, depth + 1))
}

const names = [
  "id",
  "country",
  "storeCountry",
  "locale",
  "currency",
  "ip",
  "platform",
  "appVersion",
  "store",
  "attributionSource"
] as const // dprint-ignore

type Loose = Record<string, unknown>

/** Any request, right or wrong by its values, never by its members. */
export const request = (next: Random): PaywallRequest.PaywallRequest => {
  const customer: Loose = {}
  for (const name of names) if (next() < 0.25) customer[name] = next() < 0.1 ? undefined : text(next)
  if (next() < 0.3) customer["profiles"] = record(next, () => text(next))
  if (next() < 0.3) customer["attributes"] = record(next, () => text(next))
  if (next() < 0.2) customer["device"] = pick(next, [{}, { model: text(next) }, { os: text(next) }])
  const made: Loose = { placement: text(next), customer }
  if (next() < 0.5) made["enroll"] = pick(next, [true, false, undefined])
  if (next() < 0.2) made["options"] = record(next, () => json(next))
  return made as unknown as PaywallRequest.PaywallRequest
}

/** Almost the same request: one thing is changed, moved elsewhere, split elsewhere, or written in another order. */
export const twist = (next: Random, request: PaywallRequest.PaywallRequest): PaywallRequest.PaywallRequest => {
  const customer = { ...request.customer } as Loose
  const twisted = { ...request, customer } as Loose
  const from = pick(next, names)
  const to = pick(next, names)
  const [left, right] = [customer[from], customer[to]]
  switch (Math.floor(next() * 9)) {
    case 0: // a delimiter moves
      if (typeof left === "string") customer[from] = left.slice(0, 1)
      if (typeof left === "string") customer[to] = left.slice(1) + (typeof right === "string" ? right : "")
      break
    case 1: // one member takes another's value
      customer[to] = left
      delete customer[from]
      break
    case 2: // the id becomes a profile
      customer["profiles"] = { ...request.customer.profiles, [text(next)]: request.customer.id ?? text(next) }
      delete customer["id"]
      break
    case 3: // accents are composed or decomposed
      if (typeof left === "string") customer[from] = left.normalize(pick(next, ["NFC", "NFD"]))
      break
    case 4: // empty stands for missing
      customer[pick(next, ["profiles", "attributes", "device"])] = pick<unknown>(next, [{}, undefined])
      break
    case 5: // members in another order
      twisted["customer"] = reversed(customer)
      return reversed(twisted) as unknown as PaywallRequest.PaywallRequest
    case 6:
      twisted["options"] = pick<unknown>(next, [{}, undefined, { botsi: {} }, { botsi: 1 }, { botsi: "1" }])
      break
    case 7:
      twisted["enroll"] = pick(next, [true, false, undefined])
      break
    default:
      customer[from] = text(next)
  }
  return twisted as unknown as PaywallRequest.PaywallRequest
}

const reversed = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toReversed().map(([name, member]) => [name, reversed(member)]))
    : value

/** What a request asks for, written in another way than keys are. */
export const meaning = (request: PaywallRequest.PaywallRequest): string =>
  JSON.stringify(sorted({ ...request, enroll: request.enroll !== false }))

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => a < b ? -1 : 1)
    .map(([name, member]) => [name, Array.isArray(member) ? "array" : typeof member, sorted(member)])
}
