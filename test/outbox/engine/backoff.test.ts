import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import { Effect, Random } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { day, hour, impression, minute, purchase, second } = Given

const gaps = (vendor: Given.Vendor) => {
  const at = Given.times(vendor)
  return at.slice(1).map((time, index) => time - at[index]!)
}

/** Nothing but what the outbox itself draws: 0.5 is a wait that is neither shorter nor longer. */
const draw = (value: number) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => value, nextIntUnsafe: () => 0 })

describe("Outbox backoff", () => {
  it.effect("waits 1 second, doubling to 15 minutes", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
      const { outbox } = yield* Given.start(vendor, { openAfter: 1_000_000 })
      yield* outbox.recordImpression(impression("ada", "1"))
      yield* TestClock.adjust(2 * hour)
      const seconds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
      assert.deepStrictEqual(gaps(vendor).slice(0, 13), seconds.map((step) => step * second))
    }).pipe(draw(0.5)))

  for (const { drawn, factor } of [{ drawn: 0, factor: 0.8 }, { drawn: 1, factor: 1.2 }]) {
    it.effect(`waits ${factor} times that when it draws ${drawn}`, () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
        const { outbox } = yield* Given.start(vendor, { openAfter: 1_000_000 })
        yield* outbox.recordImpression(impression("ada", "1"))
        yield* TestClock.adjust(hour)
        assert.deepStrictEqual(gaps(vendor).slice(0, 3), [1, 2, 4].map((step) => step * second * factor))
        assert.isAtMost(Math.max(...gaps(vendor)), 900 * second * factor)
      }).pipe(draw(drawn)))
  }

  it.effect("waits at least as long as the vendor asks, and the whole lane with it", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(new PricingError.RateLimited({ retryAfterMs: 2 * hour })) })
      const { outbox } = yield* Given.start(vendor)
      yield* outbox.recordImpression(impression("ada", "1"))
      yield* TestClock.adjust(second)
      vendor.answer = () => Effect.void
      yield* outbox.recordImpression(impression("ben", "1"))
      yield* TestClock.adjust(2 * hour - second)
      assert.lengthOf(vendor.requests, 1)
      yield* TestClock.adjust(second)
      assert.lengthOf(vendor.requests, 3)
    }))

  it.effect("gives an impression up 72 hours after it was accepted, and never sends it then", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
      const { outbox } = yield* Given.start(vendor)
      yield* outbox.recordImpression(impression("ada", "1"))
      yield* TestClock.adjust(72 * hour - 1)
      assert.deepStrictEqual(yield* outbox.dead.list(), [])
      const sent = vendor.requests.length
      yield* TestClock.adjust(1)
      const [dead] = yield* outbox.dead.list()
      assert.deepInclude(dead, { reason: "Expired", kind: "impression", provider: "botsi", attempts: sent })
      assert.strictEqual(Date.parse(dead!.diedAt) - Date.parse(dead!.acceptedAt), 72 * hour)
      assert.lengthOf(vendor.requests, sent)
    }))

  it.effect("gives a purchase up after 7 days, and its outcome stays open", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
      const { outbox } = yield* Given.start(vendor)
      const sale = purchase("ada", "t1")
      yield* outbox.validatePurchase(sale, { timeout: 0 })
      yield* TestClock.adjust(7 * day - 1)
      assert.deepStrictEqual(yield* outbox.dead.list(), [])
      yield* TestClock.adjust(1)
      const [dead] = yield* outbox.dead.list()
      assert.deepInclude(dead, { reason: "Expired", kind: "purchase" })
      assert.property(yield* outbox.validatePurchase(sale), "since")
    }))

  it.effect("what nobody could send in time is given up without a request", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
      const { outbox } = yield* Given.start(vendor)
      for (let index = 0; index < 500; index++) yield* outbox.recordImpression(impression(`c${index}`, "1"))
      yield* TestClock.adjust(72 * hour + 20 * minute)
      const { counts } = yield* outbox.status
      assert.deepInclude(counts[0], { queued: 0, inFlight: 0, dead: 500 })
      assert.isBelow(vendor.requests.length, 350)
    }))
})
