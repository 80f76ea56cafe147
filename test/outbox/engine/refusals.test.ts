import { assert, describe, it } from "@effect/vitest"
import { MemoryStore, type OutboxStore } from "@priceport/outbox"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { day, minute, purchase, second } = Given

const [adas, eves] = [purchase("ada", "t1"), purchase("eve", "t1")]

/** What eve is told of a transaction that the vendor refused to ada. */
const toldToEve = (vendor: Given.Vendor, outbox: Given.Running["outbox"]) =>
  Effect.gen(function*() {
    const { reason } = yield* Effect.flip(outbox.validatePurchase(adas, { timeout: 0 }))
    assert.strictEqual(reason._tag, "Rejected")
    vendor.answer = () => Effect.void
    return yield* Effect.flip(outbox.validatePurchase(eves, { timeout: 0 })).pipe(
      Effect.map(({ reason }) => reason._tag),
      Effect.orElseSucceed(() => "accepted" as const)
    )
  })

describe("Outbox, a purchase that was refused", () => {
  it.effect("at the first attempt is nobody's, and another customer's to report", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.rejected) })
      const { outbox } = yield* Given.start(vendor)
      yield* outbox.validatePurchase(adas, { timeout: 0 })
      yield* TestClock.adjust(second)
      assert.strictEqual(yield* toldToEve(vendor, outbox), "accepted")
    }))

  it.effect("after the process was killed in the middle of a request may have been credited, and stays its customer's", () =>
    Effect.gen(function*() {
      const store = yield* MemoryStore.make
      const arrived = yield* Deferred.make<void>()
      const vendor = Given.vendor({ answer: () => Effect.andThen(Deferred.succeed(arrived, undefined), Effect.never) })
      // What it would settle is lost with it.
      const dying: OutboxStore.Service = { ...store, settle: (lost) => Effect.succeed(lost.map(({ id }) => id)) }
      const killed = yield* Given.start(vendor, { shutdownWithin: 0 }, { store: dying })
      yield* killed.outbox.validatePurchase(adas, { timeout: 0 })
      yield* Deferred.await(arrived)
      yield* killed.stop
      vendor.answer = Given.fails(Given.rejected)
      const { outbox } = yield* Given.start(vendor, {}, { store })
      yield* TestClock.adjust(2 * minute)
      assert.strictEqual(yield* toldToEve(vendor, outbox), "PurchaseConflict")
    }))

  it.effect("after a request that was cut off at shutdown may have been credited, and stays its customer's", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: () => Effect.never })
      const first = yield* Given.start(vendor, { shutdownWithin: 0 })
      yield* first.outbox.validatePurchase(adas, { timeout: 0 })
      yield* TestClock.adjust(second)
      assert.lengthOf(vendor.requests, 1)
      yield* first.stop
      vendor.answer = Given.fails(Given.rejected)
      const { outbox } = yield* Given.start(vendor, {}, first)
      yield* TestClock.adjust(second)
      assert.strictEqual(yield* toldToEve(vendor, outbox), "PurchaseConflict")
    }))

  it.effect("after its reply was lost and it was redriven may have been credited, and stays its customer's", () =>
    Effect.gen(function*() {
      for (const repeatPurchases of [true, false]) {
        const vendor = Given.vendor({ answer: Given.fails(Given.lost) })
        const { outbox } = yield* Given.start(vendor, { repeatPurchases, horizon: { purchases: "1 minute" } })
        yield* outbox.validatePurchase(adas, { timeout: 0 })
        yield* TestClock.adjust(2 * minute)
        vendor.answer = Given.fails(Given.rejected)
        assert.strictEqual(yield* outbox.dead.redrive({}), 1)
        yield* TestClock.adjust(30 * minute)
        assert.strictEqual(yield* toldToEve(vendor, outbox), "PurchaseConflict")
      }
    }))

  it.effect("after its reply was lost and it was reported once more may have been credited, and stays its customer's", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.lost) })
      const { outbox } = yield* Given.start(vendor, { horizon: { purchases: "1 minute" } })
      yield* outbox.validatePurchase(adas, { timeout: 0 })
      yield* TestClock.adjust(2 * minute)
      vendor.answer = Given.fails(Given.rejected)
      yield* outbox.validatePurchase(adas, { timeout: 0 })
      yield* TestClock.adjust(30 * minute)
      assert.strictEqual(yield* toldToEve(vendor, outbox), "PurchaseConflict")
      // For as long as its result is kept.
      yield* TestClock.adjust(31 * day)
      vendor.answer = () => Effect.void
      yield* outbox.validatePurchase(eves, { timeout: 0 })
      yield* TestClock.adjust(second)
      assert.deepStrictEqual(
        yield* outbox.validatePurchase(eves),
        Given.validated("botsi", eves.transaction)
      )
    }))
})
