/**
 * Less variance from what was known of each customer before the experiment (Deng, Xu, Kohavi, Walker: "Improving the
 * sensitivity of online controlled experiments by utilizing pre-experiment data", 2013).
 *
 * The part of `y` that `x` foretells is taken off, by one slope for both arms. `x` must have been settled before the customer
 * was assigned; one that the experiment can change would hide what it does. A customer without an `x` has 0.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import type { Arms, Contrast, Summary } from "./Contrast.ts"
import * as Moments from "./Moments.ts"
import type { NotEnoughData } from "./Refusal.ts"
import * as Sufficiency from "./Sufficiency.ts"

/**
 * As `Contrast.mean`, adjusted.
 *
 * @category constructors
 * @since 0.4.0
 */
export const mean = (arms: Arms): Result.Result<Contrast, NotEnoughData> =>
  Result.map(Sufficiency.ofEvents(arms), () => {
    const theta = slope(arms)
    const centre = Moments.meanX(Moments.merge(arms.control, arms.treatment))
    const summary = (moments: Moments.Moments): Summary => {
      const { xx, xy, yy } = Moments.centred(moments)
      return {
        n: moments.n,
        mean: Moments.meanY(moments) - theta * (Moments.meanX(moments) - centre),
        variance: Math.max(0, yy - 2 * theta * xy + theta * theta * xx) / (moments.n - 1),
        df: moments.n - 1
      }
    }
    return {
      control: summary(arms.control),
      treatment: summary(arms.treatment),
      reference: "student",
      exclusions: arms.exclusions ?? {}
    }
  })

/**
 * How much more `y` comes with one more `x`, within the arms; 0 where `x` is the same for all.
 *
 * @category getters
 * @since 0.4.0
 */
export const slope = ({ control, treatment }: Arms): number => {
  const [a, b] = [Moments.centred(control), Moments.centred(treatment)]
  const xx = a.xx + b.xx
  return xx > 0 ? (a.xy + b.xy) / xx : 0
}
