import { assert, describe, it } from "@effect/vitest"
import * as Assignment from "@priceport/core/routing/Assignment"
import * as Published from "./Published.ts"

/** The vectors that GrowthBook publishes for SDK authors (cases.json, "hash"): seed, value, result. */
const version2: ReadonlyArray<readonly [string, string, number]> = [
  ["seed", "a", 0.0505],
  ["seed", "b", 0.2696],
  ["foo", "ab", 0.2575],
  ["foo", "def", 0.2019],
  ["89123klj", "8952klfjas09ujkasdf", 0.124],
  ["90850943850283058242805", "123", 0.7516],
  ["()**(%$##$%#$#", "___)((*\":&", 0.0128]
]

const version1: ReadonlyArray<readonly [string, string, number]> = [
  ["", "a", 0.22],
  ["", "b", 0.077],
  ["b", "a", 0.946],
  ["ef", "d", 0.652],
  ["asdf", "8952klfjas09ujk", 0.549],
  ["", "123", 0.011],
  ["", "___)((*\":&", 0.563]
]

describe("Assignment", () => {
  it.each(version2)("agrees with the published hash of %s and %s", (seed, value, expected) => {
    assert.strictEqual(Assignment.hash(seed, value), expected)
  })

  it.each(version1)("agrees with the published older hash of %s and %s", (seed, value, expected) => {
    assert.strictEqual(Assignment.hashV1(seed, value), expected)
  })
  it.each(Published.bucketRanges)("has the published bucket ranges: %s", (_, coverage, weights, expected) => {
    // As the published tests do it: to six digits.
    const rounded = Assignment.ranges(weights, coverage).flat().map((range) => range.map((end) => +end.toFixed(6)))
    assert.deepStrictEqual(rounded, expected)
  })

  it.each(Published.choices)("makes the published choice: %s", (_, position, ranges, expected) => {
    assert.strictEqual(Assignment.choose(ranges.map((range) => [range]), position), expected)
  })

  it.each(Published.namespaces)("puts %s into the published part of %s: %j", (unit, name, range, expected) => {
    assert.strictEqual(Assignment.isInNamespace({ name, range }, unit), expected)
  })

  it("names a customer by the own id, then by the vendors' profiles in order, and nobody by an address", () => {
    const customer = { profiles: { corrily: "c-1", botsi: "b-1" }, ip: "203.0.113.42" }
    assert.deepStrictEqual(Assignment.units({ id: "u-1", ...customer }), ["u-1", "botsi:b-1", "corrily:c-1"])
    assert.strictEqual(Assignment.unit(customer), "botsi:b-1")
    assert.isUndefined(Assignment.unit({ ip: customer.ip }))
  })
})
