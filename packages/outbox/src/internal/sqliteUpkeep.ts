/** Notes, numbers and the end of what is no longer needed, in a SQLite store. */
import type { ProviderId } from "@priceport/core/domain/Identifier"
import { command, query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import type { Count, Kind, Service } from "../OutboxStore.ts"

type Before = Parameters<Service["sweep"]>[0]

export interface Note {
  readonly key: string
  readonly note: Uint8Array
  readonly at: number
}

export interface Upkeep {
  readonly counts: () => ReadonlyArray<Count>
  readonly lanes: () => ReadonlyArray<ProviderId>
  /** Whether a purchase of the lane waits. */
  readonly hasPurchase: (lane: ProviderId) => boolean
  readonly nextDueAt: (lane: ProviderId) => number | undefined
  readonly note: (note: Note) => void
  readonly recall: (key: string) => Uint8Array | undefined
  /** Deletes some of what is to be deleted; says how many, none when none is left. */
  readonly sweepSome: (before: Before) => number
}

export const make = (db: DatabaseSync): Upkeep => {
  const counts = query<Omit<Count, "oldest"> & { readonly oldest: number | null }>(
    db,
    `select lane, kind,
       sum(case state when 'queued' then entries else 0 end) as queued,
       sum(case state when 'leased' then entries else 0 end) as leased,
       sum(case state when 'delivered' then entries else 0 end) as delivered,
       sum(case state when 'dead' then entries else 0 end) as dead,
       (select accepted_at from entries
        where lane = tallies.lane and kind = tallies.kind and settled_at is null order by accepted_at limit 1) as oldest
     from tallies group by lane, kind having sum(entries) > 0 order by lane, kind`
  )
  const lanes = query<{ readonly lane: ProviderId }>(
    db,
    "select distinct lane from tallies where state in ('queued', 'leased') and entries > 0 order by lane"
  )
  // A purchase that may come to pass the impressions before it stands for itself: when it may, the claim says.
  const next = query<{ readonly at: number | null }>(
    db,
    `select min(at) as at from (
       select * from (
         select ready_at as at from entries where lane = ?1 and ready_at is not null order by ready_at limit 1)
       union all select * from (
         select min(due_at) as at from entries where lane = ?1 and pass_at is not null))`
  )
  const purchase = query<object>(
    db,
    `select 1 from tallies
     where lane = ? and kind = 'purchase' and state in ('queued', 'leased') and entries > 0 limit 1`
  )
  const keep = command(
    db,
    `insert into notes values (?1, ?2, ?3) on conflict (key) do update set note = ?2, made_at = ?3`
  )
  const recall = query<{ readonly note: Uint8Array }>(db, "select note from notes where key = ?")
  const sweepNotes = command(
    db,
    "delete from notes where key in (select key from notes where made_at < ? limit 5000)"
  )
  const sweepKind = command(
    db,
    `delete from entries where seq in (
       select seq from entries where state = 'delivered' and kind = ? and settled_at < ? limit 5000)`
  )
  const sweep = (kind: Kind, before: number) => sweepKind(kind, before)
  const sweepDead = command(
    db,
    "delete from entries where seq in (select seq from entries where state = 'dead' and settled_at < ? limit 5000)"
  )

  return {
    counts: () => counts.all().map(({ oldest, ...count }) => ({ ...count, oldest: oldest ?? undefined })),
    lanes: () => lanes.all().map(({ lane }) => lane),
    hasPurchase: (lane) => purchase.first(lane) !== undefined,
    nextDueAt: (lane) => next.first(lane)?.at ?? undefined,
    note: ({ at, key, note }) => void keep(key, note, at),
    recall: (key) => recall.first(key)?.note,
    sweepSome: ({ dead, impressions, notes, purchases }) =>
      sweep("impression", impressions) + sweep("purchase", purchases) + sweepDead(dead) + sweepNotes(notes)
  }
}
