/**
 * A SQLite file that one process writes.
 *
 * The right to write is a lock on a second file, `<file>-lock`, which SQLite takes from the operating system: it goes
 * when the process goes, however it ends, and readers of the first file never meet it.
 */
import * as SqliteFile from "@priceport/core/sqlite/SqliteFile"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { DatabaseSync } from "node:sqlite"
import { OutboxStoreError } from "../OutboxStore.ts"
import { format } from "./sqliteSchema.ts"

type Opened = Effect.Effect<DatabaseSync, OutboxStoreError, Scope.Scope>

/** Opens a file for the only process that writes it. */
export const openToWrite = (filename: string): Opened =>
  Effect.gen(function*() {
    const path = yield* SqliteFile.create(filename)
    yield* lock(path)
    return yield* SqliteFile.openToWrite(format, path, {
      pragmas: `pragma synchronous = full;
        pragma wal_autocheckpoint = ${checkpointPages};
        pragma cache_size = -${cacheKibibytes}`
    })
  }).pipe(Effect.catchTag("SqliteFileError", notOpened))

/** Opens a file that another process may be writing. */
export const openToRead = (filename: string): Opened =>
  Effect.catchTag(SqliteFile.openToRead(format, filename), "SqliteFileError", notOpened)

/** When `-wal` is written back into the file, 16 MiB: a page that changed several times is written once. */
const checkpointPages = 4096

/** Entries go to random places of two indexes: with 2 MiB, SQLite's own choice, they are read again and again. */
const cacheKibibytes = 16_384

const lock = Effect.fnUntraced(function*(path: string) {
  const db = yield* SqliteFile.connect(yield* SqliteFile.create(`${path}-lock`), { timeout: 0 })
  yield* Effect.try({
    try: () => db.exec("pragma journal_mode = memory; begin exclusive"),
    catch: (cause) =>
      SqliteFile.isLocked(cause)
        ? new OutboxStoreError({
          reason: "in-use",
          operation: "open",
          detail: `${path} is in use by another process, and only one may write it: stop that one, or use another file`
        })
        : unavailable("open", cause)
  })
})

const notOpened = ({ detail, reason }: SqliteFile.SqliteFileError) =>
  Effect.fail(new OutboxStoreError({ reason, operation: "open", detail }))

export const unavailable = (operation: string, cause: unknown): OutboxStoreError =>
  new OutboxStoreError({ reason: "unavailable", operation, detail: SqliteFile.detailOf(cause) })
