import { assert, describe, it } from "@effect/vitest"
import * as Boundary from "@priceport/compare/statistics/Boundary"
import * as Comparison from "@priceport/compare/statistics/Comparison"
import * as Contrast from "@priceport/compare/statistics/Contrast"
import * as Cuped from "@priceport/compare/statistics/Cuped"
import { type Estimate, type Method, withAlpha } from "@priceport/compare/statistics/Estimate"
import * as Guardrail from "@priceport/compare/statistics/Guardrail"
import * as Moments from "@priceport/compare/statistics/Moments"
import type { NotEnoughData } from "@priceport/compare/statistics/Refusal"
import * as Sufficiency from "@priceport/compare/statistics/Sufficiency"
import { Result } from "effect"
import { type Random, seeded } from "./Random.ts"

const sequence: Method = { _tag: "sequence", alpha: 0.05, target: 10_000 }
const fixed: Method = { _tag: "fixed", alpha: 0.05, n: 0 }
const methods = [["a confidence sequence", sequence], ["a fixed horizon", fixed]] as const

const counts = (control: readonly [number, number], treatment: readonly [number, number]): Contrast.Arms => ({
  control: Moments.fromCount(control[1], control[0]),
  treatment: Moments.fromCount(treatment[1], treatment[0])
})

const proportion = (arms: Contrast.Arms, method: Method) =>
  Result.flatMap(Contrast.proportion(arms), (contrast) => Comparison.difference(contrast, method))

const refusal = (answer: Result.Result<unknown, NotEnoughData>): NotEnoughData => Result.getOrThrow(Result.flip(answer))

/** Moments of some hundred customers, or of none, or of ones who are all alike: whatever a ledger may come up with. */
const anything = (random: Random): Moments.Moments => {
  const n = Math.floor(random.uniform() ** 2 * 3000)
  const scale = Math.exp(20 * random.uniform() - 10)
  const rate = [0, 1, 0.01, random.uniform()][Math.floor(random.uniform() * 4)]!
  const spread = random.uniform() < 0.3 ? 0 : 2
  let [y, yy, x, xx, xy] = [0, 0, 0, 0, 0]
  for (let customer = 0; customer < n; customer++) {
    if (random.uniform() >= rate) continue
    const amount = scale * Math.exp(spread * random.normal()) * (random.uniform() < 0.1 ? -1 : 1)
    const before = spread === 0 ? 1 : random.uniform()
    y += amount
    yy += amount * amount
    x += before
    xx += before * before
    xy += amount * before
  }
  return Moments.fromSums({ n, y, yy, x, xx, xy })
}

const numbersOf = ({ estimate, interval, mean, n, p, standardError }: Estimate) => [
  estimate,
  interval.low,
  interval.high,
  p,
  standardError,
  mean.control,
  mean.treatment,
  n.control,
  n.treatment
]

