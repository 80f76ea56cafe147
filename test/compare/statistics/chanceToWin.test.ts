import { assert, describe, it } from "@effect/vitest"
import * as ChanceToWin from "@priceport/compare/statistics/ChanceToWin"
import * as Distribution from "@priceport/compare/statistics/Distribution"
import { Result } from "effect"
import { seeded } from "./Random.ts"
import { off, runs } from "./Runs.ts"

const count = (conversions: number, n: number): ChanceToWin.Count => ({ conversions, n })

const make = (control: ChanceToWin.Count, treatment: ChanceToWin.Count) =>
  Result.getOrThrow(ChanceToWin.make({ control, treatment }))

describe("ChanceToWin", () => {
  it("is the share of draws from the two posteriors that the treatment wins", () => {
    const random = seeded(40)
    const total = runs(3000)
    const { estimate } = make(count(40, 900), count(52, 950))
    let wins = 0
    for (let draw = 0; draw < total; draw++) {
      const control = Distribution.betaQuantile(random.uniform(), 41, 861)
      if (Distribution.betaQuantile(random.uniform(), 53, 899) > control) wins++
    }
    assert.isUndefined(off(wins, total, estimate))
  })

  it("is the finite sum as published, term by term", () => {
    // Four wins in ten against seven in twelve, by the Beta function of whole numbers: B(a, b) = (a-1)! (b-1)! / (a+b-1)!
    const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1)
    const beta = (a: number, b: number) => factorial(a - 1) * factorial(b - 1) / factorial(a + b - 1)
    const [a, b, c, d] = [5, 7, 8, 6]
    let sum = 0
    for (let i = 0; i < c; i++) sum += beta(a + i, b + d) / ((d + i) * beta(1 + i, d) * beta(a, b))
    assert.closeTo(make(count(4, 10), count(7, 12)).estimate, sum, 1e-13)
  })

  it("of both arms together is 1, and a half where they are equal", () => {
    const random = seeded(41)
    for (let time = 0; time < 300; time++) {
      const n = 1 + Math.floor(Math.exp(16 * random.uniform()))
      const first = { a: 1 + Math.floor(random.uniform() * n), b: 1 + Math.floor(random.uniform() * n) }
      const second = { a: 1 + Math.floor(random.uniform() * n), b: 1 + Math.floor(random.uniform() * n) }
      assert.closeTo(ChanceToWin.above(first, second) + ChanceToWin.above(second, first), 1, 1e-7)
      assert.closeTo(ChanceToWin.above(first, first), 0.5, 1e-7)
    }
  })

  it("is close to the normal approximation for ten million customers", () => {
    const [control, treatment] = [count(500_000, 10_000_000), count(500_700, 10_000_000)]
    const rate = (count: ChanceToWin.Count) => count.conversions / count.n
    const variance = (count: ChanceToWin.Count) => rate(count) * (1 - rate(count)) / count.n
    const z = (rate(treatment) - rate(control)) / Math.sqrt(variance(treatment) + variance(control))
    const { estimate, interval } = make(control, treatment)
    assert.closeTo(estimate, Distribution.normalUpper(-z), 1e-4)
    const half = Distribution.normalUpperQuantile(0.025) * Math.sqrt(variance(treatment) + variance(control))
    assert.closeTo((interval.high - interval.low) / (2 * half), 1, 0.01)
  })

  it("grows with every further conversion of the treatment", () => {
    const chances = [30, 35, 40, 45, 50].map((conversions) => make(count(40, 900), count(conversions, 900)).estimate)
    assert.deepStrictEqual(chances, chances.toSorted((a, b) => a - b))
  })

  it("leaves 0 out of its interval when the chance is beyond the tails", () => {
    const { estimate, interval } = make(count(400, 9000), count(500, 9000))
    assert.isTrue(estimate > 0.975 && interval.low > 0)
    assert.strictEqual(interval.kind, "credible")
    const unsure = make(count(400, 9000), count(430, 9000))
    assert.isTrue(unsure.estimate < 0.975 && unsure.interval.low < 0)
  })

  it("answers for arms where nobody, or everybody, converted", () => {
    for (const conversions of [0, 50]) {
      const { estimate, interval } = make(count(conversions, 50), count(conversions, 50))
      assert.closeTo(estimate, 0.5, 1e-9)
      assert.isTrue([interval.low, interval.high].every(Number.isFinite))
    }
    assert.isAbove(make(count(0, 50), count(50, 50)).estimate, 0.999999)
  })

  it("refuses an empty arm, and throws for parts of customers", () => {
    const empty = ChanceToWin.make({ control: count(0, 0), treatment: count(1, 2) })
    assert.strictEqual(Result.getOrThrow(Result.flip(empty))._tag, "NotEnoughData")
    assert.throws(() => make(count(1.5, 9), count(1, 9)), RangeError)
    assert.throws(() => make(count(10, 9), count(1, 9)), RangeError)
    const counts = { control: count(1, 9), treatment: count(1, 9) }
    assert.throws(() => ChanceToWin.make(counts, { prior: { a: 0.5, b: 0.5 } }), RangeError)
  })
})
