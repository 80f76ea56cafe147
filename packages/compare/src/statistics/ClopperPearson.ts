/**
 * A share, with an interval that is right for any count, 0 included: for one arm's funnel, at one look.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import * as Distribution from "./Distribution.ts"
import type { Interval } from "./Estimate.ts"
import { NotEnoughData } from "./Refusal.ts"

/**
 * @category models
 * @since 0.4.0
 */
export interface Share {
  readonly estimate: number
  readonly n: number
  readonly interval: Interval
}

/**
 * Throws for a count that is not a whole number between 0 and `n`.
 *
 * @category constructors
 * @since 0.4.0
 */
export const share = (count: number, n: number, alpha = 0.05): Result.Result<Share, NotEnoughData> => {
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(n) || count < 0 || count > n) {
    throw new RangeError("a count must be a whole number, from 0 to the number of customers")
  }
  if (n === 0) return Result.fail(new NotEnoughData({ what: "customers", n, needed: 1 }))
  return Result.succeed({
    estimate: count / n,
    n,
    interval: {
      low: count === 0 ? 0 : Distribution.betaQuantile(alpha / 2, count, n - count + 1),
      high: count === n ? 1 : Distribution.betaQuantile(1 - alpha / 2, count + 1, n - count),
      kind: "exact",
      alpha
    }
  })
}
