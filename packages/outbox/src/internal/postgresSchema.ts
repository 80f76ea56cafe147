/**
 * The tables of a PostgreSQL store, and the way from one version of them to the next.
 *
 * `entries` holds what was accepted. `queues` has a row for each customer with something unsettled: its lock is what
 * keeps two workers off one customer, and its times say when the customer is worth a look, so that a claim reads what is
 * due and nothing else. `tally` counts, spread over slots so that two workers seldom wait for the same row. Handing out
 * and settling are functions in the database, one round trip each: every statement of theirs sees what was committed
 * before it, and so what the locks taken before it protect.
 */
import * as Effect from "effect/Effect"
import { OutboxStoreError } from "../OutboxStore.ts"
import { claimFunction } from "./postgresClaim.ts"
import type { SqlClient } from "./postgresDatabase.ts"
import { refreshFunction } from "./postgresQueues.ts"
import { settleFunction } from "./postgresSettle.ts"
import type { Tables } from "./postgresTables.ts"
import { tables } from "./postgresTables.ts"

/**
 * Each a step from one version to the next; a step that was published never changes. Times are milliseconds since 1970
 * as double precision, which holds every number of the interface as it is.
 */
const steps: ReadonlyArray<(tables: Tables) => ReadonlyArray<string>> = [
  (tables) => {
    const { entries, notes, queues, schema, tally } = tables
    return [
      `create sequence ${schema}.entry_order`,
      `create table ${entries} (
      id text primary key,
      seq bigint not null,
      kind text not null,
      lane text not null,
      customer text not null,
      digest text not null,
      payload bytea not null,
      accepted_at float8 not null,
      due_at float8 not null,
      -- When it may be handed out: due, or the end of its lease.
      ready_at float8 not null,
      expires_at float8 not null,
      state text not null default 'open',
      lease text,
      attempts integer not null default 0,
      settled_at float8,
      reason text,
      result bytea
    ) with (fillfactor = 80)`,
      `create index entries_open on ${entries} (lane, customer, seq) where state = 'open'`,
      `create index entries_purchases on ${entries} (lane, customer, seq) where state = 'open' and kind = 'purchase'`,
      `create index entries_delivered on ${entries} (kind, settled_at) where state = 'delivered'`,
      `create index entries_dead on ${entries} (settled_at, id) where state = 'dead'`,
      `create table ${queues} (
      lane text not null,
      customer text not null,
      head_seq bigint not null,
      head_kind text not null,
      -- When the first entry may be handed out.
      due_at float8 not null,
      -- When the last lease of an impression ends.
      busy_until float8,
      -- The first purchase, which may overtake impressions: when it is ready and none of them is leased.
      overtaking_at float8,
      overtaking_accepted_at float8,
      primary key (lane, customer)
    ) with (fillfactor = 80)`,
      `create index queues_due on ${queues} (lane, due_at, head_seq)`,
      `create index queues_overtaking on ${queues} (lane, overtaking_at)
      where head_kind = 'impression' and overtaking_at is not null`,
      `create table ${tally} (
      lane text not null,
      kind text not null,
      state text not null,
      slot integer not null,
      entries bigint not null,
      primary key (lane, kind, state, slot)
    ) with (fillfactor = 50)`,
      `create table ${notes} (key text primary key, note bytea not null, noted_at float8 not null)`,
      `create index notes_noted on ${notes} (noted_at)`
    ]
  },
  // A row is written three times within seconds. With room for that on its page, no index hears of the second time.
  ({ entries, queues }) => [
    `alter table ${entries} add column uncertain boolean not null default false`,
    `alter table ${entries} set (fillfactor = 65)`,
    `alter table ${queues} set (fillfactor = 50)`,
    `alter table ${queues} drop constraint queues_pkey, add primary key (customer, lane)`
  ]
]

/** Every version replaces them, by its own. */
const functions = (tables: Tables): ReadonlyArray<string> => [
  `drop function if exists ${tables.claim}(text, float8, integer, integer, float8, float8)`,
  `drop function if exists ${tables.settle}(text[], text[], text[], float8[], text[], bytea[], boolean[])`,
  refreshFunction(tables),
  claimFunction(tables),
  settleFunction(tables)
]

/** Refuses tables that are not there or not of this version, and leaves them as they are. */
export const verify = (sql: SqlClient, name: string) =>
  Effect.gen(function*() {
    const names = tables(name)
    const [there] = yield* sql.unsafe<{ versions: boolean }>("select to_regclass($1) is not null as versions", [
      names.versions
    ])
    if (!there?.versions) return yield* incompatible(`there is no outbox in the schema ${names.schema}`)
    const version = yield* newest(sql, names)
    if (version < steps.length) {
      return yield* incompatible("the tables are of an older version: let the application open them once")
    }
    if (version > steps.length) return yield* tooNew(version)
  })

/** Brings the tables to this version. Workers that start at once wait for each other; a newer version is refused. */
export const migrate = (sql: SqlClient, name: string) => {
  const names = tables(name)
  return sql.withTransaction(Effect.gen(function*() {
    yield* sql.unsafe("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`priceport outbox ${name}`])
    const [there] = yield* sql.unsafe<{ schema: boolean; versions: boolean }>(
      "select to_regnamespace($1) is not null as schema, to_regclass($2) is not null as versions",
      [names.schema, names.versions]
    )
    if (!there?.schema) yield* sql.unsafe(`create schema ${names.schema}`)
    if (!there?.versions) yield* sql.unsafe(`create table ${names.versions} (version integer primary key)`)
    const version = yield* newest(sql, names)
    if (version > steps.length) return yield* tooNew(version)
    if (version === steps.length) return
    for (const [index, step] of steps.entries()) {
      if (index < version) continue
      for (const statement of step(names)) yield* sql.unsafe(statement)
      yield* sql.unsafe(`insert into ${names.versions} (version) values ($1)`, [index + 1])
    }
    for (const statement of functions(names)) yield* sql.unsafe(statement)
  }))
}

const newest = (sql: SqlClient, { versions }: Tables) =>
  Effect.map(
    sql.unsafe<{ version: number }>(`select coalesce(max(version), 0) as version from ${versions}`),
    ([row]) => row?.version ?? 0
  )

const incompatible = (detail: string) =>
  Effect.fail(new OutboxStoreError({ reason: "incompatible", operation: "open", detail }))

const tooNew = (version: number) =>
  incompatible(`the tables are of version ${version}, this package knows versions up to ${steps.length}`)
