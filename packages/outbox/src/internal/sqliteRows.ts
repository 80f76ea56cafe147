/** Rows of a SQLite store as entries, and the other way round. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"
import type { Claimed, Entry, Known } from "../OutboxStore.ts"

/** A statement whose rows are known to the compiler. */
interface Query<Row> {
  readonly all: (...parameters: ReadonlyArray<SQLInputValue>) => ReadonlyArray<Row>
  /** Reads row by row, as far as it is asked to. */
  readonly each: (...parameters: ReadonlyArray<SQLInputValue>) => Iterable<Row>
  readonly first: (...parameters: ReadonlyArray<SQLInputValue>) => Row | undefined
}

export const query = <Row>(db: DatabaseSync, sql: string): Query<Row> => {
  const statement: StatementSync = db.prepare(sql)
  return {
    all: (...parameters) => statement.all(...parameters) as unknown as ReadonlyArray<Row>,
    each: (...parameters) => statement.iterate(...parameters) as unknown as Iterable<Row>,
    first: (...parameters) => statement.get(...parameters) as unknown as Row | undefined
  }
}

/** A statement of which only the number of changed rows counts. */
export const command = (db: DatabaseSync, sql: string): (...parameters: ReadonlyArray<SQLInputValue>) => number => {
  const statement = db.prepare(sql)
  return (...parameters) => Number(statement.run(...parameters).changes)
}

export const entryColumns = "id, kind, lane, customer, digest, payload, accepted_at, due_at, expires_at"

export interface EntryRow extends Pick<Entry, "id" | "kind" | "lane" | "customer" | "digest" | "payload"> {
  readonly accepted_at: number
  readonly due_at: number
  readonly expires_at: number
}

export const entryOf = (row: EntryRow): Entry => ({
  id: row.id,
  kind: row.kind,
  lane: row.lane,
  customer: row.customer,
  digest: row.digest,
  payload: row.payload,
  acceptedAt: row.accepted_at,
  dueAt: row.due_at,
  expiresAt: row.expires_at
})

export const claimedColumns = `${entryColumns}, attempts, seq || '.' || handed as lease`

export interface ClaimedRow extends EntryRow, Pick<Claimed, "attempts" | "lease"> {}

export const claimedOf = (row: ClaimedRow): Claimed => ({ ...entryOf(row), lease: row.lease, attempts: row.attempts })

export const knownColumns = "id, kind, lane, customer, digest, accepted_at, state, attempts, settled_at, reason, result"

export interface KnownRow extends Pick<Known, "id" | "kind" | "lane" | "customer" | "digest" | "state" | "attempts"> {
  readonly accepted_at: number
  readonly settled_at: number | null
  readonly reason: string | null
  readonly result: Uint8Array | null
}

export const knownOf = (row: KnownRow): Known => ({
  id: row.id,
  kind: row.kind,
  lane: row.lane,
  customer: row.customer,
  digest: row.digest,
  acceptedAt: row.accepted_at,
  state: row.state,
  attempts: row.attempts,
  settledAt: row.settled_at ?? undefined,
  reason: row.reason ?? undefined,
  result: row.result ?? undefined
})
