import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { impression, minute, purchase, second } = Given

describe("Outbox order", () => {
  it.effect("delivers an impression at the end of its window, and says that it is queued", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const { outbox } = yield* Given.start(vendor)
      assert.deepStrictEqual(yield* outbox.recordImpression(impression("ada", "1")), { _tag: "Queued" })
      yield* TestClock.adjust(199)
      assert.lengthOf(vendor.requests, 0)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(Given.idsOf(vendor), ["1"])
    }))

  it.effect("delivers a purchase at once, and gives its result", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const { outbox } = yield* Given.start(vendor)
      const sale = purchase("ada", "t1")
      assert.deepStrictEqual(
        yield* outbox.validatePurchase(sale),
        Given.validated("botsi", sale.transaction)
      )
    }))

  it.effect("sends an impression before the purchase that cites it", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const { outbox } = yield* Given.start(vendor)
      yield* outbox.recordImpression(impression("ada", "1"))
      yield* Given.passing(outbox.validatePurchase(purchase("ada", "t1")), second)
      assert.deepStrictEqual(Given.idsOf(vendor), ["1", "t1"])
    }))

  it.effect("a purchase passes the impression of its customer that does not arrive, when it is a minute old", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({
        answer: ({ ids: [id] }) => id === "1" ? Effect.fail(Given.unavailable) : Effect.void
      })
      const { outbox } = yield* Given.start(vendor, { openAfter: 100 })
      yield* outbox.recordImpression(impression("ada", "1"))
      const fiber = yield* Effect.forkChild(outbox.validatePurchase(purchase("ada", "t1"), { timeout: "5 minutes" }))
      yield* TestClock.adjust(minute)
      assert.notInclude(Given.idsOf(vendor), "t1")
      yield* TestClock.adjust(2 * second)
      assert.include(Given.idsOf(vendor), "t1")
      yield* Fiber.join(fiber)
      vendor.answer = () => Effect.void
      yield* TestClock.adjust(3 * minute)
      assert.strictEqual(Given.idsOf(vendor).at(-1), "1")
    }))

  it.effect("keeps each customer's order while others go on", () =>
    Effect.gen(function*() {
      const failures = new Map<string, number>()
      const vendor = Given.vendor({
        answer: ({ ids: [id = ""] }) =>
          Effect.suspend(() => {
            const failed = failures.get(id) ?? 0
            failures.set(id, failed + 1)
            return Number(id.split(".")[1]) % 3 === failed ? Effect.void : Effect.fail(Given.unavailable)
          })
      })
      const { outbox } = yield* Given.start(vendor, { openAfter: 1_000, window: 0, overtakeAfter: "1 hour" })
      const customers = ["ada", "ben", "cleo", "dan"]
      const steps = Array.from({ length: 12 }, (_, index) => index)
      for (const step of steps) {
        for (const customer of customers) {
          const id = `${customer}.${step}`
          yield* step % 4 === 3
            ? outbox.validatePurchase(purchase(customer, id), { timeout: 0 })
            : outbox.recordImpression(impression(customer, id))
        }
      }
      yield* TestClock.adjust(10 * minute)
      for (const customer of customers) {
        const seen = vendor.requests.filter((request) => request.customer === customer).flatMap(({ ids }) => ids)
        const firsts = seen.filter((id, index) => seen.indexOf(id) === index)
        assert.deepStrictEqual(firsts, steps.map((step) => `${customer}.${step}`))
        assert.deepStrictEqual(seen, firsts.flatMap((id) => seen.filter((other) => other === id)))
      }
    }))

  it.effect("serves so many customers at once and no more, one request of a customer at a time", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: () => Effect.sleep(second) })
      const { outbox } = yield* Given.start(vendor, { concurrency: 3, window: 0 })
      for (let index = 0; index < 9; index++) yield* outbox.recordImpression(impression(`c${index}`, "1"))
      yield* TestClock.adjust(3 * second)
      assert.strictEqual(vendor.mostInFlight, 3)
      assert.lengthOf(vendor.requests, 9)
    }))

  it.effect("sends no more than its rate", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const { outbox } = yield* Given.start(vendor, { rate: 4, window: 0 })
      for (let index = 0; index < 20; index++) yield* outbox.recordImpression(impression(`c${index}`, "1"))
      yield* TestClock.adjust(5 * second)
      assert.deepStrictEqual(Given.times(vendor), Array.from({ length: 20 }, (_, index) => index * 250))
    }))
})
