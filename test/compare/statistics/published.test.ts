/**
 * Answers of other people's tools, at the digits they print.
 *
 * `GrowthBook`: the expected results in `packages/stats/tests/frequentist/test_tests.py` of github.com/growthbook/growthbook.
 * `Spotify Confidence`: those in `tests/` of github.com/spotify/confidence. `statsmodels 0.15.0` and `SciPy 1.17.1`: what they
 * answered to the call beside the number. `R`: printed output on the page named.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Boundary from "@priceport/compare/statistics/Boundary"
import * as ChanceToWin from "@priceport/compare/statistics/ChanceToWin"
import * as ClopperPearson from "@priceport/compare/statistics/ClopperPearson"
import * as Comparison from "@priceport/compare/statistics/Comparison"
import * as Contrast from "@priceport/compare/statistics/Contrast"
import * as Distribution from "@priceport/compare/statistics/Distribution"
import type { Method } from "@priceport/compare/statistics/Estimate"
import * as Moments from "@priceport/compare/statistics/Moments"
import * as Multiplicity from "@priceport/compare/statistics/Multiplicity"
import * as Power from "@priceport/compare/statistics/Power"
import * as SampleRatio from "@priceport/compare/statistics/SampleRatio"
import { Result } from "effect"

const rounded = (actual: number, decimals: number): number => Number(actual.toFixed(decimals))

/** How far off, as a share of what is expected. */
const off = (actual: number, expected: number): number => Math.abs(actual / expected - 1)

const fixed: Method = { _tag: "fixed", alpha: 0.05, n: 0 }

const ofSums = (n: number, y: number, yy: number) => Moments.fromSums({ n, y, yy })

/** GrowthBook's example of revenue: 3,407 and 3,461 customers, or 3,000 and 3,461. */
const growthBook = (controls: number) =>
  Result.getOrThrow(
    Contrast.mean({
      control: ofSums(controls, 1396.87, 52377.9767),
      treatment: ofSums(3461, 2422.7, 134698.29)
    })
  )

const proportions = (control: readonly [number, number], treatment: readonly [number, number]) =>
  Result.getOrThrow(
    Contrast.proportion({
      control: Moments.fromCount(control[1], control[0]),
      treatment: Moments.fromCount(treatment[1], treatment[0])
    })
  )

describe("Comparison, fixed horizon", () => {
  it("answers as GrowthBook's two-sided t-test (test_two_sided_ttest_absolute)", () => {
    const answer = Result.getOrThrow(Comparison.difference(growthBook(3407), fixed))
    assert.strictEqual(rounded(answer.estimate, 5), 0.29)
    assert.strictEqual(rounded(answer.standardError, 5), 0.12478)
    assert.strictEqual(rounded(answer.interval.low, 5), 0.04538)
    assert.strictEqual(rounded(answer.interval.high, 5), 0.53462)
    assert.strictEqual(rounded(answer.p, 5), 0.02016)
  })

  it("answers as SciPy's ttest_ind_from_stats(equal_var=False) on the same sums", () =>
    assert.isBelow(
      off(Result.getOrThrow(Comparison.difference(growthBook(3407), fixed)).p, 0.02015840264358697),
      1e-10
    ))

  it("has GrowthBook's lift and its standard error (test_two_sided_ttest)", () => {
    const answer = Result.getOrThrow(Comparison.lift(growthBook(3407), fixed))
    assert.strictEqual(rounded(answer.estimate, 5), 0.70732)
    assert.strictEqual(rounded(answer.standardError, 5), 0.37879)
  })

  it("answers as Spotify Confidence's chi-squared comparison of proportions (test_chisquared.py, test_difference)", () => {
    const answer = Result.getOrThrow(Comparison.difference(proportions([42, 104], [500, 1009]), fixed))
    assert.strictEqual(rounded(answer.estimate, 6), 0.091694)
    assert.strictEqual(rounded(answer.interval.high, 6), 0.190913)
    assert.isBelow(off(answer.interval.low, -0.0075254411815593725), 1e-12)
  })

  it("answers as Spotify Confidence at 99 % and 99.9 % (test_difference_with_interval_sizes)", () => {
    const contrast = proportions([42, 104], [500, 1009])
    const at = (alpha: number) => Result.getOrThrow(Comparison.difference(contrast, { ...fixed, alpha })).interval
    assert.strictEqual(rounded(at(0.01).low, 7), -0.0387024)
    assert.strictEqual(rounded(at(0.01).high, 5), 0.22209)
    assert.strictEqual(rounded(at(0.001).low, 6), -0.074883)
    assert.strictEqual(rounded(at(0.001).high, 6), 0.258271)
  })

  it("answers as statsmodels' confint_proportions_2indep(500, 1009, 42, 104, method='wald')", () => {
    const { interval } = Result.getOrThrow(Comparison.difference(proportions([42, 104], [500, 1009]), fixed))
    assert.isBelow(off(interval.low, -0.0075254411815594), 1e-12)
    assert.isBelow(off(interval.high, 0.19091341099172943), 1e-12)
  })

  it("answers as R's prop.test without continuity correction (influentialpoints.com, notes/n9rmf3)", () => {
    const { interval } = Result.getOrThrow(Comparison.difference(proportions([39, 128], [94, 214]), fixed))
    assert.strictEqual(rounded(interval.low, 8), 0.03074072)
    assert.strictEqual(rounded(interval.high, 8), 0.23838896)
  })

  it("has the p-value of Spotify Confidence's t-test (test_p_value_is_symmetric_and_correct)", () => {
    const control = ofSums(48351, 1.438602e6, 7.330581e7)
    const treatment = ofSums(50571, 1.521974e6, 7.862121e7)
    const p = (arms: Contrast.Arms) =>
      Result.getOrThrow(Result.flatMap(Contrast.mean(arms), (contrast) => Comparison.difference(contrast, fixed))).p
    // Printed with a tolerance of 1 %.
    assert.isBelow(off(p({ control, treatment }), 0.03334), 0.01)
    assert.strictEqual(p({ control, treatment }), p({ control: treatment, treatment: control }))
  })
})

