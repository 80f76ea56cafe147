/**
 * What routers must not forget, in the SQLite file of a ledger: arms that customers were put into, whose prices they were
 * shown, and the logs of migrations.
 *
 * Arms and shown prices are on the way of every paywall: a file that cannot be had costs nobody one, nor more than a tenth of
 * a second. It is logged, and a memory of this process goes on. The log of a migration is on the disk before `append` returns,
 * and fails typed.
 *
 * @since 0.4.0
 */
import * as KeptAssignments from "@priceport/core/routing/KeptAssignments"
import * as MigrationState from "@priceport/core/routing/MigrationState"
import * as ShownPrices from "@priceport/core/routing/ShownPrices"
import { transact } from "@priceport/core/sqlite/SqliteFile"
import { command, query } from "@priceport/core/sqlite/SqliteQuery"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { openToWrite, unavailable } from "./internal/sqliteFile.ts"
import type { LedgerError } from "./Ledger.ts"

/**
 * - `filename`: the ledger's file, or one of its own; its folder must exist.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly filename: string
}

/**
 * The three stores of one file.
 *
 * @category models
 * @since 0.4.0
 */
export interface Stores {
  readonly keptAssignments: KeptAssignments.Service
  readonly shownPrices: ShownPrices.Service
  readonly migrationState: MigrationState.Service
}

/**
 * @category constructors
 * @since 0.4.0
 */
export const make = ({ filename }: Options): Effect.Effect<Stores, LedgerError, Scope.Scope> =>
  Effect.flatMap(openToWrite(filename, 100), (db) =>
    Effect.try({
      try: (): Stores => {
        db.exec("pragma synchronous = normal")
        const kept = remembering("an arm", {
          memory: KeptAssignments.makeMemory(),
          find: query<{ readonly value: string }>(
            db,
            `select arm as value from kept_arms where experiment = ? and unit = ?`
          ),
          put: command(db, `replace into kept_arms (experiment, unit, arm, at) values (?, ?, ?, ?)`)
        })
        const shown = remembering("shown prices", {
          memory: ShownPrices.makeMemory(),
          find: query<{ readonly value: string }>(
            db,
            `select provider as value from shown_prices where name = ? and placement = ?`
          ),
          put: command(db, `replace into shown_prices (name, placement, provider, at) values (?, ?, ?, ?)`)
        })
        const entries = query<{ readonly entry: string }>(
          db,
          `select entry from migrations where migration = ? and sequence > ? order by sequence`
        )
        const last = query<{ readonly sequence: number }>(
          db,
          `select coalesce(max(sequence), 0) as sequence from migrations where migration = ?`
        )
        const append = command(db, `insert into migrations values (?, ?, ?)`)
        return {
          keptAssignments: kept,
          shownPrices: shown,
          migrationState: {
            read: (migration, after) =>
              guarded("migration", () => entries.all(migration, after)).pipe(
                Effect.flatMap(Effect.forEach(({ entry }) =>
                  Effect.mapError(
                    decode(entry),
                    () => new MigrationState.MigrationStateError({ why: "an entry cannot be read" })
                  )
                ))
              ),
            append: (migration, entry) =>
              Effect.flatMap(Effect.orDie(encode(entry)), (text) =>
                guarded("migration", () => {
                  try {
                    return transact(db, () => {
                      const isNext = last.first(migration)?.sequence === entry.sequence - 1
                      if (isNext) append(migration, entry.sequence, text)
                      return isNext
                    }, "full")
                  } finally {
                    if (db.isOpen) db.exec("pragma synchronous = normal")
                  }
                }))
          }
        }
      },
      catch: (cause) => unavailable("open", cause)
    }))

/**
 * All three stores for the routers.
 *
 * @category layers
 * @since 0.4.0
 */
export const layer = (
  options: Options
): Layer.Layer<
  KeptAssignments.KeptAssignments | ShownPrices.ShownPrices | MigrationState.MigrationState,
  LedgerError
> =>
  Layer.effectContext(
    Effect.map(make(options), ({ keptAssignments, migrationState, shownPrices }) =>
      Context.make(KeptAssignments.KeptAssignments, keptAssignments).pipe(
        Context.add(ShownPrices.ShownPrices, shownPrices),
        Context.add(MigrationState.MigrationState, migrationState)
      ))
  )

const Line = Schema.fromJsonString(Schema.toCodecJson(MigrationState.Entry))
const decode = Schema.decodeUnknownEffect(Line)
const encode = Schema.encodeEffect(Line)

const guarded = <A>(operation: string, evaluate: () => A): Effect.Effect<A, MigrationState.MigrationStateError> =>
  Effect.try({
    try: evaluate,
    catch: (cause) => new MigrationState.MigrationStateError({ why: unavailable(operation, cause).detail })
  })

/** What both stores of customers are: a value under two names. */
interface Remembered {
  readonly get: (first: string, second: string) => Effect.Effect<string | undefined>
  readonly put: (first: string, second: string, value: string) => Effect.Effect<void>
}

/** A store that goes on from memory while the file cannot be had. */
const remembering = (what: string, { find, memory, put }: {
  readonly memory: Remembered
  readonly find: { readonly first: (...names: ReadonlyArray<string>) => { readonly value: string } | undefined }
  readonly put: (...values: ReadonlyArray<string | number>) => number
}): Remembered => {
  const attempt = <A>(evaluate: () => A, otherwise: Effect.Effect<A>): Effect.Effect<A> =>
    Effect.try({ try: evaluate, catch: (cause) => unavailable(what, cause) }).pipe(
      Effect.catch((error) =>
        Effect.andThen(Effect.logWarning(`The routers' file does not keep ${what}`, error), otherwise)
      )
    )
  const get = (first: string, second: string) =>
    attempt<string | undefined>(() => find.first(first, second)?.value, memory.get(first, second))
  return {
    get,
    put: (first, second, value) =>
      Effect.flatMap(get(first, second), (known) =>
        known === value ? Effect.void : Effect.andThen(
          memory.put(first, second, value),
          Clock.clockWith((clock) =>
            Effect.asVoid(
              attempt(() => put(first, second, value, clock.currentTimeMillisUnsafe()), Effect.succeed(0))
            )
          )
        ))
  }
}
