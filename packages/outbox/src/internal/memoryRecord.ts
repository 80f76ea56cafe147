import type { Claimed, Entry, Known } from "../OutboxStore.ts"

/** An entry and what became of it. `rank` is its place in the order of acceptance; `version` outdates its old places. */
export interface Record {
  entry: Entry
  rank: number
  version: number
  state: Known["state"]
  attempts: number
  uncertain: boolean
  lease: string | undefined
  leaseUntil: number
  settledAt: number | undefined
  reason: string | undefined
  result: Uint8Array | undefined
}

export const make = (entry: Entry, rank: number, uncertain: boolean): Record => ({
  entry,
  rank,
  version: 0,
  state: "queued",
  attempts: 0,
  uncertain,
  lease: undefined,
  leaseUntil: 0,
  settledAt: undefined,
  reason: undefined,
  result: undefined
})

export const known = (
  { attempts, entry: { acceptedAt, customer, digest, id, kind, lane }, reason, result, settledAt, state, uncertain }:
    Record
): Known => ({
  id,
  kind,
  lane,
  customer,
  digest,
  acceptedAt,
  state,
  attempts,
  uncertain,
  ...(settledAt !== undefined && { settledAt }),
  ...(reason !== undefined && { reason }),
  ...(result !== undefined && { result })
})

export const claimed = ({ attempts, entry, lease = "", uncertain }: Record): Claimed => ({
  ...entry,
  lease,
  attempts,
  uncertain
})

/** When it can be handed out for its own part: when it is due, or when the lease of who has it ends. */
export const availableAt = ({ entry, leaseUntil, state }: Record): number =>
  state === "leased" ? leaseUntil : entry.dueAt

export const isUnsettled = ({ state }: Record): boolean => state === "queued" || state === "leased"
