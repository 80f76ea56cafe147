/** The gates in their order, and the numbers they look at. */
import * as Result from "effect/Result"
import type { Plan } from "../Plan.ts"
import type { Check, Contamination, Gate, SampleRatio } from "../Report.ts"
import { Contaminated } from "../statistics/Refusal.ts"
import * as Ratio from "../statistics/SampleRatio.ts"
import { refusal } from "./checks.ts"
import type { Tally } from "./tallyParts.ts"

/** Of all that were assigned, and of those exposed. */
export const sampleRatios = (plan: Plan, tally: Tally): ReadonlyArray<SampleRatio> =>
  (["assigned", "exposed"] as const).map((population) => {
    const arms = tally.arms.map(({ counts, weight }) => ({ n: counts[population], weight }))
    const total = arms.reduce((sum, { n }) => sum + n, 0)
    const result = Ratio.check(arms, plan.sampleRatioAlpha)
    return {
      population,
      arms: tally.arms.map(({ arm, counts, weight }) => ({
        arm,
        weight,
        observed: counts[population],
        expected: weight * total
      })),
      alpha: plan.sampleRatioAlpha,
      ...Result.isSuccess(result) ? { p: result.success.p } : { refusal: result.failure },
      ...Result.isFailure(result) && result.failure._tag === "SampleRatioMismatch" && { p: result.failure.p }
    }
  })

export const contamination = (
  plan: Plan,
  { arms }: Tally,
  sets: ReadonlyMap<number, ReadonlyArray<string>>
): Contamination => {
  const exposed = arms.reduce((sum, { counts }) => sum + counts.exposed, 0)
  const other = arms.reduce((sum, { counts }) => sum + counts.other, 0)
  return {
    share: exposed === 0 ? 0 : other / exposed,
    bound: plan.contamination,
    arms: arms.map(({ arm, counts }) => ({
      arm,
      customers: counts.exposed,
      other: counts.other,
      standby: counts.otherByStandby
    })),
    servedBy: arms.flatMap(({ arm, servedBySet }) => {
      const customers = new Map<string, number>()
      for (const [set, n] of servedBySet) {
        for (const provider of sets.get(set) ?? []) customers.set(provider, (customers.get(provider) ?? 0) + n)
      }
      return Array.from(customers, ([provider, customers]) => ({ arm, provider, customers }))
        .toSorted((a, b) => a.provider < b.provider ? -1 : 1)
    })
  }
}

export const gates = (
  plan: Plan,
  tally: Tally,
  given: {
    readonly checks: ReadonlyArray<Check>
    readonly sampleRatio: ReadonlyArray<SampleRatio>
    readonly contamination: Contamination
  }
): ReadonlyArray<Gate> => {
  const { bound, share } = given.contamination
  const split = given.sampleRatio.find(({ refusal }) => refusal?._tag === "SampleRatioMismatch")?.refusal
  return [
    gate("data", refusal(given.checks, plan, tally)),
    gate("sampleRatio", split),
    gate("contamination", share > bound ? new Contaminated({ share, bound }) : undefined)
  ]
}

const gate = (gate: Gate["gate"], refusal: Gate["refusal"]): Gate =>
  refusal === undefined ? { gate, passed: true } : { gate, passed: false, refusal }
