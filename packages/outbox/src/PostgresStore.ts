/**
 * An outbox in PostgreSQL, for as many workers as there are, through `@effect/sql-pg`.
 *
 * ```ts
 * const store = PostgresStore.layer().pipe(Layer.provide(PgClient.layer({ url })))
 * ```
 *
 * A worker locks the customers whose entries it takes and skips those that another one has locked, so that nobody waits
 * and each customer's order holds across workers. The tables are made, and brought up to date, when the layer is built.
 * What was accepted is as safe as the server's `synchronous_commit` and `fsync` make it. Workers that append at the same
 * moment may exceed the capacity by what they append in that moment, no more.
 *
 * @since 0.3.0
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { append } from "./internal/postgresAppend.ts"
import { claim } from "./internal/postgresClaim.ts"
import * as Database from "./internal/postgresDatabase.ts"
import * as Records from "./internal/postgresRecords.ts"
import { redrive, replace } from "./internal/postgresReplace.ts"
import { migrate, verify } from "./internal/postgresSchema.ts"
import { settle } from "./internal/postgresSettle.ts"
import { tables } from "./internal/postgresTables.ts"
import { OutboxStore, type OutboxStoreError, type Service } from "./OutboxStore.ts"

const defaultSchema = "priceport_outbox"

/**
 * - `schema`: the PostgreSQL schema that holds the tables, `priceport_outbox` unless set. Made if it is not there. Outboxes
 *   of different applications or tenants need one each.
 * - `timeout`: how long one operation may take, 10 seconds unless set. An operation that was cut off may still have taken
 *   place; the outbox repeats it.
 * - `migrate`: makes the tables, and brings them up to date, true unless set. Where it is false, a store whose tables are not
 *   there or of an older version is refused with `incompatible`, and left as it is: for a program that looks after the
 *   outbox of another one.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly schema?: string | undefined
  readonly timeout?: Duration.Input | undefined
  readonly migrate?: boolean | undefined
}

/**
 * Makes a store on the `PgClient` at hand, which must not be in the middle of a transaction. Fails with `unavailable`
 * where the server cannot be reached, with `incompatible` where the tables are of a newer version.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make = Effect.fn("PostgresStore.make")(function*(options: Options = {}) {
  const sql = yield* PgClient.PgClient
  const timeout = Duration.fromInputUnsafe(options.timeout ?? "10 seconds")
  const schema = options.schema ?? defaultSchema
  const database = Database.make(sql, tables(schema))

  const run = <A>(name: string, effect: Effect.Effect<A, Database.SqlError | OutboxStoreError>) =>
    Database.operation(name, timeout)(effect)

  const bound = <Arguments extends ReadonlyArray<unknown>, A>(
    name: string,
    operation: (...parameters: Arguments) => Effect.Effect<A, Database.SqlError>
  ) =>
  (...parameters: Arguments) => run(name, operation(...parameters))

  yield* run("open", options.migrate === false ? verify(sql, schema) : migrate(sql, schema))

  const service: Service<"server"> = {
    durability: "server",
    append: bound("append", append(database)),
    claim: bound("claim", claim(database)),
    settle: bound("settle", settle(database)),
    find: bound("find", Records.find(database)),
    replace: bound("replace", replace(database)),
    nextDueAt: bound("nextDueAt", Records.nextDueAt(database)),
    lanes: run("lanes", Records.lanes(database)),
    counts: run("counts", Records.counts(database)),
    dead: bound("dead", Records.dead(database)),
    redrive: bound("redrive", redrive(database)),
    drop: bound("drop", Records.drop(database)),
    sweep: bound("sweep", Records.sweep(database)),
    note: bound("note", Records.note(database)),
    recall: bound("recall", Records.recall(database))
  }
  return service
})

/**
 * @category layers
 * @since 0.3.0
 */
export const layer = (options?: Options): Layer.Layer<OutboxStore, OutboxStoreError, PgClient.PgClient> =>
  Layer.effect(OutboxStore, make(options))

/**
 * - `url`: such as `postgresql://user:password@host:5432/database`.
 * - `maxConnections`: 10 unless set.
 *
 * @category options
 * @since 0.3.0
 */
export interface UrlOptions extends Options {
  readonly url: Redacted.Redacted
  readonly maxConnections?: number | undefined
}

/**
 * A store with connections of its own.
 *
 * @category layers
 * @since 0.3.0
 */
export const layerUrl = (
  { maxConnections, url, ...options }: UrlOptions
): Layer.Layer<OutboxStore, OutboxStoreError> =>
  layer(options).pipe(
    Layer.provide(PgClient.layer({ url, maxConnections })),
    Layer.catchTag("SqlError", (error) => Layer.effect(OutboxStore, Effect.fail(Database.failure("open", error))))
  )

/**
 * What `layerConfig` reads: `PRICEPORT_OUTBOX`, and `PRICEPORT_OUTBOX_POSTGRES_SCHEMA` where it is not the
 * default.
 *
 * @category config
 * @since 0.3.0
 */
export const config: Config.Config<{ readonly url: Redacted.Redacted; readonly schema: string }> = Config.all({
  url: Config.Redacted("PRICEPORT_OUTBOX"),
  schema: Config.String("PRICEPORT_OUTBOX_POSTGRES_SCHEMA").pipe(Config.withDefault(defaultSchema))
})

/**
 * A store with connections of its own, to the server that `config` names.
 *
 * @category layers
 * @since 0.3.0
 */
export const layerConfig = (
  options: Omit<UrlOptions, "url" | "schema"> = {}
): Layer.Layer<OutboxStore, OutboxStoreError | Config.ConfigError> =>
  Layer.unwrap(Effect.map(config, (read) => layerUrl({ ...options, ...read })))