describe("Comparison", () => {
  it("answers with finite numbers in order, or with a refusal, whatever the data", () => {
    const random = seeded(7)
    let answers = 0
    for (let time = 0; time < 1500; time++) {
      const arms = { control: anything(random), treatment: anything(random) }
      for (const contrast of [Contrast.mean(arms), Contrast.ratio(arms), Cuped.mean(arms)]) {
        for (const [, method] of methods) {
          for (const compare of [Comparison.difference, Comparison.lift]) {
            const answer = Result.flatMap(contrast, (contrast) => compare(contrast, method))
            if (Result.isFailure(answer)) {
              assert.strictEqual(answer.failure._tag, "NotEnoughData")
              assert.isTrue(answer.failure.n < answer.failure.needed)
              continue
            }
            answers++
            const { estimate, interval, p } = answer.success
            assert.isTrue(numbersOf(answer.success).every(Number.isFinite), JSON.stringify(answer.success))
            assert.isTrue(interval.low < estimate && estimate < interval.high, JSON.stringify(answer.success))
            assert.isTrue(p >= 0 && p <= 1)
          }
        }
      }
    }
    assert.isAbove(answers, 500)
  })

  it.each(methods)("mirrors the answer of %s when the arms change places", (_, method) => {
    const arms = counts([300, 5000], [380, 5100])
    const one = Result.getOrThrow(proportion(arms, method))
    const other = Result.getOrThrow(proportion({ control: arms.treatment, treatment: arms.control }, method))
    assert.strictEqual(other.estimate, -one.estimate)
    assert.strictEqual(other.interval.low, -one.interval.high)
    assert.strictEqual(other.interval.high, -one.interval.low)
    assert.strictEqual(other.p, one.p)
    assert.deepStrictEqual(other.n, { control: one.n.treatment, treatment: one.n.control })
  })

  it.each(methods)("finds nothing between equal arms with %s", (_, method) => {
    const { estimate, interval, p } = Result.getOrThrow(proportion(counts([300, 5000], [300, 5000]), method))
    assert.strictEqual(estimate, 0)
    assert.strictEqual(interval.low, -interval.high)
    assert.strictEqual(p, 1)
  })

  it.each(methods)("has a smaller p-value the further the arms are apart, with %s", (_, method) => {
    const ps = [300, 320, 340, 360, 380, 400, 450].map((count) =>
      Result.getOrThrow(proportion(counts([300, 5000], [count, 5000]), method)).p
    )
    assert.deepStrictEqual(ps, ps.toSorted((a, b) => b - a))
    assert.isBelow(ps.at(-1)!, 0.001)
  })

  it.each(methods)("leaves 0 out of both scales exactly when p is below alpha, with %s", (_, method) => {
    const random = seeded(11)
    for (let time = 0; time < 300; time++) {
      const arms = counts([random.count(4000, 0.1), 4000], [random.count(3000, 0.12), 3000])
      const contrast = Result.getOrThrow(Contrast.proportion(arms))
      const difference = Result.getOrThrow(Comparison.difference(contrast, method))
      const lift = Result.getOrThrow(Comparison.lift(contrast, method))
      const without0 = ({ interval }: Estimate) => interval.low > 0 || interval.high < 0
      assert.strictEqual(without0(difference), difference.p < method.alpha)
      assert.strictEqual(without0(lift), without0(difference))
      assert.strictEqual(lift.p, difference.p)
    }
  })

  it("is wider with a confidence sequence than at a fixed horizon, by about half at its target", () => {
    const width = (method: Method) => Boundary.width({ method, n: 10_000 })
    assert.closeTo(width(sequence) / width(fixed), 1.54, 0.01)
    for (const n of [100, 1000, 100_000, 10_000_000]) {
      assert.isAbove(Boundary.width({ method: sequence, n }), width(sequence))
    }
  })

  it("is narrowest, beside any other target, for the one that was planned", () => {
    const at = (target: number) => Boundary.width({ method: { ...sequence, target }, n: 10_000 })
    for (const target of [1000, 5000, 20_000, 100_000]) assert.isAbove(at(target), at(10_000) - 1e-3)
  })

  it("widens every interval where alpha is divided among several arms", () => {
    const arms = counts([300, 5000], [380, 5100])
    const size = (alpha: number) => {
      const { interval } = Result.getOrThrow(proportion(arms, withAlpha(sequence, alpha)))
      assert.strictEqual(interval.alpha, alpha)
      return interval.high - interval.low
    }
    assert.isAbove(size(0.05 / 3), size(0.05))
  })

  it("says which interval it is, how many customers there are, and whom it left out", () => {
    const arms = { ...counts([300, 5000], [380, 5100]), exclusions: { unassigned: 3 } }
    const answer = Result.getOrThrow(proportion(arms, sequence))
    assert.strictEqual(answer.interval.kind, "confidence-sequence")
    assert.deepStrictEqual(answer.n, { control: 5000, treatment: 5100 })
    assert.deepStrictEqual(answer.exclusions, { unassigned: 3 })
    assert.strictEqual(Result.getOrThrow(proportion(arms, fixed)).interval.kind, "fixed-horizon")
  })

  it("does not answer a fixed horizon before its customers are there", () => {
    const early = refusal(proportion(counts([300, 5000], [380, 5000]), { ...fixed, n: 10_001 }))
    assert.deepStrictEqual([early.n, early.needed], [10_000, 10_001])
    assert.isTrue(Result.isSuccess(proportion(counts([300, 5000], [380, 5000]), { ...fixed, n: 10_000 })))
  })

  it("refuses arms of fewer than 100 customers, and metrics that rest on fewer than 30 in the smaller arm", () => {
    assert.strictEqual(refusal(proportion(counts([50, 99], [5000, 9000]), sequence)).needed, Sufficiency.leastCustomers)
    const few = refusal(proportion(counts([29, 5000], [29, 5000]), sequence))
    assert.deepStrictEqual([few.n, few.needed], [29, Sufficiency.leastEvents])
    assert.isTrue(Result.isSuccess(proportion(counts([60, 5000], [0, 5000]), sequence)))
  })

  it("refuses customers who are all alike", () =>
    assert.strictEqual(refusal(proportion(counts([500, 500], [500, 500]), sequence)).needed, 1))

  it("refuses the lift over a control that is not clearly above 0", () => {
    const contrast = Result.getOrThrow(Contrast.proportion(counts([3, 5000], [200, 5000])))
    assert.isTrue(Result.isSuccess(Comparison.difference(contrast, sequence)))
    assert.isBelow(refusal(Comparison.lift(contrast, sequence)).n, 3)
    const none = Result.getOrThrow(Contrast.proportion(counts([0, 5000], [200, 5000])))
    assert.strictEqual(refusal(Comparison.lift(none, sequence)).n, 0)
  })

  it("refuses the lift of a treatment in which nobody did it: it is all lost, and by how little is not known", () => {
    const contrast = Result.getOrThrow(Contrast.proportion(counts([200, 5000], [0, 5000])))
    assert.isBelow(Result.getOrThrow(Comparison.difference(contrast, sequence)).interval.high, 0)
    assert.strictEqual(refusal(Comparison.lift(contrast, sequence)).needed, 1)
  })

  it("refuses revenue per payer where an arm has hardly a payer", () => {
    const payers = (n: number) => Moments.fromSums({ n: 5000, y: 9 * n, yy: 90 * n, x: n, xx: n, xy: 9 * n })
    assert.strictEqual(refusal(Contrast.ratio({ control: payers(400), treatment: payers(3) })).n, 3)
    assert.isTrue(Result.isSuccess(Contrast.ratio({ control: payers(400), treatment: payers(40) })))
  })

  it("throws for a proportion of something else than customers", () =>
    assert.throws(() => {
      const amounts = Moments.fromSums({ n: 1000, y: 5000, yy: 90_000 })
      Contrast.proportion({ control: amounts, treatment: amounts })
    }, RangeError))
})

