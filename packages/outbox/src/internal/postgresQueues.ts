/** The rows of `queues`: locking customers, and saying anew what they wait for. */
import * as Effect from "effect/Effect"
import { type Database, texts } from "./postgresDatabase.ts"
import { byIndex, type Tables } from "./postgresTables.ts"

export interface Customer {
  readonly lane: string
  readonly customer: string
}

/**
 * Locks customers until the transaction ends, always in the same order. What is read afterwards stays true.
 *
 * Customers that may have nothing unsettled need `absent: true`, or there is no row to lock.
 */
export const lock = Effect.fnUntraced(
  function*({ rows, tables }: Database, customers: ReadonlyArray<Customer>, options?: { readonly absent: boolean }) {
    const parameters = [texts(customers.map(({ lane }) => lane)), texts(customers.map(({ customer }) => customer))]
    if (options?.absent === true) {
      yield* rows(
        `insert into ${tables.queues} (lane, customer, head_seq, head_kind, due_at)
        select lane, customer, 0, 'none', 'infinity' from (
          select distinct lane, customer from unnest($1::text[], $2::text[]) as given (lane, customer)
          order by lane, customer
        ) as given
        on conflict (lane, customer) do nothing`,
        parameters
      )
    }
    yield* rows(
      `select from ${tables.queues}
      where (lane, customer) in (select * from unnest($1::text[], $2::text[]))
      order by lane, customer for update`,
      parameters
    )
  }
)

/** Says of locked customers what they wait for now, and forgets those with nothing unsettled. */
export const refresh = ({ rows, tables }: Database, customers: ReadonlyArray<Customer>) =>
  rows(`select ${tables.refresh}($1, $2)`, [
    texts(customers.map(({ lane }) => lane)),
    texts(customers.map(({ customer }) => customer))
  ])

/** Takes lanes and customers, both by their place. Their rows are locked. */
export const refreshFunction = ({ entries, queues, refresh }: Tables) =>
  `create or replace function ${refresh}(text[], text[]) returns void language plpgsql ${byIndex} as $$ begin
    with given as (
      select distinct lane, customer from unnest($1, $2) as given (lane, customer)
    ),
    now as materialized (
      select given.lane, given.customer, queue.place, head.seq, head.kind, head.ready_at, busy.until,
        greatest(purchase.ready_at, busy.until) as overtaking_at, purchase.accepted_at
      from given
      cross join lateral (
        select ctid as place from ${queues} queue
        where queue.customer = given.customer and queue.lane || '' = given.lane offset 0
      ) as queue
      left join lateral (
        select seq, kind, ready_at from ${entries} entry
        where entry.lane = given.lane and entry.customer = given.customer and state = 'open' order by seq limit 1
      ) as head on true
      left join lateral (
        select max(ready_at) as until from ${entries} entry
        where entry.lane = given.lane and entry.customer = given.customer and state = 'open'
          and kind = 'impression' and lease is not null and head.kind = 'impression'
      ) as busy on true
      left join lateral (
        select ready_at, accepted_at from ${entries} entry
        where entry.lane = given.lane and entry.customer = given.customer and state = 'open' and kind = 'purchase'
          and head.kind = 'impression'
        order by seq limit 1
      ) as purchase on true
    ),
    gone as (
      delete from ${queues} where ctid = any(array(select place from now where seq is null))
    )
    update ${queues} queue set
      head_seq = now.seq, head_kind = now.kind, due_at = now.ready_at, busy_until = now.until,
      overtaking_at = case when now.accepted_at is not null then now.overtaking_at end,
      overtaking_accepted_at = now.accepted_at
    from now where queue.ctid = any(array(select place from now where seq is not null))
      and queue.customer = now.customer and queue.lane || '' = now.lane;
  end $$`

/** How many entries came into a state, or left it. */
export interface Change {
  readonly lane: string
  readonly kind: string
  readonly state: string
  readonly by: number
}

/** Counts changes in this connection's slot. */
export const tally = Effect.fnUntraced(function*({ rows, tables }: Database, changes: ReadonlyArray<Change>) {
  if (changes.length === 0) return
  yield* rows(
    `insert into ${tables.tally} as tally (lane, kind, state, slot, entries)
    select lane, kind, state, pg_backend_pid() % ${slots}, sum(by)
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]::bigint[]) as change (lane, kind, state, by)
    group by lane, kind, state having sum(by) <> 0 order by lane, kind, state
    on conflict (lane, kind, state, slot) do update set entries = tally.entries + excluded.entries`,
    [
      texts(changes.map(({ lane }) => lane)),
      texts(changes.map(({ kind }) => kind)),
      texts(changes.map(({ state }) => state)),
      texts(changes.map(({ by }) => String(by)))
    ]
  )
})

export const slots = 16
