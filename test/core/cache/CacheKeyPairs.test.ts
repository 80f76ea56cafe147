import { assert, describe, it } from "@effect/vitest"
import type { PaywallRequest } from "@priceport/core"
import * as CacheKey from "@priceport/core/resilience/CacheKey"
import { pick, type Random, random } from "./Requests.ts"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [name: string]: Json | undefined }
type Members = Record<string, Json | undefined>
type Pair = readonly [a: Members, b: Members]

const scope = CacheKey.scope("botsi", "")
const keyOf = (request: Members) => CacheKey.of(request as unknown as PaywallRequest.PaywallRequest, scope)

/** What keys are made of, and what looks like something else. */
const pieces =
  "a b X 0 1 12 : ; | / , = + - _ . é e\u0301 \ud800 \udfff \ufffd 😀 \u0000 i1:X p1: o0; z null true {} [] \" \\"
    .split(" ")
const facts = ["id", "country", "storeCountry", "locale", "currency", "ip", "platform", "appVersion", "store"]

const text = (next: Random): string => {
  let made = pick(next, pieces)
  while (next() < 0.6) made += pick(next, pieces)
  return made
}

const base = (next: Random): { readonly request: Members; readonly customer: Members } => {
  const customer: Members = {}
  for (const name of facts) if (next() < 0.2) customer[name] = text(next)
  if (next() < 0.3) customer["attributes"] = { [text(next)]: text(next) }
  return { request: { placement: text(next), customer }, customer }
}

/** The request with other facts about its customer. */
const having = ({ customer, request }: ReturnType<typeof base>, facts: Members): Members => ({
  ...request,
  customer: { ...customer, ...facts }
})

const inOptions = ({ request }: ReturnType<typeof base>, value: Json, depth: number): Members => {
  let nested: Json = { x: value }
  for (let level = 0; level < depth; level++) nested = level % 2 === 0 ? [nested] : { y: nested }
  return { ...request, options: { botsi: nested } }
}

const two = (next: Random): readonly [string, string] => {
  const first = Math.floor(next() * facts.length)
  return [facts[first]!, facts[(first + 1 + Math.floor(next() * (facts.length - 1))) % facts.length]!]
}

/** Texts that are not the same, though most eyes, fonts and encoders say so. */
const doubles: ReadonlyArray<readonly [string, string]> = [
  ["\u00e9", "e\u0301"],
  ["\u212b", "\u00c5"],
  ["\ufb01", "fi"],
  ["\ud800", "\ufffd"],
  ["\ud800", "\udbff"],
  ["\udc00\ud800", "\ud800\udc00"],
  ["\u0430", "a"],
  ["a", "A"],
  ["a", "a\u200b"],
  ["a", " a"],
  ["", "\u0000"],
  ["-", "\u2010"]
]

const unlike: ReadonlyArray<readonly [Json, Json]> = [
  ["1", 1],
  ["true", true],
  ["null", null],
  ["", null],
  [0, false],
  [1, true],
  [[], {}],
  [[[]], []],
  [[{}], [[]]],
  [[1, 2], [12]],
  [[[1], 2], [1, [2]]],
  [[[1], 2], [[1, 2]]],
  [[[[]]], [[], []]],
  [{ a: { b: 1 }, c: 2 }, { a: { b: 1, c: 2 } }],
  [["a", "b"], ["ab"]],
  [{ a: {} }, { a: [] }],
  [{ a: 1, b: 2 }, { a: 1 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: null }, {}],
  [1e21, "1e+21"],
  [0.1, 0.1 + Number.EPSILON],
  [2 ** 53, 2 ** 53 - 1]
]

