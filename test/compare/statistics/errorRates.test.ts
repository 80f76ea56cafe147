import { assert, describe, it } from "@effect/vitest"
import * as Comparison from "@priceport/compare/statistics/Comparison"
import * as Contrast from "@priceport/compare/statistics/Contrast"
import type { Method } from "@priceport/compare/statistics/Estimate"
import * as Moments from "@priceport/compare/statistics/Moments"
import * as SampleRatio from "@priceport/compare/statistics/SampleRatio"
import * as SequentialPower from "@priceport/compare/statistics/SequentialPower"
import { Result } from "effect"
import type { Random } from "./Random.ts"
import { off, patient, runs, tally, tooFew, tooMany } from "./Runs.ts"
import { serve, type Shop } from "./Shop.ts"
import { claims, type Customers, type Trial } from "./Trial.ts"

const looks = 50
const n = 40_000
const alpha = 0.05
const sequence: Method = { _tag: "sequence", alpha, target: n }
const fixed: Method = { _tag: "fixed", alpha, n }
/** No plan says 1: this is what looking at a fixed horizon every day would be. */
const peeking: Method = { _tag: "fixed", alpha, n: 1 }

const convert = (rate: number): Customers => (random, n) => Moments.fromCount(n, random.count(n, rate))
const shop: Shop = { rate: 0.05, median: 20, sigma: 1.5, cap: 650 }
const pay: Customers = (random, n) => serve(random, shop, n)

/** Both arms are the same. */
const conversion: Trial = {
  n,
  share: 0.5,
  control: convert(0.05),
  treatment: convert(0.05),
  contrast: Contrast.proportion
}
const revenue: Trial = { n, share: 0.5, control: pay, treatment: pay, contrast: Contrast.mean }
const perPayer: Trial = { ...revenue, contrast: Contrast.ratio }

/** As `claims`, but 10 % buy in the end, at each look a twelfth of those still to come. */
const claimsOfLate = (method: Method) => (random: Random): boolean => {
  const [joining, share, hazard] = [n / 2 / looks, 0.1, 1 / 12]
  const arms = [0, 1].map(() => ({ n: 0, bought: 0, waiting: 0 }))
  for (let look = 0; look < looks; look++) {
    for (const arm of arms) {
      arm.n += joining
      arm.waiting += random.count(joining, share)
      const now = random.count(arm.waiting, hazard)
      arm.waiting -= now
      arm.bought += now
    }
    const [control, treatment] = arms.map(({ bought, n }) => Moments.fromCount(n, bought))
    const answer = Result.flatMap(
      Contrast.proportion({ control: control!, treatment: treatment! }),
      (contrast) => Comparison.difference(contrast, method)
    )
    if (Result.isSuccess(answer) && answer.success.p < alpha) return true
  }
  return false
}

describe("Comparison", patient, () => {
  it.each([
    ["conversion", conversion, 1000],
    ["revenue per customer", revenue, 600],
    ["revenue per payer", perPayer, 600]
  ])(
    "claims a difference in %s that is not there in at most 5 % of experiments looked at 50 times",
    (_, trial, usual) => {
      const total = runs(usual)
      const wrong = tally(total, 1, claims(trial, sequence, looks))
      assert.isUndefined(tooMany(wrong, total, alpha))
      // As often as computed, about 1.3 %: the rest of alpha is for those who look longer.
      assert.isUndefined(off(wrong, total, SequentialPower.power({ drift: 0, n, looks, alpha, target: n })))
    }
  )

  it("is no more often wrong when most customers buy long after they joined", () => {
    const total = runs(400)
    assert.isUndefined(tooMany(tally(total, 2, claimsOfLate(sequence)), total, alpha))
  })

  it("would be wrong far more often, were a fixed horizon looked at 50 times: the simulation sees what it should", () => {
    const total = runs(300)
    assert.isUndefined(tooFew(tally(total, 4, claims(conversion, peeking, looks)), total, 0.25))
  })

  it.each([
    ["conversion", conversion, 2000],
    ["revenue per customer", revenue, 1000],
    ["revenue per payer", perPayer, 1000]
  ])("is wrong about %s in 5 % of experiments at a planned fixed horizon", (_, trial, usual) => {
    const total = runs(usual)
    assert.isUndefined(off(tally(total, 5, claims(trial, fixed, 1)), total, alpha))
  })

  it("finds a loss of 5 % of a conversion rate of 50 % at 20,000 customers an arm, while looked at 50 times", () => {
    const total = runs(300)
    const trial = { ...conversion, control: convert(0.5), treatment: convert(0.475) }
    assert.isUndefined(tooFew(tally(total, 7, claims(trial, sequence, looks)), total, 0.95))
  })

  it("cannot find a loss of 5 % of a conversion rate of 5 % with as many, and does not claim to", () => {
    const total = runs(300)
    const trial = { ...conversion, treatment: convert(0.0475) }
    assert.isUndefined(tooMany(tally(total, 8, claims(trial, sequence, looks)), total, 0.2))
  })
})

describe("SampleRatio", patient, () => {
  const refused = (counts: ReadonlyArray<number>, weights: ReadonlyArray<number>): boolean => {
    const checked = SampleRatio.check(counts.map((n, index) => ({ n, weight: weights[index]! })))
    if (Result.isFailure(checked)) assert.strictEqual(checked.failure._tag, "SampleRatioMismatch")
    return Result.isFailure(checked)
  }

  it("withholds the verdict of 0.1 % of sound experiments, split 50 to 50", () => {
    const total = 20_000
    const wrong = tally(total, 9, (random) => {
      const control = random.count(2000, 0.5)
      return refused([control, 2000 - control], [1, 1])
    })
    assert.isUndefined(off(wrong, total, 0.001))
  })

  it("withholds the verdict of 0.1 % of sound experiments, split 90 to 10", () => {
    const total = runs(10_000)
    const wrong = tally(total, 10, (random) => {
      const treatment = random.count(20_000, 0.1)
      return refused([20_000 - treatment, treatment], [0.9, 0.1])
    })
    assert.isUndefined(off(wrong, total, 0.001))
  })

  it("finds that 5 % of one arm's 20,000 customers are lost, in 95 % of experiments at least", () => {
    const total = runs(600)
    const found = tally(total, 11, (random) => {
      const control = random.count(40_000, 0.5)
      const lost = random.count(40_000 - control, 0.05)
      return refused([control, 40_000 - control - lost], [0.5, 0.5])
    })
    assert.isUndefined(tooFew(found, total, 0.95))
  })
})
