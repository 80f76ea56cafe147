/** What was given up, in a SQLite store: to look at, to queue again, to delete. */
import { command, query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import type { Known, Selection } from "../OutboxStore.ts"
import type { Queues } from "./sqliteQueues.ts"
import { entryColumns, entryOf, type EntryRow, knownColumns, knownOf, type KnownRow } from "./sqliteRows.ts"

/** Parameters 1 and 2 are a selection. */
const selected =
  "state = 'dead' and (?1 is null or lane = ?1) and (?2 is null or id in (select value from json_each(?2)))"

const parameters = ({ ids, lane }: Selection) => [lane ?? null, ids === undefined ? null : JSON.stringify(ids)] as const

export interface Dead {
  readonly list: (
    selection: Selection,
    page: { readonly limit: number; readonly after?: string | undefined }
  ) => ReadonlyArray<Known>
  /**
   * Gives what queues some of those that are dead now again: it says how many, none when none is left. One that dies again
   * meanwhile stays dead.
   */
  readonly redrive: (selection: Selection, times: { readonly now: number; readonly expiresAt: number }) => () => number
  readonly drop: (selection: Selection) => number
}

export const make = (db: DatabaseSync, { join }: Queues): Dead => {
  const page = query<KnownRow>(
    db,
    `select ${knownColumns} from entries
     where ${selected} and (
       not exists (select 1 from entries where id = ?3 and state = 'dead')
       or (settled_at, seq) > (select settled_at, seq from entries where id = ?3))
     order by settled_at, seq limit ?4`
  )
  const some = query<EntryRow & { readonly uncertain: 0 | 1 }>(
    db,
    `select ${entryColumns}, uncertain from entries where ${selected} and seq <= ?3 order by +seq limit 500`
  )
  const newest = query<{ readonly seq: number | null }>(db, "select max(seq) as seq from entries")
  const remove = command(db, "delete from entries where id = ?")
  const drop = command(db, `delete from entries where ${selected}`)

  return {
    list: (selection, { after, limit }) => page.all(...parameters(selection), after ?? null, limit).map(knownOf),
    redrive: (selection, { expiresAt, now }) => {
      // What is queued again gets a place behind all these.
      const last = newest.first()?.seq ?? 0
      return () => {
        const rows = some.all(...parameters(selection), last)
        for (const row of rows) {
          remove(row.id)
          join({ ...entryOf(row), dueAt: now, expiresAt }, row.uncertain === 1)
        }
        return rows.length
      }
    },
    drop: (selection) => drop(...parameters(selection))
  }
}
