/** A customer's row, made of all that is known of the customer. */
import type { Row } from "../Ledger.ts"
import type { AssignmentFact, Facts, ServeFact, Window } from "./facts.ts"
import { skewMs } from "./skew.ts"
import { worth } from "./worth.ts"

/** A row whose sets of vendors have no number yet. */
export interface Folded extends Omit<Row, "unit" | "served" | "standby"> {
  readonly served: ReadonlyArray<string>
  readonly standby: ReadonlyArray<string>
}

/** The row of an experiment that the customer was assigned in. */
export const fold = (
  assignments: ReadonlyArray<AssignmentFact>,
  { outcomes, serves, shows }: Omit<Facts, "assignments">,
  window: Window | undefined
): Folded => {
  const first = assignments.reduce((a, b) =>
    b.firstAt < a.firstAt || (b.firstAt === a.firstAt && b.arm < a.arm) ? b : a
  )
  const since = first.firstAt - skewMs
  const served = serves.filter(({ lastAt, source }) => lastAt >= since && source !== "none")
  const unanswered = serves.filter(({ lastAt, source }) => lastAt >= since && source === "none")
  const counted = shows.filter((show) => show.counted === 1)
  const seen = counted.filter(({ lastAt }) => lastAt >= since)
  const { changes: _, ...value } = worth(first.firstAt, outcomes, window)
  return {
    arm: first.arm,
    arms: new Set(assignments.map(({ arm }) => arm)).size,
    overridden: assignments.some(({ overridden }) => overridden === 1) ? 1 : 0,
    assignedAt: first.firstAt,
    exposedAt: seen.length === 0 ? null : Math.max(since, Math.min(...seen.map(({ firstAt }) => firstAt))),
    earlyShow: seen.length === 0 && counted.length > 0 ? 1 : 0,
    served: names(served),
    standby: names(served.filter(({ standbyFor }) => standbyFor !== "")),
    treatment: served.length === 0 ? null : served.reduce(earlier).treatment,
    answers: total(served),
    slow: served.reduce((sum, { slow }) => sum + slow, 0),
    bundledAnswers: total(served.filter(({ source }) => source === "bundled")),
    standbyAnswers: total(served.filter(({ source, standbyFor }) => source !== "bundled" && standbyFor !== "")),
    unanswered: total(unanswered),
    shows: total(seen),
    standbyShows: total(seen.filter(({ standbyFor }) => standbyFor !== "")),
    uncountedShows: total(shows.filter((show) => show.counted === 0 && show.lastAt >= since)),
    ...value
  }
}

const names = (serves: ReadonlyArray<ServeFact>): ReadonlyArray<string> =>
  Array.from(new Set(serves.map(({ provider }) => provider))).toSorted()

const total = (facts: ReadonlyArray<{ readonly n: number }>): number => facts.reduce((sum, { n }) => sum + n, 0)

const earlier = (a: ServeFact, b: ServeFact): ServeFact =>
  b.firstAt < a.firstAt || (b.firstAt === a.firstAt && b.treatment < a.treatment) ? b : a
