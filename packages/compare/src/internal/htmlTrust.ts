/** Whether the numbers can be trusted: the gates, the split, the checks. */
import type { Gate, Report } from "../Report.ts"
import { type Html, html } from "./html.ts"
import * as Table from "./htmlTable.ts"
import { split } from "./plotSplit.ts"
import type { Colors } from "./reportColors.ts"
import * as Format from "./reportFormat.ts"
import * as Words from "./reportWords.ts"

const questions: Record<Gate["gate"], string> = {
  data: "Are the data sound?",
  sampleRatio: "Is the split as planned?",
  contamination: "Did arms stay apart?"
}

const populations = { assigned: "Assigned", exposed: "Saw a paywall" }

/** The section about the gates. */
export const trust = (report: Report): Html =>
  html`<section aria-labelledby="trust">
<h2 id="trust">Can these numbers be trusted?</h2>
<p class="lead">These questions come first. Where one is answered with no, there is no verdict; no customer is ever dropped for it.</p>
<ol class="gates">${report.gates.map((gate) => item(report, gate))}</ol>
</section>`

/** The section about what the gates looked at. */
export const evidence = (report: Report, colors: Colors): Html =>
  html`<section aria-labelledby="evidence">
<h2 id="evidence">The split and the data</h2>
<div class="two">
<section class="card"><h3>Sample ratio</h3>
<p class="note">The grey band is what chance explains. A cross outside of it is a mismatch: customers were lost or counted twice.</p>
${
    split({
      name: "split",
      title: "How far each arm is from its planned size",
      says: report.sampleRatio.flatMap(({ arms, population }) =>
        arms.map(({ arm, expected, observed }) =>
          `${populations[population]}, ${arm}: ${Format.count(observed)}, planned ${
            Format.count(Math.round(expected))
          }.`
        )
      ).join(" "),
      wide: 500,
      populations: report.sampleRatio,
      labelOf: (population) => populations[population],
      colorOf: colors.arm
    })
  }
${splitTable(report)}</section>
<section class="card"><h3>Checks of the data</h3>
<p class="note">What is odd, and from which share on it withholds the verdict.</p>
${checks(report)}</section>
</div></section>`

const item = (report: Report, { gate, passed, refusal }: Gate): Html =>
  html`<li class="card ${passed ? "ahead" : "withheld"}"><h3><span class="mark">${passed ? "✓ Yes" : "✗ No"}</span> ${
    questions[gate]
  }</h3><p>${passed || refusal === undefined ? fine(report, gate) : Words.refusal(refusal, report.checks)}</p></li>`

const fine = (report: Report, gate: Gate["gate"]): string => {
  switch (gate) {
    case "data": {
      const bounded = report.checks.filter(({ bound }) => bound !== undefined).length
      return `${bounded} checks with a bound, all within it.`
    }
    case "sampleRatio":
      return report.sampleRatio.map(({ p, population, refusal }) =>
        p === undefined
          ? `${populations[population]}: ${refusal === undefined ? "not tested" : "too few to tell"}.`
          : `${populations[population]}: p ${Format.probability(p)}.`
      ).join(" ")
    case "contamination": {
      const { bound, share } = report.contamination
      return `${Format.percent(share, 2)} of the customers were served by another arm's vendor; up to ${
        Format.percent(bound)
      } is accepted.`
    }
  }
}

const splitTable = (report: Report): Html =>
  Table.table(
    "Customers of each arm, and how many the plan makes expected",
    report.sampleRatio.flatMap((ratio) => ratio.arms.map((arm) => ({ ...ratio, ...arm }))),
    [
      Table.text("Arm", ({ arm }) => arm),
      Table.text("Who", ({ population }) => populations[population]),
      Table.number("Observed", ({ observed }) => Format.count(observed)),
      Table.number("Expected", ({ expected }) => Format.count(Math.round(expected))),
      Table.number("Off", ({ expected, observed }) => expected > 0 ? Format.change(observed / expected - 1, 2) : "–"),
      Table.number("p", ({ p }) => p === undefined ? "–" : Format.probability(p)),
      Table.number("Alpha", ({ alpha }) => Format.decimal(alpha))
    ]
  )

const checks = ({ checks }: Report): Html => {
  const columns: ReadonlyArray<Table.Column<Report["checks"][number]>> = [
    Table.text("Found", ({ says }) => says.slice(0, 1).toUpperCase() + says.slice(1)),
    Table.text(
      "Result",
      ({ bound, count, passed }) =>
        bound === undefined ? count === 0 ? "none" : "told" : passed ? "✓ passed" : "✗ failed"
    ),
    Table.number("Odd", ({ count }) => Format.count(count)),
    Table.number("Of", ({ of }) => Format.count(of)),
    Table.number("Bound", ({ bound }) => bound === undefined ? "–" : Format.percent(bound, 2))
  ]
  const [odd, quiet] = [
    checks.filter(({ count, passed }) => count > 0 || !passed),
    checks.filter(({ count, passed }) => count === 0 && passed)
  ]
  return html`${
    odd.length === 0 ? html`<p>Nothing is odd.</p>` : Table.table("Checks that found something", odd, columns)
  }${
    quiet.length === 0
      ? undefined
      : Table.folded(
        `${quiet.length} checks that found nothing`,
        Table.table("Checks that found nothing", quiet, columns)
      )
  }`
}
