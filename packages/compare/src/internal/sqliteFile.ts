/** A SQLite file that several processes of one machine may write, one transaction at a time. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
// Effect's FileSystem would ask every application for a platform layer, to create one file.
// @effect-diagnostics-next-line nodeBuiltinImport:off
import * as Fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { LedgerError } from "../Ledger.ts"
import { codeOf, unavailable } from "./sqliteErrors.ts"
import { isCurrent, migrate, misfit } from "./sqliteSchema.ts"

/** Opens a file to write; creates it, for its owner's eyes only, where there is none. */
export const openToWrite = Effect.fnUntraced(
  function*(filename: string, timeout = busyMillis): Effect.fn.Return<DatabaseSync, LedgerError, Scope.Scope> {
    if (filename !== inMemory) yield* create(filename)
    const db = yield* connect(filename, { timeout })
    yield* fit(db)
    yield* attempt(() => {
      db.exec("pragma journal_mode = wal; pragma cache_size = -16000; begin immediate")
      migrate(db)
      db.exec("commit")
    })
    return db
  }
)

/** Opens a file to look at it. */
export const openToRead = Effect.fnUntraced(
  function*(filename: string): Effect.fn.Return<DatabaseSync, LedgerError, Scope.Scope> {
    const db = yield* connect(filename, { readOnly: true, timeout: busyMillis })
    yield* fit(db)
    if (!(yield* attempt(() => isCurrent(db)))) {
      return yield* incompatible("the file was written by an older version: let the application open it once")
    }
    return db
  }
)

export const inMemory = ":memory:"

/** How long SQLite waits for another process's transaction to end. The process stands still for as long. */
const busyMillis = 1000

const create = (filename: string) =>
  Effect.try({
    try: () => Fs.closeSync(Fs.openSync(filename, "wx", 0o600)),
    catch: (cause) => codeOf(cause) === "EEXIST" ? isThere : unavailable("open", cause)
  }).pipe(Effect.catchIf((problem) => problem === isThere, () => Effect.void))

const isThere = "is there"

const connect = (path: string, options: { readonly timeout: number; readonly readOnly?: boolean }) =>
  Effect.acquireRelease(attempt(() => new DatabaseSync(path, options)), (db) => Effect.sync(() => db.close()))

const fit = Effect.fnUntraced(function*(db: DatabaseSync) {
  const detail = yield* attempt(() => misfit(db))
  if (detail !== undefined) return yield* incompatible(detail)
})

const incompatible = (detail: string) =>
  Effect.fail(new LedgerError({ reason: "incompatible", operation: "open", detail }))

const attempt = <A>(evaluate: () => A) => Effect.try({ try: evaluate, catch: (cause) => unavailable("open", cause) })