/** Ways to make two requests that must not be taken for each other. */
const ways: Readonly<Record<string, (next: Random) => Pair>> = {
  "a delimiter moves from one fact to the next": (next) => {
    const [from, to] = two(next)
    const [x, y, z] = [text(next), text(next), text(next)]
    const some = base(next)
    return [having(some, { [from]: x + y, [to]: z }), having(some, { [from]: x, [to]: y + z })]
  },
  "one text holds what a key says of two": (next) => {
    const [from, to] = two(next)
    const [x, z, tag] = [text(next), text(next), pick(next, ["c", "i", "p", "s", "", ",", "|"])]
    const some = base(next)
    return [
      having(some, { [from]: x, [to]: z }),
      having(some, { [from]: `${x}${tag}${z.length}:${z}`, [to]: undefined })
    ]
  },
  "a delimiter moves between an attribute's name and its value": (next) => {
    const [x, y, z] = [text(next), text(next), text(next)]
    const some = base(next)
    const where = pick(next, ["attributes", "profiles"])
    return [having(some, { [where]: { [x + y]: z } }), having(some, { [where]: { [x]: y + z } })]
  },
  "one attribute is split in two": (next) => {
    const [x, y, z] = [text(next), text(next), text(next)]
    const some = base(next)
    return [
      having(some, { attributes: { [`a${x}`]: y, [`b${x}`]: z } }),
      having(some, { attributes: { [`a${x}`]: `${y}b${x}${z}` } })
    ]
  },
  "a fact is empty and not missing": (next) => {
    const [member] = two(next)
    const some = base(next)
    return [having(some, { [member]: "" }), having(some, { [member]: undefined })]
  },
  "a record is empty and not missing": (next) => {
    const member = pick(next, ["attributes", "profiles", "device"])
    const some = base(next)
    return [having(some, { [member]: {} }), having(some, { [member]: undefined })]
  },
  "options are empty and not missing": (next) => {
    const { request } = base(next)
    return [{ ...request, options: pick<Json>(next, [{}, { botsi: {} }]) }, request]
  },
  "a text becomes another fact": (next) => {
    const [from, to] = two(next)
    const value = text(next)
    const some = base(next)
    return [
      having(some, { [from]: value, [to]: undefined }),
      having(some, { [to]: value, [from]: undefined })
    ]
  },
  "an id becomes a profile": (next) => {
    const value = text(next)
    const some = base(next)
    return [
      having(some, { id: value }),
      having(some, { id: undefined, profiles: { [pick(next, ["botsi", "corrily", "id"])]: value } })
    ]
  },
  "a profile becomes another provider's": (next) => {
    const value = text(next)
    const some = base(next)
    return [having(some, { profiles: { botsi: value } }), having(some, { profiles: { corrily: value } })]
  },
  "a model becomes a system": (next) => {
    const value = text(next)
    const some = base(next)
    return [having(some, { device: { model: value } }), having(some, { device: { os: value } })]
  },
  "a text looks the same": (next) => {
    const [x, [a, b], z] = [text(next), pick(next, doubles), text(next)]
    const [member] = two(next)
    const some = base(next)
    return [having(some, { [member]: x + a + z }), having(some, { [member]: x + b + z })]
  },
  "an attribute looks the same": (next) => {
    const [x, [a, b], z] = [text(next), pick(next, doubles), text(next)]
    const some = base(next)
    return next() < 0.5
      ? [having(some, { attributes: { [x]: z + a } }), having(some, { attributes: { [x]: z + b } })]
      : [having(some, { attributes: { [x + a]: z } }), having(some, { attributes: { [x + b]: z } })]
  },
  "a value deep in options has another type": (next) => {
    const [a, b] = pick(next, unlike)
    const some = base(next)
    const depth = Math.floor(next() * 6)
    return [inOptions(some, a, depth), inOptions(some, b, depth)]
  },
  "a number in options becomes its text": (next) => {
    const value = Math.floor(next() * 1e6) / pick(next, [1, 10, 1000])
    const some = base(next)
    const depth = Math.floor(next() * 4)
    return [inOptions(some, value, depth), inOptions(some, String(value), depth)]
  },
  "options are one level deeper": (next) => {
    const value = text(next)
    const some = base(next)
    const depth = Math.floor(next() * 6)
    return [inOptions(some, value, depth), inOptions(some, value, depth + 1)]
  },
  "who may be enrolled is not": (next) => {
    const { request } = base(next)
    return [next() < 0.5 ? { ...request, enroll: true } : request, { ...request, enroll: false }]
  },
  "the placement ends where the customer begins": (next) => {
    const [x, y, z] = [text(next), text(next), text(next)]
    const some = base(next)
    return [
      { ...having(some, { id: z }), placement: x + y },
      { ...having(some, { id: y + z }), placement: x }
    ]
  }
}

/** Whether two values are the same, member by member; one that is `undefined` is none. Knows nothing of keys. */
const isEqual = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Members, b as Members]
  for (const name of Object.keys(left)) {
    if (!isEqual(left[name], Object.hasOwn(right, name) ? right[name] : undefined)) return false
  }
  for (const name of Object.keys(right)) if (right[name] !== undefined && !Object.hasOwn(left, name)) return false
  return true
}

/** Whether two requests ask for the same: enrolling is what a request does that does not say. */
const isSame = (a: Members, b: Members): boolean =>
  (a["enroll"] !== false) === (b["enroll"] !== false) &&
  isEqual({ ...a, enroll: undefined }, { ...b, enroll: undefined })

/** The same in another order. */
const reordered = (value: Json | undefined): Json | undefined =>
  typeof value !== "object" || value === null
    ? value
    : Array.isArray(value)
    ? value.map((item) => reordered(item)!)
    : Object.fromEntries(Object.entries(value).toReversed().map(([name, member]) => [name, reordered(member)]))

const pairs = 1_000_000

describe("CacheKey, in 1,000,000 pairs of different requests made to be confused", () => {
  it("is never the same for two of them, and always for one written in another order", () => {
    const next = random(20260301)
    const names = Object.keys(ways)
    const requests = new Set<string>()
    const met = { pairs: 0, rewritten: 0, again: 0 }
    let neighbours = new Map<string, Members>()

    /** The key, which among the last 2,000 requests only the same one may have. */
    const place = (request: Members): string => {
      const key = keyOf(request)
      if (key === undefined) assert.fail(`${JSON.stringify(request)} has no key`)
      const other = neighbours.get(key)
      if (other === undefined) neighbours.set(key, request)
      else if (isSame(request, other)) met.again++
      else assert.fail(`${JSON.stringify(request)} and ${JSON.stringify(other)} have ${key}`)
      return key
    }

    for (let pair = 0; pair < pairs; pair++) {
      const name = names[pair % names.length]!
      const [a, b] = ways[name]!(next)
      if (isSame(a, b)) assert.fail(`${name}: ${JSON.stringify(a)} is ${JSON.stringify(b)}`)
      const key = place(a)
      if (key === place(b)) assert.fail(`${name}: ${JSON.stringify(a)} and ${JSON.stringify(b)} have ${key}`)
      met.pairs++
      if (requests.size < 200_000) requests.add(key)
      if (pair % 7 === 0) {
        const other = reordered({ enroll: true, options: undefined, ...a }) as Members
        if (!isSame(a, other)) assert.fail(`${JSON.stringify(a)} is not ${JSON.stringify(other)}`)
        if (keyOf(other) !== key) assert.fail(`${JSON.stringify(a)} has two keys`)
        met.rewritten++
      }
      if (pair % 1000 === 0) neighbours = new Map()
    }

    assert.strictEqual(met.pairs, pairs)
    assert.isAbove(met.rewritten, 100_000)
    assert.isAbove(met.again, 100)
    assert.strictEqual(requests.size, 200_000)
  }, 120_000)
})
