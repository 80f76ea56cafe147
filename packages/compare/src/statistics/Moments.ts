/**
 * All that is kept of one metric in one arm: how many customers, and the sums of what was measured, of its square and of its
 * product with a companion.
 *
 * `y` is what is measured of a customer: 1 or 0, an amount, a count. `x` is its companion: the denominator of a ratio (did
 * pay; answers), or what was known of the customer before the experiment; 0 where there is none.
 *
 * Plain data: it goes into JSON and comes back the same.
 *
 * @since 0.4.0
 */
import * as Sum from "./Sum.ts"

/**
 * @category models
 * @since 0.4.0
 */
export interface Moments {
  readonly n: number
  readonly y: Sum.Sum
  readonly yy: Sum.Sum
  readonly x: Sum.Sum
  readonly xx: Sum.Sum
  readonly xy: Sum.Sum
}

/**
 * @category constructors
 * @since 0.4.0
 */
export const empty: Moments = { n: 0, y: Sum.zero, yy: Sum.zero, x: Sum.zero, xx: Sum.zero, xy: Sum.zero }

/**
 * From counts: `n` customers of whom `count` did it.
 *
 * @category constructors
 * @since 0.4.0
 */
export const fromCount = (n: number, count: number): Moments => ({
  ...empty,
  n,
  y: Sum.of(count),
  yy: Sum.of(count)
})

/**
 * From sums another program kept, a database for one.
 *
 * @category constructors
 * @since 0.4.0
 */
export const fromSums = (sums: {
  readonly n: number
  readonly y: number
  readonly yy: number
  readonly x?: number | undefined
  readonly xx?: number | undefined
  readonly xy?: number | undefined
}): Moments => ({
  n: sums.n,
  y: Sum.of(sums.y),
  yy: Sum.of(sums.yy),
  x: Sum.of(sums.x ?? 0),
  xx: Sum.of(sums.xx ?? 0),
  xy: Sum.of(sums.xy ?? 0)
})

/**
 * Both together. Any order and grouping gives the same.
 *
 * @category combinators
 * @since 0.4.0
 */
export const merge = (a: Moments, b: Moments): Moments => ({
  n: a.n + b.n,
  y: Sum.merge(a.y, b.y),
  yy: Sum.merge(a.yy, b.yy),
  x: Sum.merge(a.x, b.x),
  xx: Sum.merge(a.xx, b.xx),
  xy: Sum.merge(a.xy, b.xy)
})

/**
 * @category getters
 * @since 0.4.0
 */
export const meanY = (moments: Moments): number => Sum.value(moments.y) / moments.n

/**
 * @category getters
 * @since 0.4.0
 */
export const meanX = (moments: Moments): number => Sum.value(moments.x) / moments.n

/**
 * Sums of squares and products around the means; divided by `n - 1` they are variances and the covariance.
 *
 * @category getters
 * @since 0.4.0
 */
export const centred = (moments: Moments): { readonly yy: number; readonly xx: number; readonly xy: number } => ({
  yy: Math.max(0, around(moments.yy, moments.y, moments.y, moments.n)),
  xx: Math.max(0, around(moments.xx, moments.x, moments.x, moments.n)),
  xy: around(moments.xy, moments.x, moments.y, moments.n)
})

const around = (products: Sum.Sum, a: Sum.Sum, b: Sum.Sum, n: number): number =>
  Sum.value(products) - Sum.value(a) * (Sum.value(b) / n)

/**
 * How many customers the sum of `y` rests on: `(sum y)^2 / sum y^2`. The number of those who did it, where `y` is 1 or 0;
 * less than the number of payers, where few of them pay most.
 *
 * @category getters
 * @since 0.4.0
 */
export const effective = ({ y, yy }: Pick<Moments, "y" | "yy">): number => yy.high > 0 ? y.high * (y.high / yy.high) : 0
