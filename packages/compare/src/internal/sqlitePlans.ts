/** Plans, and the rows that hang on them. */
import { command, query } from "@priceport/core/sqlite/SqliteQuery"
import * as Result from "effect/Result"
import type { DatabaseSync } from "node:sqlite"
import type { StoredPlan } from "../Ledger.ts"
import * as Plan from "../Plan.ts"
import { NoPlan } from "../statistics/Refusal.ts"
import type { Window } from "./facts.ts"

export interface Plans {
  readonly find: (experiment: string) => StoredPlan | undefined
  readonly windowOf: (experiment: string) => Window | undefined
  /** Runs within a transaction. */
  readonly store: (plan: Plan.Plan, at: number) => Result.Result<StoredPlan, Plan.PlanFrozen | NoPlan>
  /** Whether rows are still to be made anew after a plan was stored. */
  readonly areRowsDue: (experiment: string) => boolean
  readonly rowsAreMade: (experiment: string) => void
}

interface PlanRow {
  readonly plan: string
  readonly storedAt: number
  readonly storedBefore: number
  readonly rowsDue: number
}

export const make = (db: DatabaseSync): Plans => {
  const select = query<PlanRow>(
    db,
    `select plan, stored_at as storedAt, stored_before as storedBefore, rows_due as rowsDue from plans where experiment = ?`
  )
  const put = command(db, `replace into plans values (?, ?, ?, ?, 1)`)
  const made = command(db, `update plans set rows_due = 0 where experiment = ?`)
  const exposed = query<{ readonly there: number }>(
    db,
    `select 1 as there from customers where experiment = ? and exposed_at is not null limit 1`
  )
  // A plan is read for each row that is made; its text, which another process may change, is what tells it from another.
  const windows = new Map<string, Window>()

  const find = (experiment: string): StoredPlan | undefined => {
    const row = select.first(experiment)
    return row && {
      plan: JSON.parse(row.plan) as Plan.Plan,
      storedAt: row.storedAt,
      storedBefore: row.storedBefore === 1
    }
  }

  return {
    find,
    areRowsDue: (experiment) => select.first(experiment)?.rowsDue === 1,
    rowsAreMade: (experiment) => void made(experiment),
    windowOf: (experiment) => {
      const text = select.first(experiment)?.plan
      if (text === undefined) return undefined
      const known = windows.get(text)
      if (known !== undefined) return known
      const { covariateDays, currency } = JSON.parse(text) as Plan.Plan
      windows.set(text, { covariateDays, currency })
      return { covariateDays, currency }
    },
    store: (plan, at) => {
      const { experiment } = plan
      const known = select.first(experiment)
      const text = JSON.stringify(plan, inOrder)
      const isLate = exposed.first(experiment) !== undefined
      if (known !== undefined && known.plan === text) {
        return Result.succeed({ plan, storedAt: known.storedAt, storedBefore: known.storedBefore === 1 })
      }
      if (isLate && known !== undefined) return Result.fail(new Plan.PlanFrozen({ experiment }))
      if (isLate && plan.horizon._tag === "fixed") return Result.fail(new NoPlan({ experiment }))
      put(experiment, text, at, isLate ? 0 : 1)
      return Result.succeed({ plan, storedAt: at, storedBefore: !isLate })
    }
  }
}

/** The same plan is the same text, in whatever order it was written. */
const inOrder = (_: string, value: unknown): unknown =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1))
    : value
