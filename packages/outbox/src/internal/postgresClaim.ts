/** Handing entries out: locks customers that are due, skips those another worker has, and reads what may go. */
import * as Effect from "effect/Effect"
import type { Claim } from "../OutboxStore.ts"
import { type Database, time } from "./postgresDatabase.ts"
import { claimedOf, type ClaimedRow } from "./postgresEntries.ts"
import { byIndex, type Tables } from "./postgresTables.ts"

export const claim = ({ rows, tables }: Database) => (claim: Claim) =>
  Effect.map(
    rows<ClaimedRow>(`select * from ${tables.claim}($1, $2, $3, $4, $5, $6)`, [
      claim.lane,
      time(claim.now),
      claim.limit,
      claim.batch,
      time(claim.overtakeBefore),
      time(claim.leaseUntil)
    ]),
    (claimed) => claimed.map(claimedOf)
  )

/**
 * Takes a lane, now, limit, batch, `overtakeBefore` and `leaseUntil`, by their place.
 *
 * First it locks as many customers as entries are wanted, the longest due before those whose purchase may overtake. Then it
 * hands out of each the first entries that follow each other and are ready, one unless they are impressions; or, where
 * the first is not ready, the purchase. A customer of whom something is handed out waits for the end of the lease; where
 * somebody had nothing, all are looked at anew.
 */
export const claimFunction = ({ claim, entries, order, queues, refresh }: Tables) =>
  `create or replace function ${claim}(text, float8, integer, integer, float8, float8)
  returns table (id text, kind text, lane text, customer text, digest text, payload bytea, accepted_at float8,
    due_at float8, expires_at float8, lease text, attempts integer, uncertain boolean)
  language plpgsql ${byIndex} as $$
  #variable_conflict use_column
  declare
    customers text[];
    places tid[];
    handed integer;
  begin
    with due as (
      select customer, due_at as at, head_seq as seq, ctid as place from ${queues}
      where lane = $1 and due_at <= $2
      order by due_at, head_seq limit $3 for update skip locked
    ),
    overtaking as (
      -- The others of the lane are not looked at: no index serves the last condition.
      select customer, overtaking_at as at, head_seq as seq, ctid as place from ${queues}
      where lane = $1 and head_kind = 'impression' and overtaking_at <= $2 and overtaking_accepted_at < $5
        and due_at - $2 > 0
      order by overtaking_at limit $3 - (select count(*) from due) for update skip locked
    )
    select array_agg(customer order by at, seq), array_agg(place order by at, seq)
    from (select * from due union all select * from overtaking) as queue
    into customers, places;
    if customers is null then return; end if;
    return query
    with mine as (select customer, place from unnest(customers) with ordinality as mine (customer, place)),
    front as (
      select mine.place, mine.customer, entry.id, entry.seq,
        row_number() over line as nth,
        bool_and(entry.ready_at <= $2) over line as ready,
        bool_and(entry.kind = 'impression') over line as together
      from mine cross join lateral (
        select id, seq, kind, ready_at from ${entries} entry
        where entry.lane = $1 and entry.customer = mine.customer and state = 'open'
        order by seq limit greatest($4, 1)
      ) as entry
      window line as (partition by mine.place order by entry.seq)
    ),
    waiting as (select place, customer from front where nth = 1 and not ready),
    overtaking as (
      select waiting.place, purchase.id, purchase.seq
      from waiting cross join lateral (
        select id, seq, ready_at, accepted_at from ${entries} entry
        where entry.lane = $1 and entry.customer = waiting.customer and state = 'open' and kind = 'purchase'
        order by seq limit 1
      ) as purchase
      where purchase.ready_at <= $2 and purchase.accepted_at < $5 and not exists (
        select from ${entries} entry
        where entry.lane = $1 and entry.customer = waiting.customer and state = 'open'
          and entry.seq < purchase.seq and lease is not null and entry.ready_at > $2
        offset 0
      )
    ),
    ready as (
      select * from (
        select place, id, seq, false as overtakes from front where ready and (nth = 1 or together)
        union all select place, id, seq, true from overtaking
      ) as ready order by place, seq limit $3
    ),
    leased as (
      update ${entries} entry
      set lease = nextval(${order})::text, ready_at = $6, uncertain = uncertain or lease is not null
      where entry.id = any(array(select id from ready))
      returning entry.*
    ),
    first as (
      select distinct on (leased.customer) leased.customer, leased.seq, leased.kind, overtakes
      from leased join ready on ready.id = leased.id order by leased.customer, leased.seq
    ),
    queued as (
      update ${queues} queue set
        head_seq = case when overtakes then head_seq else seq end,
        head_kind = case when overtakes then head_kind else kind end,
        due_at = case when overtakes then queue.due_at else $6 end,
        busy_until = case when overtakes then busy_until when kind = 'impression' then greatest(busy_until, $6) end,
        overtaking_at = case when overtakes or overtaking_at is not null then greatest(overtaking_at, $6) end
      from first where queue.ctid = any(places) and queue.customer = first.customer and queue.lane || '' = $1
    )
    select id, kind, lane, customer, digest, payload, accepted_at, due_at, expires_at, lease, attempts, uncertain
    from leased order by seq;
    get diagnostics handed = row_count;
    if handed < cardinality(customers) then
      perform ${refresh}(array_fill($1, array[cardinality(customers)]), customers);
    end if;
  end $$`
