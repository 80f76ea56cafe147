/** Each customer's queue in a SQLite store: who joins at its end, and who is at its head. */
import { command, query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import { Appended, type Capacity, type Entry, isAsSeen, type Known } from "../OutboxStore.ts"
import { entryColumns, knownColumns, knownOf, type KnownRow } from "./sqliteRows.ts"

export interface Queues {
  /** Puts an entry at the end of its customer's queue, unless its id is there. Says whether it did. */
  readonly join: (entry: Entry, uncertain?: boolean) => boolean
  /** To be called for a customer of whose queue something was taken or put back. */
  readonly advance: (customer: string) => void
  readonly append: (entries: ReadonlyArray<Entry>, capacity: Capacity) => ReadonlyArray<Appended>
  readonly replace: (entry: Entry, seen: Known, uncertain?: boolean) => boolean
  readonly find: (id: string) => Known | undefined
  /** Gives back what a process that is gone had in its hands. */
  readonly reclaim: () => void
}

export const make = (db: DatabaseSync): Queues => {
  const insert = command(
    db,
    `insert into entries (${entryColumns}, ready_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
       case when not exists (select 1 from entries where customer = ?4 and settled_at is null) then ?8 end)
     on conflict (id) do nothing`
  )
  const leadOn = command(
    db,
    `update entries set ready_at = due_at, pass_at = null
     where seq = (select seq from entries where customer = ? and settled_at is null order by seq limit 1)
       and state = 'queued' and ready_at is null`
  )
  const letPass = command(
    db,
    `update entries set pass_at = accepted_at
     where seq = (
       select seq from entries where customer = ? and kind = 'purchase' and settled_at is null order by seq limit 1)
       and state = 'queued' and ready_at is null and pass_at is null`
  )
  const held = query<{ readonly held: number | null }>(
    db,
    "select sum(entries) as held from tallies where state in ('queued', 'leased')"
  )
  const known = query<KnownRow>(db, `select ${knownColumns} from entries where id = ?`)
  const remove = query<{ readonly customer: string }>(
    db,
    "delete from entries where id = ? and state <> 'leased' returning customer"
  )
  const doubt = command(db, "update entries set uncertain = 1 where id = ?")
  const release = query<{ readonly customer: string }>(
    db,
    `update entries set state = 'queued', uncertain = 1, ready_at = case when kind = 'purchase' then due_at end
     where state = 'leased' and ready_at is not null returning customer`
  )

  const find = (id: string): Known | undefined => {
    const row = known.first(id)
    return row && knownOf(row)
  }

  const join = (entry: Entry, uncertain = false): boolean => {
    const { acceptedAt, customer, digest, dueAt, expiresAt, id, kind, lane, payload } = entry
    const isNew = insert(id, kind, lane, customer, digest, payload, acceptedAt, dueAt, expiresAt) > 0
    if (isNew && kind === "purchase") letPass(customer)
    if (isNew && uncertain) doubt(id)
    return isNew
  }

  const advance = (customer: string): void => {
    leadOn(customer)
    letPass(customer)
  }

  return {
    join,
    advance,
    find,
    append: (entries, { impressions, total }) => {
      let room = held.first()?.held ?? 0
      return entries.map((entry) => {
        const isFull = room >= (entry.kind === "impression" ? impressions : total)
        if (!isFull && join(entry)) {
          room++
          return Appended.Added()
        }
        const known = find(entry.id)
        return known === undefined ? Appended.Full() : Appended.Present({ known })
      })
    },
    replace: (entry, seen, uncertain = false) => {
      const there = find(entry.id)
      if (there === undefined || !isAsSeen(there, seen)) return false
      const removed = remove.first(entry.id)
      if (removed === undefined) return false
      advance(removed.customer)
      return join(entry, uncertain)
    },
    reclaim: () => {
      for (const customer of new Set(release.all().map(({ customer }) => customer))) advance(customer)
    }
  }
}
