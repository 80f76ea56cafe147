/** How a ledger talks to PostgreSQL: rows go both ways as JSON, failures without the server's texts, which can hold data. */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { LedgerError } from "../Ledger.ts"
import type { Json } from "./postgresWorkbench.ts"
import { versions } from "./sqliteSchema.ts"

export type { SqlError }

export interface Database {
  /** The rows of a query, in which `$1` is the first parameter. */
  readonly rows: <Row>(
    statement: string,
    parameters?: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<Row>, SqlError>
  readonly run: (statement: string, parameters?: ReadonlyArray<string>) => Effect.Effect<void, SqlError>
  readonly insert: (table: string, rows: ReadonlyArray<Json>, conflict?: string) => Effect.Effect<void, SqlError>
  /** All or nothing, one writer after the other. */
  readonly alone: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | SqlError>
}

export const make = (sql: SqlClient, schema: string): Database => {
  const plain = sql.withoutTransforms()
  const run = (statement: string, parameters: ReadonlyArray<string> = []) =>
    Effect.asVoid(plain.unsafe(statement, parameters))
  return {
    run,
    rows: <Row>(statement: string, parameters: ReadonlyArray<string> = []) =>
      Effect.map(
        plain.unsafe<{ readonly rows: string }>(
          `select coalesce(json_agg(found), '[]')::text as rows from (${statement}) found`,
          parameters
        ),
        ([answer]) => JSON.parse(answer?.rows ?? "[]") as ReadonlyArray<Row>
      ),
    insert: (table, rows, conflict = "") =>
      rows.length === 0 ? Effect.void : run(
        `insert into ${schema}.${table} as old select * from json_populate_recordset(null::${schema}.${table}, $1::json) ${conflict}`,
        [JSON.stringify(rows)]
      ),
    alone: (effect) =>
      sql.withTransaction(
        Effect.andThen(run(`select pg_advisory_xact_lock(hashtext($1))`, [`priceport ${schema}`]), effect)
      )
  }
}

/** The tables of a SQLite ledger, in PostgreSQL's words. Each version once. */
export const migrate = (database: Database, schema: string): Effect.Effect<void, SqlError | LedgerError> =>
  database.alone(Effect.gen(function*() {
    yield* database.run(`create schema if not exists ${schema}`)
    yield* database.run(`set local search_path to ${schema}`)
    yield* database.run(`create table if not exists version (version bigint not null)`)
    const [known] = yield* database.rows<{ readonly version: number }>(`select version from version`)
    const version = known?.version ?? 0
    if (version > versions.length) {
      return yield* new LedgerError({
        reason: "incompatible",
        operation: "open",
        detail: `the tables are of a newer version of @priceport/compare (${version}, known here: ${versions.length})`
      })
    }
    const statements = versions.slice(version).flatMap((step) => step.split(";")).map((text) => text.trim())
    for (const statement of statements.filter((text) => text !== "")) yield* database.run(inPostgres(statement))
    yield* database.run(`delete from version`)
    yield* database.run(`insert into version values (${versions.length})`)
  }))

/** Names compare by their bytes, as they do in SQLite. */
const inPostgres = (statement: string): string =>
  statement
    .replaceAll(/\binteger\b/g, "bigint")
    .replaceAll(/^(\s+\w+) text\b/gm, "$1 text collate \"C\"")
    .replaceAll(/\) without rowid$/g, ")")

export const failure = (operation: string, error: SqlError | LedgerError): LedgerError =>
  isSqlError(error)
    ? new LedgerError({
      reason: error.reason._tag === "SqlSyntaxError" ? "incompatible" : "unavailable",
      operation,
      detail: `PostgreSQL: ${error.reason._tag}`
    })
    : error
