import { assert, describe, it } from "@effect/vitest"
import * as Contrast from "@priceport/compare/statistics/Contrast"
import type { Method } from "@priceport/compare/statistics/Estimate"
import * as Moments from "@priceport/compare/statistics/Moments"
import * as Power from "@priceport/compare/statistics/Power"
import * as SequentialPower from "@priceport/compare/statistics/SequentialPower"
import { Result } from "effect"
import { off, patient, runs, tally } from "./Runs.ts"
import { perCustomer, serve, type Shop } from "./Shop.ts"
import { claims, type Trial } from "./Trial.ts"

const fixed = { _tag: "fixed", alpha: 0.05 } as const
const looks = 20
const sequence = { _tag: "sequence", alpha: 0.05, looks } as const

/** Conversion from 10 % to 11 %. */
const rates = (share: number) => Power.proportions(0.1, 0.1, share)
const conversion = (n: number, share: number): Trial => ({
  n,
  share,
  control: (random, n) => Moments.fromCount(n, random.count(n, 0.1)),
  treatment: (random, n) => Moments.fromCount(n, random.count(n, 0.11)),
  contrast: Contrast.proportion
})

describe("Power", patient, () => {
  it("is what a simulation of a fixed horizon finds, split evenly", () => {
    const [total, n] = [runs(1500), 30_000]
    assert.isUndefined(
      off(tally(total, 30, claims(conversion(n, 0.5), { ...fixed, n }, 1)), total, Power.power(rates(0.5), n, fixed))
    )
  })

  it("is what a simulation of a fixed horizon finds, split 80 to 20", () => {
    const [total, n] = [runs(1500), 40_000]
    assert.isUndefined(
      off(tally(total, 31, claims(conversion(n, 0.2), { ...fixed, n }, 1)), total, Power.power(rates(0.2), n, fixed))
    )
  })

  it("is what a simulation of a confidence sequence finds, looked at 20 times", () => {
    const [total, n] = [runs(800), 40_000]
    const method: Method = { _tag: "sequence", alpha: 0.05, target: n }
    assert.isUndefined(
      off(tally(total, 32, claims(conversion(n, 0.5), method, looks)), total, Power.power(rates(0.5), n, sequence))
    )
  })

  it("is what a simulation of a confidence sequence finds whose target is elsewhere", () => {
    const [total, n, target] = [runs(800), 40_000, 10_000]
    const method: Method = { _tag: "sequence", alpha: 0.05, target }
    const predicted = Power.power(rates(0.5), n, { ...sequence, target })
    assert.isUndefined(off(tally(total, 33, claims(conversion(n, 0.5), method, looks)), total, predicted))
  })

  it("is what a simulation of revenue per customer finds", () => {
    const [total, n] = [runs(400), 40_000]
    const shop: Shop = { rate: 0.06, median: 20, sigma: 1, cap: 250 }
    const better: Shop = { ...shop, rate: 0.066 }
    const second = (of: Shop) => {
      // The mean of the squares: that of a lognormal with twice the logarithm.
      const squares = perCustomer({ ...of, median: of.median ** 2, sigma: 2 * of.sigma, cap: of.cap ** 2 })
      return squares - perCustomer(of) ** 2
    }
    const question = Power.means({
      effect: perCustomer(better) - perCustomer(shop),
      variance: { control: second(shop), treatment: second(better) },
      share: 0.5
    })
    const trial: Trial = {
      n,
      share: 0.5,
      control: (random, n) => serve(random, shop, n),
      treatment: (random, n) => serve(random, better, n),
      contrast: Contrast.mean
    }
    assert.isUndefined(off(tally(total, 34, claims(trial, { ...fixed, n }, 1)), total, Power.power(question, n, fixed)))
  })

  it("asks for the fewest customers that reach it", () => {
    for (const looking of [fixed, sequence]) {
      const n = Power.customers(rates(0.5), 0.8, looking)
      assert.isAtLeast(Power.power(rates(0.5), n, looking), 0.8)
      assert.isBelow(Power.power(rates(0.5), n - 1, looking), 0.8)
    }
  })

  it("asks for more customers when they are looked at often, when the split is uneven, when the effect is small", () => {
    const needed = (share: number, looking: Power.Looking, lift = 0.1) =>
      Power.customers(Power.proportions(0.1, lift, share), 0.8, looking)
    const plain = needed(0.5, fixed)
    assert.isAbove(needed(0.5, sequence), plain)
    assert.isAbove(needed(0.1, fixed), 2 * plain)
    assert.isAbove(needed(0.5, fixed, 0.05), 3.8 * plain)
  })

  it("is less for a sequence whose target is far from the customers there will be", () => {
    const at = (target: number) => Power.power(rates(0.5), 40_000, { ...sequence, target })
    assert.strictEqual(at(40_000), Power.power(rates(0.5), 40_000, sequence))
    assert.isBelow(at(1000), at(40_000) - 0.1)
    assert.isBelow(at(1_000_000), at(40_000) - 0.1)
  })

  it("counts whole days, and refuses a shop without customers", () => {
    assert.strictEqual(Result.getOrThrow(Power.days(1001, 500)), 3)
    assert.strictEqual(Result.getOrThrow(Result.flip(Power.days(1001, 0)))._tag, "NotEnoughData")
  })

  it("throws for questions that have no answer", () => {
    assert.throws(() => Power.proportions(0.1, 0), RangeError)
    assert.throws(() => Power.proportions(0.6, 0.8), RangeError)
    assert.throws(() => Power.means({ effect: 1, variance: { control: 0, treatment: 1 }, share: 0.5 }), RangeError)
    assert.throws(() => Power.proportions(0.1, 0.1, 1), RangeError)
    assert.throws(() => Power.customers(rates(0.5), 1, fixed), RangeError)
  })
})

describe("SequentialPower", () => {
  const course = { n: 10_000, looks: 50, alpha: 0.05, target: 10_000 }

  it("finds what is not there less often than alpha, however many looks there are", () => {
    const wrong = [1, 5, 50, 150].map((looks) => SequentialPower.power({ ...course, looks, drift: 0 }))
    assert.deepStrictEqual(wrong, wrong.toSorted((a, b) => a - b))
    assert.isBelow(wrong.at(-1)!, 0.05)
  })

  it("is the same for a loss as for a gain, and grows with either", () => {
    const at = (drift: number) => SequentialPower.power({ ...course, drift })
    assert.closeTo(at(-3), at(3), 1e-12)
    const grown = [0, 1, 2, 3, 4, 6].map(at)
    assert.deepStrictEqual(grown, grown.toSorted((a, b) => a - b))
    assert.isAbove(grown.at(-1)!, 0.99)
  })
})
