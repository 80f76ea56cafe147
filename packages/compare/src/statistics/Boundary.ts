/**
 * How many standard errors an interval reaches to each side, and the p-value that belongs to it.
 *
 * For a confidence sequence both come from the same mixture: with `v = n rho^2`, an estimate `z` standard errors from a value
 * rules it out when `sqrt(v + 1) exp(-z^2 v / (2 (v + 1)))` falls below alpha. That number is the p-value, valid at every
 * look; solved for `z` it is the width.
 *
 * @since 0.4.0
 */
import * as Distribution from "./Distribution.ts"
import type { IntervalKind, Method } from "./Estimate.ts"

/**
 * A method at one look: `n` customers of all arms compared, `df` degrees of freedom where Student's t is the reference.
 *
 * @category models
 * @since 0.4.0
 */
export interface Look {
  readonly method: Method
  readonly n: number
  readonly df?: number | undefined
}

/**
 * @category getters
 * @since 0.4.0
 */
export const kind = (method: Method): IntervalKind =>
  method._tag === "sequence" ? "confidence-sequence" : "fixed-horizon"

/**
 * The mixture's `rho^2` that makes the interval narrowest at `target` customers: the closed approximation of the paper
 * (equation 161 of arXiv 2103.06476v7, as GrowthBook uses it).
 *
 * @category constructors
 * @since 0.4.0
 */
export const rhoSquared = (alpha: number, target: number): number => {
  const twice = -2 * Math.log(alpha)
  return (twice + Math.log(twice + 1)) / target
}

/**
 * @category getters
 * @since 0.4.0
 */
export const width = ({ df, method, n }: Look): number => {
  if (method._tag === "fixed") {
    return df === undefined
      ? Distribution.normalUpperQuantile(method.alpha / 2)
      : Distribution.studentUpperQuantile(method.alpha / 2, df)
  }
  const v = n * rhoSquared(method.alpha, method.target)
  return Math.sqrt((v + 1) / v * (Math.log(v + 1) - 2 * Math.log(method.alpha)))
}

/**
 * Two-sided, for an estimate `z` standard errors away from no difference.
 *
 * @category getters
 * @since 0.4.0
 */
export const pValue = ({ df, method, n }: Look, z: number): number => {
  const away = Math.abs(z)
  if (method._tag === "fixed") {
    return Math.min(1, 2 * (df === undefined ? Distribution.normalUpper(away) : Distribution.studentUpper(away, df)))
  }
  const v = n * rhoSquared(method.alpha, method.target)
  return Math.min(1, Math.exp(Math.log(v + 1) / 2 - away * away * v / (2 * (v + 1))))
}
