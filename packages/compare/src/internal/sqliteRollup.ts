/** Makes customers' rows of what was told of them. */
import { command, query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import type { AssignmentFact, OutcomeFact, ServeFact, ShowFact, Window } from "./facts.ts"
import { fold } from "./fold.ts"
import { columns, nameOfColumn } from "./sqliteRows.ts"

export interface Rollup {
  /** Makes the rows of these customers anew, in all experiments. */
  readonly refresh: (units: Iterable<string>) => void
  readonly forget: (unit: string) => void
}

export const make = (db: DatabaseSync, windowOf: (experiment: string) => Window | undefined): Rollup => {
  const assignments = query<AssignmentFact>(
    db,
    `select experiment, arm, first_at as firstAt, last_at as lastAt, overridden from assignments where unit = ?`
  )
  const serves = query<ServeFact>(
    db,
    `select provider, source, standby_for as standbyFor, treatment, first_at as firstAt, last_at as lastAt, n, slow
      from serves where unit = ?`
  )
  const shows = query<ShowFact>(
    db,
    `select standby_for as standbyFor, counted, first_at as firstAt, last_at as lastAt, n from shows where unit = ?`
  )
  const outcomes = query<OutcomeFact>(db, `select id, kind, micros, currency, at, source from outcomes where unit = ?`)
  const forget = command(db, `delete from customers where unit = ?`)
  const put = command(
    db,
    `replace into customers (experiment, ${columns.map(nameOfColumn).join(", ")})
      values (?, ${columns.map(() => "?").join(", ")})`
  )

  const addSet = command(db, `insert or ignore into vendor_sets (members) values (?)`)
  const findSet = query<{ readonly id: number }>(db, `select id from vendor_sets where members = ?`)
  const setId = (members: ReadonlyArray<string>): number => {
    if (members.length === 0) return 0
    const text = JSON.stringify(members)
    const known = findSet.first(text)
    if (known !== undefined) return known.id
    addSet(text)
    return findSet.first(text)?.id ?? 0
  }

  const refresh = (unit: string) => {
    const assigned = assignments.all(unit)
    if (assigned.length === 0) return
    const facts = { serves: serves.all(unit), shows: shows.all(unit), outcomes: outcomes.all(unit) }
    for (const [experiment, own] of Map.groupBy(assigned, ({ experiment }) => experiment)) {
      const folded = fold(own, facts, windowOf(experiment))
      const row = { ...folded, unit, served: setId(folded.served), standby: setId(folded.standby) }
      put(experiment, ...columns.map((column) => row[column]))
    }
  }

  return {
    refresh: (units) => {
      for (const unit of units) refresh(unit)
    },
    forget: (unit) => void forget(unit)
  }
}
