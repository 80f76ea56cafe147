/**
 * An outbox in a SQLite file, on Node's own `node:sqlite`: no server, nothing to install.
 *
 * What was accepted is on the disk before the call returns (`synchronous = full`). One process writes a file; a second is
 * refused with `in-use`, until the first has ended, however it did. Others may look on with `layerReadOnly`. What the last
 * process had in its hands when it was killed is handed out again at once.
 *
 * SQLite is synchronous: a call holds the process up for as long as the disk takes. Entries appended in one call are one
 * transaction, which is how many callers share one wait. The file belongs on a local disk; it is readable by its owner
 * alone, and grows `-wal`, `-shm` and `-lock` beside it. Tables are made and brought up to date when it is opened.
 *
 * Node 22 says on stderr that `node:sqlite` is experimental; Node 24 does not.
 *
 * @since 0.3.0
 */
import * as SqliteFile from "@priceport/core/sqlite/SqliteFile"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { DatabaseSync } from "node:sqlite"
import * as Claims from "./internal/sqliteClaim.ts"
import * as Dead from "./internal/sqliteDead.ts"
import { openToRead, openToWrite, unavailable } from "./internal/sqliteFile.ts"
import * as Queues from "./internal/sqliteQueues.ts"
import * as Settlements from "./internal/sqliteSettle.ts"
import { together } from "./internal/sqliteTogether.ts"
import * as Upkeep from "./internal/sqliteUpkeep.ts"
import { OutboxStore, type OutboxStoreError, type Service } from "./OutboxStore.ts"

/**
 * - `filename`: where the file is or is to be. Its folder must exist.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly filename: string
}

/**
 * Opens the file as the one process that writes it.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make = ({ filename }: Options): Effect.Effect<Service<"file">, OutboxStoreError, Scope.Scope> =>
  Effect.flatMap(openToWrite(filename), (db) => on(db, { isWriter: true }))

/**
 * Opens the file to look at it, while another process may be writing. What would change it fails with `unavailable`.
 *
 * @category constructors
 * @since 0.3.0
 */
export const makeReadOnly = ({ filename }: Options): Effect.Effect<Service<"file">, OutboxStoreError, Scope.Scope> =>
  Effect.flatMap(openToRead(filename), (db) => on(db, { isWriter: false }))

/**
 * @category layers
 * @since 0.3.0
 */
export const layer = (options: Options): Layer.Layer<OutboxStore, OutboxStoreError> =>
  Layer.effect(OutboxStore, make(options))

/**
 * @category layers
 * @since 0.3.0
 */
export const layerReadOnly = (options: Options): Layer.Layer<OutboxStore, OutboxStoreError> =>
  Layer.effect(OutboxStore, makeReadOnly(options))

/**
 * What `layerConfig` reads: `PRICEPORT_OUTBOX`.
 *
 * @category config
 * @since 0.3.0
 */
export const config: Config.Config<Options> = Config.all({
  filename: Config.NonEmptyString("PRICEPORT_OUTBOX")
})

/**
 * A store in the file that `config` names.
 *
 * @category layers
 * @since 0.3.0
 */
export const layerConfig: Layer.Layer<OutboxStore, OutboxStoreError | Config.ConfigError> = Layer.effect(
  OutboxStore,
  Effect.flatMap(config, make)
)

const on = Effect.fnUntraced(
  function*(db: DatabaseSync, { isWriter }: { readonly isWriter: boolean }): Effect.fn.Return<
    Service<"file">,
    OutboxStoreError
  > {
    const read = <A>(operation: string, evaluate: () => A) =>
      Effect.try({ try: evaluate, catch: (cause) => unavailable(operation, cause) })

    const transact = <A>(operation: string, synchronous: "full" | "normal", evaluate: () => A) =>
      read(operation, () => SqliteFile.transact(db, evaluate, synchronous))

    const write = <A>(operation: string, evaluate: () => A) => transact(operation, "full", evaluate)

    /** In steps, each a transaction, between which the process gets on with other things. */
    const writeInSteps = (operation: string, some: () => number) =>
      Effect.gen(function*() {
        let all = 0
        for (;;) {
          const count = yield* write(operation, some)
          if (count === 0) return all
          all += count
          yield* Effect.yieldNow
        }
      })

    const { claim, dead, queues, settle, upkeep } = yield* read("open", () => {
      const queues = Queues.make(db)
      return {
        queues,
        claim: Claims.make(db),
        dead: Dead.make(db, queues),
        settle: Settlements.make(db, queues),
        upkeep: Upkeep.make(db)
      }
    })
    if (isWriter) yield* write("open", queues.reclaim)
    const keep = together((notes: ReadonlyArray<Upkeep.Note>) => write("note", () => notes.forEach(upkeep.note)))

    return {
      durability: "file",
      append: (entries, capacity) => write("append", () => queues.append(entries, capacity)),
      // An impression whose lease a power cut takes back is handed out anew. That a purchase may have been sent is not to be
      // forgotten.
      claim: (wanted) =>
        Effect.flatMap(
          read("claim", () => upkeep.hasPurchase(wanted.lane)),
          (hasPurchase) => transact("claim", hasPurchase ? "full" : "normal", () => claim(wanted))
        ),
      settle: (settlements) => write("settle", () => settle(settlements)),
      find: (id) => read("find", () => queues.find(id)),
      replace: (entry, seen, uncertain) => write("replace", () => queues.replace(entry, seen, uncertain)),
      nextDueAt: (lane) => read("nextDueAt", () => upkeep.nextDueAt(lane)),
      lanes: read("lanes", upkeep.lanes),
      counts: read("counts", upkeep.counts),
      dead: (selection, page) => read("dead", () => dead.list(selection, page)),
      redrive: (selection, times) =>
        Effect.flatMap(
          read("redrive", () => dead.redrive(selection, times)),
          (some) => writeInSteps("redrive", some)
        ),
      drop: (selection) => write("drop", () => dead.drop(selection)),
      sweep: (before) => writeInSteps("sweep", () => upkeep.sweepSome(before)),
      note: (key, note, at) => keep({ key, note, at }),
      recall: (key) => read("recall", () => upkeep.recall(key))
    }
  }
)
