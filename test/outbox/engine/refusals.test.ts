import { assert, describe, it } from "@effect/vitest"
import { PricingError, Purchase } from "@priceport/core"
import { MemoryStore, type OutboxStore } from "@priceport/outbox"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { day, minute, purchase, second } = Given

const [adas, eves] = [purchase("ada", "t1"), purchase("eve", "t1")]

/** What eve is told of a transaction that is ada's, or may be. */
const toldToEve = (vendor: Given.Vendor, outbox: Given.Running["outbox"]) =>
  Effect.gen(function*() {
    vendor.answer = () => Effect.void
    return yield* Effect.flip(outbox.validatePurchase(eves, { timeout: 0 })).pipe(
      Effect.map(({ reason }) => reason._tag),
      Effect.orElseSucceed(() => "accepted" as const)
    )
  })

/** What may have been credited is pending, and neither a failure nor somebody else's. */
const staysAdas = Effect.fnUntraced(function*(vendor: Given.Vendor, outbox: Given.Running["outbox"]) {
  assert.strictEqual(yield* toldToEve(vendor, outbox), "PurchaseConflict")
  vendor.answer = Given.fails(Given.rejected)
  assert(Purchase.isPending(yield* outbox.validatePurchase(adas)))
  vendor.answer = () => Effect.void
  assert.deepStrictEqual(yield* outbox.validatePurchase(adas), Given.validated("botsi", adas.transaction))
  assert.strictEqual(yield* toldToEve(vendor, outbox), "PurchaseConflict")
})

describe("Outbox, a purchase that was refused", () => {
  it.effect("at the first attempt is nobody's, and another customer's to report", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.rejected) })
      const { outbox } = yield* Given.start(vendor)
      yield* outbox.validatePurchase(adas, { timeout: 0 })
      yield* TestClock.adjust(second)
      assert.deepStrictEqual((yield* Effect.flip(outbox.validatePurchase(adas))).reason, Given.rejected)
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
      yield* staysAdas(vendor, outbox)
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
      yield* staysAdas(vendor, outbox)
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
        if (repeatPurchases) yield* staysAdas(vendor, outbox)
        else {
          assert.strictEqual(yield* toldToEve(vendor, outbox), "PurchaseConflict")
          assert(Purchase.isPending(yield* outbox.validatePurchase(adas)))
        }
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
      yield* staysAdas(vendor, outbox)
      // For as long as its result is kept.
      yield* TestClock.adjust(31 * day)
      yield* outbox.validatePurchase(eves, { timeout: 0 })
      yield* TestClock.adjust(second)
      assert.deepStrictEqual(yield* outbox.validatePurchase(eves), Given.validated("botsi", eves.transaction))
    }))

  it.effect("to who restored it goes back to who had it, and to nobody else", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const { outbox } = yield* Given.start(vendor, { restore: "move" })
      yield* outbox.validatePurchase(adas)
      vendor.answer = Given.fails(Given.rejected)
      const restored = purchase("eve", "t1", { source: "restore" })
      const zoes = purchase("zoe", "t1", { source: "restore" })
      for (const attempt of [restored, restored, zoes]) {
        assert.deepStrictEqual((yield* Effect.flip(outbox.validatePurchase(attempt))).reason, Given.rejected)
      }
      assert.strictEqual(yield* toldToEve(vendor, outbox), "PurchaseConflict")
      assert.deepStrictEqual(yield* outbox.validatePurchase(adas), Given.validated("botsi", adas.transaction))
      assert.strictEqual((yield* Effect.flip(outbox.validatePurchase(eves))).reason._tag, "PurchaseConflict")
    }))

  it.effect("is nobody's twice, where two customers report it in two processes at once", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.rejected) })
      const store = yield* MemoryStore.make
      const gate = yield* Deferred.make<void>()
      const slow: OutboxStore.Service = {
        ...store,
        replace: (entry, seen, uncertain) => Effect.andThen(Deferred.await(gate), store.replace(entry, seen, uncertain))
      }
      const one = yield* Given.start(vendor, {}, { store })
      const other = yield* Given.start(vendor, {}, { store: slow })
      yield* one.outbox.validatePurchase(adas, { timeout: 0 })
      yield* TestClock.adjust(second)
      vendor.answer = () => Effect.void
      const bobs = yield* Effect.forkChild(Effect.flip(other.outbox.validatePurchase(purchase("bob", "t1"))))
      yield* TestClock.adjust(10)
      yield* one.outbox.validatePurchase(eves, { timeout: 0 })
      yield* TestClock.adjust(second)
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual((yield* Fiber.join(bobs)).reason._tag, "PurchaseConflict")
      assert.deepStrictEqual(yield* one.outbox.validatePurchase(eves), Given.validated("botsi", eves.transaction))
      assert.deepStrictEqual(vendor.requests.map(({ customer }) => customer), ["ada", "eve"])
    }))

  it.effect("by a vendor that could not have heard of it before is refused", () =>
    Effect.gen(function*() {
      const refused = new PricingError.Transport({ detail: "refused", sent: "no" })
      const vendor = Given.vendor({ answer: Given.fails(refused) })
      const { outbox } = yield* Given.start(vendor)
      yield* outbox.validatePurchase(adas, { timeout: 0 })
      yield* TestClock.adjust(500)
      vendor.answer = Given.fails(Given.rejected)
      yield* TestClock.adjust(minute)
      assert.deepStrictEqual((yield* Effect.flip(outbox.validatePurchase(adas))).reason, Given.rejected)
      assert.strictEqual(yield* toldToEve(vendor, outbox), "accepted")
    }))
})
