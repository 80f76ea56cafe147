import { assert, it } from "@effect/vitest"
import { Analysis, Compare, Ledger } from "@priceport/compare"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import { Effect } from "effect"
import { plan, population, start } from "./World.ts"

it.effect("a report says how many outcomes belong to nobody it knows", () =>
  Effect.gen(function*() {
    const ledger = yield* Ledger.Ledger
    yield* ledger.storePlan(plan(), 0)
    yield* population(ledger, { botsi: { customers: 500, sales: 0 }, corrily: { customers: 500, sales: 100 } })
    // What one vendor exports names its own profiles, without the vendor's name before them.
    for (let n = 0; n < 100; n++) {
      yield* Compare.recordOutcome({
        customer: `profile-${n}`,
        kind: "conversion",
        amount: "9.99",
        currency: "EUR",
        at: new Date(start + 60_000).toISOString(),
        transactionId: `t-${n}`
      })
    }
    const report = yield* Analysis.report("vendors")
    const check = report.checks.find(({ name }) => (name as string) === "outcomesOfNobody")
    assert.deepInclude(check as object, { count: 100, of: 200 })
  }).pipe(Effect.provide(SqliteLedger.layer({ filename: ":memory:" }))))

it.effect("a day that no month has is no outcome's", () =>
  Effect.gen(function*() {
    const error = yield* Effect.flip(Compare.recordOutcome({
      customer: "ada",
      kind: "conversion",
      at: "2026-02-30T00:00:00Z",
      transactionId: "t"
    }))
    assert.strictEqual(error._tag, "InvalidOutcome")
  }).pipe(Effect.provide(SqliteLedger.layer({ filename: ":memory:" }))))
