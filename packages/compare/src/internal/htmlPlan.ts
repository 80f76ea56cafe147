/** What was asked, in the plan's own terms, and what every number here is made with. */
import type { Report } from "../Report.ts"
import { type Html, html } from "./html.ts"
import { excluded } from "./htmlEffectTable.ts"
import * as Format from "./reportFormat.ts"
import { level } from "./reportVerdict.ts"
import * as Words from "./reportWords.ts"

/** The section about the plan. */
export const plan = (report: Report): Html =>
  html`<section aria-labelledby="plan">
<h2 id="plan">What was asked, and how</h2>
<div class="card one"><dl class="facts">${
    facts(report).map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)
  }</dl></div></section>`

const facts = (report: Report): ReadonlyArray<readonly [name: string, text: string]> => {
  const { exclusions, plan, planStoredAt, seed, storedBefore } = report
  const {
    alpha,
    arms,
    cap,
    contamination,
    control,
    covariateDays,
    currency,
    guardrails,
    horizon,
    power,
    primary,
    secondary
  } = plan
  return [
    ["Plan stored", `${Format.instant(planStoredAt)}, ${storedBefore ? "before" : "after"} the first exposure`],
    [
      "Arms",
      arms.map(({ arm, weight }) => `${arm} ${Format.percent(weight)}${arm === control ? " (control)" : ""}`).join(", ")
    ],
    ["Primary metric", Words.metrics[primary]],
    ["Secondary metrics", secondary.map((metric) => Words.metrics[metric]).join(", ") || "none"],
    [
      "Guardrails",
      `slow answers by up to ${Format.points(guardrails.slowAnswers)}, fallback answers by up to ${
        Format.points(guardrails.fallbackAnswers)
      }`
    ],
    [
      "Interval",
      horizon._tag === "fixed"
        ? `fixed horizon at ${Format.count(horizon.customers)} customers of both arms: one look, then`
        : `confidence sequence, narrowest at ${
          Format.count(horizon.target)
        } customers of both arms: look whenever you like`
    ],
    [
      "Alpha",
      `${Format.decimal(alpha)}, so intervals of ${
        level(alpha)
      }; with several arms each interval is wider, so that all hold at once`
    ],
    ["Correction", "Holm over the arms for the primary metric, Benjamini-Hochberg over secondary ones"],
    ["Sample ratio", `chi-square, a mismatch below p ${Format.decimal(plan.sampleRatioAlpha)}`],
    ["Accepted contamination", Format.percent(contamination)],
    [
      "Revenue cap",
      `${Format.value("revenuePerCustomer", currency)(cap)} per customer, frozen in the plan; one currency, ${currency}`
    ],
    ["Covariate", covariateDays === 0 ? "none" : `revenue of the ${covariateDays} days before the assignment`],
    ...power === undefined
      ? []
      : [[
        "Looked for",
        `a lift of ${Format.change(power.lift)}, found in ${Format.percent(power.power, 0)} of such experiments`
      ]] as const,
    ["Left out", excluded(exclusions)],
    ["Seed", seed === null ? "none: nothing here is drawn by chance, the same rows give the same report" : String(seed)]
  ]
}
