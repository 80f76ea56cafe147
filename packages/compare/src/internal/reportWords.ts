import type { Guardrail, Metric } from "../Plan.ts"
import type { Check, Effect, Interval, Report, Withheld } from "../Report.ts"
import * as Format from "./reportFormat.ts"

/** The names of metrics, as they stand in a sentence. */
export const metrics: Record<Metric, string> = {
  conversion: "conversion",
  revenuePerCustomer: "revenue per customer",
  revenuePerPayer: "revenue per payer"
}

/** The names of guardrails. */
export const guardrails: Record<Guardrail, string> = {
  slowAnswers: "slow answers",
  fallbackAnswers: "fallback answers"
}

/** The kinds of interval. */
export const intervals: Record<Interval["kind"], string> = {
  "confidence-sequence": "confidence sequence",
  "fixed-horizon": "fixed horizon",
  exact: "exact binomial",
  credible: "credible"
}

/** What an interval is good for. */
export const promises: Record<Interval["kind"], string> = {
  "confidence-sequence": "which holds however often one looks",
  "fixed-horizon": "which holds for one look at the planned size",
  exact: "which holds for one look",
  credible: "drawn from the posterior"
}

/** The steps of a funnel. */
export const steps = {
  assigned: "Assigned",
  served: "Got a paywall",
  exposed: "Saw it",
  converted: "Converted",
  paid: "Paid"
}

/** A name out of camel case, for a heading. */
export const title = (name: string): string => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

/** Why there is no answer, and what to do about it. */
export const refusal = (why: Withheld, checks: ReadonlyArray<Check> = []): string => {
  switch (why._tag) {
    case "NotEnoughData":
      return `There is too little data: ${Format.count(why.n)} ${why.what}, and it takes ${Format.count(why.needed)}.`
    case "SampleRatioMismatch":
      return `The arms are not as large as planned: ${why.observed.map(Format.count).join(" to ")} customers, where ${
        why.expected.map((expected) => Format.count(Math.round(expected))).join(" to ")
      } were expected (p ${
        Format.probability(why.p)
      }). Customers were lost or counted twice, and not at random. Find out where before you compare anything.`
    case "Contaminated":
      return `${
        Format.percent(why.share)
      } of the customers were served by another arm's vendor; the plan accepts up to ${
        Format.percent(why.bound)
      }. The arms are too much alike to be compared.`
    case "MixedCurrencies":
      return `Amounts came in several currencies (${Format.list(why.currencies)}), which have no sum.`
    case "NoPlan":
      return `A fixed horizon was asked for, but no plan was stored before the first customer came.`
    case "UnsoundData": {
      const says = checks.filter(({ name }) => why.checks.includes(name))
        .map(({ count, of, says }) => ` ${Format.count(count)} of ${Format.count(of)}: ${says}.`)
      return `The data are not fit to be compared.${says.join("")}`
    }
  }
}

/** What decides: the difference, by covariate where the plan has one. */
export const deciding = ({ adjustedByCovariate, difference }: Effect) => adjustedByCovariate ?? difference

/** The answer to the plan's primary question for one arm. */
export const primary = ({ effects }: Report, arm: string): Effect | undefined =>
  effects.find((effect) => effect.role === "primary" && effect.arm === arm)

/** The arms other than the control, in the plan's order. */
export const treatments = ({ plan }: Report): ReadonlyArray<string> =>
  plan.arms.map(({ arm }) => arm).filter((arm) => arm !== plan.control)
