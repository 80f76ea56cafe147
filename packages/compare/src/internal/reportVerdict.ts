import type { Effect, Report } from "../Report.ts"
import * as Format from "./reportFormat.ts"
import * as Words from "./reportWords.ts"

/** The answer in words: one line that says it, and the sentences that say by how much, how sure, and what next. */
export interface Verdict {
  readonly tone: "ahead" | "behind" | "open" | "withheld"
  readonly headline: string
  readonly sentences: ReadonlyArray<string>
}

/** The verdict of a report, for people. */
export const make = (report: Report): Verdict => {
  const { plan: { control, primary }, verdict } = report
  const metric = Words.metrics[primary]
  switch (verdict._tag) {
    case "Withheld":
      return {
        tone: "withheld",
        headline: verdict.at === "effect" ? "No verdict yet" : `No verdict: ${gates[verdict.at]}`,
        sentences: [Words.refusal(verdict.refusal, report.checks), ...next(report)]
      }
    case "Undecided":
      return {
        tone: "open",
        headline: `No winner yet in ${metric}`,
        sentences: [...Words.treatments(report).flatMap((arm) => measured(report, arm)), ...undecided, ...next(report)]
      }
    case "Better":
      return {
        tone: "ahead",
        headline: `${verdict.arm} is ahead of ${control}${by(report, verdict.arm)}`,
        sentences: measured(report, verdict.arm)
      }
    case "Worse":
      return {
        tone: "behind",
        headline: `${control} is ahead of ${Format.list(verdict.arms)}${
          verdict.arms.length === 1 ? by(report, verdict.arms[0]!) : ""
        }`,
        sentences: verdict.arms.flatMap((arm) => measured(report, arm))
      }
    case "GuardrailBroken":
      return {
        tone: "withheld",
        headline: `${verdict.arm} is ahead in ${metric}, but at a price`,
        sentences: [
          `It breaks ${
            Format.list(verdict.guardrails.map((guardrail) => `the guardrail for ${Words.guardrails[guardrail]}`))
          }, so it is not called the winner.`,
          ...measured(report, verdict.arm)
        ]
      }
  }
}

const gates = {
  data: "the data are not fit to be compared",
  sampleRatio: "the split is not the planned one",
  contamination: "too many customers met both vendors"
}

const undecided = ["The interval holds 0, so what is seen may be chance."]

const by = (report: Report, arm: string): string => {
  const effect = Words.primary(report, arm)
  const { plan: { currency, primary } } = report
  if (effect?.lift !== undefined) {
    const { estimate } = effect.lift
    return `: ${Format.percent(Math.abs(estimate))} ${estimate < 0 ? "less" : "more"} ${Words.metrics[primary]}`
  }
  const estimate = effect && Words.deciding(effect)?.estimate
  return estimate === undefined
    ? ""
    : `: ${Format.difference(primary, currency)(estimate)} in ${Words.metrics[primary]}`
}

/** How much an arm differs from the control, and how sure that is. */
const measured = (report: Report, arm: string): ReadonlyArray<string> => {
  const effect = Words.primary(report, arm)
  if (effect === undefined) return []
  const estimate = Words.deciding(effect)
  if (estimate === undefined) {
    return effect.refusal === undefined ? [] : [`${arm}: ${Words.refusal(effect.refusal, report.checks)}`]
  }
  const { plan: { control, currency, primary } } = report
  const { interval, mean } = estimate
  const [value, difference] = [Format.value(primary, currency), Format.difference(primary, currency)]
  return [
    `${Words.title(primary)} is ${value(mean.treatment)} at ${arm} and ${
      value(mean.control)
    } at ${control}: a difference of ${difference(estimate.estimate)}${lifted(effect)}, with a ${
      level(interval.alpha)
    } interval from ${Format.range(interval, difference)}, ${Words.promises[interval.kind]}.`,
    ...chance(effect)
  ]
}

const lifted = ({ lift }: Effect): string => lift === undefined ? "" : ` (${Format.change(lift.estimate)})`

/** `95 %` for an alpha of 0.05. */
export const level = (alpha: number): string => `${Format.decimal(100 * (1 - alpha))} %`

const chance = ({ adjustedP, chanceToWin }: Effect): ReadonlyArray<string> => [
  ...(adjustedP === undefined
    ? []
    : [`If there were no difference, chance would show as much with p ${Format.probability(adjustedP)}.`]),
  ...(chanceToWin === undefined ? [] : [`Its chance to be the better one is ${Format.percent(chanceToWin.estimate)}.`])
]

const next = ({ needs }: Report): ReadonlyArray<string> =>
  needs === undefined ? [] : [
    `The lift that the plan looks for takes ${Format.count(needs.customers)} customers in all${
      needs.daysLeft === undefined
        ? ""
        : needs.daysLeft === 0
        ? ", which are there"
        : `, about ${needs.daysLeft} more days at this pace`
    }.`
  ]
