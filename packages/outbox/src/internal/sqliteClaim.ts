/** Hands entries of a SQLite store out. */
import { query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import type { Claim, Claimed, Kind } from "../OutboxStore.ts"
import { claimedColumns, claimedOf, type ClaimedRow } from "./sqliteRows.ts"

/** One entry of a customer's queue. `at`: from when on it may be handed out, were it the first. */
interface Waiting {
  readonly seq: number
  readonly kind: Kind
  readonly accepted_at: number
  readonly at: number
}

/** Customers who may have something: their first entry is due, a lease ran out, a purchase is old enough to pass. */
const customersSql = {
  passing: `select customer from entries
    where lane = ?1 and pass_at < ?2 and due_at <= ?3 order by pass_at, seq`,
  ready: "select customer from entries where lane = ?1 and ready_at <= ?2 order by ready_at, seq"
}

const waitingColumns = "seq, kind, accepted_at, case state when 'leased' then ready_at else due_at end as at"

export const make = (db: DatabaseSync): (claim: Claim) => ReadonlyArray<Claimed> => {
  const passing = query<{ readonly customer: string }>(db, customersSql.passing)
  const ready = query<{ readonly customer: string }>(db, customersSql.ready)
  const head = query<Waiting>(
    db,
    `select ${waitingColumns} from entries where customer = ? and settled_at is null order by seq limit ?`
  )
  const firstPurchase = query<Waiting>(
    db,
    `select ${waitingColumns} from entries
     where customer = ? and kind = 'purchase' and settled_at is null order by seq limit 1`
  )
  const leasedBefore = query<{ readonly seq: number }>(
    db,
    `select seq from entries
     where customer = ? and settled_at is null and seq < ? and state = 'leased' and ready_at > ? limit 1`
  )
  const handOut = query<ClaimedRow>(
    db,
    `update entries set state = 'leased', uncertain = uncertain or state = 'leased', handed = handed + 1, ready_at = ?,
       pass_at = null
     where seq = ? returning ${claimedColumns}`
  )

  /** What of one customer's queue may be handed out. */
  const allowed = (customer: string, { batch, now, overtakeBefore }: Claim, room: number): ReadonlyArray<Waiting> => {
    const run = head.all(customer, Math.max(1, Math.min(batch, room)))
    const [first] = run
    if (first === undefined) return []
    if (first.at <= now) {
      if (first.kind === "purchase") return [first]
      const end = run.findIndex(({ at, kind }) => kind === "purchase" || at > now)
      return end < 0 ? run : run.slice(0, end)
    }
    const purchase = firstPurchase.first(customer)
    return purchase !== undefined && purchase.at <= now && purchase.accepted_at < overtakeBefore &&
        leasedBefore.first(customer, purchase.seq, now) === undefined
      ? [purchase]
      : []
  }

  return (claim) => {
    const { lane, leaseUntil, limit, now, overtakeBefore } = claim
    const chosen: Array<Waiting> = []
    const seen = new Set<string>()
    const choose = (customers: Iterable<{ readonly customer: string }>) => {
      for (const { customer } of customers) {
        if (chosen.length >= limit) return
        if (seen.has(customer)) continue
        seen.add(customer)
        chosen.push(...allowed(customer, claim, limit - chosen.length))
      }
    }
    choose(passing.each(lane, overtakeBefore, now))
    choose(ready.each(lane, now))
    return chosen
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ seq }) => claimedOf(handOut.first(leaseUntil, seq)!))
  }
}
