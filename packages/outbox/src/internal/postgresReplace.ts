/** Putting an entry in the place of another, and dead ones back in line. */
import * as Effect from "effect/Effect"
import { type Entry, isAsSeen, type Known, type Selection } from "../OutboxStore.ts"
import { type Database, texts, time } from "./postgresDatabase.ts"
import { columns, given, knownColumns, knownOf, type KnownRow, parameters } from "./postgresEntries.ts"
import { type Customer, lock, refresh, tally } from "./postgresQueues.ts"

export const replace = (database: Database) => (entry: Entry, seen: Known, uncertain = false) =>
  database.together(Effect.gen(function*() {
    const { rows, tables } = database
    const owners = yield* rows<Customer>(`select lane, customer from ${tables.entries} where id = $1`, [entry.id])
    const customers = [...owners, { lane: entry.lane, customer: entry.customer }]
    yield* lock(database, customers, { absent: true })
    const [before] = yield* rows<KnownRow>(
      `select ${knownColumns} from ${tables.entries} where id = $1 and lease is null for update`,
      [entry.id]
    )
    // Somebody else's by now: its customer is not among those that are locked.
    const moved = before !== undefined &&
      !owners.some(({ customer, lane }) => lane === before.lane && customer === before.customer)
    if (before === undefined || moved || !isAsSeen(knownOf(before), seen)) {
      yield* refresh(database, customers)
      return false
    }
    yield* rows(
      `update ${tables.entries} entry set
        (${columns}, state, attempts, uncertain, settled_at, reason, result) =
        (select ${columns}, 'open', 0, $11::text::boolean, null::float8, null::text, null::bytea from (${
        given(tables.order)
      }) as given)
      where id = $10`,
      [...parameters([entry]), entry.id, String(uncertain)]
    )
    yield* refresh(database, customers)
    yield* tally(database, [
      { lane: before.lane, kind: before.kind, state: before.state === "queued" ? "open" : before.state, by: -1 },
      { lane: entry.lane, kind: entry.kind, state: "open", by: 1 }
    ])
    return true
  }))

export const redrive =
  (database: Database) => (selection: Selection, times: { readonly now: number; readonly expiresAt: number }) =>
    database.together(Effect.gen(function*() {
      const { rows, tables } = database
      const dead = yield* rows<Customer & { readonly id: string }>(
        `select lane, customer, id from ${tables.entries} where ${selected}`,
        selectedBy(selection)
      )
      if (dead.length === 0) return 0
      yield* lock(database, dead, { absent: true })
      const again = yield* rows<Customer & { readonly kind: string }>(
        `update ${tables.entries} entry set
          seq = again.seq, state = 'open', attempts = 0, due_at = $2, ready_at = $2, expires_at = $3,
          settled_at = null, reason = null, result = null
        from (
          select id, nextval(${tables.order}) as seq from (
            select id from ${tables.entries} where id = any($1) and state = 'dead' order by seq for update
          ) as dead
        ) as again
        where entry.id = again.id
        returning entry.lane, entry.customer, entry.kind`,
        [texts(dead.map(({ id }) => id)), time(times.now), time(times.expiresAt)]
      )
      yield* refresh(database, dead)
      yield* tally(
        database,
        again.flatMap(({ kind, lane }) => [
          { lane, kind, state: "dead", by: -1 },
          { lane, kind, state: "open", by: 1 }
        ])
      )
      return again.length
    }))

/** Dead entries, of the lane in `$1` unless it is null, with the ids in `$2` unless that is null. */
export const selected = "state = 'dead' and ($1::text is null or lane = $1) and ($2::text[] is null or id = any($2))"

export const selectedBy = ({ ids, lane }: Selection): ReadonlyArray<unknown> => [
  lane ?? null,
  ids === undefined ? null : texts(ids)
]
