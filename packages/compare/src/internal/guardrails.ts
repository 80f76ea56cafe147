/** What must not get worse, watched all the time: always by a confidence sequence, over all who were assigned. */
import * as Result from "effect/Result"
import type { Plan } from "../Plan.ts"
import type { GuardrailResult, Withheld } from "../Report.ts"
import * as Comparison from "../statistics/Comparison.ts"
import * as Contrast from "../statistics/Contrast.ts"
import type { Method } from "../statistics/Estimate.ts"
import * as Guardrail from "../statistics/Guardrail.ts"
import type { Tally } from "./tallyParts.ts"

export const guardrails = (plan: Plan, tally: Tally, closed: Withheld | undefined): ReadonlyArray<GuardrailResult> => {
  const control = tally.arms.find(({ arm }) => arm === plan.control)
  if (control === undefined) return []
  const { horizon } = plan
  const by: Method = {
    _tag: "sequence",
    alpha: plan.alpha,
    target: horizon._tag === "fixed" ? horizon.customers : horizon.target
  }
  return tally.arms.filter((arm) => arm !== control).flatMap((treatment) =>
    (["slowAnswers", "fallbackAnswers"] as const).map((guardrail): GuardrailResult => {
      const question = { guardrail, arm: treatment.arm, margin: plan.guardrails[guardrail] }
      if (closed !== undefined) return { ...question, refusal: closed }
      const difference = Result.flatMap(
        Contrast.ratio({
          control: control.moments[guardrail].moments(),
          treatment: treatment.moments[guardrail].moments()
        }),
        (contrast) => Comparison.difference(contrast, by)
      )
      return Result.isFailure(difference)
        ? { ...question, refusal: difference.failure }
        : {
          ...question,
          difference: difference.success,
          verdict: Guardrail.judge(difference.success, question.margin)
        }
    })
  )
}
