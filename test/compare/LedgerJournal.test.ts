import { assert, describe, it } from "@effect/vitest"
import { Analysis, Compare, Ledger, LedgerJournal } from "@priceport/compare"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import { Journal, Pricing, PricingProvider } from "@priceport/core"
import * as Experiment from "@priceport/core/routing/Experiment"
import { MemoryProvider } from "@priceport/testing/memory"
import { Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { assigned, plan, start, visit } from "./World.ts"

const rows = (ledger: Ledger.Service) => Stream.runCollect(ledger.rows("vendors"))

const memory = SqliteLedger.layer({ filename: ":memory:" })

/** A ledger that cannot be written until it is mended. */
const broken = Effect.gen(function*() {
  const ledger = yield* SqliteLedger.make({ filename: ":memory:" })
  let isBroken = true
  return {
    ledger,
    mend: () => {
      isBroken = false
    },
    layer: Layer.succeed(Ledger.Ledger, {
      ...ledger,
      append: (events, lost) =>
        isBroken
          ? Effect.fail(
            new Ledger.LedgerError({ reason: "unavailable", operation: "append", detail: "the disk is full" })
          )
          : ledger.append(events, lost)
    })
  }
})

describe("LedgerJournal", () => {
  it.effect("writes what it is told once a second, not while it is told", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      const journal = yield* Journal.Journal
      for (const event of visit("ada", "botsi")) yield* journal!.tell(event)
      assert.lengthOf(yield* rows(ledger), 0)
      yield* TestClock.adjust("1 second")
      assert.lengthOf(yield* rows(ledger), 1)
    }).pipe(Effect.provide(LedgerJournal.layer().pipe(Layer.provideMerge(memory)))))

  it.effect("does not wait where there is enough for a batch", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      const journal = yield* Journal.Journal
      for (let index = 0; index < 25; index++) yield* journal!.tell(assigned(`customer-${index}`, "botsi"))
      yield* TestClock.adjust(0)
      assert.isAtLeast((yield* rows(ledger)).length, 10)
    }).pipe(Effect.provide(LedgerJournal.layer({ batch: 10 }).pipe(Layer.provideMerge(memory)))))

  it.effect("writes what is left when its scope ends", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      yield* Effect.scoped(Effect.flatMap(LedgerJournal.make(), ({ tell }) => tell(assigned("ada", "botsi"))))
      assert.lengthOf(yield* rows(ledger), 1)
    }).pipe(Effect.provide(memory)))

  it.effect("keeps events while the ledger cannot be written, and counts those it must drop", () =>
    Effect.scoped(Effect.gen(function*() {
      const { layer, ledger, mend } = yield* broken
      const { tell } = yield* Effect.provide(LedgerJournal.make({ capacity: 3 }), layer)
      for (const unit of ["a", "b", "c", "d", "e"]) yield* tell(assigned(unit, "botsi"))
      yield* TestClock.adjust("5 seconds")
      assert.lengthOf(yield* rows(ledger), 0)
      mend()
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* rows(ledger)).map(({ unit }) => unit), ["a", "b", "c"])
      assert.strictEqual((yield* ledger.strays(0)).lost, 2)
    })))

  it.effect("leaves purchases to the application, if asked to", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      const journal = yield* Journal.Journal
      for (const event of visit("ada", "botsi")) yield* journal!.tell(event)
      yield* journal!.tell({
        _tag: "Purchased",
        at: start,
        provider: "botsi",
        subject: { kind: "customerUserId", value: "ada" },
        transaction: "hash",
        productId: "coins",
        environment: "production"
      })
      yield* TestClock.adjust("1 second")
      assert.isNull((yield* rows(ledger))[0]!.convertedAt)
    }).pipe(Effect.provide(LedgerJournal.layer({ purchases: false }).pipe(Layer.provideMerge(memory)))))

  it.effect("follows an experiment between two vendors, from the paywall to the report", () =>
    Effect.gen(function*() {
      yield* Compare.storePlan(plan())
      const { getPaywall, recordImpression } = yield* Pricing.Pricing
      for (let index = 0; index < 200; index++) {
        const paywall = yield* getPaywall({ placement: "onboarding", customer: { id: `customer-${index}` } })
        yield* recordImpression(paywall)
      }
      yield* TestClock.adjust("1 second")
      const { arms, contamination, customers, sampleRatio, verdict } = yield* Analysis.report("vendors")
      assert.deepStrictEqual(customers, { assigned: 200, exposed: 200 })
      assert.strictEqual(contamination.share, 0)
      assert.strictEqual(arms.reduce((sum, { shows }) => sum + shows, 0), 200)
      assert.isUndefined(sampleRatio[1]!.refusal)
      assert.deepInclude(verdict, { _tag: "Withheld", at: "effect" })
    }).pipe(Effect.provide(
      Pricing.layer().pipe(
        Layer.provide(Layer.effect(
          PricingProvider.PricingProvider,
          Effect.gen(function*() {
            const vendors = yield* Effect.forEach(["botsi", "corrily"], (id) => MemoryProvider.make({ id }))
            return yield* Experiment.make({
              _tag: "Experiment",
              id: "split",
              key: "vendors",
              arms: [{ member: "botsi", weight: 0.5 }, { member: "corrily", weight: 0.5 }]
            }, vendors)
          })
        )),
        Layer.provideMerge(LedgerJournal.layer()),
        Layer.provideMerge(memory)
      )
    )))
})
