/**
 * A small SQLite database in memory that holds just the customers of one batch: what they are is taken from PostgreSQL, the
 * batch is written down there by the very code that writes a file, and what they are then goes back. So there is one place
 * that knows the rules, and a batch costs a dozen round trips, however long it is.
 */
import type { Event } from "@priceport/core/routing/Journal"
import { inMemory } from "@priceport/core/sqlite/SqliteFile"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { DatabaseSync, SQLInputValue } from "node:sqlite"
import type { LedgerError } from "../Ledger.ts"
import type { Entry } from "../Outcome.ts"
import { nameOf } from "./names.ts"
import { openToWrite } from "./sqliteFile.ts"
import * as Intake from "./sqliteIntake.ts"
import * as Plans from "./sqlitePlans.ts"
import * as Rollup from "./sqliteRollup.ts"

export type Json = Readonly<Record<string, string | number | null>>

export interface Workbench {
  readonly db: DatabaseSync
  readonly intake: Intake.Intake
  readonly plans: Plans.Plans
  readonly rollup: Rollup.Rollup
  readonly put: (table: string, rows: ReadonlyArray<Json>) => void
  readonly all: (table: string) => ReadonlyArray<Json>
}

export const make = (slowMs: number): Effect.Effect<Workbench, LedgerError, Scope.Scope> =>
  Effect.map(openToWrite(inMemory), (db) => {
    const plans = Plans.make(db)
    const rollup = Rollup.make(db, plans.windowOf)
    return {
      db,
      plans,
      rollup,
      intake: Intake.make(db, rollup, slowMs),
      put: (table, rows) => {
        const [first] = rows
        if (first === undefined) return
        const columns = Object.keys(first)
        const statement = db.prepare(
          `insert or ignore into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`
        )
        for (const row of rows) statement.run(...columns.map((column): SQLInputValue => row[column] ?? null))
      },
      all: (table) => db.prepare(`select * from ${table}`).all() as unknown as ReadonlyArray<Json>
    }
  })

/** Every name that a batch of events can be about. */
export const namesIn = (events: ReadonlyArray<Event>): ReadonlyArray<string> =>
  Array.from(
    new Set(events.flatMap((event) => {
      const unit = "unit" in event && event.unit !== undefined ? [event.unit] : []
      const subject = "subject" in event && event.subject !== undefined && event.provider !== undefined
        ? [nameOf(event.provider, event.subject).text]
        : []
      return [...unit, ...subject, ...("others" in event ? event.others ?? [] : [])]
    }))
  )

export const namesOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<string> =>
  Array.from(new Set(entries.flatMap(({ units }) => units)))
