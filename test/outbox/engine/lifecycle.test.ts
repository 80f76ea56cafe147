import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import { MemoryStore, Outbox, OutboxStore } from "@priceport/outbox"
import { Cause, Deferred, Effect, Exit, Fiber, Random } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { hour, impression, minute, purchase, second } = Given

describe("Outbox", () => {
  describe("flush", () => {
    it.effect("of nothing is done at once", () =>
      Effect.gen(function*() {
        const { outbox } = yield* Given.start(Given.vendor())
        assert.deepStrictEqual(yield* outbox.flush(), { delivered: 0, pending: 0, dead: 0 })
      }))

    it.effect("waits for what is queued and for what is under way", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({
          answer: ({ ids: [id] }) =>
            Effect.andThen(Effect.sleep(second), id === "2" ? Effect.fail(Given.rejected) : Effect.void)
        })
        const { outbox } = yield* Given.start(vendor)
        for (const id of ["1", "2", "3"]) yield* outbox.recordImpression(impression("ada", id))
        const fiber = yield* Effect.forkChild(outbox.flush())
        yield* TestClock.adjust(3 * second + 199)
        assert.strictEqual(fiber.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        assert.deepStrictEqual(yield* Fiber.join(fiber), { delivered: 2, pending: 0, dead: 1 })
      }))

    it.effect("does not wait for a vendor that is down longer than it is told to", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: () => Effect.never })
        const { outbox } = yield* Given.start(vendor)
        yield* outbox.recordImpression(impression("ada", "1"))
        const fiber = yield* Effect.forkChild(outbox.flush("4 seconds"))
        yield* TestClock.adjust(3_999)
        assert.strictEqual(fiber.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        assert.deepStrictEqual(yield* Fiber.join(fiber), { delivered: 0, pending: 1, dead: 0 })
      }))

    it.effect("ends at once where nothing can happen in time", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
        const { outbox } = yield* Given.start(vendor)
        for (const id of ["1", "2", "3"]) yield* outbox.recordImpression(impression("ada", id))
        yield* TestClock.adjust(hour)
        assert.deepStrictEqual(yield* outbox.flush("10 seconds"), { delivered: 0, pending: 3, dead: 0 })
        // Drawn at random, the next probe is within these 10 seconds about once in a hundred times.
      }).pipe(Random.withSeed("no probe is near")))

    it.effect("counts a dead letter that is redriven as delivered", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: Given.fails(Given.rejected) })
        const { outbox } = yield* Given.start(vendor)
        yield* outbox.recordImpression(impression("ada", "1"))
        assert.deepStrictEqual(yield* Given.passing(outbox.flush(), second), { delivered: 0, pending: 0, dead: 1 })
        vendor.answer = () => Effect.void
        yield* outbox.dead.redrive({})
        assert.deepStrictEqual(yield* Given.passing(outbox.flush(), second), { delivered: 1, pending: 0, dead: 0 })
      }))
  })

  describe("dead letters", () => {
    const buried = Effect.gen(function*() {
      const vendors = [
        Given.vendor({ answer: Given.fails(Given.rejected) }),
        Given.vendor({ id: "other", answer: Given.fails(new PricingError.NotFound({})) })
      ] as const
      const given = yield* Given.start(vendors)
      yield* given.outbox.recordImpression(impression("ada", "1"))
      yield* TestClock.adjust(second)
      yield* given.outbox.recordImpression(impression("ada", "1", "other"))
      yield* TestClock.adjust(second)
      yield* Effect.flip(given.outbox.validatePurchase(purchase("ada", "t1")))
      for (const vendor of vendors) vendor.answer = () => Effect.void
      return { ...given, vendors }
    })

    it.effect("are listed with their reasons, the oldest death first", () =>
      Effect.gen(function*() {
        const { outbox } = yield* buried
        const dead = yield* outbox.dead.list()
        assert.deepStrictEqual(
          dead.map(({ attempts, kind, provider, reason }) => [provider, kind, reason, attempts]),
          [["botsi", "impression", "Rejected", 0], ["other", "impression", "NotFound", 0], [
            "botsi",
            "purchase",
            "Rejected",
            0
          ]]
        )
        assert.strictEqual(dead[0]?.acceptedAt, "1970-01-01T00:00:00.000Z")
        const page = yield* outbox.dead.list({ limit: 1, after: dead[0]!.id })
        assert.deepStrictEqual(page, [dead[1]!])
        assert.lengthOf(yield* outbox.dead.list({ provider: "other" }), 1)
      }))

    it.effect("are delivered when they are redriven, each with the horizon of its kind", () =>
      Effect.gen(function*() {
        const { outbox, vendors: [vendor] } = yield* buried
        vendor.answer = Given.fails(Given.unavailable)
        assert.strictEqual(yield* outbox.dead.redrive({}), 3)
        yield* TestClock.adjust(72 * hour)
        assert.deepStrictEqual((yield* outbox.dead.list()).map(({ kind, reason }) => [kind, reason]), [[
          "impression",
          "Expired"
        ]])
        vendor.answer = () => Effect.void
        yield* TestClock.adjust(hour)
        assert.deepStrictEqual(
          yield* outbox.validatePurchase(purchase("ada", "t1")),
          Given.validated("botsi", purchase("ada", "t1").transaction)
        )
      }))

    it.effect("are redriven and dropped by id, and forgotten when they are dropped", () =>
      Effect.gen(function*() {
        const { outbox, vendors: [vendor] } = yield* buried
        const [first, second_] = yield* outbox.dead.list()
        assert.strictEqual(yield* outbox.dead.drop({ ids: [first!.id] }), 1)
        assert.strictEqual(yield* outbox.dead.redrive({ ids: [second_!.id] }), 1)
        yield* TestClock.adjust(second)
        assert.lengthOf(yield* outbox.dead.list(), 1)
        const sent = vendor.requests.length
        assert.deepStrictEqual(yield* outbox.recordImpression(impression("ada", "1")), { _tag: "Queued" })
        yield* TestClock.adjust(second)
        assert.lengthOf(vendor.requests, sent + 1)
      }))
  })

  describe("shutdown", () => {
    it.effect("lets what is under way arrive, and leaves the rest for the next start", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: () => Effect.sleep(3 * second) })
        const first = yield* Given.start(vendor, { window: second, concurrency: 2 })
        for (let index = 0; index < 6; index++) yield* first.outbox.recordImpression(impression(`c${index}`, "1"))
        yield* TestClock.adjust(second)
        yield* Given.passing(first.outbox.shutdown("10 seconds"), 10 * second)
        assert.lengthOf(vendor.requests, 2)
        const refused = yield* Effect.flip(first.outbox.recordImpression(impression("late", "1")))
        assert.strictEqual(refused.reason._tag, "QueueFull")
        const sold = yield* Effect.flip(first.outbox.validatePurchase(purchase("late", "t1")))
        assert.strictEqual(sold.reason._tag, "QueueFull")
        assert.deepInclude((yield* first.store.counts)[0], { queued: 4, leased: 0, delivered: 2 })
        yield* first.stop
        const { outbox } = yield* Given.start(vendor, { window: 0 }, first)
        assert.deepStrictEqual(yield* Given.passing(outbox.flush(), 10 * second), { delivered: 4, pending: 0, dead: 0 })
        assert.lengthOf(vendor.requests, 6)
      }))

    it.effect("cuts off what takes longer, which is then sent again", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: () => Effect.never })
        const first = yield* Given.start(vendor, { window: 0, shutdownWithin: "2 seconds" })
        yield* first.outbox.recordImpression(impression("ada", "1"))
        yield* first.outbox.validatePurchase(purchase("ben", "t1"), { timeout: 0 })
        yield* TestClock.adjust(0)
        yield* Given.passing(first.stop, 2 * second)
        for (const count of yield* first.store.counts) assert.deepInclude(count, { queued: 1, leased: 0 })
        vendor.answer = () => Effect.void
        const { outbox } = yield* Given.start(vendor, {}, first)
        assert.deepStrictEqual(yield* Given.passing(outbox.flush(), second), { delivered: 2, pending: 0, dead: 0 })
      }))

    it.effect("happens when the scope ends, with every accepted entry stored", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor()
        const first = yield* Given.start(vendor, { window: "1 minute" })
        const fibers = yield* Effect.forEach(
          Array.from({ length: 100 }, (_, index) => `c${index}`),
          (customer) => Effect.forkChild(Effect.exit(first.outbox.recordImpression(impression(customer, "1"))))
        )
        yield* Effect.yieldNow
        yield* first.stop
        const exits = yield* Effect.forEach(fibers, Fiber.join)
        const accepted = exits.filter(Exit.isSuccess).length
        const stored = (yield* first.store.counts).reduce((sum, { leased, queued }) => sum + queued + leased, 0)
        assert.isAtLeast(stored, accepted)
        assert.lengthOf(vendor.requests, 0)
        for (const exit of exits) if (Exit.isFailure(exit)) assert.isFalse(Cause.hasDies(exit.cause))
      }))
  })

  it.effect("after a crash takes up what another process held, when its leases end", () =>
    Effect.gen(function*() {
      const store = yield* MemoryStore.make
      const arrived = yield* Deferred.make<void>()
      const vendor = Given.vendor({ answer: () => Effect.andThen(Deferred.succeed(arrived, undefined), Effect.never) })
      const dying: OutboxStore.Service = { ...store, settle: (lost) => Effect.succeed(lost.map(({ id }) => id)) }
      const first = yield* Given.start(vendor, { window: 0, shutdownWithin: 0 }, { store: dying })
      yield* first.outbox.recordImpression(impression("ada", "1"))
      yield* Deferred.await(arrived)
      yield* first.stop
      vendor.answer = () => Effect.void
      const { outbox } = yield* Given.start(vendor, {}, { store })
      yield* TestClock.adjust(minute - second)
      assert.lengthOf(vendor.requests, 1)
      yield* TestClock.adjust(2 * second)
      assert.lengthOf(vendor.requests, 2)
      assert.deepStrictEqual(yield* outbox.flush(), { delivered: 1, pending: 0, dead: 0 })
    }))

  it.effect("holds no text that it was given, outside of what is sealed", () =>
    Effect.gen(function*() {
      const seen: Array<unknown> = []
      const store = yield* MemoryStore.make
      const watched: OutboxStore.Service = {
        ...store,
        append: (entries, capacity) => {
          seen.push(...entries.map((entry) => ({ ...entry, payload: undefined })))
          return store.append(entries, capacity)
        },
        note: (key, note, at) => {
          seen.push(key)
          return store.note(key, note, at)
        }
      }
      const { outbox } = yield* Given.start(Given.vendor(), {}, { store: watched })
      yield* outbox.recordImpression(impression("ada@example.com", "1"))
      yield* Given.passing(outbox.validatePurchase(purchase("ada@example.com", "transaction-1")), second)
      for (const planted of ["ada@example.com", "transaction-1", "premium"]) {
        assert.notInclude(JSON.stringify(seen), planted)
      }
      assert.isAtLeast(seen.length, 3)
    }))

  it.effect("says so where the store cannot be asked, and goes on when it can", () =>
    Effect.gen(function*() {
      const store = yield* MemoryStore.make
      let down = true
      const error = new OutboxStore.OutboxStoreError({ reason: "unavailable", operation: "append", detail: "gone" })
      const failing: OutboxStore.Service = {
        ...store,
        append: (entries, capacity) => down ? Effect.fail(error) : store.append(entries, capacity),
        claim: (claim) => down ? Effect.fail(error) : store.claim(claim)
      }
      const vendor = Given.vendor()
      const { outbox } = yield* Given.start(vendor, {}, { store: failing })
      const refused = yield* Effect.flip(outbox.recordImpression(impression("ada", "1")))
      assert.strictEqual(refused.reason._tag, "Unavailable")
      assert.isTrue(refused.isRetryable)
      down = false
      yield* outbox.recordImpression(impression("ada", "1"))
      yield* TestClock.adjust(minute)
      assert.lengthOf(vendor.requests, 1)
    }))

  it("refuses options that cannot be", () => {
    const start = (options: Outbox.Options) => () => Effect.runSync(Effect.scoped(Outbox.make(options) as never))
    assert.throws(start({ rate: 0 }), RangeError)
    assert.throws(start({ batch: 1.5 }), RangeError)
    assert.throws(start({ lease: "10 seconds" }), RangeError)
    assert.throws(start({ window: "Infinity" as never }), RangeError)
  })
})
