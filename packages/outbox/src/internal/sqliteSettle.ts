/** Keeps what came of entries that a SQLite store handed out. */
import { query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import type { Settlement } from "../OutboxStore.ts"
import type { Queues } from "./sqliteQueues.ts"

const ours = "where id = ?1 and state = 'leased' and seq || '.' || handed = ?2 returning customer"

export const make = (
  db: DatabaseSync,
  { advance }: Queues
): (settlements: ReadonlyArray<Settlement>) => ReadonlyArray<string> => {
  // What was delivered is not sent again: its payload need not be kept.
  const deliver = query<{ readonly customer: string }>(
    db,
    `update entries set state = 'delivered', settled_at = ?3, result = ?4, payload = zeroblob(0), ready_at = null ${ours}`
  )
  // A purchase that was handed out had the right to be, and keeps it; an impression has it only at the head.
  const putBack = query<{ readonly customer: string }>(
    db,
    `update entries set state = 'queued', due_at = ?3, reason = ?4, attempts = attempts + ?5, uncertain = uncertain or ?6,
       ready_at = case when kind = 'purchase' then ?3 end ${ours}`
  )
  const giveUp = query<{ readonly customer: string }>(
    db,
    `update entries set state = 'dead', settled_at = ?3, reason = ?4, result = ?5, uncertain = uncertain or ?6, ready_at = null ${ours}`
  )

  const settle = (settlement: Settlement) => {
    const { id, lease } = settlement
    const lost = settlement._tag !== "Delivered" && settlement.lost === true ? 1 : 0
    switch (settlement._tag) {
      case "Delivered":
        return deliver.first(id, lease, settlement.at, settlement.result ?? null)
      case "Failed":
        return putBack.first(id, lease, settlement.dueAt, settlement.reason, settlement.counted ? 1 : 0, lost)
      case "Dead":
        return giveUp.first(id, lease, settlement.at, settlement.reason, settlement.result ?? null, lost)
    }
  }

  return (settlements) => {
    const lost: Array<string> = []
    const customers = new Set<string>()
    for (const settlement of settlements) {
      const settled = settle(settlement)
      if (settled === undefined) lost.push(settlement.id)
      else customers.add(settled.customer)
    }
    for (const customer of customers) advance(customer)
    return lost
  }
}
