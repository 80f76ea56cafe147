/**
 * Whether the arms have the sizes that were planned.
 *
 * A split that chance does not explain means that customers are lost, kept twice or moved, and seldom at random: no effect
 * measured afterwards can be trusted (Fabijan and others: "Diagnosing sample ratio mismatch in online controlled experiments",
 * 2019, where the 0.001 is from, too).
 *
 * The p-value is for one look. A sound experiment looked at each day of a month is withheld on some day in about one of a
 * hundred, simulated: a cause for a second look, which is what a verdict withheld is.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import * as Distribution from "./Distribution.ts"
import { NotEnoughData, SampleRatioMismatch } from "./Refusal.ts"

/**
 * An arm's customers, and its share as planned; the shares need not add up to 1.
 *
 * @category models
 * @since 0.4.0
 */
export interface Arm {
  readonly n: number
  readonly weight: number
}

/**
 * Pearson's chi-square. `p` is its upper tail.
 *
 * @category models
 * @since 0.4.0
 */
export interface SampleRatio {
  readonly statistic: number
  readonly df: number
  readonly p: number
  readonly observed: ReadonlyArray<number>
  readonly expected: ReadonlyArray<number>
}

/**
 * How many customers each arm should have, at least, for the chi-square to hold.
 *
 * @category constants
 * @since 0.4.0
 */
export const leastExpected = 5

/**
 * Throws for fewer than two arms, or a weight that is not above 0: the schema of a plan refuses those.
 *
 * @category constructors
 * @since 0.4.0
 */
export const measure = (arms: ReadonlyArray<Arm>): Result.Result<SampleRatio, NotEnoughData> => {
  if (arms.length < 2 || arms.some(({ weight }) => !(weight > 0 && weight < Infinity))) {
    throw new RangeError("a sample ratio needs two arms or more, each with a weight above 0")
  }
  const observed = arms.map(({ n }) => n)
  const total = observed.reduce((sum, n) => sum + n, 0)
  const weights = arms.reduce((sum, { weight }) => sum + weight, 0)
  const expected = arms.map(({ weight }) => total * (weight / weights))
  const least = Math.min(...expected)
  if (least < leastExpected) {
    return Result.fail(
      new NotEnoughData({ what: "customers expected in the smallest arm", n: least, needed: leastExpected })
    )
  }
  const statistic = expected.reduce((sum, count, index) => sum + (observed[index]! - count) ** 2 / count, 0)
  const df = arms.length - 1
  return Result.succeed({ statistic, df, p: Distribution.chiSquareUpper(statistic, df), observed, expected })
}

/**
 * Refused where `p` is below `alpha`.
 *
 * @category predicates
 * @since 0.4.0
 */
export const check = (
  arms: ReadonlyArray<Arm>,
  alpha = 0.001
): Result.Result<SampleRatio, NotEnoughData | SampleRatioMismatch> =>
  Result.flatMap(measure(arms), (ratio): Result.Result<SampleRatio, SampleRatioMismatch> =>
    ratio.p < alpha
      ? Result.fail(
        new SampleRatioMismatch({ p: ratio.p, alpha, observed: ratio.observed, expected: ratio.expected })
      )
      : Result.succeed(ratio))
