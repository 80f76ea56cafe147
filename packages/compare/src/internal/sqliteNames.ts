/** Who is meant by a name. */
import { command, query } from "@priceport/core/sqlite/SqliteQuery"
import type { DatabaseSync } from "node:sqlite"
import type { Name } from "./names.ts"

export interface Names {
  readonly resolve: (name: Name) => string | undefined
  /** Learns that a name is a customer's; what was told of the name before becomes the customer's. */
  readonly link: (name: Name, unit: string, at: number) => void
}

export const make = (db: DatabaseSync, onMerge: (from: string, to: string) => void): Names => {
  const find = query<{ readonly unit: string; readonly at: number; readonly shared: number }>(
    db,
    `select unit, at, shared from names where name = ?`
  )
  const add = command(db, `insert into names (name, unit, at) values (?, ?, ?)`)
  const lead = command(db, `update names set unit = ?, at = ? where name = ?`)
  const share = command(db, `update names set shared = 1 where name = ?`)
  const follow = command(db, `update names set unit = ? where unit = ?`)
  const merges = [
    `insert into assignments select ?, experiment, arm, first_at, last_at, overridden from assignments where unit = ?
      on conflict do update set first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
        overridden = max(overridden, excluded.overridden)`,
    `insert into serves
      select ?, day, provider, source, standby_for, treatment, first_at, last_at, n, slow from serves where unit = ?
      on conflict do update set first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
        n = n + excluded.n, slow = slow + excluded.slow`,
    `insert into shows select ?, day, provider, standby_for, counted, first_at, last_at, n from shows where unit = ?
      on conflict do update set first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
        n = n + excluded.n`,
    `update outcomes set unit = ? where unit = ?`
  ].map((sql) => command(db, sql))
  const drops = ["assignments", "serves", "shows"].map((table) => command(db, `delete from ${table} where unit = ?`))

  const merge = (from: string, to: string) => {
    for (const run of merges) run(to, from)
    for (const run of drops) run(from)
    follow(to, from)
    onMerge(from, to)
  }

  return {
    resolve: ({ isAddress, text }) => {
      const known = find.first(text)
      if (known === undefined) return isAddress ? undefined : text
      return known.shared === 1 ? undefined : known.unit
    },
    link: ({ isAddress, text }, unit, at) => {
      if (text === unit) return
      const known = find.first(text)
      if (known === undefined) {
        add(text, unit, at)
        if (!isAddress) merge(text, unit)
      } else if (known.unit === unit) {
        if (at > known.at) lead(unit, at, text)
      } else if (isAddress) {
        share(text)
      } else if (at > known.at) {
        lead(unit, at, text)
      }
    }
  }
}
