/**
 * A ledger in a SQLite file, on Node's own `node:sqlite`: no server, nothing to install.
 *
 * Several processes of one machine may write a file, one transaction at a time; a report is read while they do. Outcomes and
 * plans are on the disk before the call returns; what a journal was told may lose its last second to a power cut. The file
 * belongs on a local disk, is readable by its owner alone, and grows `-wal` and `-shm` beside it. Tables are made and brought
 * up to date when it is opened.
 *
 * SQLite is synchronous: a call holds the process up for as long as the disk takes.
 *
 * @since 0.4.0
 */
import { inMemory, transact } from "@priceport/core/sqlite/SqliteFile"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { DatabaseSync } from "node:sqlite"
import { openToRead, openToWrite, unavailable } from "./internal/sqliteFile.ts"
import * as Intake from "./internal/sqliteIntake.ts"
import * as Plans from "./internal/sqlitePlans.ts"
import * as Reads from "./internal/sqliteReads.ts"
import * as Rollup from "./internal/sqliteRollup.ts"
import * as Settings from "./internal/sqliteSettings.ts"
import { Ledger, type LedgerError, type Service } from "./Ledger.ts"

/**
 * - `filename`: where the file is or is to be; its folder must exist. `:memory:` keeps it in memory, for a test.
 * - `slowMs`: from how many milliseconds on an answer counts as slow, 1,000 unless set. What a file was made with stays.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly filename: string
  readonly slowMs?: number | undefined
}

/**
 * @category constructors
 * @since 0.4.0
 */
export const make = ({ filename, slowMs = 1000 }: Options): Effect.Effect<Service, LedgerError, Scope.Scope> =>
  Effect.flatMap(openToWrite(filename), (db) =>
    Effect.flatMap(
      attempt("open", () => Settings.keep(db, "slowMs", slowMs)),
      (slowMs) => on(db, { durability: filename === inMemory ? "memory" : "file", slowMs })
    ))

/**
 * Opens a file to read a report from. What would change it fails with `unavailable`.
 *
 * @category constructors
 * @since 0.4.0
 */
export const makeReadOnly = (
  { filename }: Pick<Options, "filename">
): Effect.Effect<Service, LedgerError, Scope.Scope> =>
  Effect.flatMap(openToRead(filename), (db) =>
    Effect.flatMap(
      attempt("open", () => Settings.read(db, "slowMs") ?? 1000),
      (slowMs) => on(db, { durability: "file", slowMs })
    ))

/**
 * @category layers
 * @since 0.4.0
 */
export const layer = (options: Options): Layer.Layer<Ledger, LedgerError> => Layer.effect(Ledger, make(options))

/**
 * @category layers
 * @since 0.4.0
 */
export const layerReadOnly = (options: Pick<Options, "filename">): Layer.Layer<Ledger, LedgerError> =>
  Layer.effect(Ledger, makeReadOnly(options))

/**
 * What `layerConfig` reads: `PRICEPORT_LEDGER`.
 *
 * @category config
 * @since 0.4.0
 */
export const config: Config.Config<Options> = Config.all({
  filename: Config.NonEmptyString("PRICEPORT_LEDGER")
})

/**
 * A ledger in the file that `config` names.
 *
 * @category layers
 * @since 0.4.0
 */
export const layerConfig: Layer.Layer<Ledger, LedgerError | Config.ConfigError> = Layer.effect(
  Ledger,
  Effect.flatMap(config, make)
)

const attempt = <A>(operation: string, evaluate: () => A): Effect.Effect<A, LedgerError> =>
  Effect.try({ try: evaluate, catch: (cause) => unavailable(operation, cause) })

const on = Effect.fnUntraced(
  function*(
    db: DatabaseSync,
    { durability, slowMs }: Pick<Service, "durability" | "slowMs">
  ): Effect.fn.Return<Service, LedgerError> {
    const write = <A>(operation: string, synchronous: "full" | "normal", evaluate: () => A) =>
      attempt(operation, () => transact(db, evaluate, synchronous))

    const { intake, plans, reads, rollup } = yield* attempt("open", () => {
      const plans = Plans.make(db)
      const rollup = Rollup.make(db, plans.windowOf)
      return { plans, rollup, reads: Reads.make(db), intake: Intake.make(db, rollup, slowMs) }
    })

    const paged = <A>(operation: string, read: (after: string) => Reads.Page<A>): Stream.Stream<A, LedgerError> =>
      Stream.paginate("", (after) =>
        Effect.map(
          Effect.andThen(Effect.yieldNow, attempt(operation, () => read(after))),
          ({ items, next }) => [items, Option.fromUndefinedOr(next)] as const
        ))

    /** In steps, between which the process gets on with other things. */
    const makeAnew = (experiment: string) =>
      Stream.runForEachArray(
        paged("storePlan", (after) => reads.rows(experiment, after, 0)),
        (rows) => write("storePlan", "normal", () => rollup.refresh(rows.map(({ unit }) => unit)))
      )

    return {
      durability,
      slowMs,
      append: (events, lost = 0) =>
        Clock.clockWith((clock) =>
          write("append", "normal", () => {
            intake.apply(events)
            if (lost > 0) intake.count("lost", clock.currentTimeMillisUnsafe(), lost)
          })
        ),
      record: (outcomes) => write("record", "full", () => intake.record(outcomes)),
      storePlan: (plan, at) =>
        Effect.gen(function*() {
          const { experiment } = plan
          const stored = yield* Effect.fromResult(yield* write("storePlan", "full", () => plans.store(plan, at)))
          if (yield* attempt("storePlan", () => plans.areRowsDue(experiment))) {
            yield* makeAnew(experiment)
            yield* write("storePlan", "full", () => plans.rowsAreMade(experiment))
          }
          return stored
        }),
      plan: (experiment) => attempt("plan", () => plans.find(experiment)),
      experiments: attempt("experiments", reads.experiments),
      rows: (experiment, since = 0) => paged("rows", (after) => reads.rows(experiment, after, since)),
      payments: (experiment, since = 0) => paged("payments", (after) => reads.payments(experiment, after, since)),
      latencies: (since) => attempt("latencies", () => reads.latencies(since)),
      strays: (since) => attempt("strays", () => reads.strays(since)),
      vendorSets: attempt("vendorSets", reads.vendorSets)
    }
  }
)
