/**
 * What a report says, in plain sentences and tables.
 *
 * @since 0.4.0
 */
import * as Format from "./internal/reportFormat.ts"
import * as Words from "./internal/reportVerdict.ts"
import { intervals, title } from "./internal/reportWords.ts"
import type { Report } from "./Report.ts"

/**
 * - `tone`: an arm is `ahead`, all are `behind` the control, it is `open`, or the answer is `withheld`.
 * - `headline`: who is ahead and by how much, or that nobody is. `sentences`: how sure that is, or why not.
 *
 * @category models
 * @since 0.4.0
 */
export interface Verdict extends Words.Verdict {}

/**
 * The verdict in words.
 *
 * @category conversions
 * @since 0.4.0
 */
export const verdict = (report: Report): Verdict => Words.make(report)

/**
 * Rows under the names of their columns.
 *
 * @category models
 * @since 0.4.0
 */
export interface Table {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/**
 * Each arm in numbers.
 *
 * @category conversions
 * @since 0.4.0
 */
export const arms = ({ arms, plan: { currency } }: Report): Table => ({
  columns: ["Arm", "Role", "Assigned", "Saw a paywall", "Converted", "Conversion", "Revenue", "Per customer"],
  rows: arms.map(({ arm, assigned, conversion, converted, exposed, revenue, role }) => [
    arm,
    role,
    Format.count(assigned),
    Format.count(exposed),
    Format.count(converted),
    conversion === undefined ? "" : Format.percent(conversion.estimate, 2),
    Format.amount(revenue, currency),
    exposed === 0 ? "" : Format.value("revenuePerCustomer", currency)(Number(revenue) / exposed)
  ])
})

/**
 * Each effect with its interval; none where they are withheld.
 *
 * @category conversions
 * @since 0.4.0
 */
export const effects = ({ effects, plan: { currency } }: Report): Table => ({
  columns: ["Metric", "Arm", "Difference", "Interval", "Lift", "n", "Kind", "Beyond chance"],
  rows: effects.flatMap(({ adjustedByCovariate, arm, difference, lift, metric, significant }) => {
    const deciding = adjustedByCovariate ?? difference
    if (deciding === undefined) return []
    const each = Format.difference(metric, currency)
    const { estimate, interval, n } = deciding
    return [[
      title(metric),
      arm,
      each(estimate),
      Format.range(interval, each),
      lift === undefined ? "" : Format.change(lift.estimate),
      Format.count(n.control + n.treatment),
      `${intervals[interval.kind]}, ${Words.level(interval.alpha)}`,
      significant === true ? "yes" : "no"
    ]]
  })
})
