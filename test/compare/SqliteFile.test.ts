import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@priceport/compare"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import * as SqliteRouting from "@priceport/compare/SqliteRouting"
import { ConfigProvider, Effect, Layer, type Scope, Stream } from "effect"
import { statSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { temporaryFolder } from "./Folder.ts"
import { plan, sale, start, visit } from "./World.ts"

/** Runs a trial with the path of a file that is not there yet. */
const promise = (sentence: string, trial: (filename: string) => Effect.Effect<void, unknown, Scope.Scope>) =>
  it.live(
    sentence,
    () => Effect.scoped(Effect.flatMap(temporaryFolder, (folder) => trial(`${folder}/ledger.db`))),
    30_000
  )

const session = <A, E>(filename: string, use: (ledger: Ledger.Service) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(SqliteLedger.make({ filename }), use))

const rows = (ledger: Ledger.Service) => Stream.runCollect(ledger.rows("vendors"))

describe("SqliteLedger", () => {
  promise("has everything when it is opened again, for its owner's eyes only", (filename) =>
    Effect.gen(function*() {
      yield* session(filename, (ledger) =>
        Effect.gen(function*() {
          yield* ledger.storePlan(plan(), 5)
          yield* ledger.append(visit("ada", "botsi"), 3)
          yield* ledger.record([sale("ada", 1_000_000)])
        }))
      assert.strictEqual(statSync(filename).mode & 0o777, 0o600)
      yield* session(filename, (ledger) =>
        Effect.gen(function*() {
          assert.deepInclude((yield* rows(ledger))[0], { unit: "ada", micros: 1_000_000 })
          assert.deepInclude(yield* ledger.plan("vendors"), { plan: plan(), storedAt: 5, storedBefore: true })
          assert.deepStrictEqual(yield* ledger.record([sale("ada", 1_000_000)]), ["known"])
        }))
    }))

  promise("may be written by two at once, and read beside them", (filename) =>
    Effect.gen(function*() {
      const [one, other] = [yield* SqliteLedger.make({ filename }), yield* SqliteLedger.make({ filename })]
      const reader = yield* SqliteLedger.makeReadOnly({ filename })
      yield* Effect.forEach(Array.from({ length: 20 }), (_, index) =>
        Effect.all([one.append(visit(`a${index}`, "botsi")), other.append(visit(`b${index}`, "corrily"))], {
          concurrency: "unbounded"
        }))
      assert.lengthOf(yield* rows(reader), 40)
      const error = yield* Effect.flip(reader.append(visit("c", "botsi")))
      assert.deepInclude(error, { _tag: "LedgerError", reason: "unavailable" })
    }))

  promise("keeps what counts as slow, whatever it is opened with later", (filename) =>
    Effect.gen(function*() {
      yield* SqliteLedger.make({ filename, slowMs: 250 })
      assert.strictEqual((yield* SqliteLedger.make({ filename, slowMs: 900 })).slowMs, 250)
      assert.strictEqual((yield* SqliteLedger.makeReadOnly({ filename })).slowMs, 250)
    }))

  promise("refuses what is no ledger, or of a later version", (filename) =>
    Effect.gen(function*() {
      const refusal = Effect.flip(Effect.scoped(SqliteLedger.make({ filename })))
      const db = new DatabaseSync(filename)
      db.exec("create table something (a)")
      assert.deepInclude(yield* refusal, { reason: "incompatible" })
      db.exec("drop table something; pragma user_version = 99")
      assert.match((yield* refusal).detail, /newer version/)
      db.close()
      writeFileSync(filename, "no database at all, but text")
      assert.match((yield* refusal).detail, /no SQLite database/)
    }))

  promise("is found by the name in the environment", (filename) =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      assert.strictEqual(ledger.durability, "file")
    }).pipe(
      Effect.provide(
        SqliteLedger.layerConfig.pipe(
          Layer.provide(
            ConfigProvider.layer(ConfigProvider.fromUnknown({ PRICEPORT_LEDGER: filename }))
          )
        )
      )
    ))
})

