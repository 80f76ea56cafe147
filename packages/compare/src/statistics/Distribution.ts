/**
 * The distribution functions that the rest needs, as upper tails: a small chance keeps its digits, which `1 - cdf` loses.
 *
 * @since 0.4.0
 */
import beta from "@stdlib/stats-base-dists-beta"
import binomial from "@stdlib/stats-base-dists-binomial"
import chisquare from "@stdlib/stats-base-dists-chisquare"
import normal from "@stdlib/stats-base-dists-normal"
import student from "@stdlib/stats-base-dists-t"

/**
 * The chance that a standard normal is above `z`.
 *
 * @category distributions
 * @since 0.4.0
 */
export const normalUpper = (z: number): number => normal.cdf(-z, 0, 1)

/**
 * What a standard normal is above of with chance `p`.
 *
 * @category distributions
 * @since 0.4.0
 */
export const normalUpperQuantile = (p: number): number => -normal.quantile(p, 0, 1)

/**
 * The chance that Student's t with `df` degrees of freedom is above `t`.
 *
 * @category distributions
 * @since 0.4.0
 */
export const studentUpper = (t: number, df: number): number => student.cdf(-t, df)

/**
 * @category distributions
 * @since 0.4.0
 */
export const studentUpperQuantile = (p: number, df: number): number => -student.quantile(p, df)

/**
 * The chance that a chi-square with `df` degrees of freedom, a whole number, is above `x`.
 *
 * From the tail for one or two degrees, two more at a time: each step adds twice the density, so nothing cancels.
 *
 * @category distributions
 * @since 0.4.0
 */
export const chiSquareUpper = (x: number, df: number): number => {
  let upper = df % 2 === 1 ? 2 * normalUpper(Math.sqrt(x)) : Math.exp(-x / 2)
  for (let degrees = df % 2 === 1 ? 3 : 4; degrees <= df; degrees += 2) {
    upper += 2 * chisquare.pdf(x, degrees)
  }
  return Math.min(1, upper)
}

/**
 * The chance of more than `k` out of `n`.
 *
 * @category distributions
 * @since 0.4.0
 */
export const binomialUpper = (k: number, n: number, p: number): number =>
  k < 0 ? 1 : k >= n ? 0 : beta.cdf(p, k + 1, n - k)

/**
 * The counts out of `n` between which a chance `p` stays with at least the given confidence, each tail having half of the
 * rest. Exact.
 *
 * @category distributions
 * @since 0.4.0
 */
export const binomialBand = (
  n: number,
  p: number,
  confidence: number
): { readonly low: number; readonly high: number } => {
  const tail = (1 - confidence) / 2
  return { low: binomial.quantile(tail, n, p), high: n - binomial.quantile(tail, n, 1 - p) }
}

/**
 * @category distributions
 * @since 0.4.0
 */
export const betaCdf = (x: number, a: number, b: number): number => x <= 0 ? 0 : x >= 1 ? 1 : beta.cdf(x, a, b)

/**
 * @category distributions
 * @since 0.4.0
 */
export const betaQuantile = (p: number, a: number, b: number): number => beta.quantile(p, a, b)
