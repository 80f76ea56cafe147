import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { Buffer } from "node:buffer"
import { afterAll, beforeAll } from "vitest"
import { ownPostgres, type Server, suite as serverSuite, withoutPostgres } from "../support/Servers.ts"
import { suite } from "./crash/Crash.ts"

let server: Server
let schemas = 0

/** Every row of every table, as text and as bytes. */
const dump = (schema: string) =>
  Effect.gen(function*() {
    const sql = yield* PgClient.make({ url: Redacted.make(server.url) })
    const tables = yield* sql.unsafe<{ name: string }>(
      "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname = $1",
      [schema]
    )
    const rows = yield* Effect.forEach(tables, ({ name }) => sql.unsafe(`select * from ${name}`))
    const cells = rows.flat().flatMap((row) => Object.values(row as Record<string, unknown>))
    return Buffer.concat(cells.map((cell) => cell instanceof Uint8Array ? cell : Buffer.from(`${String(cell)}\n`)))
  }).pipe(Effect.scoped, Effect.provide(Reactivity.layer), Effect.orDie)

serverSuite("Killed workers on PostgreSQL", withoutPostgres, () => {
  beforeAll(async () => {
    server = await ownPostgres()
  }, 60_000)
  afterAll(() => server.stop())

  suite(
    "PostgreSQL",
    Effect.sync(() => {
      const schema = `crash_${schemas++}`
      return { target: { kind: "postgres", url: server.url, schema }, dump: dump(schema) }
    })
  )
})
