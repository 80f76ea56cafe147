/**
 * A report over 1,000,000 customers and five metrics, beside a bare scan of the same rows: all columns of all rows, each made
 * an array and dropped. It may cost three times as much, within 300 MiB, and says the same in whatever order customers were
 * told of and are read.
 *
 * Each measurement is a process of its own. Fewer customers: `node test/bench/compare.ts 100000`.
 */
import * as Analysis from "@priceport/compare/Analysis"
import * as Compare from "@priceport/compare/Compare"
import * as Ledger from "@priceport/compare/Ledger"
import type * as Outcome from "@priceport/compare/Outcome"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import type { Journal } from "@priceport/core"
import { Effect } from "effect"
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"

const [customers = "1000000", task = "all", file = ""] = process.argv.slice(2)
const day = 86_400_000
const start = Date.UTC(2026, 0, 5)
const experiment = "vendors"

const plan = {
  experiment,
  arms: [{ arm: "botsi", weight: 0.5 }, { arm: "corrily", weight: 0.5 }],
  control: "botsi",
  currency: "EUR",
  primary: "conversion",
  secondary: ["revenuePerCustomer", "revenuePerPayer"],
  cap: 200,
  covariateDays: 30,
  horizon: { _tag: "sequence", target: 100_000 }
}

/** A number in [0, 1) that belongs to a customer and a question. */
const chance = (index: number, question: number) => {
  let mixed = Math.imul(index ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(question + 1, 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296
}

const customer = (index: number, named: (index: number) => string) => {
  const unit = named(index)
  const arm = chance(index, 1) < 0.5 ? "botsi" : "corrily"
  const at = start + Math.floor(chance(index, 2) * 28 * day)
  const subject = { kind: "customerUserId", value: unit }
  const ms = Math.exp(4 + 1.2 * (chance(index, 3) + chance(index, 4) + chance(index, 5) - 1.5) * 2)
  const events: ReadonlyArray<Journal.Event> = [
    { _tag: "Assigned", at, experiment, arm, unit, by: "hash" },
    { _tag: "Served", at, ms, unit, subject, provider: arm, placement: "p", source: "live", treatment: "None" },
    { _tag: "Exposed", at: at + 500, provider: arm, placement: "p", paywallId: "1", subject, outcome: "Recorded" }
  ]
  const outcome = (id: string, at: number, tail: number): Outcome.Entry => ({
    id: `${id} ${index}`,
    kind: "conversion",
    units: [unit],
    micros: Math.round(Math.exp(2 + 1.5 * tail) * 100) * 10_000,
    currency: "EUR",
    at,
    source: "told"
  })
  const outcomes = [
    ...chance(index, 6) < (arm === "botsi" ? 0.05 : 0.06) ? [outcome("sale", at + day, chance(index, 7) * 2)] : [],
    ...chance(index, 8) < 0.1 ? [outcome("before", at - 5 * day, chance(index, 7) * 2)] : []
  ]
  return { events, outcomes }
}

const build = (filename: string, count: number, order: (step: number) => number, named: (index: number) => string) =>
  Effect.gen(function*() {
    yield* Compare.storePlan(plan)
    const ledger = yield* Ledger.Ledger
    for (let from = 0; from < count; from += 2000) {
      const some = Array.from(
        { length: Math.min(2000, count - from) },
        (_, step) => customer(order(from + step), named)
      )
      yield* ledger.record(some.flatMap(({ outcomes }) => outcomes))
      yield* ledger.append(some.flatMap(({ events }) => events))
    }
  }).pipe(Effect.provide(SqliteLedger.layer({ filename })))

const report = (filename: string) =>
  Analysis.report(experiment).pipe(Effect.provide(SqliteLedger.layerReadOnly({ filename })))

/** All columns, in the order of a report, page by page. */
const scan = (filename: string) => {
  const db = new DatabaseSync(filename, { readOnly: true })
  const page = db.prepare("select * from customers where experiment = ? and unit > ? order by unit limit 1024")
  page.setReturnArrays(true)
  let rows = 0
  for (let after: unknown = ""; after !== undefined;) {
    const found = page.all(experiment, after as string)
    rows += found.length
    after = (found.at(-1) as unknown as ReadonlyArray<unknown> | undefined)?.[1]
  }
  db.close()
  return rows
}

const timed = async (run: () => unknown) => {
  const rounds: Array<number> = []
  for (let round = 0; round < 5; round++) {
    const began = performance.now()
    await run()
    rounds.push(performance.now() - began)
  }
  return rounds.toSorted((a, b) => a - b)[2]!
}

const peak = () => process.resourceUsage().maxRSS / 1024

const apart = (...task: ReadonlyArray<string>): { readonly ms: number; readonly mib: number } =>
  JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), customers, ...task], { encoding: "utf8" }))

const numbersOf = (value: unknown, path = ""): ReadonlyArray<readonly [string, number]> =>
  typeof value === "number"
    ? [[path, value]]
    : value !== null && typeof value === "object"
    ? Object.entries(value).flatMap(([name, inner]) => numbersOf(inner, `${path}.${name}`))
    : []

if (task === "scan") {
  console.log(JSON.stringify({ ms: await timed(() => scan(file)), mib: peak() }))
} else if (task === "report") {
  console.log(JSON.stringify({ ms: await timed(() => Effect.runPromise(report(file))), mib: peak() }))
} else {
  const folder = mkdtempSync(join(tmpdir(), "priceport-compare-"))
  try {
    const count = Number(customers)
    const large = join(folder, "large.db")
    const began = performance.now()
    await Effect.runPromise(build(large, count, (step) => step, (index) => `customer-${index}`))
    const seconds = (performance.now() - began) / 1000
    console.log(`${count} customers told of in ${seconds.toFixed(0)} s, ${(seconds * 1e6 / count).toFixed(0)} us each`)

    const [first, own, second] = [apart("scan", large), apart("report", large), apart("scan", large)]
    const ratio = own.ms * 2 / (first.ms + second.ms)
    console.log(
      `bare scan ${first.ms.toFixed(0)} ms, report ${own.ms.toFixed(0)} ms, bare scan ${second.ms.toFixed(0)} ms`
    )
    console.log(`report: ${ratio.toFixed(2)} times a bare scan (at most 3), ${own.mib.toFixed(0)} MiB (at most 300)`)

    const few = Math.min(count, 50_000)
    const [there, back] = [join(folder, "there.db"), join(folder, "back.db")]
    await Effect.runPromise(build(there, few, (step) => step, (index) => `a${index}`))
    await Effect.runPromise(build(back, few, (step) => (step * 7919) % few, (index) => `b${few * 9 - index}`))
    const [left, right] = await Promise.all([there, back].map((file) => Effect.runPromise(report(file))))
    const others = new Map(numbersOf({ ...right, planStoredAt: 0 }))
    const furthest = numbersOf({ ...left, planStoredAt: 0 }).reduce(
      (most, [path, value]) =>
        Math.max(most, Math.abs(value - (others.get(path) ?? NaN)) / Math.max(1, Math.abs(value))),
      0
    )
    console.log(
      `told of and read in another order: no number is further off than ${furthest.toExponential(1)} (at most 1e-9)`
    )
    assert.ok(furthest <= 1e-9 && ratio <= 3 && own.mib <= 300)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