describe("Plans in a ledger", () => {
  promise("are frozen by the first exposure", (filename) =>
    session(filename, (ledger) =>
      Effect.gen(function*() {
        yield* ledger.storePlan(plan(), 1)
        assert.deepInclude(yield* ledger.storePlan(plan({ cap: 50 }), 2), { storedAt: 2, storedBefore: true })
        yield* ledger.append(visit("ada", "botsi"))
        assert.deepInclude(yield* ledger.storePlan(plan({ cap: 50 }), start + 3), { storedAt: 2, storedBefore: true })
        assert.strictEqual((yield* Effect.flip(ledger.storePlan(plan(), start + 3)))._tag, "PlanFrozen")
      })))

  promise(
    "have no fixed horizon where somebody was exposed before",
    (filename) =>
      session(filename, (ledger) =>
        Effect.gen(function*() {
          yield* ledger.append(visit("ada", "botsi"))
          const fixed = plan({ horizon: { _tag: "fixed", customers: 1000 } })
          assert.strictEqual((yield* Effect.flip(ledger.storePlan(fixed, start + 3)))._tag, "NoPlan")
          assert.deepInclude(yield* ledger.storePlan(plan(), start + 3), { storedBefore: false })
        }))
  )

  promise(
    "that come late are applied to what was told before",
    (filename) =>
      session(filename, (ledger) =>
        Effect.gen(function*() {
          yield* ledger.append(visit("ada", "botsi"))
          yield* ledger.record([sale("ada", 2_000_000, { at: start - 86_400_000 })])
          assert.strictEqual((yield* rows(ledger))[0]!.covariate, 0)
          yield* ledger.storePlan(plan({ covariateDays: 7 }), start + 3)
          assert.strictEqual((yield* rows(ledger))[0]!.covariate, 2_000_000)
        }))
  )
})

describe("SqliteRouting", () => {
  promise("remembers arms and shown prices for the next process", (filename) =>
    Effect.gen(function*() {
      yield* Effect.scoped(Effect.gen(function*() {
        const { keptAssignments, shownPrices } = yield* SqliteRouting.make({ filename })
        yield* keptAssignments.put("vendors", "ada", "botsi")
        yield* shownPrices.put("ada", "onboarding", "botsi")
        yield* shownPrices.put("ada", "onboarding", "corrily")
      }))
      const { keptAssignments, shownPrices } = yield* SqliteRouting.make({ filename })
      assert.strictEqual(yield* keptAssignments.get("vendors", "ada"), "botsi")
      assert.isUndefined(yield* keptAssignments.get("others", "ada"))
      assert.strictEqual(yield* shownPrices.get("ada", "onboarding"), "corrily")
    }))

  promise("goes on from memory where the file is gone", (filename) =>
    Effect.gen(function*() {
      const { keptAssignments } = yield* Effect.scoped(SqliteRouting.make({ filename }))
      yield* keptAssignments.put("vendors", "ada", "botsi")
      assert.strictEqual(yield* keptAssignments.get("vendors", "ada"), "botsi")
      assert.isUndefined(yield* keptAssignments.get("vendors", "ben"))
    }))

  promise("lets one of two writers of a migration's log be first", (filename) =>
    Effect.gen(function*() {
      const [one, other] = [yield* SqliteRouting.make({ filename }), yield* SqliteRouting.make({ filename })]
      const entry = { sequence: 1, at: start, event: { _tag: "Started", from: "botsi", to: "corrily" } } as const
      assert.isTrue(yield* one.migrationState.append("to corrily", entry))
      assert.isFalse(yield* other.migrationState.append("to corrily", entry))
      assert.isFalse(yield* other.migrationState.append("to corrily", { ...entry, sequence: 3 }))
      assert.deepStrictEqual(yield* other.migrationState.read("to corrily", 0), [entry])
      assert.deepStrictEqual(yield* other.migrationState.read("to corrily", 1), [])
      assert.deepStrictEqual(yield* other.migrationState.read("another", 0), [])
    }))

  promise("tells a migration that its log cannot be written", (filename) =>
    Effect.gen(function*() {
      const { migrationState } = yield* Effect.scoped(SqliteRouting.make({ filename }))
      const error = yield* Effect.flip(migrationState.read("to corrily", 0))
      assert.strictEqual(error._tag, "MigrationStateError")
    }))
})
