/** Entries as arguments of a script, and its replies as entries. */
import type { ProviderId } from "@priceport/core/domain/Identifier"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import type { Claimed, Count, Entry, Kind, Known, Selection, Settlement } from "../OutboxStore.ts"
import type { ClaimedReply } from "./redisClaims.ts"
import type { KnownReply } from "./redisEntries.ts"

export const entryArguments = (entry: Entry): ReadonlyArray<string> => [
  entry.id,
  entry.kind,
  entry.lane,
  entry.customer,
  entry.digest,
  Base64.encode(entry.payload),
  String(entry.acceptedAt),
  String(entry.dueAt),
  String(entry.expiresAt)
]

export const settlementArguments = (settlement: Settlement): ReadonlyArray<string> => {
  const failed = settlement._tag === "Failed"
  const result = failed ? undefined : settlement.result
  return [
    settlement.id,
    settlement.lease,
    settlement._tag,
    String(failed ? settlement.dueAt : settlement.at),
    settlement._tag === "Delivered" ? "" : settlement.reason,
    failed && settlement.counted ? "1" : "0",
    settlement._tag !== "Delivered" && settlement.lost === true ? "1" : "0",
    result === undefined ? "" : `=${Base64.encode(result)}`
  ]
}

export const selectionArguments = ({ ids, lane }: Selection): ReadonlyArray<string> => [
  ...optional(lane),
  String(ids?.length ?? -1),
  ...ids ?? []
]

/** Two arguments: whether there is one, and it. */
export const optional = (text: string | undefined): ReadonlyArray<string> =>
  text === undefined ? ["0", ""] : ["1", text]

export const knownOf = (
  id: string,
  [kind, lane, customer, digest, acceptedAt, state, attempts, uncertain, settledAt, reason, result]: KnownReply
): Known => ({
  id,
  kind: kind as Kind,
  lane: lane as ProviderId,
  customer,
  digest,
  acceptedAt: Number(acceptedAt),
  state: state as Known["state"],
  attempts: Number(attempts),
  uncertain: uncertain !== null,
  ...(settledAt !== null && { settledAt: Number(settledAt) }),
  ...(reason !== null && { reason }),
  ...(result !== null && { result: bytesOf(result) })
})

export const claimedOf = (
  [id, lease, kind, lane, customer, digest, payload, acceptedAt, dueAt, expiresAt, attempts, uncertain]: ClaimedReply
): Claimed => ({
  id,
  kind: kind as Kind,
  lane: lane as ProviderId,
  customer,
  digest,
  payload: bytesOf(payload),
  acceptedAt: Number(acceptedAt),
  dueAt: Number(dueAt),
  expiresAt: Number(expiresAt),
  lease,
  attempts: Number(attempts),
  uncertain: uncertain !== null
})

/** What a store wrote itself; anything else in its place is a bug. */
export const bytesOf = (text: string): Uint8Array => Result.getOrThrow(Base64.decode(text))

export const countsOf = (
  tallies: ReadonlyArray<readonly [state: string, kind: string, lane: string, entries: string]>,
  oldest: ReadonlyArray<readonly [kind: string, lane: string, at: string]>
): ReadonlyArray<Count> => {
  const counts = new Map<string, { -readonly [K in keyof Count]: Count[K] }>()
  for (const [state, kind, lane, entries] of tallies) {
    const key = `${kind}:${lane}`
    const count = counts.get(key) ??
      { lane: lane as ProviderId, kind: kind as Kind, queued: 0, leased: 0, delivered: 0, dead: 0 }
    count[state as Known["state"]] = Number(entries)
    counts.set(key, count)
  }
  for (const [kind, lane, at] of oldest) {
    const count = counts.get(`${kind}:${lane}`)
    if (count !== undefined) count.oldest = Number(at)
  }
  return Array.from(counts.values())
}

export const lanesOf = (
  tallies: ReadonlyArray<readonly [state: string, kind: string, lane: string, entries: string]>
): ReadonlyArray<ProviderId> =>
  Array.from(
    new Set(
      tallies.flatMap(([state, , lane]) => state === "queued" || state === "leased" ? [lane as ProviderId] : [])
    )
  )
