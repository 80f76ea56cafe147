/** The first screen: who is ahead, by how much, how sure, or why nobody is. */
import type { Arm, Report } from "../Report.ts"
import { type Html, html } from "./html.ts"
import type { Colors } from "./reportColors.ts"
import * as Format from "./reportFormat.ts"
import * as Verdict from "./reportVerdict.ts"
import * as Words from "./reportWords.ts"

const pills: Record<Verdict.Verdict["tone"], string> = {
  ahead: "✓ Decided",
  behind: "✓ Decided against the new one",
  open: "… Not decided",
  withheld: "✗ Withheld"
}

/** What the page is about. */
export const header = (report: Report): Html => {
  const { at, customers, firstExposureAt, lastExposureAt, plan, since } = report
  const span = firstExposureAt === undefined
    ? "nobody was shown a paywall yet"
    : `shown from ${Format.date(firstExposureAt)} to ${Format.date(lastExposureAt ?? at)}`
  return html`<header>
<h1>Experiment ${plan.experiment}</h1>
<p>${Format.list(Words.treatments(report))} against ${plan.control} · ${span} · ${Format.count(customers.exposed)} of ${
    Format.count(customers.assigned)
  } customers saw a paywall${since === undefined ? "" : ` · only those assigned since ${Format.instant(since)}`}</p>
<p>As of <time datetime="${at}">${Format.instant(at)}</time></p>
</header>`
}

/** The answer, and each arm in three numbers. */
export const verdict = (report: Report, colors: Colors): Html => {
  const { headline, sentences, tone } = Verdict.make(report)
  return html`<section class="card verdict ${tone}" aria-labelledby="verdict">
<p class="pill">${pills[tone]}</p>
<h2 id="verdict">${headline}</h2>
${sentences.map((text) => html`<p>${text}</p>`)}
${
    report.storedBefore
      ? undefined
      : html`<p class="note">The plan was stored after the first customer had been shown a paywall.</p>`
  }
</section>
<div class="arms">${report.arms.map((arm) => card(report, arm, colors))}</div>`
}

const card = (report: Report, arm: Arm, colors: Colors): Html => {
  const { plan: { currency } } = report
  const each = arm.exposed === 0
    ? "none yet"
    : Format.value("revenuePerCustomer", currency)(Number(arm.revenue) / arm.exposed)
  const conversion = arm.exposed === 0 ? "none yet" : Format.percent(arm.converted / arm.exposed, 2)
  return html`<section class="card arm ${colors.classOf(arm.arm)}">
<h3>${arm.arm}</h3>
<p>${arm.role === "control" ? "control, what the others are compared with" : "treatment"}${
    arm.providers.length === 1 && arm.providers[0] === arm.arm ? "" : `, served by ${Format.list(arm.providers)}`
  }</p>
<dl><dt class="big">Conversion</dt><dd class="big">${conversion}</dd>
<dt class="big">Revenue per customer</dt><dd class="big">${each}</dd>
<dt>Customers who saw a paywall</dt><dd>${Format.count(arm.exposed)}</dd>
<dt>Revenue in all, refunds taken off</dt><dd>${Format.amount(arm.revenue, currency)}</dd></dl>
</section>`
}
