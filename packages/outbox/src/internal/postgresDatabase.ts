/** How a PostgreSQL store talks to its server: its own statements, its own transactions, failures without data. */
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type { SqlClient } from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { OutboxStoreError } from "../OutboxStore.ts"
import type { Tables } from "./postgresTables.ts"

export type { SqlClient, SqlError }

export interface Database {
  readonly tables: Tables
  readonly rows: <Row extends object>(
    statement: string,
    parameters?: ReadonlyArray<unknown>
  ) => Effect.Effect<ReadonlyArray<Row>, SqlError>
  /** All or nothing. Statements see what others committed before them. */
  readonly together: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | SqlError>
}

export const make = (sql: SqlClient, tables: Tables): Database => {
  const plain = sql.withoutTransforms()
  return {
    tables,
    rows: <Row extends object>(statement: string, parameters?: ReadonlyArray<unknown>) =>
      plain.unsafe<Row>(statement, parameters),
    together: (effect) => sql.withTransaction(effect)
  }
}

/**
 * Runs an operation: again where the server ended it for the sake of another one, not longer than `timeout`, with what
 * went wrong as the store's own error. The server's texts can hold data, so none of them is kept.
 */
export const operation = (name: string, timeout: Duration.Duration) =>
<A>(
  effect: Effect.Effect<A, SqlError | OutboxStoreError>
): Effect.Effect<A, OutboxStoreError> =>
  effect.pipe(
    Effect.retry({ times: 5, while: (error) => isSqlError(error) && rolledBack.has(error.reason._tag) }),
    Effect.mapError((error) => isSqlError(error) ? failure(name, error) : error),
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () =>
        Effect.fail(
          new OutboxStoreError({
            reason: "unavailable",
            operation: name,
            detail: `PostgreSQL did not answer within ${Duration.format(timeout)}`
          })
        )
    })
  )

/** The failures after which nothing was done, for certain, and which pass. */
const rolledBack = new Set<SqlError["reason"]["_tag"]>(["DeadlockError", "SerializationError"])

export const failure = (operation: string, { reason }: SqlError): OutboxStoreError =>
  new OutboxStoreError({
    reason: reason._tag === "SqlSyntaxError" ? "incompatible" : "unavailable",
    operation,
    detail: reason._tag === "UnknownError" ? `${details.UnknownError}${codeOf(reason.cause)}` : details[reason._tag]
  })

/** PostgreSQL's own code of an error, which holds no data. */
const codeOf = (cause: unknown): string =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && /^[0-9A-Z]{5}$/.test(cause.code)
    ? ` (${cause.code})`
    : ""

const details: Record<SqlError["reason"]["_tag"], string> = {
  AuthenticationError: "PostgreSQL refuses the user or the password",
  AuthorizationError: "the user of the database may not do this",
  ConnectionError: "no connection to PostgreSQL",
  ConstraintError: "PostgreSQL found a constraint violated",
  DeadlockError: "PostgreSQL kept ending the transaction because of a deadlock",
  LockTimeoutError: "a lock was not granted in time",
  SerializationError: "PostgreSQL kept ending the transaction because of another one",
  SqlSyntaxError: "the tables are not what this version expects",
  StatementTimeoutError: "PostgreSQL ended the statement because it took too long",
  UniqueViolation: "PostgreSQL found a constraint violated",
  UnknownError: "PostgreSQL failed"
}

/** A time, whatever number it is. */
export const time = (value: number | undefined) => PgTypes.float8(value ?? null)

export const times = (values: ReadonlyArray<number | undefined>) =>
  Result.getOrThrow(PgTypes.array(values.map((value) => value ?? null), PgTypes.OID.float8))

export const texts = (values: ReadonlyArray<string | undefined>) =>
  Result.getOrThrow(PgTypes.array(values.map((value) => value ?? null), PgTypes.OID.text))

export const bytes = (values: ReadonlyArray<Uint8Array | undefined>) =>
  Result.getOrThrow(PgTypes.array(values.map((value) => value ?? null), PgTypes.OID.bytea))
