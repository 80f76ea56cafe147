import { assert, describe, it } from "@effect/vitest"
import type { PaywallRequest } from "@priceport/core"
import * as CacheKey from "@priceport/core/resilience/CacheKey"
import { copy } from "../../../packages/core/src/internal/ownRequest.ts"
import { isSame } from "../../../packages/core/src/internal/recentPaywalls.ts"
import * as Requests from "./Requests.ts"

const scope = CacheKey.scope("botsi", "")
const keyOf = (request: unknown) => CacheKey.of(request as PaywallRequest.PaywallRequest, scope)
const customer = { id: "X" }

/** Each differs from its neighbours in one thing that looks like nothing. */
const lookalikes: ReadonlyArray<readonly [what: string, a: object, b: object]> = [
  ["a profile from an id", { profiles: { botsi: "X" } }, { id: "X" }],
  ["a profile from another provider's", { profiles: { botsi: "X" } }, { profiles: { corrily: "X" } }],
  ["an id from an address", { id: "1.1.1.1" }, { ip: "1.1.1.1" }],
  ["where one text ends and the next begins", { id: "ab", country: "c" }, { id: "a", country: "bc" }],
  ["a text that holds a key", { id: "a", country: "DE" }, { id: "a1c2:DE" }],
  ["no attributes from no record of them", { attributes: {} }, {}],
  ["no profiles from no record of them", { profiles: {} }, {}],
  ["no device from an empty one", { device: {} }, {}],
  ["a model from a system", { device: { model: "x" } }, { device: { os: "x" } }],
  ["an attribute's name from its value", { attributes: { a: "b" } }, { attributes: { b: "a" } }],
  ["composed from decomposed", { id: "\u00e9" }, { id: "e\u0301" }],
  ["one lone surrogate from another", { id: "\ud800" }, { id: "\udbff" }],
  ["a lone surrogate from its replacement", { id: "\ud800" }, { id: "\ufffd" }],
  ["lower case from upper case", { country: "de" }, { country: "DE" }],
  ["a country from the store's", { country: "DE" }, { storeCountry: "DE" }],
  ["a missing fact from an empty text", { locale: "" }, {}]
]

describe("CacheKey", () => {
  it.each(lookalikes)("tells %s", (_, a, b) => {
    assert.notStrictEqual(keyOf({ placement: "p", customer: a }), keyOf({ placement: "p", customer: b }))
  })

  it("tells who may be enrolled from who may not", () => {
    const keys = [undefined, true, false].map((enroll) => keyOf({ placement: "p", customer, enroll }))
    assert.strictEqual(keys[0], keys[1])
    assert.notStrictEqual(keys[0], keys[2])
  })

  it("tells a number from its text, deep inside options", () => {
    const keys = [1, "1", true, "true", null, "null", [], {}, [[]], [{}], [1, 2], [12]].map((x) =>
      keyOf({ placement: "p", customer, options: { botsi: { x } } })
    )
    assert.strictEqual(new Set(keys).size, keys.length)
    assert.notInclude(keys, undefined)
  })

  it("tells providers and generations", () => {
    const scopes = [["a", "b"], ["ab", ""], ["", "ab"], ["a", ""], ["a1:b", ""]] as const
    assert.strictEqual(new Set(scopes.map(([provider, generation]) => CacheKey.scope(provider, generation))).size, 5)
  })

  it("does not mind the order of members", () => {
    assert.strictEqual(
      keyOf({
        placement: "p",
        customer: { id: "a", attributes: { x: "1", y: "2" } },
        options: { b: { m: 1, n: [2] } }
      }),
      keyOf({ options: { b: { n: [2], m: 1 } }, customer: { attributes: { y: "2", x: "1" }, id: "a" }, placement: "p" })
    )
  })

  it.each([
    ["a misspelt enroll", { placement: "p", customer, enrol: false }],
    ["a misspelt fact", { placement: "p", customer: { ...customer, contry: "DE" } }],
    ["a misspelt part of the device", { placement: "p", customer: { device: { name: "x" } } }],
    ["a number for an id", { placement: "p", customer: { id: 1 } }],
    ["a number among attributes", { placement: "p", customer: { attributes: { a: 1 } } }],
    ["nothing among attributes", { placement: "p", customer: { attributes: { a: undefined } } }],
    ["a text for enroll", { placement: "p", customer, enroll: "false" }],
    ["no customer", { placement: "p", customer: null }],
    ["no request", null],
    ["a date in options", { placement: "p", customer, options: { botsi: new Date(0) } }],
    ["infinity in options", { placement: "p", customer, options: { botsi: Infinity } }],
    ["a hole in options", { placement: "p", customer, options: { botsi: Array(1) } }],
    ["a vendor told to change its mind", { placement: "p", customer, options: { corrily: { override: true } } }]
  ])("has none for %s", (_, request) => {
    assert.isUndefined(keyOf(request))
  })

  it("has none for options without end", () => {
    const options: Record<string, unknown> = {}
    options["botsi"] = options
    assert.isUndefined(keyOf({ placement: "p", customer, options }))
  })

  it("is the same for the same request and another for any other, in 220,000 pairs made to be confused", () => {
    const next = Requests.random(20260301)
    const met = { same: 0, different: 0, found: 0 }
    for (let pair = 0; pair < 220_000; pair++) {
      const a = Requests.request(next)
      const b = pair % 4 === 0 ? Requests.request(next) : Requests.twist(next, a)
      const [first, second] = [keyOf(a), keyOf(b)]
      const isEqual = Requests.meaning(a) === Requests.meaning(b)
      if (first === undefined || second === undefined || (first === second) !== isEqual) {
        assert.fail(`${JSON.stringify(a)} and ${JSON.stringify(b)} have ${first} and ${second}`)
      }
      const isFound = pair % 3 === 0 && isSame(copy(a), b)
      if (isFound && !isEqual) assert.fail(`${JSON.stringify(a)} was found for ${JSON.stringify(b)}`)
      met[isEqual ? "same" : "different"]++
      if (isFound) met.found++
    }
    assert.isAbove(met.same, 10_000)
    assert.isAbove(met.different, 100_000)
    assert.isAbove(met.found, 1000)
  }, 60_000)

  it("finds no entry for a request with members that nobody compared", () => {
    const own = copy({ placement: "p", customer: { id: "a", country: undefined, attributes: { x: "1" } } })
    const finds = (other: object) => isSame(own, other as unknown as PaywallRequest.PaywallRequest)
    assert.isTrue(finds({ placement: "p", customer: { id: "a", attributes: { x: "1" } } }))
    assert.isFalse(finds({ placement: "p", customer: { id: "a", attributes: { x: "1" } }, enrol: false }))
    assert.isFalse(finds({ placement: "p", customer: { id: "a", attributes: { x: "1" }, contry: "DE" } }))
    assert.isFalse(finds({ placement: "p", customer: { id: "a", attributes: Object.create({ x: "1" }) } }))
    assert.isFalse(finds({ placement: "p", customer: { id: "a", attributes: { y: "1" } } }))
  })
})
