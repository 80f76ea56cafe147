import * as Comparison from "@priceport/compare/statistics/Comparison"
import type * as Contrast from "@priceport/compare/statistics/Contrast"
import type { Method } from "@priceport/compare/statistics/Estimate"
import * as Moments from "@priceport/compare/statistics/Moments"
import { Result } from "effect"
import type { Random } from "./Random.ts"

/** What `n` new customers of an arm bring. */
export type Customers = (random: Random, n: number) => Moments.Moments

/** An experiment with `n` customers at the end, of whom the treatment has a share. */
export interface Trial {
  readonly n: number
  readonly share: number
  readonly control: Customers
  readonly treatment: Customers
  readonly contrast: (arms: Contrast.Arms) => ReturnType<typeof Contrast.mean>
}

/** Whether a difference is claimed at one of so many looks, evenly spaced. */
export const claims = (trial: Trial, method: Method, looks: number) => (random: Random): boolean => {
  const all = Math.round(trial.n / looks)
  const part = Math.round(all * trial.share)
  let arms = { control: Moments.empty, treatment: Moments.empty }
  for (let look = 0; look < looks; look++) {
    arms = {
      control: Moments.merge(arms.control, trial.control(random, all - part)),
      treatment: Moments.merge(arms.treatment, trial.treatment(random, part))
    }
    const answer = Result.flatMap(trial.contrast(arms), (contrast) => Comparison.difference(contrast, method))
    if (Result.isFailure(answer)) continue
    const { high, low } = answer.success.interval
    if (low > 0 || high < 0) return true
  }
  return false
}
