/**
 * A SQLite file that one process writes.
 *
 * The right to write is a lock on a second file, `<file>-lock`, which SQLite takes from the operating system: it goes
 * when the process goes, however it ends, and readers of the first file never meet it.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
// Effect's FileSystem would ask every application for a platform layer, to create one file.
// @effect-diagnostics-next-line nodeBuiltinImport:off
import * as Fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { OutboxStoreError } from "../OutboxStore.ts"
import { codeOf, unavailable } from "./sqliteErrors.ts"
import { isCurrent, migrate, misfit } from "./sqliteSchema.ts"

/** Opens a file for the only process that writes it; creates it, for its owner's eyes only, where there is none. */
export const openToWrite = Effect.fnUntraced(
  function*(filename: string): Effect.fn.Return<DatabaseSync, OutboxStoreError, Scope.Scope> {
    const path = yield* create(filename)
    yield* lock(path)
    const db = yield* connect(path, { timeout: busyMillis })
    yield* fit(db)
    yield* attempt(() => {
      db.exec(
        `pragma journal_mode = wal; pragma wal_autocheckpoint = ${checkpointPages}; pragma cache_size = -${cacheKibibytes}`
      )
      db.exec("pragma synchronous = full; begin immediate")
      migrate(db)
      db.exec("commit")
    })
    return db
  }
)

/** Opens a file that another process may be writing. */
export const openToRead = Effect.fnUntraced(
  function*(filename: string): Effect.fn.Return<DatabaseSync, OutboxStoreError, Scope.Scope> {
    const db = yield* connect(filename, { readOnly: true, timeout: busyMillis })
    yield* fit(db)
    if (!(yield* attempt(() => isCurrent(db)))) {
      return yield* incompatible("the file was written by an older version: let the application open it once")
    }
    return db
  }
)

/** When `-wal` is written back into the file, 16 MiB: a page that changed several times is written once. */
const checkpointPages = 4096

/** Entries go to random places of two indexes: with 2 MiB, SQLite's own choice, they are read again and again. */
const cacheKibibytes = 16_384

/** How long SQLite waits for a lock that another program holds for a moment. */
const busyMillis = 1000

/**
 * Makes sure that a file is there, and gives its one true path. A file that is there must not be opened here: to close it
 * again would end the locks that this process holds on it.
 */
const create = (filename: string) =>
  Effect.try({
    try: () => Fs.closeSync(Fs.openSync(filename, "wx", 0o600)),
    catch: (cause) => codeOf(cause) === "EEXIST" ? isThere : unavailable("open", cause)
  }).pipe(
    Effect.catchIf((problem) => problem === isThere, () => Effect.void),
    Effect.andThen(attempt(() => Fs.realpathSync(filename)))
  )

const isThere = "is there"

const lock = Effect.fnUntraced(function*(path: string) {
  const db = yield* connect(yield* create(`${path}-lock`), { timeout: 0 })
  yield* Effect.try({
    try: () => db.exec("pragma journal_mode = memory; begin exclusive"),
    catch: (cause) =>
      codeOf(cause) === 5
        ? new OutboxStoreError({
          reason: "in-use",
          operation: "open",
          detail: `${path} is in use by another process, and only one may write it: stop that one, or use another file`
        })
        : unavailable("open", cause)
  })
})

const connect = (path: string, options: { readonly timeout: number; readonly readOnly?: boolean }) =>
  Effect.acquireRelease(attempt(() => new DatabaseSync(path, options)), (db) => Effect.sync(() => db.close()))

const fit = Effect.fnUntraced(function*(db: DatabaseSync) {
  const detail = yield* attempt(() => misfit(db))
  if (detail !== undefined) return yield* incompatible(detail)
})

const incompatible = (detail: string) =>
  Effect.fail(new OutboxStoreError({ reason: "incompatible", operation: "open", detail }))

const attempt = <A>(evaluate: () => A) => Effect.try({ try: evaluate, catch: (cause) => unavailable("open", cause) })
