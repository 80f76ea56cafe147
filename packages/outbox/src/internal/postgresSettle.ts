/** Keeping what came of entries. */
import * as Effect from "effect/Effect"
import type { Settlement } from "../OutboxStore.ts"
import { bytes, type Database, texts, times } from "./postgresDatabase.ts"
import { slots } from "./postgresQueues.ts"
import { byIndex, type Tables } from "./postgresTables.ts"

export const settle = ({ rows, tables }: Database) => (settlements: ReadonlyArray<Settlement>) =>
  settlements.length === 0 ? Effect.succeed([]) : Effect.map(
    rows<{ readonly settled: ReadonlyArray<string> }>(
      `select ${tables.settle}($1, $2, $3, $4, $5, $6, $7::text[]::boolean[], $8::text[]::boolean[]) as settled`,
      [
        texts(settlements.map(({ id }) => id)),
        texts(settlements.map(({ lease }) => lease)),
        texts(settlements.map(({ _tag }) => _tag)),
        times(settlements.map((settlement) => settlement._tag === "Failed" ? settlement.dueAt : settlement.at)),
        texts(settlements.map((settlement) => settlement._tag === "Delivered" ? undefined : settlement.reason)),
        bytes(settlements.map((settlement) => settlement._tag === "Failed" ? undefined : settlement.result)),
        texts(settlements.map((settlement) => String(settlement._tag === "Failed" && settlement.counted))),
        texts(settlements.map((settlement) => String(settlement._tag !== "Delivered" && settlement.lost === true)))
      ]
    ),
    ([answer]) => {
      const mine = new Set(answer?.settled)
      return settlements.flatMap(({ id }) => mine.has(id) ? [] : [id])
    }
  )

/**
 * Takes ids, leases, outcomes, times, reasons, results, whether they count and whether they are lost, each by its place; gives the ids that were
 * the worker's. First it locks the customers: what a worker has changes its customer for nobody.
 */
export const settleFunction = ({ entries, queues, refresh, settle, tally }: Tables) =>
  `create or replace function ${settle}(text[], text[], text[], float8[], text[], bytea[], boolean[], boolean[])
  returns text[] language plpgsql ${byIndex} as $$
  #variable_conflict use_column
  declare
    ids text[];
    lanes text[];
    customers text[];
  begin
    perform from (
      select distinct lane, customer from ${entries} where id = any($1) and lease is not null order by lane, customer
    ) as given cross join lateral (
      select from ${queues} queue where queue.customer = given.customer and queue.lane || '' = given.lane for update
    ) as locked;
    with settled as (
      update ${entries} entry set
        state = case outcome when 'Delivered' then 'delivered' when 'Dead' then 'dead' else 'open' end,
        lease = null,
        due_at = case outcome when 'Failed' then at else due_at end,
        ready_at = case outcome when 'Failed' then at else ready_at end,
        settled_at = case outcome when 'Failed' then null else at end,
        attempts = attempts + counted::integer,
        uncertain = uncertain or lost,
        reason = coalesce(settlement.reason, entry.reason),
        result = settlement.result,
        payload = case outcome when 'Delivered' then '' else payload end
      from unnest($1, $2, $3, $4, $5, $6, $7, $8)
        as settlement (id, lease, outcome, at, reason, result, counted, lost)
      -- Only what is open has a lease.
      where entry.id = any($1) and entry.id = settlement.id and entry.lease = settlement.lease
      returning entry.lane, entry.customer, entry.id, entry.kind, entry.state
    ),
    counted as (
      insert into ${tally} as tally (lane, kind, state, slot, entries)
      select lane, kind, changed.state, pg_backend_pid() % ${slots}, sum(by)
      from settled cross join lateral (values ('open', -1), (settled.state, 1)) as changed (state, by)
      where settled.state <> 'open'
      group by lane, kind, changed.state order by lane, kind, changed.state
      on conflict (lane, kind, state, slot) do update set entries = tally.entries + excluded.entries
    )
    select array_agg(id), array_agg(lane), array_agg(customer) from settled into ids, lanes, customers;
    if ids is null then return '{}'; end if;
    perform ${refresh}(lanes, customers);
    return ids;
  end $$`
