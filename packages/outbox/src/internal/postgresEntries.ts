/** Rows of a PostgreSQL store as entries, and the other way round. */
import type { ProviderId } from "@priceport/core/domain/Identifier"
import type { Claimed, Entry, Kind, Known } from "../OutboxStore.ts"
import { bytes, texts, times } from "./postgresDatabase.ts"

/** What a row is, as a list of entries in parameters `$1` to `$9`, each with its place in the order. */
export const given = (order: string) => `
  select nextval(${order}) as seq, given.*, due_at as ready_at
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::float8[], $8::float8[], $9::float8[])
    as given (id, kind, lane, customer, digest, payload, accepted_at, due_at, expires_at)`

export const columns = "seq, id, kind, lane, customer, digest, payload, accepted_at, due_at, ready_at, expires_at"

export const parameters = (entries: ReadonlyArray<Entry>): ReadonlyArray<unknown> => [
  texts(entries.map(({ id }) => id)),
  texts(entries.map(({ kind }) => kind)),
  texts(entries.map(({ lane }) => lane)),
  texts(entries.map(({ customer }) => customer)),
  texts(entries.map(({ digest }) => digest)),
  bytes(entries.map(({ payload }) => payload)),
  times(entries.map(({ acceptedAt }) => acceptedAt)),
  times(entries.map(({ dueAt }) => dueAt)),
  times(entries.map(({ expiresAt }) => expiresAt))
]

export interface ClaimedRow {
  readonly id: string
  readonly kind: Kind
  readonly lane: ProviderId
  readonly customer: string
  readonly digest: string
  readonly payload: Uint8Array
  readonly accepted_at: number
  readonly due_at: number
  readonly expires_at: number
  readonly lease: string
  readonly attempts: number
  readonly uncertain: boolean
}

export const claimedOf = (row: ClaimedRow): Claimed => ({
  id: row.id,
  kind: row.kind,
  lane: row.lane,
  customer: row.customer,
  digest: row.digest,
  payload: row.payload,
  acceptedAt: row.accepted_at,
  dueAt: row.due_at,
  expiresAt: row.expires_at,
  lease: row.lease,
  attempts: row.attempts,
  uncertain: row.uncertain
})

export const knownColumns =
  `id, kind, lane, customer, digest, accepted_at, attempts, uncertain, settled_at, reason, result,
  case when state <> 'open' then state when lease is null then 'queued' else 'leased' end as state`

export interface KnownRow {
  readonly id: string
  readonly kind: Kind
  readonly lane: ProviderId
  readonly customer: string
  readonly digest: string
  readonly accepted_at: number
  readonly state: Known["state"]
  readonly attempts: number
  readonly uncertain: boolean
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
  uncertain: row.uncertain,
  ...(row.settled_at !== null && { settledAt: row.settled_at }),
  ...(row.reason !== null && { reason: row.reason }),
  ...(row.result !== null && { result: row.result })
})
