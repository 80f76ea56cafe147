/**
 * A SQLite file in which a package of Priceport keeps something, on Node's own `node:sqlite`: opened, known as one of ours,
 * brought up to date, and what goes wrong in words that tell what to do about it.
 *
 * A file is created for its owner's eyes only, in a folder that must exist, and is in WAL mode: readers never wait.
 *
 * @since 0.4.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
// Effect's FileSystem would ask every application for a platform layer, to create one file.
// @effect-diagnostics-next-line nodeBuiltinImport:off
import * as Fs from "node:fs"
import { DatabaseSync } from "node:sqlite"

/**
 * What the files of one package are.
 *
 * - `applicationId`: 32 bits in a file's header that say whose it is.
 * - `writer`: the package that writes them.
 * - `versions`: SQL that leads from one version to the next; never changed once released, only added to.
 *
 * @category models
 * @since 0.4.0
 */
export interface Format {
  readonly applicationId: number
  readonly writer: string
  readonly versions: ReadonlyArray<string>
}

/**
 * A file could not be opened. `incompatible`: it is another program's, or of another version.
 *
 * @category errors
 * @since 0.4.0
 */
export class SqliteFileError extends Data.TaggedError("SqliteFileError")<{
  readonly reason: "unavailable" | "incompatible"
  readonly detail: string
}> {}

/**
 * The name of a database that is in no file.
 *
 * @category models
 * @since 0.4.0
 */
export const inMemory = ":memory:"

/**
 * - `timeout`: how long SQLite waits for another process's transaction to end, in milliseconds, 1000 unless set. This
 *   process stands still for as long.
 * - `pragmas`: SQL that is run before anything is written.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly timeout?: number | undefined
  readonly pragmas?: string | undefined
}

/**
 * Opens a file to write, creates it where there is none, and brings it up to date.
 *
 * @category constructors
 * @since 0.4.0
 */
export const openToWrite = Effect.fnUntraced(
  function*(
    format: Format,
    filename: string,
    { pragmas = "", timeout = busyMillis }: Options = {}
  ): Effect.fn.Return<DatabaseSync, SqliteFileError, Scope.Scope> {
    const path = filename === inMemory ? filename : yield* create(filename)
    const db = yield* connect(path, { timeout })
    yield* fit(format, db)
    yield* attempt(() => {
      db.exec(`pragma journal_mode = wal; ${pragmas}`)
      transact(db, () => migrate(format, db))
    })
    return db
  }
)

/**
 * Opens a file to look at it, also while another process writes it. One of an older version is refused.
 *
 * @category constructors
 * @since 0.4.0
 */
export const openToRead = Effect.fnUntraced(
  function*(format: Format, filename: string): Effect.fn.Return<DatabaseSync, SqliteFileError, Scope.Scope> {
    if (!Fs.existsSync(filename)) return yield* unavailable(`there is no file ${filename}`)
    if (Fs.statSync(filename).isDirectory()) return yield* unavailable(`${filename} is a folder`)
    const db = yield* connect(filename, { readOnly: true, timeout: busyMillis })
    yield* fit(format, db)
    const version = yield* attempt(() => pragma(db, "user_version"))
    if (version === 0) return yield* incompatible(`${filename} holds nothing of ${format.writer} yet`)
    if (version < format.versions.length) {
      return yield* incompatible("the file was written by an older version: let the application open it once")
    }
    return db
  }
)

/**
 * Makes sure that a file is there, and gives its one true path. A file that is there is not opened: to close it again would
 * end the locks that this process holds on it.
 *
 * @category constructors
 * @since 0.4.0
 */
export const create = (filename: string): Effect.Effect<string, SqliteFileError> =>
  attempt(() => {
    try {
      Fs.closeSync(Fs.openSync(filename, "wx", 0o600))
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause
    }
    return Fs.realpathSync(filename)
  })

/**
 * Opens a database as it is, until the scope ends.
 *
 * @category constructors
 * @since 0.4.0
 */
