import { assert, describe, it } from "@effect/vitest"
import * as ClopperPearson from "@priceport/compare/statistics/ClopperPearson"
import * as Currency from "@priceport/compare/statistics/Currency"
import * as Histogram from "@priceport/compare/statistics/Histogram"
import * as Multiplicity from "@priceport/compare/statistics/Multiplicity"
import * as SampleRatio from "@priceport/compare/statistics/SampleRatio"
import * as Winsor from "@priceport/compare/statistics/Winsor"
import { Result } from "effect"
import { seeded } from "./Random.ts"
import { runs, tally, tooFew } from "./Runs.ts"

const failure = <E>(result: Result.Result<unknown, E>): E => Result.getOrThrow(Result.flip(result))

describe("SampleRatio", () => {
  it("refuses a split that chance does not explain, with all numbers in the refusal", () => {
    const refusal = failure(SampleRatio.check([{ n: 10_000, weight: 0.5 }, { n: 10_600, weight: 0.5 }]))
    if (refusal._tag !== "SampleRatioMismatch") return assert.fail(refusal._tag)
    assert.deepStrictEqual(refusal.observed, [10_000, 10_600])
    assert.deepStrictEqual(refusal.expected, [10_300, 10_300])
    assert.isBelow(refusal.p, 0.001)
    assert.include(refusal.message, "10000 : 10600")
  })

  it("has the same p whatever the order of the arms and the size of the weights", () => {
    const arms = [{ n: 900, weight: 1 }, { n: 2100, weight: 2 }, { n: 3050, weight: 3 }]
    const { p } = Result.getOrThrow(SampleRatio.measure(arms))
    assert.closeTo(Result.getOrThrow(SampleRatio.measure(arms.toReversed())).p, p, 1e-12)
    const scaled = arms.map(({ n, weight }) => ({ n, weight: weight / 6 }))
    assert.closeTo(Result.getOrThrow(SampleRatio.measure(scaled)).p, p, 1e-12)
  })

  it("says that there are too few customers, rather than that the split is right", () => {
    const refusal = failure(SampleRatio.check([{ n: 9, weight: 0.9 }, { n: 0, weight: 0.1 }]))
    assert.strictEqual(refusal._tag, "NotEnoughData")
    assert.strictEqual(failure(SampleRatio.check([{ n: 0, weight: 1 }, { n: 0, weight: 1 }]))._tag, "NotEnoughData")
  })

  it("throws for one arm, or a weight of nothing", () => {
    assert.throws(() => SampleRatio.measure([{ n: 1, weight: 1 }]), RangeError)
    assert.throws(() => SampleRatio.measure([{ n: 1, weight: 1 }, { n: 1, weight: 0 }]), RangeError)
  })
})

describe("Multiplicity", () => {
  it("never makes a p-value smaller, keeps their order, and stays at 1 or below", () => {
    const random = seeded(50)
    for (let time = 0; time < 200; time++) {
      const ps = Array.from({ length: 1 + Math.floor(random.uniform() * 12) }, () => random.uniform() ** 3)
      for (const adjusted of [Multiplicity.holm(ps), Multiplicity.benjaminiHochberg(ps)]) {
        const order = ps.map((_, index) => index).toSorted((a, b) => ps[a]! - ps[b]!)
        const sorted = order.map((index) => adjusted[index]!)
        assert.deepStrictEqual(sorted, sorted.toSorted((a, b) => a - b))
        for (const [index, p] of adjusted.entries()) assert.isTrue(p >= ps[index]! && p <= 1)
      }
    }
    assert.deepStrictEqual(Multiplicity.holm([]), [])
    assert.deepStrictEqual(Multiplicity.benjaminiHochberg([0.2]), [0.2])
  })
})

describe("ClopperPearson", () => {
  it("covers a rare share, where the usual interval fails, in 95 % at least", () => {
    const total = runs(4000)
    const covered = tally(total, 51, (random) => {
      const { interval } = Result.getOrThrow(ClopperPearson.share(random.count(200, 0.01), 200))
      return interval.low <= 0.01 && interval.high >= 0.01
    })
    assert.isUndefined(tooFew(covered, total, 0.95))
  })

  it("refuses nobody, and throws for more than all", () => {
    assert.strictEqual(failure(ClopperPearson.share(0, 0))._tag, "NotEnoughData")
    assert.throws(() => ClopperPearson.share(3, 2), RangeError)
  })
})

describe("Currency", () => {
  it("is the one that was seen, none for no revenue, and refused for two", () => {
    assert.strictEqual(Result.getOrThrow(Currency.only(["EUR", "EUR"])), "EUR")
    assert.strictEqual(Result.getOrThrow(Currency.only([])), undefined)
    assert.deepStrictEqual(failure(Currency.only(["USD", "EUR", "USD"])).currencies, ["EUR", "USD"])
  })
})

describe("Winsor", () => {
  it("takes the cap from those who paid, and keeps amounts within it", () => {
    const amounts = [0, 0, 0, ...Array.from({ length: 100 }, (_, index) => index + 1)]
    assert.strictEqual(Winsor.limit(amounts), 99)
    assert.strictEqual(Winsor.limit(amounts, 0.5), 50)
    assert.strictEqual(Winsor.limit([0, -5]), undefined)
    assert.deepStrictEqual([-500, -3, 0, 98, 100].map(Winsor.cap(99)), [-99, -3, 0, 98, 99])
  })
})

describe("Histogram", () => {
  const durations = (seed: number, n: number) => {
    const random = seeded(seed)
    return Array.from({ length: n }, () => 80 * Math.exp(random.normal()))
  }

  it("has every quantile within 2 % of the exact one", () => {
    const all = durations(60, 5000)
    const sorted = all.toSorted((a, b) => a - b)
    for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
      const exact = sorted[Math.ceil(share * sorted.length) - 1]!
      const kept = Result.getOrThrow(Histogram.quantile(Histogram.of(all), share))
      assert.isBelow(Math.abs(kept / exact - 1), 0.02)
    }
  })

  it("merges to what all durations together give", () => {
    const [a, b] = [durations(61, 500), durations(62, 700)]
    const merged = Histogram.merge(Histogram.of(a), Histogram.of(b))
    const entries = (histogram: Histogram.Histogram) => Array.from(histogram).toSorted(([a], [b]) => a - b)
    assert.deepStrictEqual(entries(merged), entries(Histogram.of([...a, ...b])))
  })

  it("counts a duration of nothing, and refuses the quantile of none", () => {
    assert.isBelow(Result.getOrThrow(Histogram.quantile(Histogram.of([0, 0]), 0.5)), 0.0011)
    assert.strictEqual(failure(Histogram.quantile(Histogram.of([]), 0.5))._tag, "NotEnoughData")
  })
})
