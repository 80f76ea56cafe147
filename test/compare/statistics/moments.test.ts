import { assert, describe, it } from "@effect/vitest"
import * as Accumulator from "@priceport/compare/statistics/Accumulator"
import * as Moments from "@priceport/compare/statistics/Moments"
import * as Sum from "@priceport/compare/statistics/Sum"
import { type Random, seeded } from "./Random.ts"

type Customer = readonly [y: number, x: number]

/** Amounts from a thousandth to a hundred million, a few of them refunds; most customers bring nothing. */
const crowd = (random: Random, n: number): ReadonlyArray<Customer> =>
  Array.from({ length: n }, () => {
    const amount = random.uniform() < 0.3 ? Math.exp(6 * random.normal()) : 0
    return [
      random.uniform() < 0.05 ? -amount : amount,
      amount === 0 ? 0 : 1 + Math.floor(random.uniform() * 5)
    ] as const
  })

const add = (customers: ReadonlyArray<Customer>): Moments.Moments => {
  const accumulator = Accumulator.make()
  for (const [y, x] of customers) accumulator.add(y, x)
  return accumulator.moments()
}

const numbers = (moments: Moments.Moments): ReadonlyArray<number> => {
  const { n, ...sums } = moments
  const centred = Moments.centred(moments)
  return [n, ...Object.values(sums).map(Sum.value), centred.yy, centred.xx, centred.xy, Moments.effective(moments)]
}

/** The largest difference between two of their numbers, as a share of the number. */
const apart = (a: Moments.Moments, b: Moments.Moments): number => {
  const others = numbers(b)
  return Math.max(
    ...numbers(a).map((number, index) => {
      const other = others[index]!
      return number === other ? 0 : Math.abs(number - other) / Math.max(Math.abs(number), Math.abs(other))
    })
  )
}

describe("Moments", () => {
  it("are the same in any order of the customers, to 1e-9 and much further", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = seeded(seed)
      const customers = crowd(random, 20_000)
      assert.isBelow(apart(add(customers), add(random.shuffle(customers))), 1e-15)
      assert.isBelow(apart(add(customers), add(customers.toSorted(([a], [b]) => a - b))), 1e-15)
    }
  })

  it("tell apart what plain addition loses: a cent beside ten billion, a thousand times over", () => {
    const customers: ReadonlyArray<Customer> = [[1e10, 1], ...Array.from({ length: 1000 }, () => [0.01, 1] as const), [
      -1e10,
      1
    ]]
    assert.closeTo(Sum.value(add(customers).y), 10, 1e-9)
    assert.isAbove(Math.abs(customers.reduce((sum, [y]) => sum + y, 0) - 10), 1e-9)
  })

  it("merge to what one arm would hold, however the customers were divided and grouped", () => {
    const random = seeded(99)
    const customers = crowd(random, 12_000)
    for (let time = 0; time < 20; time++) {
      const [one, two] = [random.uniform(), random.uniform()].toSorted((a, b) => a - b).map((part) =>
        Math.floor(part! * customers.length)
      )
      const [a, b, c] = [customers.slice(0, one), customers.slice(one, two), customers.slice(two)].map(add)
      assert.isBelow(apart(Moments.merge(Moments.merge(a!, b!), c!), Moments.merge(a!, Moments.merge(b!, c!))), 1e-15)
      assert.isBelow(apart(Moments.merge(c!, Moments.merge(b!, a!)), add(customers)), 1e-15)
    }
  })

  it("merge with none to themselves", () => {
    const moments = add(crowd(seeded(5), 100))
    assert.deepStrictEqual(Moments.merge(moments, Moments.empty), moments)
    assert.deepStrictEqual(Moments.merge(Moments.empty, moments), moments)
  })

  it("go through JSON unchanged", () => {
    const moments = add(crowd(seeded(6), 1000))
    assert.deepStrictEqual(JSON.parse(JSON.stringify(moments)), moments)
  })

  it("hold the mean, the variance and the covariance of what was added", () => {
    const moments = add([[1, 2], [2, 1], [6, 6]])
    assert.strictEqual(Moments.meanY(moments), 3)
    assert.strictEqual(Moments.meanX(moments), 3)
    assert.deepStrictEqual(Moments.centred(moments), { yy: 14, xx: 14, xy: 13 })
  })

  it("keep the variance of prices in micros, ten million times their spread", () => {
    const moments = add([[9_990_001, 0], [9_990_002, 0], [9_990_003, 0]])
    assert.strictEqual(Moments.centred(moments).yy, 2)
  })

  it("count those who did it, and fewer where few bring most", () => {
    assert.closeTo(Moments.effective(Moments.fromCount(1000, 37)), 37, 1e-12)
    assert.closeTo(Moments.effective(add([[1, 0], [1, 0], [1, 0], [97, 0]])), 100 ** 2 / (3 + 97 ** 2), 1e-12)
    assert.strictEqual(Moments.effective(Moments.empty), 0)
  })
})

describe("Accumulator", () => {
  it("throws for what is not a finite number, and keeps what it had", () => {
    const accumulator = Accumulator.make()
    accumulator.add(3, 1)
    for (const wrong of [NaN, Infinity, -Infinity, 1e200]) {
      assert.throws(() => accumulator.add(wrong), RangeError)
      assert.throws(() => accumulator.add(1, wrong), RangeError)
    }
    assert.deepStrictEqual(accumulator.moments(), add([[3, 1]]))
  })
})
