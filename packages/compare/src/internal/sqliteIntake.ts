/** Writes down what was told. Runs within a transaction; gives back whose rows are to be made anew. */
import type { Event, Exposed, Purchased, Served, Unserved } from "@priceport/core/routing/Journal"
import { command, query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import type { Recorded } from "../Ledger.ts"
import type { Entry } from "../Outcome.ts"
import * as Histogram from "../statistics/Histogram.ts"
import { nameOf } from "./names.ts"
import { dayOf } from "./skew.ts"
import * as Names from "./sqliteNames.ts"
import type { Rollup } from "./sqliteRollup.ts"
import { treatments } from "./treatments.ts"

export interface Intake {
  readonly apply: (events: ReadonlyArray<Event>) => void
  readonly count: (kind: string, at: number, n: number) => void
  readonly record: (entries: ReadonlyArray<Entry>) => ReadonlyArray<Recorded>
}

export const make = (db: DatabaseSync, rollup: Rollup, slowMs: number): Intake => {
  let touched = new Set<string>()
  const names = Names.make(db, (from, to) => {
    rollup.forget(from)
    touched.delete(from)
    touched.add(to)
  })
  const person = (unit: string) => names.resolve({ text: unit, isAddress: false }) ?? unit
  /** Whose name it is, and the other names that they were told of under. */
  const meet = (name: string, others: ReadonlyArray<string> = [], at: number) => {
    const unit = person(name)
    for (const text of others) names.link({ text, isAddress: false }, unit, at)
    return unit
  }

  const assign = command(
    db,
    `insert into assignments values (?1, ?2, ?3, ?4, ?4, ?5) on conflict do update set first_at = min(first_at, ?4),
      last_at = max(last_at, ?4), overridden = max(overridden, ?5)`
  )
  const serve = command(
    db,
    `insert into serves values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 1, ?8) on conflict do update set
      first_at = min(first_at, ?7), last_at = max(last_at, ?7), n = n + 1, slow = slow + ?8`
  )
  const show = command(
    db,
    `insert into shows values (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1) on conflict do update set
      first_at = min(first_at, ?6), last_at = max(last_at, ?6), n = n + 1`
  )
  const took = command(db, `insert into latencies values (?, ?, ?, 1) on conflict do update set n = n + 1`)
  const stray = command(db, `insert into strays values (?1, ?2, ?3) on conflict do update set n = n + ?3`)
  const find = query<{ unit: string; micros: number | null; currency: string | null; at: number }>(
    db,
    `select unit, micros, currency, at from outcomes where id = ? and kind = ?`
  )
  const add = command(db, `insert into outcomes values (?, ?, ?, ?, ?, ?, ?)`)
  const earlier = command(db, `update outcomes set at = ? where id = ? and kind = ?`)

  const count = (kind: string, at: number, n: number) => void stray(dayOf(at), kind, n)

  const served = (event: Served) => {
    const { at, ms, provider, source, standbyFor, subject, treatment } = event
    took(dayOf(at), provider, Histogram.bucket(ms))
    if (event.unit === undefined) return
    const unit = meet(event.unit, event.others, at)
    if (subject !== undefined) names.link(nameOf(provider, subject), unit, at)
    const slow = ms >= slowMs ? 1 : 0
    serve(unit, dayOf(at), provider, source, standbyFor ?? "", treatments.indexOf(treatment), at, slow)
    touched.add(unit)
  }

  const unserved = ({ at, provider, unit: name }: Unserved) => {
    if (name === undefined) return
    const unit = person(name)
    serve(unit, dayOf(at), provider, "none", "", treatments.indexOf("Unknown"), at, 0)
    touched.add(unit)
  }

  const exposed = ({ at, outcome, provider, standbyFor, subject }: Exposed) => {
    count("show", at, 1)
    const unit = provider && subject && names.resolve(nameOf(provider, subject))
    if (provider === undefined || unit === undefined) return count("showWithoutCustomer", at, 1)
    show(unit, dayOf(at), provider, standbyFor ?? "", outcome === "NotCounted" ? 0 : 1, at)
    touched.add(unit)
  }

  const purchased = ({ amountMicros, at, currency, environment, provider, subject, transaction }: Purchased) => {
    if (environment !== "production") return count("sandboxPurchase", at, 1)
    const unit = names.resolve(nameOf(provider, subject))
    if (unit === undefined) return count("purchaseWithoutCustomer", at, 1)
    const [micros, known] = amountMicros === undefined || currency === undefined
      ? [null, null]
      : [amountMicros, currency]
    record({ id: transaction, kind: "conversion", units: [unit], micros, currency: known, at, source: "journal" })
  }

  const record = ({ at, currency, id, kind, micros, source, units: [first, ...others] }: Entry): Recorded => {
    const unit = meet(first, others, at)
    const before = find.first(id, kind)
    if (before === undefined) {
      add(id, kind, unit, micros, currency, at, source)
      touched.add(unit)
      return "recorded"
    }
    if (before.unit !== unit || before.micros !== micros || before.currency !== currency) return "conflict"
    if (at < before.at) {
      earlier(at, id, kind)
      touched.add(unit)
    }
    return "known"
  }

  const settle = () => {
    rollup.refresh(touched)
    touched = new Set()
  }

  return {
    count,
    apply: (events) => {
      touched = new Set()
      for (const event of events) {
        switch (event._tag) {
          case "Assigned": {
            const unit = meet(event.unit, event.others, event.at)
            assign(unit, event.experiment, event.arm, event.at, event.by === "override" ? 1 : 0)
            touched.add(unit)
            break
          }
          case "Served":
            served(event)
            break
          case "Unserved":
            unserved(event)
            break
          case "Exposed":
            exposed(event)
            break
          case "Purchased":
            purchased(event)
        }
      }
      settle()
    },
    record: (entries) => {
      touched = new Set()
      const outcome = entries.map(record)
      settle()
      return outcome
    }
  }
}
