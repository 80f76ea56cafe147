/** What a report reads, page by page. */
import { query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import type { LatencyCount, Payment, Row, Strays } from "../Ledger.ts"
import type { OutcomeFact } from "./facts.ts"
import { dayOf } from "./skew.ts"
import { rowOf, selected, type Values } from "./sqliteRows.ts"
import { worth } from "./worth.ts"

/** How many rows are read in one go, between which the process gets on with other things. */
const pageSize = 1024

export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** After which customer to go on; none at the end. */
  readonly next: string | undefined
}

export const make = (db: DatabaseSync) => {
  // Arrays: a row as an object of Node's own is a hash table, and a million of them are most of a report's time.
  const rows = db.prepare(
    `select ${selected} from customers where experiment = ? and unit > ? and assigned_at >= ? order by unit limit ${pageSize}`
  )
  rows.setReturnArrays(true)
  const payers = query<Pick<Payment, "unit" | "arm" | "exposedAt"> & { readonly assignedAt: number }>(
    db,
    `select unit, arm, exposed_at as exposedAt, assigned_at as assignedAt from customers
      where experiment = ? and unit > ? and assigned_at >= ? and last_outcome_at is not null and exposed_at is not null
        and overridden = 0
      order by unit limit ${pageSize}`
  )
  const outcomes = query<OutcomeFact>(db, `select id, kind, micros, currency, at, source from outcomes where unit = ?`)
  const latencies = query<LatencyCount>(
    db,
    `select provider, bucket, sum(n) as count from latencies where day >= ? group by provider, bucket
      order by provider, bucket`
  )
  const strays = query<{ readonly kind: string; readonly n: number }>(
    db,
    `select kind, sum(n) as n from strays where day >= ? group by kind`
  )
  const outcomesOf = query<{ readonly outcomes: number; readonly nobodys: number }>(
    db,
    `select count(*) as outcomes,
      coalesce(sum(not exists (select 1 from assignments where assignments.unit = outcomes.unit)), 0) as nobodys
      from outcomes where at >= ?`
  )
  const sets = query<{ readonly id: number; readonly members: string }>(db, `select id, members from vendor_sets`)
  const experiments = query<{ readonly experiment: string }>(
    db,
    `select experiment from plans union select distinct experiment from customers order by 1`
  )

  const page = <A extends { readonly unit: string }>(items: ReadonlyArray<A>): Page<A> => ({
    items,
    next: items.length < pageSize ? undefined : items.at(-1)?.unit
  })

  return {
    rows: (experiment: string, after: string, since: number): Page<Row> =>
      page((rows.all(experiment, after, since) as unknown as ReadonlyArray<Values>).map(rowOf)),
    payments: (experiment: string, after: string, since: number): Page<Payment> => {
      const { items, next } = page(payers.all(experiment, after, since))
      return {
        next,
        items: items.flatMap(({ arm, assignedAt, exposedAt, unit }) =>
          worth(assignedAt, outcomes.all(unit), undefined).changes.map((change) => ({
            unit,
            arm,
            exposedAt,
            ...change
          }))
        )
      }
    },
    latencies: (since: number) => latencies.all(dayOf(since)),
    strays: (since: number): Strays => {
      const { nobodys = 0, outcomes = 0 } = outcomesOf.first(since) ?? {}
      const counts = new Map(strays.all(dayOf(since)).map(({ kind, n }) => [kind, n]))
      return {
        lost: counts.get("lost") ?? 0,
        shows: counts.get("show") ?? 0,
        showsWithoutCustomer: counts.get("showWithoutCustomer") ?? 0,
        outcomesOfNobody: nobodys,
        outcomes
      }
    },
    vendorSets: () =>
      new Map(sets.all().map(({ id, members }) => [id, JSON.parse(members) as ReadonlyArray<string>] as const)),
    experiments: () => experiments.all().map(({ experiment }) => experiment)
  }
}
