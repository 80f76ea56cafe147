/**
 * Whether a metric that must not get worse has got worse.
 *
 * @since 0.4.0
 */
import type { Estimate } from "./Estimate.ts"

/**
 * `holds`: worse by less than the margin, for sure; `broken`: worse by more than the margin, for sure; `unclear`: the interval
 * reaches over the margin.
 *
 * @category models
 * @since 0.4.0
 */
export type Verdict = "holds" | "broken" | "unclear"

/**
 * For a metric of which more is worse, such as slow or standby answers; the margin is in the estimate's own scale.
 *
 * @category conversions
 * @since 0.4.0
 */
export const judge = ({ interval }: Estimate, margin: number): Verdict =>
  interval.high < margin ? "holds" : interval.low > margin ? "broken" : "unclear"
