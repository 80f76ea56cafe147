import { assert, describe, it } from "@effect/vitest"
import * as Assignment from "@priceport/core/routing/Assignment"

const count = 1_000_000

/** The arm of each of a million customers. */
const armsOf = (key: string, ranges: ReadonlyArray<ReadonlyArray<Assignment.Range>>) =>
  Uint8Array.from({ length: count }, (_, id) => Assignment.choose(ranges, Assignment.hash(key, `customer-${id}`))!)

const sizesOf = (arms: Uint8Array) => arms.reduce((sizes, arm) => (sizes[arm]!++, sizes), [0, 0, 0])

const chiSquare = (sizes: ReadonlyArray<number>, weights: ReadonlyArray<number>) =>
  weights.reduce((sum, weight, arm) => sum + (sizes[arm]! - weight * count) ** 2 / (weight * count), 0)

/** What chi-square exceeds with probability 0.001, by degrees of freedom (R: qchisq(0.999, 1:2)). */
const critical = [NaN, 10.828, 13.816]

describe("A million customers", { timeout: 60_000 }, () => {
  const halves = armsOf("price-test", Assignment.ranges([0.5, 0.5]))

  it("split into halves without a mismatch of the sample ratio", () => {
    assert.isBelow(chiSquare(sizesOf(halves), [0.5, 0.5]), critical[1]!)
  })

  it("split into thirds, and into uneven parts, without a mismatch either", () => {
    for (const weights of [[1 / 3, 1 / 3, 1 / 3], [0.2, 0.3, 0.5]]) {
      const sizes = sizesOf(armsOf("three-arms", Assignment.ranges(weights)))
      // A third is no whole number of buckets: what they hold is what is expected.
      const held = weights.map((_, arm) => shareOf(Assignment.ranges(weights), arm))
      assert.isBelow(chiSquare(sizes, held), critical[2]!)
    }
  })

  it("are split by one experiment independently of another", () => {
    const other = armsOf("another-test", Assignment.ranges([0.5, 0.5]))
    const both = halves.reduce((sum, arm, id) => sum + arm * other[id]!, 0)
    const [a, b] = [sizesOf(halves)[1]!, sizesOf(other)[1]!]
    const phi = (count * both - a * b) / Math.sqrt(a * b * (count - a) * (count - b))
    assert.isBelow(Math.abs(phi), 0.005)
  })

  it("move by 10 % when a half becomes 60 %, all in one direction", () => {
    const after = armsOf("price-test", Assignment.reweigh(Assignment.ranges([0.5, 0.5]), [0.6, 0.4]))
    const moved = halves.reduce((sum, arm, id) => sum + (arm === 1 && after[id] === 0 ? 1 : 0), 0)
    const back = halves.reduce((sum, arm, id) => sum + (arm === 0 && after[id] === 1 ? 1 : 0), 0)
    assert.approximately(moved / count, 0.1, 0.001)
    assert.strictEqual(back, 0)
  })
})

const shareOf = (ranges: ReadonlyArray<ReadonlyArray<Assignment.Range>>, arm: number) => {
  let buckets = 0
  for (let bucket = 0; bucket < 10_000; bucket++) if (Assignment.choose(ranges, bucket / 10_000) === arm) buckets++
  return buckets / 10_000
}
