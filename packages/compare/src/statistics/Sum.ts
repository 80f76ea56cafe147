/**
 * A sum that does not depend on the order of its terms.
 *
 * The rounding error of each addition is kept beside the sum and added too (Knuth's two-sum), which makes about 32 digits
 * out of 16: any order and any grouping of a billion terms agree in all the digits that are ever looked at.
 *
 * @since 0.4.0
 */

/**
 * The sum is `high + low`; `high` is the nearest number to it.
 *
 * @category models
 * @since 0.4.0
 */
export interface Sum {
  readonly high: number
  readonly low: number
}

/**
 * @category constructors
 * @since 0.4.0
 */
export const zero: Sum = { high: 0, low: 0 }

/**
 * @category constructors
 * @since 0.4.0
 */
export const of = (value: number): Sum => ({ high: value, low: 0 })

/**
 * @category combinators
 * @since 0.4.0
 */
export const merge = (a: Sum, b: Sum): Sum => {
  const sum = a.high + b.high
  const part = sum - a.high
  return normal(sum, (a.high - (sum - part)) + (b.high - part) + (a.low + b.low))
}

/**
 * From two numbers of which the first is the larger by far.
 *
 * @category constructors
 * @since 0.4.0
 */
export const normal = (high: number, low: number): Sum => {
  const sum = high + low
  return { high: sum, low: low - (sum - high) }
}

/**
 * The nearest number.
 *
 * @category conversions
 * @since 0.4.0
 */
export const value = (sum: Sum): number => sum.high + sum.low
