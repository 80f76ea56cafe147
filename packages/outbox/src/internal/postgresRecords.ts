/** What is known, what is dead, what may go, and the notes. */
import type { ProviderId } from "@priceport/core/domain/Identifier"
import * as Effect from "effect/Effect"
import type { Count, Kind, Known, Selection, Service } from "../OutboxStore.ts"
import { type Database, type SqlError, time } from "./postgresDatabase.ts"
import { knownColumns, knownOf, type KnownRow } from "./postgresEntries.ts"
import { tally } from "./postgresQueues.ts"
import { selected, selectedBy } from "./postgresReplace.ts"

export const find = ({ rows, tables }: Database) => (id: string): Effect.Effect<Known | undefined, SqlError> =>
  Effect.map(
    rows<KnownRow>(`select ${knownColumns} from ${tables.entries} where id = $1`, [id]),
    ([row]) => row && knownOf(row)
  )

export const nextDueAt =
  ({ rows, tables }: Database) => (lane: ProviderId): Effect.Effect<number | undefined, SqlError> =>
    Effect.map(
      rows<{ at: number | null }>(
        `select least(
          (select due_at from ${tables.queues} where lane = $1 order by due_at limit 1),
          (select overtaking_at from ${tables.queues}
            where lane = $1 and head_kind = 'impression' and overtaking_at is not null
            order by overtaking_at limit 1)
        ) as at`,
        [lane]
      ),
      ([row]) => row?.at ?? undefined
    )

export const lanes = ({ rows, tables }: Database): Effect.Effect<ReadonlyArray<ProviderId>, SqlError> =>
  Effect.map(
    rows<{ lane: ProviderId }>(
      `select lane from ${tables.tally} where state = 'open' group by lane having sum(entries) > 0 order by lane`
    ),
    (found) => found.map(({ lane }) => lane)
  )

export const counts = ({ rows, tables }: Database): Effect.Effect<ReadonlyArray<Count>, SqlError> =>
  Effect.map(
    rows<
      Record<"queued" | "leased" | "delivered" | "dead", number> & {
        readonly lane: ProviderId
        readonly kind: Kind
        readonly oldest: number | null
      }
    >(
      `with open as (
        select lane, kind, count(*)::float8 as held, count(lease)::float8 as leased, min(accepted_at) as oldest
        from ${tables.entries} where state = 'open' group by lane, kind
      ),
      settled as (
        select lane, kind,
          coalesce(sum(entries) filter (where state = 'delivered'), 0)::float8 as delivered,
          coalesce(sum(entries) filter (where state = 'dead'), 0)::float8 as dead
        from ${tables.tally} group by lane, kind
      )
      select lane, kind, coalesce(held, 0) - coalesce(leased, 0) as queued, coalesce(leased, 0) as leased,
        coalesce(delivered, 0) as delivered, coalesce(dead, 0) as dead, oldest
      from open full join settled using (lane, kind)
      where coalesce(held, 0) + coalesce(delivered, 0) + coalesce(dead, 0) > 0
      order by lane, kind`
    ),
    (found) =>
      found.map(({ dead, delivered, kind, lane, leased, oldest, queued }) => ({
        lane,
        kind,
        queued,
        leased,
        delivered,
        dead,
        ...(oldest !== null && { oldest })
      }))
  )

export const dead = ({ rows, tables }: Database) =>
(
  selection: Selection,
  page: { readonly limit: number; readonly after?: string | undefined }
): Effect.Effect<ReadonlyArray<Known>, SqlError> =>
  Effect.map(
    rows<KnownRow>(
      `select ${knownColumns} from ${tables.entries} where ${selected}
        and coalesce((settled_at, id) > (select settled_at, id from ${tables.entries} where id = $3 and state = 'dead'), true)
      order by settled_at, id limit $4`,
      [...selectedBy(selection), page.after ?? null, page.limit]
    ),
    (found) => found.map(knownOf)
  )

export const drop = (database: Database) => (selection: Selection): Effect.Effect<number, SqlError> =>
  remove(database, selected, selectedBy(selection))

export const sweep =
  (database: Database) => (before: Parameters<Service["sweep"]>[0]): Effect.Effect<number, SqlError> =>
    Effect.gen(function*() {
      const delivered = yield* remove(
        database,
        `state = 'delivered' and settled_at < case kind when 'impression' then $1::float8 else $2::float8 end
        and settled_at < greatest($1::float8, $2::float8)`,
        [time(before.impressions), time(before.purchases)]
      )
      const dead = yield* remove(database, "state = 'dead' and settled_at < $1", [time(before.dead)])
      const { rows, tables } = database
      const [notes] = yield* rows<{ count: number }>(
        `with gone as (delete from ${tables.notes} where noted_at < $1 returning key)
      select count(*)::float8 as count from gone`,
        [time(before.notes)]
      )
      return delivered + dead + (notes?.count ?? 0)
    })

const remove = (database: Database, condition: string, parameters: ReadonlyArray<unknown>) =>
  database.together(Effect.gen(function*() {
    const { rows, tables } = database
    const gone = yield* rows<{ lane: string; kind: string; state: string; count: number }>(
      `with gone as (delete from ${tables.entries} where ${condition} returning lane, kind, state)
      select lane, kind, state, count(*)::float8 as count from gone group by lane, kind, state`,
      parameters
    )
    yield* tally(database, gone.map(({ count, ...which }) => ({ ...which, by: -count })))
    return gone.reduce((sum, { count }) => sum + count, 0)
  }))

export const note =
  ({ rows, tables }: Database) => (key: string, note: Uint8Array, at: number): Effect.Effect<void, SqlError> =>
    Effect.asVoid(rows(
      `insert into ${tables.notes} (key, note, noted_at) values ($1, $2, $3)
      on conflict (key) do update set note = excluded.note, noted_at = excluded.noted_at`,
      [key, note, time(at)]
    ))

export const recall = ({ rows, tables }: Database) => (key: string): Effect.Effect<Uint8Array | undefined, SqlError> =>
  Effect.map(rows<{ note: Uint8Array }>(`select note from ${tables.notes} where key = $1`, [key]), ([row]) => row?.note)
