import { assert, describe, it } from "@effect/vitest"
import * as Assignment from "@priceport/core/routing/Assignment"

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
})
