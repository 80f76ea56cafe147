/** What the arms differ by: all metrics at a glance, each over time, and the table with everything. */
import type { Report, Series } from "../Report.ts"
import { type Html, html } from "./html.ts"
import { nameOf, table } from "./htmlEffectTable.ts"
import * as Table from "./htmlTable.ts"
import { intervals } from "./plotIntervals.ts"
import { series } from "./plotSeries.ts"
import type { Colors } from "./reportColors.ts"
import * as Format from "./reportFormat.ts"
import * as Words from "./reportWords.ts"

/** The section about the effects. */
export const effects = (report: Report, colors: Colors): Html => {
  const refusal = report.verdict._tag === "Withheld" && report.verdict.at !== "effect"
    ? report.verdict.refusal
    : undefined
  const isWithheld = refusal !== undefined
  const hasNumbers = report.effects.some((effect) => Words.deciding(effect) !== undefined)
  return html`<section aria-labelledby="effects">
<h2 id="effects">Who earns more?</h2>
<p class="lead">Every customer counts in the arm they were assigned to, whoever served them. Right of the zero line is better than ${report.plan.control}.</p>
${
    isWithheld
      ? html`<div class="panel"><strong>Withheld.</strong> ${
        hasNumbers
          ? "What is drawn below decides nothing"
          : "Curves of numbers that cannot be trusted would only mislead"
      }: see what was answered with no above.</div>`
      : undefined
  }
${hasNumbers ? glance(report, colors, isWithheld) : undefined}
${over(report, colors, isWithheld)}
<section class="card one"><h3>All effects</h3>${table(report)}</section>
</section>`
}

const glance = (report: Report, colors: Colors, isWithheld: boolean): Html => {
  const rows = report.effects.map((effect) => ({
    label: nameOf(report, effect),
    color: colors.arm(effect.arm),
    interval: effect.lift && { ...effect.lift.interval, estimate: effect.lift.estimate }
  }))
  return html`<section class="card one"><h3>All metrics at a glance</h3>
<p class="note">The dot is the estimate, the bar its interval. A bar that crosses the zero line may be chance.</p>
${
    intervals({
      name: "glance",
      title: `Lift of each metric against ${report.plan.control}, with intervals`,
      says: rows.map(({ interval, label }) =>
        `${label}: ${
          interval === undefined
            ? "no estimate"
            : `${Format.change(interval.estimate)}, ${Format.range(interval, Format.change)}`
        }.`
      ).join(" "),
      wide: 1030,
      axis: `change against ${report.plan.control}`,
      unit: Format.change,
      hasZero: true,
      isWithheld,
      rows
    })
  }</section>`
}

const over = (report: Report, colors: Colors, isWithheld: boolean): Html | undefined =>
  report.series.length > 0
    ? html`<div class="two">${
      report.series.map((each, index) => overTime(report, each, index, colors, isWithheld))
    }</div>`
    : isWithheld
    ? undefined
    : html`<div class="panel"><strong>Nothing to draw yet.</strong> There is no day with enough data.</div>`

const overTime = (report: Report, each: Series, index: number, colors: Colors, isWithheld: boolean): Html => {
  const { plan: { control, currency } } = report
  const difference = Format.difference(each.metric, currency)
  const last = each.points.findLast(({ estimate }) => estimate !== undefined)
  const of = (value: number | undefined) => value === undefined ? "too little" : difference(value)
  const name = `${Words.title(each.metric)}, ${each.arm} against ${control}`
  const isPrimary = each.metric === report.plan.primary
  return html`<section class="card${isPrimary ? " whole" : ""}"><h3>${name}</h3>
<p class="note">All customers up to the end of each day. The zero line is ${control}.</p>
${
    series({
      name: `series-${index}`,
      title: `${name}: difference with its interval, day by day`,
      says: last === undefined
        ? "No day has enough data yet."
        : `${each.points.length} days; on ${last.day} ${of(last.estimate)}, from ${of(last.low)} to ${of(last.high)}.`,
      wide: isPrimary ? 1030 : 500,
      axis: each.metric === "conversion" ? "points of conversion" : `difference in ${currency}`,
      unit: each.metric === "conversion"
        ? (value) => Format.decimal(Number((value * 100).toPrecision(6)))
        : Format.decimal,
      color: colors.arm(each.arm),
      isWithheld,
      points: each.points
    })
  }
${
    Table.folded(
      "Numbers, day by day",
      Table.table(`${name}: difference and interval at the end of each day`, each.points, [
        Table.text("Day", ({ day }) => day),
        Table.number("Customers", ({ n }) => Format.count(n)),
        Table.number("Difference", ({ estimate }) => of(estimate)),
        Table.number("From", ({ low }) => of(low)),
        Table.number("To", ({ high }) => of(high))
      ])
    )
  }</section>`
}
