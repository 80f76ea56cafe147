import { assert, describe, it } from "@effect/vitest"
import { PricingError, type PricingProvider, Purchase } from "@priceport/core"
import { MemoryStore, type Outbox, type OutboxStore } from "@priceport/outbox"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { day, hour, minute, purchase, second } = Given

const sale = purchase("ada", "t1")
const result = Given.validated("botsi", sale.transaction)

/** The reason a purchase fails for. */
const reasonOf = (outbox: Given.Running["outbox"], what: Purchase.Purchase, options?: PricingProvider.CallOptions) =>
  Effect.map(Effect.flip(outbox.validatePurchase(what, options)), ({ reason }) => reason)

describe("Outbox purchases", () => {
  it.effect("asks the vendor once, however many ask for the same purchase at once", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: () => Effect.sleep(second) })
      const { outbox } = yield* Given.start(vendor)
      const answers = yield* Given.passing(
        Effect.all(Array.from({ length: 200 }, () => outbox.validatePurchase(sale)), { concurrency: "unbounded" }),
        2 * second
      )
      assert.lengthOf(vendor.requests, 1)
      for (const answer of answers) assert.deepStrictEqual(answer, result)
    }))

  it.effect("gives the first result again for 30 days, also after a restart, and asks anew then", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const first = yield* Given.start(vendor)
      yield* first.outbox.validatePurchase(sale)
      yield* first.stop
      const { outbox } = yield* Given.start(vendor, {}, first)
      yield* TestClock.adjust(30 * day - 1)
      assert.deepStrictEqual(yield* outbox.validatePurchase(sale), result)
      assert.lengthOf(vendor.requests, 1)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* outbox.validatePurchase(sale), result)
      assert.lengthOf(vendor.requests, 2)
    }))

  it.effect("is pending where the vendor has not answered in time, and known when it has", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: () => Effect.sleep(8 * second) })
      const { outbox } = yield* Given.start(vendor)
      yield* TestClock.adjust(minute)
      const pending = yield* Given.passing(outbox.validatePurchase(sale, { timeout: "2 seconds" }), 2 * second)
      assert(Purchase.isPending(pending))
      assert.strictEqual(pending.since, "1970-01-01T00:01:00.000Z")
      assert.match(pending.key, /^[\w-]{43}$/)
      const later = yield* Effect.forkChild(outbox.validatePurchase(sale))
      yield* TestClock.adjust(6 * second)
      assert.deepStrictEqual(yield* Fiber.join(later), result)
      assert.lengthOf(vendor.requests, 1)
    }))

  it.effect("a purchase for another customer or with other facts is a conflict, whatever its state", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: () => Effect.sleep(second) })
      const { outbox } = yield* Given.start(vendor)
      const conflicts = Effect.gen(function*() {
        assert.deepStrictEqual(
          yield* reasonOf(outbox, purchase("eve", "t1")),
          new PricingError.PurchaseConflict({ why: "the purchase was reported for another customer" })
        )
        assert.deepStrictEqual(
          yield* reasonOf(outbox, purchase("ada", "t1", { productId: "another" })),
          new PricingError.PurchaseConflict({ why: "the purchase was reported with other facts" })
        )
      })
      yield* outbox.validatePurchase(sale, { timeout: 0 })
      yield* conflicts
      yield* TestClock.adjust(2 * second)
      yield* conflicts
      assert.lengthOf(vendor.requests, 1)
    }))

  it.effect("of a thousand who race for one purchase as two customers one customer wins", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: () => Effect.sleep(second) })
      const { outbox } = yield* Given.start(vendor)
      const exits = yield* Given.passing(
        Effect.all(
          Array.from({ length: 1_000 }, (_, index) =>
            Effect.result(outbox.validatePurchase(purchase(index % 2 ? "ada" : "eve", "t1")))),
          { concurrency: "unbounded" }
        ),
        2 * second
      )
      const refused = exits.filter(({ _tag }) =>
        _tag === "Failure"
      )
      assert.lengthOf(refused, 500)
      for (const one of refused) {
        assert(one._tag === "Failure")
        assert.strictEqual(one.failure.reason._tag, "PurchaseConflict")
      }
      assert.lengthOf(vendor.requests, 1)
    }))

  it.effect("a restore moves a settled purchase to another customer where that is the policy", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const first = yield* Given.start(vendor)
      yield* first.outbox.validatePurchase(sale)
      const restored = purchase("eve", "t1", { source: "restore" })
      assert.strictEqual((yield* reasonOf(first.outbox, restored))._tag, "PurchaseConflict")
      yield* first.stop
      const { outbox } = yield* Given.start(vendor, { restore: "move" }, first)
      assert.deepStrictEqual(yield* outbox.validatePurchase(restored), result)
      assert.deepStrictEqual(vendor.requests.map(({ customer }) => customer), ["ada", "eve"])
      assert.strictEqual((yield* reasonOf(outbox, sale))._tag, "PurchaseConflict")
    }))

  it.effect("a restore by the same customer is the same purchase", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const { outbox } = yield* Given.start(vendor)
      yield* outbox.validatePurchase(sale)
      assert.deepStrictEqual(yield* outbox.validatePurchase(purchase("ada", "t1", { source: "restore" })), result)
      assert.lengthOf(vendor.requests, 1)
    }))

  it.effect("a refusal is given to who waits and to who asks again, as the vendor said it", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.rejected) })
      const first = yield* Given.start(vendor)
      const error = yield* Effect.flip(first.outbox.validatePurchase(sale))
      assert.deepStrictEqual(error.reason, Given.rejected)
      assert.strictEqual(error.provider, "botsi")
      yield* first.stop
      const { outbox } = yield* Given.start(vendor, {}, first)
      const again = yield* Effect.flip(outbox.validatePurchase(sale))
      assert.deepStrictEqual(again, error)
      assert.lengthOf(vendor.requests, 1)
    }))

  it.effect("a refusal for certain does not bind the transaction: the right facts are sent", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.rejected) })
      const { outbox } = yield* Given.start(vendor)
      yield* Effect.flip(outbox.validatePurchase(purchase("ada", "t1", { productId: "misspelt" })))
      vendor.answer = () => Effect.void
      assert.deepStrictEqual(yield* outbox.validatePurchase(sale), result)
    }))

  it.effect("an answer that cannot be read is neither success nor failure, until it is redriven", () =>
    Effect.gen(function*() {
      const unreadable = new PricingError.InvalidResponse({ path: "data", detail: "Missing key" })
      const vendor = Given.vendor({ answer: Given.fails(unreadable) })
      const { outbox } = yield* Given.start(vendor)
      assert(Purchase.isPending(yield* outbox.validatePurchase(sale)))
      yield* TestClock.adjust(hour)
      assert(Purchase.isPending(yield* outbox.validatePurchase(sale)))
      assert.strictEqual((yield* reasonOf(outbox, purchase("eve", "t1")))._tag, "PurchaseConflict")
      assert.lengthOf(vendor.requests, 1)
      vendor.answer = () => Effect.void
      assert.strictEqual(yield* outbox.dead.redrive({}), 1)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* outbox.validatePurchase(sale), result)
    }))

  describe("whose replies are lost", () => {
    const once = (options: Outbox.Options) => ({ repeatPurchases: false, ...options })

    it.effect("are sent again, since repeating is the default", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: Given.fails(Given.lost) })
        const { outbox } = yield* Given.start(vendor)
        yield* outbox.validatePurchase(sale, { timeout: 0 })
        yield* TestClock.adjust(500)
        vendor.answer = () => Effect.void
        yield* TestClock.adjust(second)
        assert.deepStrictEqual(yield* outbox.validatePurchase(sale), result)
        assert.lengthOf(vendor.requests, 2)
      }))

    it.effect("are not sent again where that is the setting, and stay pending until they are redriven", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: Given.fails(Given.lost) })
        const { outbox } = yield* Given.start(vendor, once({}))
        assert(Purchase.isPending(yield* outbox.validatePurchase(sale)))
        yield* TestClock.adjust(day)
        assert.lengthOf(vendor.requests, 1)
        assert.deepInclude((yield* outbox.dead.list())[0], { reason: "Transport" })
        vendor.answer = () => Effect.void
        yield* outbox.dead.redrive({})
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(yield* outbox.validatePurchase(sale), result)
        assert.lengthOf(vendor.requests, 2)
      }))

    for (
      const reason of [
        new PricingError.Transport({ detail: "refused", sent: "no" }),
        new PricingError.RateLimited({}),
        new PricingError.CircuitOpen({})
      ]
    ) {
      it.effect(`are sent again all the same where nothing can have arrived (${reason._tag})`, () =>
        Effect.gen(function*() {
          const vendor = Given.vendor({ answer: Given.fails(reason) })
          const { outbox } = yield* Given.start(vendor, once({}))
          yield* outbox.validatePurchase(sale, { timeout: 0 })
          yield* TestClock.adjust(500)
          vendor.answer = () => Effect.void
          yield* TestClock.adjust(minute)
          assert.deepStrictEqual(yield* outbox.validatePurchase(sale), result)
        }))
    }

    it.effect("by the death of the process are not sent again where that is the setting", () =>
      Effect.gen(function*() {
        const store = yield* MemoryStore.make
        const arrived = yield* Deferred.make<void>()
        const vendor = Given.vendor({
          answer: () => Effect.andThen(Deferred.succeed(arrived, undefined), Effect.never)
        })
        // What it would settle is lost with it.
        const dying: OutboxStore.Service = { ...store, settle: (lost) => Effect.succeed(lost.map(({ id }) => id)) }
        const first = yield* Given.start(vendor, once({ shutdownWithin: 0 }), { store: dying })
        yield* first.outbox.validatePurchase(sale, { timeout: 0 })
        yield* Deferred.await(arrived)
        const { outbox } = yield* Given.start(vendor, once({}), { store })
        yield* TestClock.adjust(2 * minute)
        assert.deepInclude((yield* outbox.dead.list())[0], { reason: "Interrupted" })
        assert.lengthOf(vendor.requests, 1)
      }))
  })

  it.effect("are refused as the port refuses them, with nothing stored", () =>
    Effect.gen(function*() {
      const corrily = Given.vendor({ id: "corrily", exposure: "on-fetch" })
      const { outbox } = yield* Given.start([Given.vendor(), corrily])
      const { attribution: _, ...bundled } = sale
      const play = { _tag: "PlayStoreOneTimePurchase", token: "t", productId: "p", environment: "sandbox" } as const
      const reasons = yield* Effect.all([
        reasonOf(outbox, { ...sale, transaction: { ...sale.transaction, transactionId: "" } }),
        reasonOf(outbox, bundled),
        reasonOf(outbox, purchase("ada", "t1", { provider: "another" })),
        reasonOf(outbox, { ...sale, transaction: { ...play, price: { amountMicros: 1, currency: "EUR" } } }),
        reasonOf(outbox, sale, { timeout: Number.NaN })
      ])
      assert.deepStrictEqual(
        reasons.map(({ _tag }) => _tag),
        ["InvalidRequest", "Unattributable", "AttributionMismatch", "Unsupported", "InvalidRequest"]
      )
      assert.deepStrictEqual((yield* outbox.status).counts, [])
    }))
})
