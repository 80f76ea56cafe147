/** Storing entries: one statement for as many as there are, as long as there is room for all of them. */
import * as Effect from "effect/Effect"
import { Appended, type Capacity, type Entry } from "../OutboxStore.ts"
import { type Database, type SqlError, texts, time } from "./postgresDatabase.ts"
import { columns, given, knownColumns, knownOf, type KnownRow, parameters } from "./postgresEntries.ts"
import { slots } from "./postgresQueues.ts"

export const append = (database: Database) => {
  const store = (
    entries: ReadonlyArray<Entry>,
    capacity: Capacity
  ): Effect.Effect<ReadonlyArray<Appended>, SqlError> =>
    Effect.gen(function*() {
      if (entries.length === 0) return []
      let admitted = entries
      let added = yield* insert(database, entries, Math.min(capacity.impressions, capacity.total))
      if (added === undefined) {
        admitted = yield* admit(database, entries, capacity)
        added = yield* insert(database, admitted, Infinity)
      }
      const held = new Set(admitted)
      const fresh = new Set(added)
      const appended = entries.map((entry) => {
        if (!held.has(entry)) return Appended.Full()
        return fresh.delete(entry.id) ? Appended.Added() : undefined
      })
      const known = yield* present(database, entries.filter((_, index) => appended[index] === undefined))
      // What was there when it was to be added, and is not any more, was swept in between: once more.
      const gone = entries.filter(({ id }, index) => appended[index] === undefined && !known.has(id))
      const again = (yield* store(gone, capacity)).values()
      return entries.map(({ id }, index) => {
        const there = known.get(id)
        return appended[index] ?? (there ? Appended.Present({ known: there }) : again.next().value ?? Appended.Full())
      })
    })
  return store
}

/** Adds those that are not there, if there is room for all, and says which; a customer's row learns it at once. */
const insert = Effect.fnUntraced(
  function*({ rows, tables }: Database, entries: ReadonlyArray<Entry>, room: number) {
    const [answer] = yield* rows<{ room: boolean; ids: ReadonlyArray<string> }>(
      `with given as materialized (${given(tables.order)}),
      room as materialized (
        select coalesce(sum(entries), 0) + (select count(*) from given) <= $10::float8 as enough
        from ${tables.tally} where state = 'open'
      ),
      added as (
        insert into ${tables.entries} (${columns})
        select ${columns} from given where (select enough from room) order by id, seq
        on conflict (id) do nothing
        returning lane, customer, seq, id, kind, accepted_at, ready_at
      ),
      queued as (
        insert into ${tables.queues} as queue
          (lane, customer, head_seq, head_kind, due_at, overtaking_at, overtaking_accepted_at)
        select head.lane, head.customer, head.seq, head.kind, head.ready_at, purchase.ready_at, purchase.accepted_at
        from (select distinct on (lane, customer) * from added order by lane, customer, seq) as head
        left join (
          select distinct on (lane, customer) * from added where kind = 'purchase' order by lane, customer, seq
        ) as purchase on purchase.lane = head.lane and purchase.customer = head.customer
        order by head.lane, head.customer
        -- The first in line stays first. One stored meanwhile, of an earlier number, asks for a look.
        on conflict (lane, customer) do update set
          due_at = case when excluded.head_seq < queue.head_seq then least(queue.due_at, excluded.due_at)
            else queue.due_at end,
          overtaking_at = coalesce(
            queue.overtaking_at,
            case when excluded.overtaking_at is not null then greatest(excluded.overtaking_at, queue.busy_until) end
          ),
          overtaking_accepted_at = coalesce(queue.overtaking_accepted_at, excluded.overtaking_accepted_at)
      ),
      counted as (
        insert into ${tables.tally} as tally (lane, kind, state, slot, entries)
        select lane, kind, 'open', pg_backend_pid() % ${slots}, count(*) from added
        group by lane, kind order by lane, kind
        on conflict (lane, kind, state, slot) do update set entries = tally.entries + excluded.entries
      )
      select enough as room, array(select id from added) as ids from room`,
      [...parameters(entries), time(room)]
    )
    return answer?.room === true ? answer.ids : undefined
  }
)

/** Those there is room for, one after the other. What other workers add meanwhile is not seen. */
const admit = Effect.fnUntraced(
  function*({ rows, tables }: Database, entries: ReadonlyArray<Entry>, capacity: Capacity) {
    const there = yield* rows<{ id: string }>(`select id from ${tables.entries} where id = any($1)`, [
      texts(entries.map(({ id }) => id))
    ])
    const [open] = yield* rows<{ entries: number }>(
      `select coalesce(sum(entries), 0)::float8 as entries from ${tables.tally} where state = 'open'`
    )
    const ids = new Set(there.map(({ id }) => id))
    let held = open?.entries ?? 0
    return entries.filter((entry) => {
      if (ids.has(entry.id)) return true
      if (held >= (entry.kind === "impression" ? Math.min(capacity.impressions, capacity.total) : capacity.total)) {
        return false
      }
      ids.add(entry.id)
      held++
      return true
    })
  }
)

const present = Effect.fnUntraced(function*({ rows, tables }: Database, entries: ReadonlyArray<Entry>) {
  const found = entries.length === 0 ? [] : yield* rows<KnownRow>(
    `select ${knownColumns} from ${tables.entries} where id = any($1)`,
    [texts(entries.map(({ id }) => id))]
  )
  return new Map(found.map((row) => [row.id, knownOf(row)]))
})
