/**
 * Whether two arms tell enough for an interval to keep its promise.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import type { PerArm } from "./Estimate.ts"
import * as Moments from "./Moments.ts"
import { NotEnoughData } from "./Refusal.ts"

/**
 * How many customers each arm must have.
 *
 * @category constants
 * @since 0.4.0
 */
export const leastCustomers = 100

/**
 * How many customers of the smaller arm the metric must rest on, as `Moments.effective` counts them, if the arms do not
 * differ. Below it, the mean of the smaller arm is too far from normal for any of the intervals here: with skewed amounts they
 * would miss more often than they say.
 *
 * @category constants
 * @since 0.4.0
 */
export const leastEvents = 30

/**
 * Whether there are customers enough, and enough of them with a `y` that is not 0. An arm may be without any: what counts is
 * how many it should have, by its size, of those that both have.
 *
 * @category predicates
 * @since 0.4.0
 */
export const ofEvents = ({ control, treatment }: PerArm<Moments.Moments>): Result.Result<void, NotEnoughData> => {
  const least = Math.min(control.n, treatment.n)
  if (least < leastCustomers) {
    return Result.fail(new NotEnoughData({ what: "customers in the smaller arm", n: least, needed: leastCustomers }))
  }
  const both = Moments.merge(control, treatment)
  const n = Math.floor(Moments.effective(both) * least / both.n)
  return n < leastEvents
    ? Result.fail(new NotEnoughData({ what: "events expected in the smaller arm", n, needed: leastEvents }))
    : Result.void
}

/**
 * Whether there are denominators enough. Unlike events, they must be there in both arms.
 *
 * @category predicates
 * @since 0.4.0
 */
export const ofDenominators = ({ control, treatment }: PerArm<Moments.Moments>): Result.Result<void, NotEnoughData> => {
  const n = Math.floor(Math.min(denominators(control), denominators(treatment)))
  return n < leastEvents
    ? Result.fail(new NotEnoughData({ what: "customers with a denominator, in an arm", n, needed: leastEvents }))
    : Result.void
}

/**
 * How many customers the sum of `x` rests on, as `Moments.effective` counts them.
 *
 * @category getters
 * @since 0.4.0
 */
export const denominators = ({ x, xx }: Moments.Moments): number => Moments.effective({ y: x, yy: xx })
