import { assert, describe, it } from "@effect/vitest"
import { KeyRing, PricingError, SealingKeys } from "@priceport/core"
import { Effect, Fiber, type Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { hour, impression, minute, purchase, second } = Given

describe("Outbox lanes", () => {
  it.effect("an open lane sends its probes only, and the first answer closes it", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
      const { outbox } = yield* Given.start(vendor, { window: 0 })
      for (let index = 0; index < 200; index++) yield* outbox.recordImpression(impression(`c${index}`, "1"))
      yield* TestClock.adjust(hour)
      // Eight at once until it opens, and then 1, 2, 4 ... 512 seconds and 15 minutes apart.
      assert.isAtMost(vendor.requests.length, 8 + 10 + 5)
      const probes = vendor.requests.slice(8)
      assert.lengthOf(new Set(probes.map(({ at }) => at)), probes.length)
      assert.deepInclude((yield* outbox.status).lanes[0], { provider: "botsi", state: "open" })
      vendor.answer = () => Effect.void
      yield* TestClock.adjust(40 * minute)
      assert.deepStrictEqual((yield* outbox.status).lanes, [{ provider: "botsi", state: "closed" }])
      assert.deepInclude((yield* outbox.status).counts[0], { queued: 0, delivered: 200, dead: 0 })
    }))

  it.effect("one dead vendor delays nobody else", () =>
    Effect.gen(function*() {
      const down = Given.vendor({ id: "down", answer: () => Effect.never })
      const up = Given.vendor({ id: "up" })
      const { outbox } = yield* Given.start([down, up])
      for (let index = 0; index < 50; index++) {
        yield* outbox.recordImpression(impression(`c${index}`, "1", "down"))
      }
      for (let index = 0; index < 50; index++) {
        yield* outbox.recordImpression(impression(`c${index}`, "1", "up"))
      }
      yield* TestClock.adjust(200)
      assert.lengthOf(up.requests, 50)
      assert.deepStrictEqual(
        yield* outbox.validatePurchase(purchase("ada", "t1", { provider: "up" })),
        Given.validated("up", purchase("ada", "t1").transaction)
      )
    }))

  it.effect("entries that fail for their own sake do not keep their lane open", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({
        answer: ({ customer }) => customer.startsWith("poison") ? Effect.fail(Given.unavailable) : Effect.void
      })
      const { outbox } = yield* Given.start(vendor, { window: 0 })
      for (let index = 0; index < 20; index++) yield* outbox.recordImpression(impression(`poison ${index}`, "1"))
      yield* TestClock.adjust(hour)
      assert.strictEqual((yield* outbox.status).lanes[0]?.state, "open")
      for (const customer of ["ada", "ben"]) yield* outbox.recordImpression(impression(customer, "1"))
      // The probe is one of those tried least: now and then a poison that had no turn yet comes before these two.
      yield* TestClock.adjust(2 * hour)
      assert.deepInclude((yield* outbox.status).counts[0], { delivered: 2, queued: 20 })
    }))

  for (const reason of [new PricingError.Unauthorized({ status: 401 }), new PricingError.Forbidden({ status: 403 })]) {
    it.effect(`loses nothing to a wrong key (${reason._tag})`, () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: Given.fails(reason) })
        const { outbox } = yield* Given.start(vendor, { window: 0 })
        for (let index = 0; index < 20; index++) yield* outbox.recordImpression(impression(`c${index}`, "1"))
        yield* TestClock.adjust(hour)
        assert.deepInclude((yield* outbox.status).counts[0], { queued: 20, dead: 0 })
        vendor.answer = () => Effect.void
        yield* TestClock.adjust(hour)
        assert.deepInclude((yield* outbox.status).counts[0], { delivered: 20, dead: 0 })
      }))
  }

  it.effect("a refusal is final at once, and health", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.rejected) })
      const { outbox } = yield* Given.start(vendor, { window: 0 })
      for (let index = 0; index < 20; index++) yield* outbox.recordImpression(impression(`c${index}`, "1"))
      yield* TestClock.adjust(0)
      assert.deepInclude((yield* outbox.status).counts[0], { dead: 20 })
      assert.strictEqual((yield* outbox.status).lanes[0]?.state, "closed")
    }))

  it.effect("a poison entry blocks nobody, not even its own customer for long", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({
        answer: ({ ids: [id] }) => id === "defect" ? Effect.die(new Error("a bug")) : Effect.void
      })
      const { outbox, store } = yield* Given.start(vendor, { window: 0 })
      yield* store.append([{
        id: "unreadable",
        kind: "impression",
        lane: "botsi",
        customer: "somebody",
        digest: "",
        payload: new Uint8Array([1, 2, 3]),
        acceptedAt: 0,
        dueAt: 0,
        expiresAt: hour
      }], { impressions: 10, total: 10 })
      for (const id of ["defect", "2"]) yield* outbox.recordImpression(impression("ada", id))
      yield* outbox.recordImpression(impression("ben", "3"))
      yield* TestClock.adjust(second)
      assert.sameMembers(Given.idsOf(vendor), ["defect", "2", "3"])
      const dead = yield* outbox.dead.list()
      assert.sameMembers(dead.map(({ reason }) => reason), ["Unreadable", "Defect"])
    }))

  it.effect("an entry whose key is not in the ring waits for it, and blocks nobody else", () =>
    Effect.gen(function*() {
      const old = yield* SealingKeys.generate
      const ring = (keys: Redacted.Redacted) => Effect.orDie(KeyRing.make(keys))
      const vendor = Given.vendor()
      const down = Given.vendor({ answer: Given.fails(Given.unavailable) })
      const before = yield* Given.start(down, { window: 0 }, { ring: yield* ring(old) })
      yield* before.outbox.recordImpression(impression("ada", "1"))
      yield* before.stop

      const other = yield* ring(yield* SealingKeys.rotate(old, { keep: 0 }))
      const wrong = yield* Given.start(vendor, { window: 0 }, { store: before.store, ring: other })
      yield* wrong.outbox.recordImpression(impression("ben", "2"))
      yield* TestClock.adjust(hour)
      assert.deepStrictEqual(Given.idsOf(vendor), ["2"])
      assert.deepInclude((yield* wrong.outbox.status).counts[0], { queued: 1, delivered: 1, dead: 0 })
      yield* wrong.stop

      yield* Given.start(vendor, { window: 0 }, { store: before.store, ring: yield* ring(old) })
      yield* TestClock.adjust(hour)
      assert.deepStrictEqual(Given.idsOf(vendor), ["2", "1"])
    }))

  it.effect("a request that does not end is cut off, and its entry tried again", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: () => Effect.never })
      const { outbox } = yield* Given.start(vendor, { window: 0, timeout: "3 seconds" })
      yield* outbox.recordImpression(impression("ada", "1"))
      const fiber = yield* Effect.forkChild(TestClock.adjust(minute))
      yield* Fiber.join(fiber)
      assert.isAtLeast(vendor.requests.length, 3)
      assert.strictEqual(vendor.mostInFlight, 1)
    }))

  it.effect("a purchase while its vendor is known to be down is pending at once", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
      const { outbox } = yield* Given.start(vendor, { window: 0 })
      for (let index = 0; index < 20; index++) yield* outbox.recordImpression(impression(`c${index}`, "1"))
      yield* TestClock.adjust(10 * minute)
      assert.property(yield* outbox.validatePurchase(purchase("ada", "t1")), "since")
    }))
})
