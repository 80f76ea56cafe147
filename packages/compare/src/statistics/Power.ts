/**
 * How many customers, and how many days, an experiment needs.
 *
 * All tests are two-sided. The formulas are the usual ones for many customers; heavy tails want more, so plan with the
 * variance of capped revenue.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import * as Boundary from "./Boundary.ts"
import * as Distribution from "./Distribution.ts"
import type { PerArm } from "./Estimate.ts"
import { NotEnoughData } from "./Refusal.ts"
import * as SequentialPower from "./SequentialPower.ts"

/**
 * A difference to be found: `effect` in the metric's unit, `variance` of one customer in each arm, and `share`, the
 * treatment's part of the customers of both arms.
 *
 * @category models
 * @since 0.4.0
 */
export interface Question {
  readonly effect: number
  readonly variance: PerArm<number>
  readonly share: number
}

/**
 * A control's conversion rate, and the relative lift to be found: -0.05 is a loss of five percent.
 *
 * @category constructors
 * @since 0.4.0
 */
export const proportions = (rate: number, lift: number, share = 0.5): Question => {
  const other = rate * (1 + lift)
  if (!(rate > 0 && rate < 1 && other > 0 && other < 1 && lift !== 0)) {
    throw new RangeError("both conversion rates must be between 0 and 1, and differ")
  }
  return means({ effect: rate * lift, variance: { control: rate * (1 - rate), treatment: other * (1 - other) }, share })
}

/**
 * Throws for an effect of 0, a variance that is not above 0, or a share that leaves an arm empty.
 *
 * @category constructors
 * @since 0.4.0
 */
export const means = (question: Question): Question => {
  const { effect, share, variance } = question
  const usable = Number.isFinite(effect) && effect !== 0 && share > 0 && share < 1 &&
    [variance.control, variance.treatment].every((value) => value > 0 && value < Infinity)
  if (!usable) {
    throw new RangeError("planning needs an effect other than 0, variances above 0, and customers in both arms")
  }
  return question
}

/**
 * How it will be looked at: once, when all customers are there, or at equally spaced looks of a confidence sequence, which is
 * told the same number as its target unless `target` says another.
 *
 * @category models
 * @since 0.4.0
 */
export type Looking =
  | { readonly _tag: "fixed"; readonly alpha: number }
  | { readonly _tag: "sequence"; readonly alpha: number; readonly looks: number; readonly target?: number | undefined }

/**
 * The chance to find it with `n` customers, both arms together.
 *
 * @category getters
 * @since 0.4.0
 */
export const power = (question: Question, n: number, looking: Looking): number => {
  const drift = question.effect / Math.sqrt(variance(question) / n)
  return reach(drift, n, looking)
}

const reach = (drift: number, n: number, looking: Looking): number => {
  if (looking._tag === "sequence") {
    return SequentialPower.power({ drift, n, looks: looking.looks, alpha: looking.alpha, target: looking.target ?? n })
  }
  const edge = Boundary.width({ method: { ...looking, n }, n })
  return Distribution.normalUpper(edge - drift) + Distribution.normalUpper(edge + drift)
}

/** Of the difference, times the number of customers of both arms. */
const variance = ({ share, variance }: Question): number => variance.control / (1 - share) + variance.treatment / share

/**
 * The fewest customers, both arms together, that find it with the given chance. The last look has them all.
 *
 * @category constructors
 * @since 0.4.0
 */
export const customers = (question: Question, wanted: number, looking: Looking): number => {
  if (!(wanted > looking.alpha && wanted < 1)) throw new RangeError("power must be above alpha and below 1")
  const at = (n: number) => power(question, n, looking)
  let high = Math.max(2, Math.ceil(16 * variance(question) / question.effect ** 2))
  while (at(high) < wanted) high *= 2
  let low = 1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (at(middle) < wanted) low = middle
    else high = middle
  }
  return high
}

/**
 * Whole days until `n` customers came, at `perDay` new ones into both arms together.
 *
 * @category conversions
 * @since 0.4.0
 */
export const days = (n: number, perDay: number): Result.Result<number, NotEnoughData> =>
  perDay > 0
    ? Result.succeed(Math.ceil(n / perDay))
    : Result.fail(new NotEnoughData({ what: "new customers a day", n: perDay, needed: 1 }))
