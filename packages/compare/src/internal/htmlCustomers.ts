/** How far customers came in each arm. */
import type { Report } from "../Report.ts"
import { type Html, html } from "./html.ts"
import * as Table from "./htmlTable.ts"
import { treatments } from "./htmlTreatments.ts"
import { bars } from "./plotBars.ts"
import { intervals } from "./plotIntervals.ts"
import type { Colors } from "./reportColors.ts"
import * as Format from "./reportFormat.ts"
import * as Words from "./reportWords.ts"

const share = (part: number, whole: number): number => whole === 0 ? 0 : part / whole

/** The section about the customers. */
export const customers = (report: Report, colors: Colors): Html =>
  html`<section aria-labelledby="customers">
<h2 id="customers">How far did customers come?</h2>
<p class="lead">From the assignment to the payment, by arm and by the vendors that serve it.</p>
<div class="two">${funnel(report, colors)}${conversion(report, colors)}</div>
<section class="card one"><h3>Each arm</h3>${arms(report)}</section>
${treatments(report, colors)}
</section>`

const funnel = ({ funnel }: Report, colors: Colors): Html => {
  const rows = funnel.flatMap(({ arm, providers, steps }) =>
    steps.map(({ customers, step }, index) => ({
      arm,
      providers,
      step,
      customers,
      ofAll: share(customers, steps[0]?.customers ?? 0),
      ofBefore: share(customers, steps[Math.max(0, index - 1)]?.customers ?? 0)
    }))
  )
  const byStep = Array.from(Map.groupBy(rows, ({ step }) => step).values()).flat()
  const text = ({ customers, ofAll }: typeof rows[number]) => `${Format.count(customers)}, ${Format.percent(ofAll)}`
  return html`<section class="card"><h3>Funnel per vendor</h3>
<p class="note">Shares are of all customers assigned to the arm.</p>
${
    bars({
      name: "funnel",
      title: "Funnel of each arm, from assigned to paid",
      says: byStep.map((row) => `${Words.steps[row.step]}, ${row.arm}: ${text(row)}.`).join(" "),
      wide: 500,
      bars: byStep.map((row) => ({
        group: Words.steps[row.step],
        label: row.arm,
        share: row.ofAll,
        text: text(row),
        color: colors.arm(row.arm)
      }))
    })
  }
${
    Table.table("Customers who came to each step", rows, [
      Table.text("Arm", ({ arm }) => arm),
      Table.text("Step", ({ step }) => Words.steps[step]),
      Table.number("Customers", ({ customers }) => Format.count(customers)),
      Table.number("Of all", ({ ofAll }) => Format.percent(ofAll)),
      Table.number("Of the step before", ({ ofBefore }) => Format.percent(ofBefore)),
      Table.text("Vendors", ({ providers }) => providers.join(", "))
    ])
  }</section>`
}

const conversion = ({ arms, plan }: Report, colors: Colors): Html =>
  html`<section class="card"><h3>Conversion by arm</h3>
<p class="note">Of those who saw a paywall. These intervals look at one arm by itself; the verdict looks at the difference.</p>
${
    intervals({
      name: "conversion",
      title: "Conversion of each arm with its interval",
      says: arms.map(({ arm, conversion }) =>
        `${arm}: ${conversion === undefined ? "nobody yet" : Format.percent(conversion.estimate, 2)}.`
      ).join(" "),
      wide: 500,
      axis: "share of customers who converted",
      unit: (value) => Format.percent(value, 2),
      hasZero: false,
      isWithheld: false,
      rows: arms.map(({ arm, conversion }) => ({
        label: arm,
        color: colors.arm(arm),
        interval: conversion && { ...conversion.interval, estimate: conversion.estimate }
      }))
    })
  }
${
    Table.table(`Conversion of each arm, ${plan.control} is the control`, arms, [
      Table.text("Arm", ({ arm }) => arm),
      Table.number("Converted", ({ converted }) => Format.count(converted)),
      Table.number("n", ({ exposed }) => Format.count(exposed)),
      Table.number(
        "Share",
        ({ conversion }) => conversion === undefined ? "–" : Format.percent(conversion.estimate, 2)
      ),
      Table.number(
        "Interval",
        ({ conversion }) =>
          conversion === undefined ? "–" : Format.range(conversion.interval, (value) => Format.percent(value, 2))
      ),
      Table.number(
        "Alpha",
        ({ conversion }) => conversion === undefined ? "–" : Format.decimal(conversion.interval.alpha)
      ),
      Table.text(
        "Kind",
        ({ conversion }) => conversion === undefined ? "–" : Words.intervals[conversion.interval.kind]
      )
    ])
  }</section>`

const arms = ({ arms, plan: { currency } }: Report): Html =>
  Table.table("All counts of each arm", arms, [
    Table.text("Arm", ({ arm }) => arm),
    Table.text("Role", ({ role }) => role),
    Table.text("Vendors", ({ providers }) => providers.join(", ")),
    Table.number("Assigned", ({ assigned }) => Format.count(assigned)),
    Table.number("Got a paywall", ({ served }) => Format.count(served)),
    Table.number("Saw it (n)", ({ exposed }) => Format.count(exposed)),
    Table.number("Converted", ({ converted }) => Format.count(converted)),
    Table.number("Paid", ({ paid }) => Format.count(paid)),
    Table.number("Revenue", ({ revenue }) => Format.amount(revenue, currency)),
    Table.number("Shows", ({ shows }) => Format.count(shows)),
    Table.number("Shows by a standby", ({ standbyShows }) => Format.count(standbyShows))
  ])
