import { assert, describe, it } from "@effect/vitest"
import { type Ledger } from "@priceport/compare"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import { Effect, Stream } from "effect"
import { assigned, day, exposed, plan, random, sale, served, shuffled, start, visit } from "./World.ts"

const memory = SqliteLedger.make({ filename: ":memory:" })

const rows = (ledger: Ledger.Service) => Stream.runCollect(ledger.rows("vendors"))

const row = (ledger: Ledger.Service) => Effect.map(rows(ledger), ([first]) => first!)

/** Runs a trial with an empty ledger that has a plan. */
const promise = (sentence: string, trial: (ledger: Ledger.Service) => Effect.Effect<void, unknown>) =>
  it.effect(sentence, () =>
    Effect.scoped(Effect.gen(function*() {
      const ledger = yield* memory
      yield* ledger.storePlan(plan({ covariateDays: 30 }), 0)
      yield* trial(ledger)
    })))

describe("Ledger", () => {
  promise(
    "keeps a row for each customer: arm, exposure, who served, what was paid",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.append(visit("ada", "botsi"))
        yield* ledger.record([sale("ada", 9_990_000)])
        assert.deepInclude(yield* row(ledger), {
          unit: "ada",
          arm: "botsi",
          arms: 1,
          assignedAt: start,
          exposedAt: start + 20,
          answers: 1,
          slow: 0,
          shows: 1,
          convertedAt: start + 60_000,
          paid: 1,
          micros: 9_990_000,
          currency: "EUR"
        })
        const sets = yield* ledger.vendorSets
        assert.deepStrictEqual(sets.get((yield* row(ledger)).served), ["botsi"])
      })
  )

  promise(
    "counts an outcome once for its transaction, and keeps what was told first of two stories",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.append(visit("ada", "botsi"))
        assert.deepStrictEqual(
          yield* ledger.record([
            sale("ada", 5_000_000),
            sale("ada", 5_000_000),
            sale("ada", 6_000_000),
            sale("ben", 5_000_000, { id: "sale of ada" })
          ]),
          ["recorded", "known", "conflict", "conflict"]
        )
        assert.strictEqual((yield* row(ledger)).micros, 5_000_000)
      })
  )

  promise("takes a refund off its transaction, up to what it brought", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.append(visit("ada", "botsi"))
      const renewal = sale("ada", 4_000_000, { kind: "renewal", id: "second" })
      const refund = sale("ada", 1_000_000, { kind: "refund", at: start + day })
      const more = sale("ada", 9_000_000, { kind: "refund", id: "second", at: start + day })
      const stray = sale("ada", 3_000_000, { kind: "refund", id: "unheard of", at: start + day })
      yield* ledger.record([sale("ada", 5_000_000), renewal, refund, more, stray])
      assert.deepInclude(yield* row(ledger), {
        micros: 4_000_000,
        paid: 1,
        refundsWithoutSale: 1,
        refundsAboveSale: 1
      })
    }))

  promise("takes all of a transaction back where the refund names no amount", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.append(visit("ada", "botsi"))
      yield* ledger.record([sale("ada", null, { kind: "refund", at: start + day }), sale("ada", 5_000_000)])
      assert.deepInclude(yield* row(ledger), { micros: 0, convertedAt: start + 60_000 })
    }))

  promise(
    "keeps what was before the assignment apart, as what is known of the customer",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.append(visit("ada", "botsi"))
        yield* ledger.record([
          sale("ada", 7_000_000, { id: "last week", at: start - 7 * day }),
          sale("ada", 8_000_000, { id: "last year", at: start - 360 * day })
        ])
        assert.deepInclude(yield* row(ledger), {
          micros: 0,
          convertedAt: null,
          covariate: 7_000_000,
          earlyOutcomes: 2
        })
      })
  )

  promise("takes a trial for a conversion that nothing was paid for", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.append(visit("ada", "botsi"))
      yield* ledger.record([sale("ada", 0, { currency: "USD" })])
      assert.deepInclude(yield* row(ledger), { convertedAt: start + 60_000, paid: 0, micros: 0, currency: null })
    }))

  promise(
    "takes a validated purchase of the Play Store for a conversion, one of a sandbox for nothing",
    (ledger) =>
      Effect.gen(function*() {
        const purchased = {
          _tag: "Purchased",
          at: start + 60_000,
          provider: "botsi",
          subject: { kind: "customerUserId", value: "ada" },
          transaction: "hash",
          productId: "coins",
          environment: "production"
        } as const
        yield* ledger.append([
          ...visit("ada", "botsi"),
          { ...purchased, amountMicros: 4_500_000, currency: "EUR" },
          { ...purchased, amountMicros: 4_500_000, currency: "EUR", at: start + 90_000 },
          { ...purchased, transaction: "other", environment: "sandbox", amountMicros: 1, currency: "EUR" }
        ])
        assert.deepInclude(yield* row(ledger), { micros: 4_500_000, convertedAt: start + 60_000, unpriced: 0 })
        yield* ledger.append([{ ...purchased, transaction: "of the App Store" }])
        assert.deepInclude(yield* row(ledger), { micros: 4_500_000, unpriced: 1 })
      })
  )

  promise("finds the customer behind a vendor's name, told before or after", (ledger) =>
    Effect.gen(function*() {
      const subject = { kind: "profileId", value: "p1" }
      yield* ledger.append([exposed("", "botsi", { subject, at: start + 30 })])
      yield* ledger.append([assigned("ada", "botsi"), served("ada", "botsi", { subject })])
      assert.deepInclude(yield* row(ledger), { unit: "ada", exposedAt: start + 30 })
    }))

  promise("makes one customer of an anonymous profile and who logs in with it", (ledger) =>
    Effect.gen(function*() {
      const subject = { kind: "profileId", value: "p1" }
      const anonymous = "botsi:p1"
      yield* ledger.append([
        assigned(anonymous, "botsi"),
        served(anonymous, "botsi", { subject }),
        exposed("", "botsi", { subject })
      ])
      yield* ledger.record([sale(anonymous, 1_000_000)])
      yield* ledger.append([
        assigned("ada", "botsi", { by: "kept", at: start + day }),
        served("ada", "botsi", { subject, at: start + day })
      ])
      assert.lengthOf(yield* rows(ledger), 1)
      assert.deepInclude(yield* row(ledger), {
        unit: "ada",
        arms: 1,
        assignedAt: start,
        exposedAt: start + 20,
        answers: 2,
        micros: 1_000_000
      })
    }))

  promise("tells no customer by an address that two share", (ledger) =>
    Effect.gen(function*() {
      const subject = { kind: "ip", value: "192.0.2.1" }
      const ada = [assigned("corrily:ada", "corrily"), served("corrily:ada", "corrily", { subject })]
      yield* ledger.append([...ada, exposed("", "corrily", { subject })])
      assert.strictEqual((yield* row(ledger)).shows, 1)
      yield* ledger.append([assigned("corrily:ben", "corrily"), served("corrily:ben", "corrily", { subject })])
      yield* ledger.append([exposed("", "corrily", { subject })])
      assert.deepStrictEqual((yield* rows(ledger)).map(({ shows }) => shows), [1, 0])
      assert.deepStrictEqual(yield* ledger.strays(start), {
        lost: 0,
        shows: 2,
        showsWithoutCustomer: 1,
        outcomesOfNobody: 0,
        outcomes: 0
      })
    }))

  promise("counts a customer of two arms in the first one", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.append([
        assigned("ada", "corrily", { at: start + 1 }),
        assigned("ada", "botsi", { at: start + day })
      ])
      assert.deepInclude(yield* row(ledger), { arm: "corrily", arms: 2, assignedAt: start + 1 })
      yield* ledger.append([assigned("ada", "apphud", { at: start })])
      assert.deepInclude(yield* row(ledger), { arm: "apphud", arms: 3, assignedAt: start })
    }))

  promise("does not count what was served and shown before the assignment", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.append([
        served("ada", "corrily", { at: start - 2 * day }),
        exposed("ada", "corrily", { at: start - 2 * day }),
        assigned("ada", "botsi")
      ])
      assert.deepInclude(yield* row(ledger), { served: 0, answers: 0, shows: 0, exposedAt: null, earlyShow: 1 })
    }))

  promise(
    "has the same rows in whatever order it is told, and in however many parts",
    (ledger) =>
      Effect.gen(function*() {
        const told = ["ada", "ben", "cleo"].flatMap((unit, index) => [
          ...visit(unit, index === 1 ? "corrily" : "botsi"),
          assigned(unit, "botsi", { at: start + day, by: "kept" }),
          served(unit, "corrily", { at: start + day, standbyFor: "botsi", ms: 2000 }),
          exposed(unit, "corrily", { at: start + day, standbyFor: "botsi", outcome: "Duplicate" })
        ])
        const outcomes = ["ada", "ben"].flatMap((unit) => [
          sale(unit, 3_000_000),
          sale(unit, 1_000_000, { kind: "refund", at: start + day }),
          sale(unit, 2_000_000, { id: `before ${unit}`, at: start - day })
        ])
        yield* ledger.append(told)
        yield* ledger.record(outcomes)
        const expected = yield* rows(ledger)

        for (let seed = 0; seed < 20; seed++) {
          const next = random(seed)
          const [order, paid] = [shuffled(told, next), shuffled(outcomes, next)]
          const cut = Math.floor(next() * told.length)
          const again = yield* Effect.scoped(Effect.gen(function*() {
            const other = yield* memory
            yield* other.record(paid.slice(0, 2))
            yield* other.append(order.slice(0, cut))
            yield* other.record(paid.slice(2))
            yield* other.append(order.slice(cut))
            yield* other.storePlan(plan({ covariateDays: 30 }), 0)
            const sets = yield* other.vendorSets
            return (yield* rows(other)).map((row) => ({
              ...row,
              served: sets.get(row.served),
              standby: sets.get(row.standby)
            }))
          }))
          const sets = yield* ledger.vendorSets
          assert.deepStrictEqual(
            again,
            expected.map((row) => ({ ...row, served: sets.get(row.served), standby: sets.get(row.standby) }))
          )
        }
      })
  )
})
