/**
 * How durations spread, in buckets of equal ratio: a few hundred numbers whatever is added, and every quantile within 2 % of
 * itself. For plots and tables; guardrails use shares, which have an interval.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import { NotEnoughData } from "./Refusal.ts"

/**
 * How many fell into each bucket. Bucket `i` goes up to `ratio ** i` milliseconds; all up to one microsecond are in the first.
 *
 * @category models
 * @since 0.4.0
 */
export type Histogram = ReadonlyMap<number, number>

/**
 * From one bucket's end to the next one's.
 *
 * @category constants
 * @since 0.4.0
 */
export const ratio = 1.04

/**
 * The bucket of a duration in milliseconds.
 *
 * @category conversions
 * @since 0.4.0
 */
export const bucket = (ms: number): number => Math.ceil(Math.log(Math.max(ms, 0.001)) / Math.log(ratio))

/**
 * The middle of a bucket, in milliseconds.
 *
 * @category conversions
 * @since 0.4.0
 */
export const middle = (bucket: number): number => ratio ** (bucket - 0.5)

/**
 * @category constructors
 * @since 0.4.0
 */
export const of = (durations: Iterable<number>): Histogram => {
  const counts = new Map<number, number>()
  for (const ms of durations) counts.set(bucket(ms), (counts.get(bucket(ms)) ?? 0) + 1)
  return counts
}

/**
 * @category combinators
 * @since 0.4.0
 */
export const merge = (a: Histogram, b: Histogram): Histogram => {
  const counts = new Map(a)
  for (const [bucket, count] of b) counts.set(bucket, (counts.get(bucket) ?? 0) + count)
  return counts
}

/**
 * What the given share does not exceed, in milliseconds.
 *
 * @category getters
 * @since 0.4.0
 */
export const quantile = (histogram: Histogram, share: number): Result.Result<number, NotEnoughData> => {
  const buckets = Array.from(histogram).toSorted(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  let below = 0
  for (const [bucket, count] of buckets) {
    below += count
    if (below >= share * total) return Result.succeed(middle(bucket))
  }
  return Result.fail(new NotEnoughData({ what: "durations", n: 0, needed: 1 }))
}
