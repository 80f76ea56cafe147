/** Each arm against the control, in each metric of the plan. */
import * as Result from "effect/Result"
import { method, type Metric, type Plan } from "../Plan.ts"
import type { Effect, Withheld } from "../Report.ts"
import * as ChanceToWin from "../statistics/ChanceToWin.ts"
import * as Comparison from "../statistics/Comparison.ts"
import * as Contrast from "../statistics/Contrast.ts"
import * as Cuped from "../statistics/Cuped.ts"
import { type Exclusions, type PerArm, withAlpha } from "../statistics/Estimate.ts"
import * as Moments from "../statistics/Moments.ts"
import * as Multiplicity from "../statistics/Multiplicity.ts"
import type { NotEnoughData } from "../statistics/Refusal.ts"
import type { ArmTally, Tally } from "./tallyParts.ts"

const momentsOf = (metric: Metric, { counts, moments }: ArmTally): Moments.Moments =>
  metric === "conversion" ? Moments.fromCount(counts.exposed, counts.converted) : moments[metric].moments()

export const contrastOf = (
  metric: Metric,
  arms: PerArm<Moments.Moments>,
  exclusions?: Exclusions
): Result.Result<Contrast.Contrast, NotEnoughData> => {
  switch (metric) {
    case "conversion":
      return Contrast.proportion({ ...arms, exclusions })
    case "revenuePerCustomer":
      return Contrast.mean({ ...arms, exclusions })
    case "revenuePerPayer":
      return Contrast.ratio({ ...arms, exclusions })
  }
}

/** With several arms, intervals are made wider so that all of them hold at once. */
export const methodOf = (plan: Plan) => withAlpha(method(plan), plan.alpha / (plan.arms.length - 1))

export const effects = (
  plan: Plan,
  tally: Tally,
  closed: Withheld | undefined,
  exclusions: Exclusions
): ReadonlyArray<Effect> => {
  const control = tally.arms.find(({ arm }) => arm === plan.control)
  const treatments = tally.arms.filter(({ arm }) => arm !== plan.control)
  const each = (metric: Metric, role: Effect["role"]): ReadonlyArray<Effect> =>
    treatments.map((treatment) =>
      closed !== undefined || control === undefined
        ? { metric, role, arm: treatment.arm, ...closed && { refusal: closed } }
        : one(plan, metric, role, control, treatment, exclusions)
    )
  return [
    ...corrected(each(plan.primary, "primary"), Multiplicity.holm, plan.alpha),
    ...corrected(
      plan.secondary.flatMap((metric) => each(metric, "secondary")),
      Multiplicity.benjaminiHochberg,
      plan.alpha
    )
  ]
}

const one = (
  plan: Plan,
  metric: Metric,
  role: Effect["role"],
  control: ArmTally,
  treatment: ArmTally,
  exclusions: Exclusions
): Effect => {
  const question = { metric, role, arm: treatment.arm }
  const arms = { control: momentsOf(metric, control), treatment: momentsOf(metric, treatment) }
  const by = methodOf(plan)
  const contrast = contrastOf(metric, arms, exclusions)
  const difference = Result.flatMap(contrast, (contrast) => Comparison.difference(contrast, by))
  if (Result.isFailure(difference)) return { ...question, refusal: difference.failure }
  const lift = Result.flatMap(contrast, (contrast) => Comparison.lift(contrast, by))
  const adjusted = metric === "revenuePerCustomer" && plan.covariateDays > 0
    ? Result.flatMap(Cuped.mean({ ...arms, exclusions }), (contrast) => Comparison.difference(contrast, by))
    : undefined
  const chance = metric === "conversion"
    ? ChanceToWin.make({
      control: { n: control.counts.exposed, conversions: control.counts.converted },
      treatment: { n: treatment.counts.exposed, conversions: treatment.counts.converted }
    }, { alpha: plan.alpha, exclusions })
    : undefined
  return {
    ...question,
    difference: difference.success,
    ...Result.isSuccess(lift) && { lift: lift.success },
    ...adjusted !== undefined && Result.isSuccess(adjusted) && { adjustedByCovariate: adjusted.success },
    ...chance !== undefined && Result.isSuccess(chance) && { chanceToWin: chance.success }
  }
}

/** What is decided by: less variance where the plan has a covariate. */
export const deciding = (effect: Effect) => effect.adjustedByCovariate ?? effect.difference

const corrected = (
  effects: ReadonlyArray<Effect>,
  correct: (ps: ReadonlyArray<number>) => ReadonlyArray<number>,
  alpha: number
): ReadonlyArray<Effect> => {
  const answered = effects.filter((effect) => deciding(effect) !== undefined)
  const ps = correct(answered.map((effect) => deciding(effect)?.p ?? 1))
  return effects.map((effect) => {
    const adjustedP = ps[answered.indexOf(effect)]
    return adjustedP === undefined ? effect : { ...effect, adjustedP, significant: adjustedP < alpha }
  })
}
