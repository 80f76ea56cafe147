/** Rows of a SQLite store as entries, and the other way round. */
import type { Claimed, Entry, Known } from "../OutboxStore.ts"

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

export const claimedColumns = `${entryColumns}, attempts, uncertain, seq || '.' || handed as lease`

export interface ClaimedRow extends EntryRow, Pick<Claimed, "attempts" | "lease"> {
  readonly uncertain: 0 | 1
}

export const claimedOf = (row: ClaimedRow): Claimed => ({
  ...entryOf(row),
  lease: row.lease,
  attempts: row.attempts,
  uncertain: row.uncertain === 1
})

export const knownColumns =
  "id, kind, lane, customer, digest, accepted_at, state, attempts, uncertain, settled_at, reason, result"

export interface KnownRow extends Pick<Known, "id" | "kind" | "lane" | "customer" | "digest" | "state" | "attempts"> {
  readonly accepted_at: number
  readonly uncertain: 0 | 1
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
  uncertain: row.uncertain === 1,
  settledAt: row.settled_at ?? undefined,
  reason: row.reason ?? undefined,
  result: row.result ?? undefined
})
