import { assert, describe, it } from "@effect/vitest"
import * as Comparison from "@priceport/compare/statistics/Comparison"
import * as Contrast from "@priceport/compare/statistics/Contrast"
import * as Cuped from "@priceport/compare/statistics/Cuped"
import type { Method } from "@priceport/compare/statistics/Estimate"
import * as Moments from "@priceport/compare/statistics/Moments"
import { Result } from "effect"
import type { Random } from "./Random.ts"
import { patient, runs, tally, tooFew } from "./Runs.ts"
import { perCustomer, perPayer, serve, type Shop } from "./Shop.ts"

/** The treatment sells a little more often, and to people who pay otherwise. */
const control: Shop = { rate: 0.05, median: 20, sigma: 1.5, cap: 650 }
const treatment: Shop = { rate: 0.055, median: 21, sigma: 1.4, cap: 650 }

const total = 40_000
const looks = 20
const sequence: Method = { _tag: "sequence", alpha: 0.05, target: total }
const fixed: Method = { _tag: "fixed", alpha: 0.05, n: total }

/** Customers whose earlier spending, capped like the rest, foretells a part of what they spend now. */
const regulars = (random: Random, shop: Shop, n: number): Moments.Moments => {
  const known = random.count(n, 0.1)
  let [y, yy, x, xx, xy] = [0, 0, 0, 0, 0]
  for (let customer = 0; customer < known; customer++) {
    const before = Math.min(shop.cap, 20 * Math.exp(1.5 * random.normal()))
    const now = Math.min(shop.cap, before * Math.exp(random.normal() / 2)) + (shop === control ? 0 : 3)
    y += now
    yy += now * now
    x += before
    xx += before * before
    xy += before * now
  }
  return Moments.fromSums({ n, y, yy, x, xx, xy })
}

interface Case {
  readonly name: string
  readonly serve: (random: Random, shop: Shop, n: number) => Moments.Moments
  readonly contrast: (arms: Contrast.Arms) => ReturnType<typeof Contrast.mean>
  readonly compare: typeof Comparison.difference
  readonly truth: number
}

const revenue: Case = {
  name: "the difference of revenue per customer",
  serve,
  contrast: Contrast.mean,
  compare: Comparison.difference,
  truth: perCustomer(treatment) - perCustomer(control)
}

const cases: ReadonlyArray<Case> = [
  revenue,
  {
    ...revenue,
    name: "the lift of revenue per customer",
    compare: Comparison.lift,
    truth: perCustomer(treatment) / perCustomer(control) - 1
  },
  {
    ...revenue,
    name: "the difference of revenue per payer",
    contrast: Contrast.ratio,
    truth: perPayer(treatment) - perPayer(control)
  },
  {
    ...revenue,
    name: "the difference of conversion",
    serve: (random, shop, n) => Moments.fromCount(n, random.count(n, shop.rate)),
    contrast: Contrast.proportion,
    truth: treatment.rate - control.rate
  },
  {
    ...revenue,
    name: "the difference of revenue per customer, less what was known before",
    serve: regulars,
    contrast: Cuped.mean,
    truth: 0.1 * 3
  }
]

/** Whether the truth is in every interval that is given: one at the end at least. */
const covered =
  ({ compare, contrast, serve, truth }: Case, method: Method, share: number, times: number) =>
  (random: Random): boolean => {
    const n = Math.round(share * total / times)
    let arms = { control: Moments.empty, treatment: Moments.empty }
    for (let look = 1; look <= times; look++) {
      arms = {
        control: Moments.merge(arms.control, serve(random, control, total / times - n)),
        treatment: Moments.merge(arms.treatment, serve(random, treatment, n))
      }
      const estimate = Result.flatMap(contrast(arms), (contrast) => compare(contrast, method))
      if (Result.isSuccess(estimate)) {
        const { high, low } = estimate.success.interval
        if (truth < low || truth > high) return false
      } else if (look === times) return false
    }
    return true
  }

describe.each([["50 to 50", 0.5], ["90 to 10", 0.1]] as const)("split %s", patient, (_, share) => {
  it.each(cases)("a confidence sequence covers $name at 20 looks together, in 95 % at least", (each) => {
    const all = runs(200)
    assert.isUndefined(tooFew(tally(all, 20, covered(each, sequence, share, looks)), all, 0.95))
  })

  it.each(cases)("a fixed horizon covers $name in 93 % at least", (each) => {
    const all = runs(300)
    assert.isUndefined(tooFew(tally(all, 21, covered(each, fixed, share, 1)), all, 0.93))
  })
})
