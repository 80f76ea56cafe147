import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@priceport/compare"
import * as Ingest from "@priceport/compare/Ingest"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import { Effect, Stream } from "effect"
import { plan, start, visit } from "./World.ts"

/** Bytes in small pieces, so that lines and characters are cut. */
const bytes = (text: string) => {
  const all = new TextEncoder().encode(text)
  return Stream.fromIterable(
    Array.from({ length: Math.ceil(all.length / 7) }, (_, index) => all.slice(index * 7, index * 7 + 7))
  )
}

const line = (customer: string, change: Record<string, unknown> = {}) =>
  JSON.stringify({
    customer,
    kind: "conversion",
    amount: "9.99",
    currency: "EUR",
    at: "2026-03-02T01:00:00Z",
    transactionId: `t-${customer}`,
    ...change
  })

const header = "transactionId,customer,kind,amount,currency,at"

const money = Effect.fnUntraced(function*(ledger: Ledger.Service) {
  const all = yield* Stream.runCollect(ledger.rows("vendors"))
  return Object.fromEntries(all.map(({ micros, unit }) => [unit, micros]))
})

const promise = (sentence: string, trial: (ledger: Ledger.Service) => Effect.Effect<void, unknown, Ledger.Ledger>) =>
  it.effect(sentence, () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      yield* ledger.storePlan(plan(), 0)
      yield* ledger.append(["ada", "ben", "zoë"].flatMap((unit) => visit(unit, "botsi", start)))
      yield* trial(ledger)
    }).pipe(Effect.provide(SqliteLedger.layer({ filename: ":memory:" }))))

describe("Ingest", () => {
  promise(
    "records outcomes from NDJSON, exact to the cent, and once however often it is read",
    (ledger) =>
      Effect.gen(function*() {
        const file = [
          line("ada"),
          "",
          line("zoë", { amount: 0.1 }),
          line("zoë", { amount: "0.2", kind: "renewal", transactionId: "second" }),
          line("ben", { customer: { id: "ben", profiles: { botsi: "p" } }, amount: undefined, currency: undefined })
        ].join("\n")
        assert.deepInclude(yield* Ingest.ndjson(bytes(file)), { lines: 4, recorded: 4, known: 0, rejected: 0 })
        assert.deepInclude(yield* Ingest.ndjson(bytes(`${file}\r\n`)), { lines: 4, recorded: 0, known: 4, rejected: 0 })
        assert.deepStrictEqual(yield* money(ledger), { ada: 9_990_000, ben: 0, "zoë": 300_000 })
      })
  )

  promise("records outcomes from CSV, in whatever order its columns are", (ledger) =>
    Effect.gen(function*() {
      const file =
        `\uFEFF${header}\r\n"t,1",ada,conversion,9.99,EUR,2026-03-02T01:00:00Z\r\nt2,zoë,conversion,,,2026-03-02T01:00:00Z\r\n`
      assert.deepInclude(yield* Ingest.csv(bytes(file)), { lines: 2, recorded: 2, rejected: 0 })
      assert.deepStrictEqual(yield* money(ledger), { ada: 9_990_000, ben: 0, "zoë": 0 })
    }))

  promise("records nothing of a file with a bad line, and says which and why", (ledger) =>
    Effect.gen(function*() {
      const file = [
        line("ada"),
        "{",
        line("ada", { amount: "9,99" }),
        line("ada", { amount: "-1" }),
        line("ada", { lifetimeValue: 80 }),
        line("ada", { at: "yesterday" }),
        line("ada", { currency: undefined }),
        line("ada", { kind: "upgrade" }),
        line("ada", { customer: {} }),
        line("ada", { amount: "0.0000001" })
      ].join("\n")
      const error = yield* Effect.flip(Ingest.ndjson(bytes(file)))
      assert.strictEqual(error._tag, "BadLines")
      assert.deepStrictEqual(
        error._tag === "BadLines" && error.rejects.map(({ field, line }) => [line, field]),
        [[2, ""], [3, "amount"], [4, "amount"], [5, "lifetimeValue"], [6, "at"], [7, "currency"], [8, "kind"], [
          9,
          "customer"
        ], [
          10,
          "amount"
        ]]
      )
      assert.deepStrictEqual(yield* money(ledger), { ada: 0, ben: 0, "zoë": 0 })
    }))

  promise("records the good lines and reports the bad ones, if asked to", (ledger) =>
    Effect.gen(function*() {
      const file =
        `${header}\nt1,ada,conversion,9.99,EUR,2026-03-02T01:00:00Z\nt2,ben\nt3,ben,conversion,x,EUR,2026-03-02T01:00:00Z\nt1,ada,conversion,5,EUR,2026-03-02T01:00:00Z\n`
      const summary = yield* Ingest.csv(bytes(file), { skipBad: true })
      assert.deepInclude(summary, { recorded: 1, known: 0, rejected: 3 })
      assert.deepStrictEqual(summary.rejects.map(({ line }) => line).toSorted(), [3, 4, 5])
      assert.deepStrictEqual(yield* money(ledger), { ada: 9_990_000, ben: 0, "zoë": 0 })
    }))

  promise("refuses a CSV file without the columns of an outcome, or with others", () =>
    Effect.gen(function*() {
      const refusal = (file: string) =>
        Effect.map(Effect.flip(Ingest.csv(bytes(file))), (error) =>
          error._tag === "BadLines" ? error.rejects[0] : undefined)
      assert.deepInclude(yield* refusal("customer,kind,at\nada,conversion,2026-03-02T01:00:00Z\n"), {
        line: 1,
        issue: "lacks the columns transactionId"
      })
      assert.match((yield* refusal(`${header},ltv\n`))!.issue, /ltv/)
      assert.match((yield* refusal(""))!.issue, /no header/)
      assert.deepInclude(yield* refusal(`${header}\nt1,"ada,conversion\n`), { line: 2 })
    }))

  promise("fails as the file fails", () =>
    Effect.gen(function*() {
      const failing = Stream.concat(bytes(`${header}\n`), Stream.fail("the disk" as const))
      assert.strictEqual(yield* Effect.flip(Ingest.csv(failing)), "the disk")
      assert.strictEqual(yield* Effect.flip(Ingest.ndjson(failing)), "the disk")
    }))
})
