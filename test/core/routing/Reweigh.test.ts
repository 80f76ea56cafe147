import { assert, describe, it } from "@effect/vitest"
import * as Assignment from "@priceport/core/routing/Assignment"
import * as Random from "./Random.ts"

const positions = Array.from({ length: 10_000 }, (_, bucket) => bucket / 10_000)

const armsOf = (ranges: ReadonlyArray<ReadonlyArray<Assignment.Range>>) =>
  positions.map((position) => Assignment.choose(ranges, position))

const sizesOf = (arms: ReadonlyArray<number | undefined>, count: number) =>
  Array.from({ length: count }, (_, arm) => arms.filter((own) => own === arm).length)

describe("Assignment.reweigh", { timeout: 60_000 }, () => {
  it("moves the border between two arms, as the published ranges do", () => {
    assert.deepStrictEqual(Assignment.reweigh(Assignment.ranges([0.5, 0.5]), [0.6, 0.4]), [[[0, 0.6]], [[0.6, 1]]])
    assert.deepStrictEqual(Assignment.reweigh(Assignment.ranges([0.5, 0.5]), [0.4, 0.6]), [[[0, 0.4]], [[0.4, 1]]])
  })

  it("leaves alone who gains from nobody: the third of three arms grows out of the first only", () => {
    const before = Assignment.ranges([0.5, 0.25, 0.25])
    assert.deepStrictEqual(Assignment.reweigh(before, [0.4, 0.25, 0.35]), [
      [[0.1, 0.5]],
      [[0.5, 0.75]],
      [[0, 0.1], [0.75, 1]]
    ])
  })

  it("changes nothing for the weights there are, thirds too", () => {
    const before = Assignment.ranges([1 / 3, 1 / 3, 1 / 3])
    assert.deepStrictEqual(armsOf(Assignment.reweigh(before, [1 / 3, 1 / 3, 1 / 3])), armsOf(before))
  })

  it("raises the coverage without moving anybody", () => {
    const before = Assignment.ranges([0.2, 0.8], 0.1)
    assert.deepStrictEqual(Assignment.reweigh(before, [0.2, 0.8], 0.5), [[[0, 0.1]], [[0.2, 0.6]]])
    const after = armsOf(Assignment.reweigh(before, [0.2, 0.8], 1))
    assert.isTrue(armsOf(before).every((arm, bucket) => arm === undefined || arm === after[bucket]))
  })

  it("moves no more customers than it must, out of shrinking arms into growing ones, change after change", () => {
    const random = Random.make(7)
    for (let world = 0; world < 40; world++) {
      const count = 2 + random.below(4)
      let coverage = random.below(101) / 100
      let ranges = Assignment.ranges(random.weights(count), coverage)
      for (let change = 0; change < 5; change++) {
        const weights = random.weights(count)
        if (random.below(3) === 0) coverage = random.below(101) / 100
        const before = armsOf(ranges)
        ranges = Assignment.reweigh(ranges, weights, coverage)
        const after = armsOf(ranges)
        const [old, now] = [sizesOf(before, count), sizesOf(after, count)]

        now.forEach((size, arm) => assert.approximately(size, weights[arm]! * coverage * 10_000, 1))
        const lost = old.reduce((sum, size, arm) => sum + Math.max(0, size - now[arm]!), 0)
        const moves = before.map((arm, bucket) => [arm, after[bucket]] as const).filter(([arm, next]) => arm !== next)
        assert.lengthOf(moves.filter(([arm]) => arm !== undefined), lost)
        const shrinks = (arm: number) => now[arm]! < old[arm]!
        const grows = (arm: number) => now[arm]! > old[arm]!
        assert.isTrue(
          moves.every(([arm, next]) => (arm === undefined || shrinks(arm)) && (next === undefined || grows(next)))
        )
      }
    }
  })
})