describe("Boundary", () => {
  it("has the width of GrowthBook's sequential test (test_sequential_test_runs, tuned to 1,000)", () => {
    const answer = Result.getOrThrow(Comparison.lift(growthBook(3000), fixed))
    const half = answer.standardError *
      Boundary.width({ method: { _tag: "sequence", alpha: 0.05, target: 1000 }, n: 6461 })
    assert.strictEqual(rounded(answer.estimate, 5), 0.50336)
    assert.strictEqual(rounded(answer.estimate - half, 5), -0.55844)
    assert.strictEqual(rounded(answer.estimate + half, 5), 1.56516)
  })

  it("has the width of GrowthBook's sequential test of proportions (test_sequential_test_runs_prop, tuned to 5,000)", () => {
    const answer = Result.getOrThrow(Comparison.lift(proportions([1396, 3000], [2422, 3461]), fixed))
    const half = answer.standardError *
      Boundary.width({ method: { _tag: "sequence", alpha: 0.05, target: 5000 }, n: 6461 })
    assert.strictEqual(rounded(answer.standardError, 5), 0.03386)
    assert.strictEqual(rounded(answer.estimate - half, 5), 0.40098)
    assert.strictEqual(rounded(answer.estimate + half, 5), 0.60675)
  })

  it("has the p-value of GrowthBook's sequential test: 1, where chance explains it (test_sequential_test_runs)", () => {
    const method: Method = { _tag: "sequence", alpha: 0.05, target: 1000 }
    assert.strictEqual(Boundary.pValue({ method, n: 6461 }, 0.50336 / 0.33341), 1)
  })
})

describe("SampleRatio", () => {
  const measure = (observed: ReadonlyArray<number>, weights: ReadonlyArray<number>) =>
    Result.getOrThrow(SampleRatio.measure(observed.map((n, index) => ({ n, weight: weights[index]! }))))

  it("answers as R's chisq.test(c(25, 32, 18, 20))", () => {
    const { df, p, statistic } = measure([25, 32, 18, 20], [1, 1, 1, 1])
    assert.strictEqual(df, 3)
    assert.strictEqual(rounded(statistic, 4), 4.9158)
    assert.strictEqual(rounded(p, 4), 0.1781)
  })

  it("answers as R's chisq.test(c(37, 32, 19, 12), p = c(0.4, 0.3, 0.2, 0.1)) (statscodes.com)", () => {
    const { p, statistic } = measure([37, 32, 19, 12], [0.4, 0.3, 0.2, 0.1])
    assert.strictEqual(rounded(statistic, 5), 0.80833)
    assert.strictEqual(rounded(p, 4), 0.8475)
  })

  it("answers as statsmodels' gof.chisquare([90400, 9600], [90000, 10000])", () => {
    const { p, statistic } = measure([90_400, 9600], [90, 10])
    assert.isBelow(off(statistic, 17.77777777777778), 1e-12)
    assert.isBelow(off(p, 2.482660633880463e-05), 1e-10)
  })
})

describe("Distribution", () => {
  it("has SciPy's upper tails, however small", () => {
    assert.isBelow(off(Distribution.chiSquareUpper(25.6, 1), 4.200393976022008e-07), 1e-11)
    assert.isBelow(off(Distribution.chiSquareUpper(13.8, 2), 0.0010077854290485102), 1e-12)
    assert.isBelow(off(Distribution.chiSquareUpper(40, 7), 1.258790387371308e-06), 1e-11)
    assert.isBelow(off(Distribution.chiSquareUpper(200, 3), 4.218541107192018e-43), 1e-11)
    assert.isBelow(off(Distribution.normalUpper(8), 6.22096057427174e-16), 1e-11)
    assert.isBelow(off(Distribution.studentUpper(3.1, 57.3), 0.0014995154536118752), 1e-11)
    assert.isBelow(off(Distribution.studentUpperQuantile(0.005, 12.5), 3.032436652870562), 1e-9)
    assert.isBelow(off(Distribution.binomialUpper(3, 10, 0.5), 0.828125), 1e-12)
  })

  it("has SciPy's binomial band: binom.ppf(0.0005, ...) to binom.isf(0.0005, ...)", () => {
    assert.deepStrictEqual(Distribution.binomialBand(20_000, 0.05, 0.999), { low: 900, high: 1103 })
    assert.deepStrictEqual(Distribution.binomialBand(2000, 0.001, 0.999), { low: 0, high: 8 })
  })
})

