/**
 * Adds customers one by one to the `Moments` of an arm, in place: for millions of them.
 *
 * @since 0.4.0
 */
import type { Moments } from "./Moments.ts"
import * as Sum from "./Sum.ts"

/**
 * Throws for a number that is not finite: amounts are checked where they come in.
 *
 * @category models
 * @since 0.4.0
 */
export interface Accumulator {
  readonly add: (y: number, x?: number) => void
  readonly moments: () => Moments
}

/**
 * @category constructors
 * @since 0.4.0
 */
export const make = (): Accumulator => {
  const [y, yy, x, xx, xy] = [running(), running(), running(), running(), running()]
  let n = 0
  return {
    add: (value, companion = 0) => {
      if (!Number.isFinite(value * value) || !Number.isFinite(companion * companion)) {
        throw new RangeError("a customer's numbers must be finite, and so must be their squares")
      }
      n += 1
      if (value !== 0) {
        y.add(value)
        yy.add(value * value)
      }
      if (companion !== 0) {
        x.add(companion)
        xx.add(companion * companion)
        if (value !== 0) xy.add(value * companion)
      }
    },
    moments: () => ({ n, y: y.sum(), yy: yy.sum(), x: x.sum(), xx: xx.sum(), xy: xy.sum() })
  }
}

const running = () => {
  let high = 0
  let low = 0
  return {
    add: (term: number) => {
      const sum = high + term
      const part = sum - high
      low += (high - (sum - part)) + (term - part)
      high = sum
    },
    sum: () => Sum.normal(high, low)
  }
}
