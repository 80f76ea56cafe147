/** All effects in numbers. */
import type { Effect, Estimate, Report } from "../Report.ts"
import { type Html, html } from "./html.ts"
import * as Table from "./htmlTable.ts"
import * as Format from "./reportFormat.ts"
import * as Words from "./reportWords.ts"

/** The name of an effect; with one treatment the arm goes without saying. */
export const nameOf = (report: Report, { arm, metric, role }: Effect): string =>
  `${Words.title(metric)}${role === "primary" ? " (primary)" : ""}${report.plan.arms.length > 2 ? `, ${arm}` : ""}`

interface Line {
  readonly effect: Effect
  readonly name: string
  readonly estimate: Estimate
}

/** One line for each way an effect was measured. */
export const table = (report: Report): Html => {
  const { plan: { control, currency } } = report
  const measured = report.effects.flatMap((effect): ReadonlyArray<Line> =>
    ([["difference", effect.difference], ["by covariate", effect.adjustedByCovariate], ["lift", effect.lift]] as const)
      .flatMap(([name, estimate]) => estimate === undefined ? [] : [{ effect, name, estimate }])
  )
  const refused = report.effects.filter(({ refusal }) => refusal !== undefined)
  const each = ({ effect: { metric }, estimate: { scale } }: Line) =>
    scale === "lift" ? (value: number) => Format.change(value) : Format.difference(metric, currency)
  return html`${
    measured.length === 0 ? undefined : Table.table(`Each arm against ${control}, in each metric`, measured, [
      Table.text("Metric", ({ effect }) => nameOf(report, effect)),
      Table.text("As", ({ name }) => name),
      Table.number("Effect", (line) => each(line)(line.estimate.estimate)),
      Table.number("Interval", (line) => Format.range(line.estimate.interval, each(line))),
      Table.number("Adjusted p", ({ effect, estimate }) =>
        estimate.scale === "lift" || effect.adjustedP === undefined ? "–" : Format.probability(effect.adjustedP)),
      Table.text("Beyond chance", ({ effect }) =>
        effect.significant === true ? "✓ yes" : "no"),
      Table.number(
        "Chance to win",
        ({ effect }) =>
          effect.chanceToWin === undefined ? "–" : Format.percent(effect.chanceToWin.estimate)
      ),
      Table.number("n", ({ estimate: { n } }) =>
        Format.count(n.treatment)),
      Table.number("n of control", ({ estimate: { n } }) => Format.count(n.control)),
      Table.number("Alpha", ({ estimate: { interval } }) => Format.decimal(interval.alpha)),
      Table.text("Kind of interval", ({ estimate: { interval } }) => Words.intervals[interval.kind]),
      Table.text("Left out", ({ estimate: { exclusions } }) => excluded(exclusions))
    ])
  }${
    refused.length === 0 ? undefined : Table.table("Effects that are not told, and why", refused, [
      Table.text("Metric", (effect) => nameOf(report, effect)),
      Table.text("Refused by", ({ refusal }) => refusal?._tag ?? "–"),
      Table.text("Why", ({ refusal }) => refusal === undefined ? "–" : Words.refusal(refusal, report.checks))
    ])
  }`
}

/** What was left out, and how often. */
export const excluded = (exclusions: Report["exclusions"]): string =>
  Object.entries(exclusions).filter(([, count]) => count > 0)
    .map(([name, count]) => `${Words.title(name).toLowerCase()}: ${Format.count(count)}`).join(", ") || "nobody"