describe("Contrast.ratio", () => {
  it("is the payers' own mean and variance where the companion says who paid", () => {
    const random = seeded(3)
    const paid = Array.from({ length: 200 }, () => Math.exp(random.normal()))
    const [y, yy] = [paid.reduce((a, b) => a + b, 0), paid.reduce((a, b) => a + b * b, 0)]
    const arm = Moments.fromSums({ n: 5000, y, yy, x: 200, xx: 200, xy: y })
    const { control } = Result.getOrThrow(Contrast.ratio({ control: arm, treatment: arm }))
    const variance = (yy - y * y / 200) / 199
    assert.closeTo(control.mean, y / 200, 1e-12)
    assert.closeTo(control.variance / control.n, variance / 200, 1e-12)
    assert.closeTo(control.df, 199, 1e-9)
  })
})

describe("Cuped", () => {
  const arm = (random: Random, effect: number) => {
    let [y, yy, x, xx, xy] = [0, 0, 0, 0, 0]
    for (let customer = 0; customer < 4000; customer++) {
      const before = 10 + 3 * random.normal()
      const now = before + random.normal() + effect
      y += now
      yy += now * now
      x += before
      xx += before * before
      xy += before * now
    }
    return Moments.fromSums({ n: 4000, y, yy, x, xx, xy })
  }

  it("takes off the variance that was foretold, a factor of ten here, and finds the same effect", () => {
    const random = seeded(4)
    const arms = { control: arm(random, 0), treatment: arm(random, 0.15) }
    const plain = Result.getOrThrow(Contrast.mean(arms))
    const adjusted = Result.getOrThrow(Cuped.mean(arms))
    assert.closeTo(Cuped.slope(arms), 1, 0.02)
    assert.closeTo(plain.control.variance / adjusted.control.variance, 10, 0.7)
    const { interval } = Result.getOrThrow(Comparison.difference(adjusted, sequence))
    assert.isTrue(interval.low > 0 && interval.low < 0.15 && interval.high > 0.15)
    assert.isTrue(Result.getOrThrow(Comparison.difference(plain, sequence)).interval.low < 0)
  })

  it("changes nothing where nothing is known", () => {
    const arms = { control: Moments.fromCount(5000, 300), treatment: Moments.fromCount(5000, 340) }
    assert.deepStrictEqual(Cuped.mean(arms), Contrast.mean(arms))
  })
})

describe("Guardrail", () => {
  const estimate = (low: number, high: number) =>
    ({
      ...Result.getOrThrow(proportion(counts([300, 5000], [300, 5000]), sequence)),
      interval: {
        low,
        high,
        kind: "confidence-sequence",
        alpha: 0.05
      }
    }) satisfies Estimate

  it("holds below the margin, is broken above it, and is unclear across it", () => {
    assert.strictEqual(Guardrail.judge(estimate(-0.01, 0.009), 0.01), "holds")
    assert.strictEqual(Guardrail.judge(estimate(0.011, 0.02), 0.01), "broken")
    assert.strictEqual(Guardrail.judge(estimate(0.005, 0.02), 0.01), "unclear")
  })
})
