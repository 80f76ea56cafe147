/**
 * Two arms and a metric, as two means with their variances.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import type { Exclusions, PerArm } from "./Estimate.ts"
import * as Moments from "./Moments.ts"
import type { NotEnoughData } from "./Refusal.ts"
import * as Sufficiency from "./Sufficiency.ts"
import * as Sum from "./Sum.ts"

/**
 * A mean, and the variance of one customer around it: the mean's own variance is `variance / n`. `df` is how many degrees of
 * freedom the variance has.
 *
 * @category models
 * @since 0.4.0
 */
export interface Summary {
  readonly n: number
  readonly mean: number
  readonly variance: number
  readonly df: number
}

/**
 * `reference` is what a fixed horizon compares with: the normal distribution for a proportion (Wald), Student's with Welch's
 * degrees of freedom for the rest.
 *
 * @category models
 * @since 0.4.0
 */
export interface Contrast extends PerArm<Summary> {
  readonly reference: "normal" | "student"
  readonly exclusions: Exclusions
}

/**
 * @category models
 * @since 0.4.0
 */
export interface Arms extends PerArm<Moments.Moments> {
  readonly exclusions?: Exclusions | undefined
}

/**
 * The share of customers who did it: `y` is 1 or 0, and moments of anything else throw.
 *
 * @category constructors
 * @since 0.4.0
 */
export const proportion = (arms: Arms): Result.Result<Contrast, NotEnoughData> =>
  contrast(arms, "normal", (moments) => {
    const mean = Moments.meanY(moments)
    if (Sum.value(moments.y) !== Sum.value(moments.yy) || mean > 1) {
      throw new RangeError("a proportion counts customers: each is 1 or 0")
    }
    return { n: moments.n, mean, variance: mean * (1 - mean), df: moments.n - 1 }
  })

/**
 * The mean of `y` over all customers, those with 0 included: revenue per customer. `y` must not be about zero on both sides;
 * a few negative ones, refunds, are fine.
 *
 * @category constructors
 * @since 0.4.0
 */
export const mean = (arms: Arms): Result.Result<Contrast, NotEnoughData> =>
  contrast(arms, "student", (moments) => ({
    n: moments.n,
    mean: Moments.meanY(moments),
    variance: Moments.centred(moments).yy / (moments.n - 1),
    df: moments.n - 1
  }))

/**
 * The sum of `y` over the sum of `x`: revenue per payer (`x` is 1 for payers), slow answers per answer (`x` is how many
 * answers a customer had). Its variance by the delta method, customers being the unit.
 *
 * @category constructors
 * @since 0.4.0
 */
export const ratio = (arms: Arms): Result.Result<Contrast, NotEnoughData> =>
  Result.flatMap(Sufficiency.ofDenominators(arms), () =>
    contrast(arms, "student", (moments) => {
      const of = Moments.meanX(moments)
      const mean = Moments.meanY(moments) / of
      const { xx, xy, yy } = Moments.centred(moments)
      // Customers without a denominator tell nothing of the spread.
      const df = Sufficiency.denominators(moments) - 1
      return {
        n: moments.n,
        mean,
        variance: Math.max(0, yy - 2 * mean * xy + mean * mean * xx) / moments.n * ((df + 1) / df) / (of * of),
        df
      }
    }))

const contrast = (
  arms: Arms,
  reference: Contrast["reference"],
  summary: (moments: Moments.Moments) => Summary
): Result.Result<Contrast, NotEnoughData> =>
  Result.map(Sufficiency.ofEvents(arms), () => ({
    control: summary(arms.control),
    treatment: summary(arms.treatment),
    reference,
    exclusions: arms.exclusions ?? {}
  }))
