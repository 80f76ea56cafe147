/** Whether guardrails hold, and who served whom. */
import type { Report } from "../Report.ts"
import { type Html, html } from "./html.ts"
import * as Table from "./htmlTable.ts"
import { bars } from "./plotBars.ts"
import type { Colors } from "./reportColors.ts"
import * as Format from "./reportFormat.ts"
import * as Words from "./reportWords.ts"

const verdicts = { holds: "✓ holds", broken: "✗ broken", unclear: "… unclear" }

/** What must not get worse. */
export const guardrails = ({ guardrails, plan: { control } }: Report): Html =>
  html`<section class="card one"><h3>Guardrails</h3>
<p class="note">By how much a share may get worse against ${control}, and by how much it did.</p>
${
    Table.table("Guardrails of each arm", guardrails, [
      Table.text("Guardrail", ({ guardrail }) => Words.title(guardrail)),
      Table.text("Arm", ({ arm }) => arm),
      Table.text(
        "Result",
        ({ refusal, verdict }) =>
          verdict === undefined ? refusal === undefined ? "–" : `withheld (${refusal._tag})` : verdicts[verdict]
      ),
      Table.number("Margin", ({ margin }) => Format.points(margin)),
      Table.number("Change", ({ difference }) => difference === undefined ? "–" : Format.points(difference.estimate)),
      Table.number("From", ({ difference }) => difference === undefined ? "–" : Format.points(difference.interval.low)),
      Table.number("To", ({ difference }) => difference === undefined ? "–" : Format.points(difference.interval.high)),
      Table.number(
        "n",
        ({ difference }) => difference === undefined ? "–" : Format.count(difference.n.control + difference.n.treatment)
      ),
      Table.text(
        "Interval",
        ({ difference }) => difference === undefined ? "–" : Words.intervals[difference.interval.kind]
      )
    ])
  }</section>`

/** The vendors of each arm's customers, and how many of them are another arm's. */
export const servedBy = ({ contamination }: Report, colors: Colors): Html => {
  const customers = new Map(contamination.arms.map(({ arm, customers }) => [arm, customers]))
  const rows = contamination.servedBy.map((row) => {
    const whole = customers.get(row.arm) ?? 0
    return { ...row, share: whole === 0 ? 0 : row.customers / whole }
  })
  const text = ({ customers, share }: typeof rows[number]) => `${Format.count(customers)}, ${Format.percent(share)}`
  return html`<div class="two"><section class="card"><h3>Who served whom</h3>
<p class="note">Of the customers who saw a paywall. One who was served by two vendors counts at both.</p>
${
    rows.length === 0
      ? html`<div class="panel">Nobody was served yet.</div>`
      : bars({
        name: "served",
        title: "Vendors that served the customers of each arm",
        says: rows.map((row) => `${row.arm}, by ${row.provider}: ${text(row)}.`).join(" "),
        wide: 500,
        bars: rows.map((row) => ({
          group: `Customers of ${row.arm}`,
          label: row.provider,
          share: row.share,
          text: text(row),
          color: colors.provider(row.provider)
        }))
      })
  }
${
    Table.table("Customers by arm and vendor", rows, [
      Table.text("Arm", ({ arm }) => arm),
      Table.text("Vendor", ({ provider }) => provider),
      Table.number("Customers", ({ customers }) => Format.count(customers)),
      Table.number("Share", ({ share }) => Format.percent(share))
    ])
  }</section>
<section class="card"><h3>Contamination</h3>
<p class="note">Customers who met another arm's vendor make the arms alike. ${
    Format.percent(contamination.share, 2)
  } did; the plan accepts up to ${Format.percent(contamination.bound)}.</p>
${
    Table.table("Customers whom another arm's vendor served", contamination.arms, [
      Table.text("Arm", ({ arm }) => arm),
      Table.number("Saw a paywall", ({ customers }) => Format.count(customers)),
      Table.number("By another's vendor", ({ other }) => Format.count(other)),
      Table.number("As a standby", ({ standby }) => Format.count(standby))
    ])
  }</section></div>`
}
