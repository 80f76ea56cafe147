/** Each arm as it is: its counts, its funnel, and the vendor's own split inside it. */
import * as Result from "effect/Result"
import { formatMicros } from "../Outcome.ts"
import type { Plan } from "../Plan.ts"
import type { Arm, Funnel, Treatment } from "../Report.ts"
import * as ClopperPearson from "../statistics/ClopperPearson.ts"
import type { Tally } from "./tallyParts.ts"
import { treatments as names } from "./treatments.ts"

export const arms = (plan: Plan, tally: Tally): ReadonlyArray<Arm> =>
  tally.arms.map(({ arm, counts, micros, providers }) => ({
    arm,
    role: arm === plan.control ? "control" : "treatment",
    providers,
    assigned: counts.assigned,
    served: counts.served,
    exposed: counts.exposed,
    converted: counts.converted,
    paid: counts.paid,
    revenue: formatMicros(micros.all),
    answers: counts.answers,
    slowAnswers: counts.slowAnswers,
    fallbackAnswers: counts.bundledAnswers + counts.standbyAnswers + counts.unanswered,
    bundledAnswers: counts.bundledAnswers,
    standbyAnswers: counts.standbyAnswers,
    unanswered: counts.unanswered,
    shows: counts.shows,
    standbyShows: counts.standbyShows,
    ...conversion(counts.converted, counts.exposed, plan.alpha)
  }))

export const funnel = (tally: Tally): ReadonlyArray<Funnel> =>
  tally.arms.map(({ arm, counts, providers }) => ({
    arm,
    providers,
    steps: [
      { step: "assigned", customers: counts.assigned },
      { step: "served", customers: counts.served },
      { step: "exposed", customers: counts.exposed },
      { step: "converted", customers: counts.converted },
      { step: "paid", customers: counts.convertedAndPaid }
    ]
  }))

export const treatments = (plan: Plan, tally: Tally): ReadonlyArray<Treatment> =>
  tally.arms.flatMap(({ arm, treatments }) =>
    Array.from(treatments).toSorted(([a], [b]) => a - b).map(([number, part]) => ({
      arm,
      treatment: names[number] ?? "Unknown",
      exposed: part.exposed,
      converted: part.converted,
      paid: part.paid,
      revenue: formatMicros(part.micros),
      ...conversion(part.converted, part.exposed, plan.alpha)
    }))
  )

const conversion = (converted: number, exposed: number, alpha: number) => {
  const share = ClopperPearson.share(converted, exposed, alpha)
  return Result.isSuccess(share) ? { conversion: share.success } : {}
}
