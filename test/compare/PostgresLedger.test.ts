import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { Analysis, Ledger } from "@priceport/compare"
import * as PostgresLedger from "@priceport/compare/PostgresLedger"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import { Effect, Layer, ManagedRuntime, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { afterAll, beforeAll } from "vitest"
import { type Server, somePostgres, suite, withoutSomePostgres } from "../support/Servers.ts"
import { assigned, day, exposed, plan, population, sale, served, start, visit } from "./World.ts"

let server: Pick<Server, "stop" | "url">
let schemas = 0
const connections = ManagedRuntime.make(
  Layer.suspend(() => PgClient.layer({ url: Redacted.make(server.url), maxConnections: 5 }))
)

/** Runs a trial with the name of a schema that is not there yet, dropped afterwards. */
const promise = (
  sentence: string,
  trial: (schema: string) => Effect.Effect<void, unknown, PgClient.PgClient>
) =>
  it.effect(sentence, () =>
    Effect.scoped(Effect.gen(function*() {
      const sql = yield* Effect.promise(() => connections.runPromise(PgClient.PgClient))
      const schema = yield* Effect.acquireRelease(
        Effect.sync(() => `priceport_compare_${process.pid}_${schemas++}`),
        (schema) => Effect.orDie(sql.unsafe(`drop schema if exists ${schema} cascade`))
      )
      yield* TestClock.setTime(start + 14 * day)
      yield* Effect.provideService(trial(schema), PgClient.PgClient, sql)
    })), 30_000)

/** All that can be read of a ledger, vendors by name. */
const content = Effect.fnUntraced(function*(ledger: Ledger.Service) {
  const sets = yield* ledger.vendorSets
  const rows = yield* Stream.runCollect(ledger.rows("vendors"))
  return {
    rows: rows.map((row) => ({ ...row, served: sets.get(row.served), standby: sets.get(row.standby) })),
    payments: yield* Stream.runCollect(ledger.payments("vendors")),
    latencies: yield* ledger.latencies(0),
    strays: yield* ledger.strays(0),
    plan: yield* ledger.plan("vendors"),
    experiments: yield* ledger.experiments
  }
})

/** A bit of everything, in several calls. */
const life = Effect.fnUntraced(function*(ledger: Ledger.Service) {
  const subject = { kind: "profileId", value: "p1" }
  yield* ledger.append([
    assigned("botsi:p1", "botsi"),
    served("botsi:p1", "botsi", { subject, ms: 1500 }),
    exposed("", "botsi", { subject }),
    ...visit("ben", "corrily"),
    { ...exposed("", ""), provider: undefined, subject: undefined, outcome: "NotCounted" }
  ], 2)
  const answers = [
    yield* ledger.record([sale("botsi:p1", 5_000_000), sale("ben", 3_000_000, { currency: "USD" }), sale("ben", 1)]),
    yield* ledger.record([sale("ada", 7_000_000, { id: "sale of ben" })])
  ]
  yield* ledger.storePlan(plan({ covariateDays: 30 }), start + day)
  yield* ledger.append([
    served("ada", "corrily", { subject, at: start + day, standbyFor: "botsi", source: "bundled" }),
    served("ada", "botsi", { subject, at: start + day })
  ])
  yield* ledger.record([
    sale("ada", 9_000_000, { id: "before", at: start - day }),
    sale("ada", null, { id: "sale of botsi:p1", kind: "refund", at: start + 2 * day })
  ])
  return answers
})

suite("PostgresLedger", withoutSomePostgres, () => {
  beforeAll(async () => {
    server = await somePostgres()
  }, 60_000)
  afterAll(async () => {
    await connections.dispose()
    await server.stop()
  })

  promise("holds what a SQLite ledger holds that was told the same", (schema) =>
    Effect.scoped(Effect.gen(function*() {
      const ours = yield* PostgresLedger.make({ schema })
      const sqlite = yield* SqliteLedger.make({ filename: ":memory:" })
      assert.deepStrictEqual(yield* life(ours), yield* life(sqlite))
      assert.deepStrictEqual(yield* content(ours), yield* content(sqlite))
      assert.deepStrictEqual((yield* content(ours)).rows.map(({ micros, unit }) => [unit, micros]), [["ada", 0], [
        "ben",
        3_000_000
      ]])
    })))

  promise("gives the same report", (schema) =>
    Effect.gen(function*() {
      const report = Effect.gen(function*() {
        const ledger = yield* Ledger.Ledger
        yield* ledger.storePlan(plan(), start - day)
        yield* population(ledger, {
          botsi: { customers: 800, sales: 100, days: 5 },
          corrily: { customers: 780, sales: 150, days: 5 }
        })
        return yield* Analysis.report("vendors")
      })
      assert.deepStrictEqual(
        yield* Effect.provide(report, PostgresLedger.layer({ schema })),
        yield* Effect.provide(report, SqliteLedger.layer({ filename: ":memory:" }))
      )
    }))

  promise("lets several processes write at once, and loses nothing", (schema) =>
    Effect.gen(function*() {
      const ledgers = yield* Effect.all([PostgresLedger.make({ schema }), PostgresLedger.make({ schema, slowMs: 5 })], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(ledgers.map(({ slowMs }) => slowMs).toSorted(), [ledgers[0].slowMs, ledgers[0].slowMs])
      yield* Effect.forEach(
        Array.from({ length: 12 }, (_, index) => index),
        (index) =>
          Effect.andThen(
            ledgers[index % 2]!.append(visit("ada", "botsi", start + index)),
            ledgers[index % 2]!.record([sale("ada", 1_000_000, { id: `sale ${index % 6}` })])
          ),
        { concurrency: 6, discard: true }
      )
      const [row] = yield* Stream.runCollect(ledgers[0].rows("vendors"))
      assert.deepInclude(row, { answers: 12, shows: 12, micros: 6_000_000 })
    }))

  promise("keeps a plan from the first exposure on", (schema) =>
    Effect.gen(function*() {
      const ledger = yield* PostgresLedger.make({ schema })
      yield* ledger.storePlan(plan(), 1)
      yield* ledger.append(visit("ada", "botsi"))
      assert.deepInclude(yield* ledger.storePlan(plan(), 2), { storedAt: 1, storedBefore: true })
      assert.strictEqual((yield* Effect.flip(ledger.storePlan(plan({ cap: 5 }), 2)))._tag, "PlanFrozen")
      assert.strictEqual((yield* ledger.plan("vendors"))?.plan.cap, 100)
    }))

  promise("says that the server is gone", () =>
    Effect.gen(function*() {
      const error = yield* PostgresLedger.make().pipe(
        Effect.provide(PgClient.layer({ url: Redacted.make("postgresql://nobody@127.0.0.1:1/none") })),
        Effect.flip
      )
      assert.deepInclude(error, { _tag: "LedgerError", reason: "unavailable" })
    }))
})
