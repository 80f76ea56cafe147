/**
 * The Bayesian view of two conversion rates: how likely the treatment's is the higher one, given the counts.
 *
 * Exact for a Beta prior with whole parameters (Evan Miller, "Formulas for Bayesian A/B Testing"): a sum of positive terms,
 * begun at the largest, which the logarithm of the Beta function gives, and ended where terms no longer count. That is a few
 * thousand terms for millions of conversions, and no draw of random numbers.
 *
 * It does not correct for looking often, and decides nothing in a report: it says the same counts in other words.
 *
 * @since 0.4.0
 */
import betaln from "@stdlib/math-base-special-betaln"
import * as Result from "effect/Result"
import * as Distribution from "./Distribution.ts"
import type { Exclusions, Interval, PerArm } from "./Estimate.ts"
import { NotEnoughData } from "./Refusal.ts"

/**
 * @category models
 * @since 0.4.0
 */
export interface Count {
  readonly n: number
  readonly conversions: number
}

/**
 * The parameters of the Beta that is believed before any data; 1 and 1 hold every rate to be as likely.
 *
 * @category models
 * @since 0.4.0
 */
export interface Prior {
  readonly a: number
  readonly b: number
}

/**
 * `estimate` is the chance that the treatment's rate is higher; `interval` holds the difference of the rates.
 *
 * @category models
 * @since 0.4.0
 */
export interface ChanceToWin {
  readonly estimate: number
  readonly interval: Interval
  readonly n: PerArm<number>
  readonly exclusions: Exclusions
}

/**
 * Throws for counts or a prior that are not whole numbers.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = (
  counts: PerArm<Count>,
  options?: {
    readonly prior?: Prior | undefined
    readonly alpha?: number | undefined
    readonly exclusions?: Exclusions | undefined
  }
): Result.Result<ChanceToWin, NotEnoughData> => {
  const { control, treatment } = counts
  const alpha = options?.alpha ?? 0.05
  const prior = options?.prior ?? { a: 1, b: 1 }
  const least = Math.min(control.n, treatment.n)
  if (least < 1) return Result.fail(new NotEnoughData({ what: "customers in the smaller arm", n: least, needed: 1 }))
  const [before, after] = [posterior(control, prior), posterior(treatment, prior)]
  return Result.succeed({
    estimate: above(after, before),
    interval: { ...credible(after, before, alpha), kind: "credible", alpha },
    n: { control: control.n, treatment: treatment.n },
    exclusions: options?.exclusions ?? {}
  })
}

const posterior = ({ conversions, n }: Count, prior: Prior): Prior => {
  const beta = { a: prior.a + conversions, b: prior.b + n - conversions }
  if (![conversions, n - conversions].every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new RangeError("conversions must be whole numbers, from 0 to the number of customers")
  }
  if (![prior.a, prior.b].every((parameter) => Number.isSafeInteger(parameter) && parameter > 0)) {
    throw new RangeError("a prior must have whole parameters above 0")
  }
  return beta
}

/**
 * The chance that a draw of the first is above a draw of the second.
 *
 * @category getters
 * @since 0.4.0
 */
export const above = (first: Prior, second: Prior): number => {
  const { a, b } = second
  const last = first.a - 1
  const peak = Math.floor((a * first.b - a - b - first.b) / (1 + b))
  const start = Math.max(0, Math.min(last, peak))
  // The next term as a multiple of term i.
  const next = (i: number): number => (a + i) / (a + b + first.b + i) * ((first.b + i) / (1 + i))
  const largest = betaln(a + start, b + first.b) - betaln(a, b) - betaln(1 + start, first.b) - Math.log(first.b + start)
  let sum = 1
  for (let i = start, term = 1; i < last && term > negligible; i++) {
    term *= next(i)
    sum += term
  }
  for (let i = start - 1, term = 1; i >= 0 && term > negligible; i--) {
    term /= next(i)
    sum += term
  }
  return Math.min(1, Math.exp(largest + Math.log(sum)))
}

/** Beside the largest term; terms fall off faster than any power, so all the rest together are about as small. */
const negligible = 1e-20

/** Equal tails, from the distribution of the difference: the second's quantiles, evenly spaced, with the first's tail over each. */
const credible = (first: Prior, second: Prior, alpha: number): { readonly low: number; readonly high: number } => {
  const points = Array.from(
    { length: 200 },
    (_, index) => Distribution.betaQuantile((index + 0.5) / 200, second.a, second.b)
  )
  const below = (difference: number): number =>
    points.reduce((sum, point) => sum + Distribution.betaCdf(point + difference, first.a, first.b), 0) / points.length
  return { low: solve(below, alpha / 2, -1, 1), high: solve(below, 1 - alpha / 2, -1, 1) }
}

/** Where an increasing function reaches a level, by halving. */
const solve = (f: (x: number) => number, level: number, from: number, to: number): number => {
  let [low, high] = [from, to]
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2
    if (f(middle) < level) low = middle
    else high = middle
  }
  return (low + high) / 2
}
