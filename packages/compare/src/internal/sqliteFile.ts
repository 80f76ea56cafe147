/** The file of a ledger, which several processes of one machine may write, one transaction at a time. */
import * as SqliteFile from "@priceport/core/sqlite/SqliteFile"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { DatabaseSync } from "node:sqlite"
import { LedgerError } from "../Ledger.ts"
import { format } from "./sqliteSchema.ts"

type Opened = Effect.Effect<DatabaseSync, LedgerError, Scope.Scope>

/** Waits for another process so many milliseconds at most. */
export const openToWrite = (filename: string, timeout?: number): Opened =>
  Effect.mapError(
    SqliteFile.openToWrite(format, filename, { timeout, pragmas: "pragma cache_size = -16000" }),
    notOpened
  )

export const openToRead = (filename: string): Opened =>
  Effect.mapError(SqliteFile.openToRead(format, filename), notOpened)

const notOpened = ({ detail, reason }: SqliteFile.SqliteFileError) =>
  new LedgerError({ reason, operation: "open", detail })

export const unavailable = (operation: string, cause: unknown): LedgerError =>
  new LedgerError({ reason: "unavailable", operation, detail: SqliteFile.detailOf(cause) })