describe("ClopperPearson", () => {
  it("answers as statsmodels' proportion_confint(method='beta')", () => {
    const some = Result.getOrThrow(ClopperPearson.share(42, 104)).interval
    assert.isBelow(off(some.low, 0.3087472166882551), 1e-9)
    assert.isBelow(off(some.high, 0.504567689170916), 1e-9)
    const none = Result.getOrThrow(ClopperPearson.share(0, 30)).interval
    assert.strictEqual(none.low, 0)
    assert.isBelow(off(none.high, 0.1157033082220278), 1e-9)
  })
})

describe("Multiplicity", () => {
  const ps = [0.008, 0.03, 0.123, 0.6, 0.2, 0.0005, 0.041, 0.041]
  const twelve = (ps: ReadonlyArray<number>): ReadonlyArray<number> => ps.map((p) => rounded(p, 12))

  it("adjusts as statsmodels' multipletests(method='holm')", () =>
    assert.deepStrictEqual(twelve(Multiplicity.holm(ps)), [0.056, 0.18, 0.369, 0.6, 0.4, 0.004, 0.205, 0.205]))

  it("adjusts as statsmodels' multipletests(method='fdr_bh')", () =>
    assert.deepStrictEqual(twelve(Multiplicity.benjaminiHochberg(ps)), [
      0.032,
      0.0656,
      0.164,
      0.6,
      0.228571428571,
      0.004,
      0.0656,
      0.0656
    ]))

  it("adjusts as R's p.adjust(method = 'holm') and 'BH', by the examples of @stdlib/stats/padjust, which follows it", () => {
    assert.deepStrictEqual(twelve(Multiplicity.holm([0.319, 0.201, 0.4, 0.374, 0.113]).slice(1, 2)), [0.804])
    assert.deepStrictEqual(twelve(Multiplicity.benjaminiHochberg([0.008, 0.03, 0.123, 0.6, 0.2])), [
      0.04,
      0.075,
      0.205,
      0.6,
      0.25
    ])
  })
})

describe("ChanceToWin", () => {
  it("is the integral that SciPy's quad finds", () => {
    const beta = (a: number, b: number) => ({ a, b })
    assert.isBelow(off(ChanceToWin.above(beta(52, 50), beta(50, 52)), 0.6107705226878396), 1e-12)
    assert.isBelow(off(ChanceToWin.above(beta(501, 510), beta(43, 63)), 0.9620819667893711), 1e-11)
    assert.isBelow(off(ChanceToWin.above(beta(121, 881), beta(101, 901)), 0.9231834389735595), 1e-11)
    assert.isBelow(off(ChanceToWin.above(beta(2, 1), beta(1, 2)), 0.8333333333333335), 1e-12)
    assert.isBelow(off(ChanceToWin.above(beta(5051, 95051), beta(5001, 95001)), 0.6773618940698778), 1e-9)
    assert.isBelow(off(ChanceToWin.above(beta(31, 971), beta(81, 921)), 3.453197741754533e-07), 1e-9)
  })
})

describe("Power", () => {
  const fixed = { _tag: "fixed", alpha: 0.05 } as const
  const normal = Power.means({ effect: 0.3, variance: { control: 100, treatment: 100 }, share: 0.5 })

  it("needs as many customers as G*Power says (Spotify Confidence, test_samplesizecalculator.py, power 85 %)", () => {
    // It counts with Student's t, and prints a tolerance of 0.5 %.
    assert.isBelow(off(Power.customers(normal, 0.85, fixed), 39_906), 1e-4)
    const rates = Power.proportions(0.34, 0.003 / 0.34)
    assert.isBelow(off(Power.customers(rates, 0.85, fixed), 897_348), 2e-5)
    assert.isBelow(off(Power.customers(rates, 0.85, { ...fixed, alpha: 0.14 }), 630_710), 2e-5)
    assert.isBelow(off(Power.customers(rates, 0.67, { ...fixed, alpha: 0.14 }), 366_424), 2e-5)
  })

  it("answers as statsmodels' NormalIndPower", () => {
    const question = (effect: number, share: number) =>
      Power.means({ effect, variance: { control: 1, treatment: 1 }, share })
    assert.isBelow(off(Power.power(question(0.1, 0.5), 2000, fixed), 0.6087794846454566), 1e-9)
    // solve_power(0.05, power=0.8, alpha=0.05, ratio=9) counts the first arm only: a tenth.
    assert.strictEqual(Power.customers(question(0.05, 0.5), 0.8, fixed), Math.ceil(2 * 6279.088407460959))
    assert.strictEqual(Power.customers(question(0.05, 0.9), 0.8, fixed), Math.ceil(10 * 3488.382446506997))
  })
})