export const connect = (
  path: string,
  options: { readonly timeout: number; readonly readOnly?: boolean }
): Effect.Effect<DatabaseSync, SqliteFileError, Scope.Scope> =>
  Effect.acquireRelease(attempt(() => new DatabaseSync(path, options)), (db) => Effect.sync(() => db.close()))

/**
 * Runs statements as one transaction, all or nothing. It is on the disk when it returns (`full`), or after a power cut either
 * there or not (`normal`); without either, as the connection is set.
 *
 * @category combinators
 * @since 0.4.0
 */
export const transact = <A>(db: DatabaseSync, evaluate: () => A, synchronous?: "full" | "normal"): A => {
  try {
    db.exec(`${synchronous === undefined ? "" : `pragma synchronous = ${synchronous}; `}begin immediate`)
    const result = evaluate()
    db.exec("commit")
    return result
  } catch (cause) {
    if (db.isOpen && db.isTransaction) db.exec("rollback")
    throw cause
  }
}

/**
 * What SQLite, or the system, means by a failure. None of the data is in it.
 *
 * @category conversions
 * @since 0.4.0
 */
export const detailOf = (cause: unknown): string => {
  const code = codeOf(cause)
  return details[code ?? ""] ?? `SQLite failed with ${code ?? "something unforeseen"}`
}

/**
 * Whether another connection has the file locked.
 *
 * @category predicates
 * @since 0.4.0
 */
export const isLocked = (cause: unknown): boolean => codeOf(cause) === 5

const busyMillis = 1000

/** SQLite's primary result code, or the code of a failed call to the system. */
const codeOf = (cause: unknown): number | string | undefined => {
  if (!(cause instanceof Error)) return undefined
  if ("errcode" in cause && typeof cause.errcode === "number") return cause.errcode & 0xff
  return "code" in cause && typeof cause.code === "string" ? cause.code : undefined
}

const notThere = "the file cannot be opened: its folder must exist, and this process must be allowed to write there"
const full = "the disk is full: nothing of this was stored"

const details: Record<number | string, string> = {
  5: "another program has the file locked",
  8: "the file can only be read",
  10: "the disk failed",
  11: "the file is damaged: put it aside and start with a new one; sqlite3's .recover gets back what can be read",
  13: full,
  14: notThere,
  26: "the file is no SQLite database",
  EACCES: notThere,
  EISDIR: notThere,
  ENOENT: notThere,
  ENOSPC: full,
  ENOTDIR: notThere,
  EROFS: notThere,
  ERR_INVALID_STATE: "the file is closed"
}

/** Refuses a file that this version cannot work with. */
const fit = ({ applicationId, versions, writer }: Format, db: DatabaseSync): Effect.Effect<void, SqliteFileError> =>
  Effect.flatMap(
    attempt(() => ({
      version: pragma(db, "user_version"),
      isEmpty: db.prepare("select 1 from sqlite_schema limit 1").get() === undefined,
      isOurs: pragma(db, "application_id") === applicationId
    })),
    ({ isEmpty, isOurs, version }) => {
      if (version > versions.length) {
        return incompatible(
          `the file was written by a newer version of ${writer} (${version}, known here: ${versions.length}): update, or use another file`
        )
      }
      return isEmpty || isOurs
        ? Effect.void
        : incompatible("the file is the SQLite database of something else: use another file")
    }
  )

const migrate = ({ applicationId, versions }: Format, db: DatabaseSync): void => {
  for (const step of versions.slice(pragma(db, "user_version"))) db.exec(step)
  db.exec(`pragma application_id = ${applicationId}; pragma user_version = ${versions.length}`)
}

const pragma = (db: DatabaseSync, name: "user_version" | "application_id"): number =>
  Number(db.prepare(`pragma ${name}`).get()?.[name])

const unavailable = (detail: string) => Effect.fail(new SqliteFileError({ reason: "unavailable", detail }))

const incompatible = (detail: string) => Effect.fail(new SqliteFileError({ reason: "incompatible", detail }))

const attempt = <A>(evaluate: () => A): Effect.Effect<A, SqliteFileError> =>
  Effect.try({
    try: evaluate,
    catch: (cause) => new SqliteFileError({ reason: "unavailable", detail: detailOf(cause) })
  })
