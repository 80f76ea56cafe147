/** How well the vendors delivered: speed, standbys, and who served whom. */
import type { Arm, Latency, Report } from "../Report.ts"
import { type Html, html } from "./html.ts"
import { guardrails, servedBy } from "./htmlServed.ts"
import * as Table from "./htmlTable.ts"
import { bars } from "./plotBars.ts"
import { latency } from "./plotLatency.ts"
import type { Colors } from "./reportColors.ts"
import * as Format from "./reportFormat.ts"

/** The section about the delivery. */
export const delivery = (report: Report, colors: Colors): Html =>
  html`<section aria-labelledby="delivery">
<h2 id="delivery">Did the vendors deliver?</h2>
<p class="lead">Speed and standbys are guardrails: an arm that earns more but breaks one is not called the winner.</p>
<div class="two">${speed(report, colors)}${fallback(report, colors)}</div>
${guardrails(report)}
${servedBy(report, colors)}
</section>`

const ms = (value: number | undefined) => value === undefined ? "–" : Format.milliseconds(value)

const says = ({ answers, p50, p95, p99, provider }: Latency): string =>
  `${provider}: ${Format.count(answers)} answers, median ${ms(p50)}, 95 % within ${ms(p95)}, 99 % within ${ms(p99)}.`

const speed = ({ latency: vendors, slowMs }: Report, colors: Colors): Html =>
  html`<section class="card"><h3>Time to the answer</h3>
<p class="note">Share of a vendor's answers by how long they took. Thin lines: the median and the slowest 5 %. Dashed: slow from ${
    Format.milliseconds(slowMs)
  } on.</p>
${
    vendors.length === 0
      ? html`<div class="panel">No answer was counted yet.</div>`
      : latency({
        name: "latency",
        title: "How long the answers of each vendor took",
        says: vendors.map(says).join(" "),
        wide: 500,
        slowMs,
        vendors,
        colorOf: colors.provider
      })
  }
${
    Table.table("Time to the answer by vendor", vendors, [
      Table.text("Vendor", ({ provider }) => provider),
      Table.number("Answers", ({ answers }) => Format.count(answers)),
      Table.number("Median", ({ p50 }) => ms(p50)),
      Table.number("95 % within", ({ p95 }) => ms(p95)),
      Table.number("99 % within", ({ p99 }) => ms(p99))
    ])
  }
${
    Table.folded(
      "Numbers of the bars",
      Table.table(
        "Answers by vendor and time",
        vendors.flatMap(({ answers, bins, provider }) =>
          bins.filter(({ count }) => count > 0).map((bin) => ({ ...bin, answers, provider }))
        ),
        [
          Table.text("Vendor", ({ provider }) => provider),
          Table.number("Above", ({ from }) => ms(from)),
          Table.number("Up to", ({ to }) => ms(to)),
          Table.number("Answers", ({ count }) => Format.count(count)),
          Table.number("Share", ({ answers, count }) => Format.percent(answers === 0 ? 0 : count / answers))
        ]
      )
    )
  }</section>`

/** What an arm's reads came to, as shares. */
const readings = (arm: Arm) => {
  const reads = arm.answers + arm.unanswered
  const of = (count: number, whole: number) => ({ count, share: whole === 0 ? 0 : count / whole })
  return [
    { kind: "Slow", ...of(arm.slowAnswers, arm.answers) },
    { kind: "From a standby vendor", ...of(arm.standbyAnswers, reads) },
    { kind: "From a bundle", ...of(arm.bundledAnswers, reads) },
    { kind: "No answer", ...of(arm.unanswered, reads) }
  ].map((reading) => ({ ...reading, arm: arm.arm, reads }))
}

const fallback = ({ arms }: Report, colors: Colors): Html => {
  const rows = arms.flatMap(readings)
  const byKind = Array.from(Map.groupBy(rows, ({ kind }) => kind).values()).flat()
  const text = ({ count, share }: typeof rows[number]) => `${Format.percent(share, 2)} (${Format.count(count)})`
  return html`<section class="card"><h3>Slow answers, standbys and bundles</h3>
<p class="note">Shares of what each arm's customers asked for. The longest bar is the largest share, not the whole.</p>
${
    bars({
      name: "fallback",
      title: "Shares of slow, standby, bundled and missing answers in each arm",
      says: byKind.map((row) => `${row.kind}, ${row.arm}: ${text(row)}.`).join(" "),
      wide: 500,
      bars: byKind.map((row) => ({
        group: row.kind,
        label: row.arm,
        share: row.share,
        text: text(row),
        color: colors.arm(row.arm)
      }))
    })
  }
${
    Table.table("Answers that were slow, or not the vendor's own", rows, [
      Table.text("Arm", ({ arm }) => arm),
      Table.text("Answers", ({ kind }) => kind),
      Table.number("Number", ({ count }) => Format.count(count)),
      Table.number("Share", ({ share }) => Format.percent(share, 2)),
      Table.number("Asked for", ({ reads }) => Format.count(reads))
    ])
  }</section>`
}
