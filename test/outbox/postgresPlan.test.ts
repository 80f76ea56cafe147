import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import * as PostgresStore from "@priceport/outbox/PostgresStore"
import { Effect, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { afterAll, beforeAll } from "vitest"
import { ownPostgres, type Server, suite, withoutPostgres } from "../support/Servers.ts"
import { handle } from "./store.ts"
import { append, claim, delivered, impression, plenty, purchase, settle, start } from "./store/Given.ts"

let server: Server

const waiting = 3_000
const portion = 20

suite("PostgresStore, with statistics of other times", withoutPostgres, () => {
  beforeAll(async () => {
    server = await ownPostgres()
  }, 60_000)
  afterAll(() => server.stop())

  for (
    const [when, schema, ...statistics] of [
      ["that there are none of", "never"],
      ["of when there was little", "early", "analyze"],
      [
        "of when everything was delivered",
        "late",
        `insert into late.entries
          (id, seq, kind, lane, customer, digest, payload, accepted_at, due_at, ready_at, expires_at, state, settled_at)
          select 'old ' || n, n, 'impression', 'botsi', 'old ' || n, '', '', 1, 1, 1, 1, 'delivered', 1
          from generate_series(1, 20000) as n`,
        "analyze"
      ]
    ] as const
  ) {
    it.live(
      `${when}, reads the entries it hands out and settles, and not those that wait`,
      () =>
        Effect.scoped(Effect.gen(function*() {
          const url = Redacted.make(server.url)
          // One connection, so that its plans are those it made when there was little.
          const sql = yield* PgClient.make({ url, maxConnections: 1 }).pipe(Effect.provide(Reactivity.layer))
          const store = yield* Effect.provideService(PostgresStore.make({ schema }), PgClient.PgClient, sql)
          for (let round = 0; round < 8; round++) {
            yield* append(store, impression(`few ${round}`), purchase(`sale ${round}`))
            yield* settle(store, ...(yield* claim(store, start)).map((entry) => delivered(entry)))
          }
          for (const statement of statistics) yield* sql.unsafe(statement)
          const other = yield* handle(PostgresStore.layerUrl({ url, schema }))
          yield* other.append(
            Array.from({ length: waiting }, (_, at) => (at % 2 === 0 ? impression : purchase)(`waiting ${at}`)),
            plenty
          )
          const read = yield* sql.withTransaction(Effect.gen(function*() {
            const claimed = yield* claim(store, start, { limit: portion })
            assert.lengthOf(claimed, portion)
            yield* settle(store, ...claimed.map((entry) => delivered(entry)))
            const [row] = yield* sql.unsafe<{ rows: number }>(
              `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 as rows
              from pg_stat_xact_user_tables where schemaname = '${schema}' and relname = 'entries'`
            )
            return row!.rows
          }))
          assert.isBelow(read, 20 * portion)
        })),
      60_000
    )
  }
})
