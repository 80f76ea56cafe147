import * as Result from "effect/Result"
import type { Plan } from "../Plan.ts"
import type { Report } from "../Report.ts"
import * as Power from "../statistics/Power.ts"
import { dayMs } from "./skew.ts"
import type { Tally } from "./tallyParts.ts"

/** How often a sequence is thought to be looked at: daily, for two weeks. */
const looks = 14

/** What the plan's lift takes at the control's conversion rate so far; for the first arm beside the control. */
export const needs = (plan: Plan, tally: Tally, now: number): Report["needs"] => {
  const [control, treatment] = [
    tally.arms.find(({ arm }) => arm === plan.control),
    tally.arms.find(({ arm }) => arm !== plan.control)
  ]
  if (plan.primary !== "conversion" || plan.power === undefined) return undefined
  if (control === undefined || treatment === undefined || control.counts.converted === 0) return undefined
  const { lift, power } = plan.power
  const rate = control.counts.converted / control.counts.exposed
  if (!(rate < 1 && rate * (1 + lift) > 0 && rate * (1 + lift) < 1 && lift !== 0 && power > plan.alpha)) {
    return undefined
  }
  const looking = plan.horizon._tag === "fixed"
    ? { _tag: "fixed", alpha: plan.alpha } as const
    : { _tag: "sequence", alpha: plan.alpha, looks, target: plan.horizon.target } as const
  const share = treatment.weight / (treatment.weight + control.weight)
  const customers = Power.customers(Power.proportions(rate, lift, share), power, looking)
  const soFar = control.counts.exposed + treatment.counts.exposed
  const days = (now - (tally.firstExposureAt ?? now)) / dayMs
  const left = days > 0 ? Power.days(Math.max(0, customers - soFar), soFar / days) : undefined
  return { customers, ...left !== undefined && Result.isSuccess(left) && { daysLeft: left.success } }
}
