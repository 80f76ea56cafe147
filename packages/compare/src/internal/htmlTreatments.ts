/** The vendor's own split inside an arm. */
import type { Report } from "../Report.ts"
import { type Html, html } from "./html.ts"
import * as Table from "./htmlTable.ts"
import { intervals } from "./plotIntervals.ts"
import type { Colors } from "./reportColors.ts"
import * as Format from "./reportFormat.ts"

const names = {
  Treatment: "the vendor's model",
  Control: "the vendor's comparison group",
  None: "no experiment",
  Unknown: "the vendor does not tell"
}

/** The section about it, where a vendor splits at all. */
export const treatments = ({ plan: { currency }, treatments }: Report, colors: Colors): Html | undefined => {
  // Where no vendor splits there is nothing to look at.
  if (!treatments.some(({ treatment }) => treatment === "Treatment" || treatment === "Control")) return undefined
  const nameOf = ({ arm, treatment }: Report["treatments"][number]) => `${arm}, ${names[treatment]}`
  return html`<section class="card one"><h3>The vendor's own split inside an arm</h3>
<p class="note">To look at, not to decide by: the vendor put customers there after our assignment.</p>
${
    intervals({
      name: "treatments",
      title: "Conversion by the vendor's own split",
      says: treatments.map((each) =>
        `${nameOf(each)}: ${
          each.conversion === undefined ? "nobody yet" : Format.percent(each.conversion.estimate, 2)
        }.`
      ).join(" "),
      wide: 1030,
      axis: "share of customers who converted",
      unit: (value) => Format.percent(value, 2),
      hasZero: false,
      isWithheld: false,
      rows: treatments.map((each) => ({
        label: nameOf(each),
        color: colors.arm(each.arm),
        interval: each.conversion && { ...each.conversion.interval, estimate: each.conversion.estimate }
      }))
    })
  }
${
    Table.table("Customers by the vendor's own split", treatments, [
      Table.text("Arm", ({ arm }) => arm),
      Table.text("Group", ({ treatment }) => names[treatment]),
      Table.number("Saw a paywall", ({ exposed }) => Format.count(exposed)),
      Table.number("Converted", ({ converted }) => Format.count(converted)),
      Table.number("Conversion", ({ conversion }) =>
        conversion === undefined ? "–" : Format.percent(conversion.estimate, 2)),
      Table.number("From", ({ conversion }) =>
        conversion === undefined ? "–" : Format.percent(conversion.interval.low, 2)),
      Table.number("To", ({ conversion }) =>
        conversion === undefined ? "–" : Format.percent(conversion.interval.high, 2)),
      Table.number("Paid", ({ paid }) =>
        Format.count(paid)),
      Table.number("Revenue", ({ revenue }) =>
        Format.amount(revenue, currency))
    ])
  }</section>`
}
