/** The tables of a SQLite store, and how a file of an earlier version becomes one of today. */
import type { Format } from "@priceport/core/sqlite/SqliteFile"

/**
 * From one version to the next; never changed once released, only added to.
 *
 * `seq` is the order of acceptance. `ready_at` says when an entry may be handed out, and stands only on those that may
 * be at all: the first of each customer, by its `due_at`, and what a worker has, by the end of its lease. So a claim reads
 * what it hands out and nothing else, however much waits behind. `pass_at` stands on a customer's first purchase while it
 * waits behind impressions. `handed` counts hand-outs: with `seq` it makes a lease that never comes again. An entry is
 * unsettled while it has no `settled_at`.
 */
const versions: ReadonlyArray<string> = [
  `
  create table entries (
    seq integer primary key autoincrement,
    id text not null unique,
    kind text not null,
    lane text not null,
    customer text not null,
    digest text not null,
    payload blob not null,
    accepted_at integer not null,
    due_at integer not null,
    expires_at integer not null,
    state text not null default 'queued',
    attempts integer not null default 0,
    handed integer not null default 0,
    ready_at integer,
    pass_at integer,
    settled_at integer,
    reason text,
    result blob
  );
  create index ready on entries (lane, ready_at) where ready_at is not null;
  create index passing on entries (lane, pass_at) where pass_at is not null;
  create index unsettled on entries (customer, seq, lane, kind, accepted_at, settled_at) where settled_at is null;
  create index unsettled_purchases on entries (customer) where kind = 'purchase' and settled_at is null;
  create index delivered on entries (kind, settled_at) where state = 'delivered';
  create index dead on entries (settled_at) where state = 'dead';

  create table tallies (
    lane text not null,
    kind text not null,
    state text not null,
    entries integer not null,
    primary key (lane, kind, state)
  ) without rowid;
  create trigger tally_added after insert on entries begin
    insert into tallies values (new.lane, new.kind, new.state, 1)
      on conflict do update set entries = entries + 1;
  end;
  create trigger tally_changed after update of state on entries when old.state <> new.state begin
    update tallies set entries = entries - 1 where lane = old.lane and kind = old.kind and state = old.state;
    insert into tallies values (new.lane, new.kind, new.state, 1)
      on conflict do update set entries = entries + 1;
  end;
  create trigger tally_deleted after delete on entries begin
    update tallies set entries = entries - 1 where lane = old.lane and kind = old.kind and state = old.state;
  end;

  create table notes (key text primary key, note blob not null, made_at integer not null) without rowid;
  create index notes_made on notes (made_at);
  `,
  // What is written at random places is what a transaction costs: it is kept small. The oldest of each kind has a place
  // of its own. And where an attempt was lost, that is remembered.
  `
  alter table entries add column uncertain integer not null default 0;
  drop index unsettled;
  create index unsettled on entries (customer) where settled_at is null;
  create index oldest on entries (lane, kind, accepted_at) where settled_at is null;
  `
]

/** What the file of an outbox is: "PPOB". */
export const format: Format = { applicationId: 0x5050_4f42, writer: "@priceport/outbox", versions }
