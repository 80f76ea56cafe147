import { assert, describe, it } from "@effect/vitest"
import { KeyRing, Purchase, SealingKeys } from "@priceport/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const sale = Given.purchase("ada", "t1")

const ringOf = (text: Effect.Success<typeof SealingKeys.generate>) => Effect.orDie(KeyRing.make(text))

/** A store with a validated purchase in it, the keys it was filled under, and the vendor. */
const sold = Effect.gen(function*() {
  const vendor = Given.vendor()
  const keys = yield* SealingKeys.generate
  const { outbox, stop, store } = yield* Given.start(vendor, {}, { ring: yield* ringOf(keys) })
  yield* Given.passing(outbox.validatePurchase(sale), Given.second)
  yield* stop
  return { keys, store, vendor }
})

describe("Outbox keys", () => {
  it.effect("of another index are refused, as every purchase would be new under them", () =>
    Effect.gen(function*() {
      const { keys, store, vendor } = yield* sold
      // The note of it does not grow old.
      yield* TestClock.adjust(500 * Given.day)
      const other = yield* ringOf(yield* SealingKeys.generate)
      const error = yield* Effect.flip(Given.start(vendor, {}, { store, ring: other }))
      assert.deepInclude(error, { reason: "incompatible", operation: "open" })
      assert.include(error.message, "other sealing keys")
      yield* Given.start(vendor, {}, { store, ring: yield* ringOf(yield* SealingKeys.rotate(keys)) })
    }))

  it.effect("that are gone leave no purchase pending for ever: its customer's next report asks the vendor", () =>
    Effect.gen(function*() {
      const { keys, store, vendor } = yield* sold
      const rotated = yield* ringOf(yield* SealingKeys.rotate(keys, { keep: 0 }))
      const { outbox } = yield* Given.start(vendor, {}, { store, ring: rotated })
      const { reason } = yield* Effect.flip(outbox.validatePurchase(Given.purchase("eve", "t1")))
      assert.strictEqual(reason._tag, "PurchaseConflict")
      assert.deepStrictEqual(
        yield* Given.passing(outbox.validatePurchase(sale), Given.second),
        Given.validated("botsi", sale.transaction)
      )
      assert.deepStrictEqual(yield* outbox.validatePurchase(sale), Given.validated("botsi", sale.transaction))
      assert.lengthOf(vendor.requests, 2)
    }))

  it.effect("that are gone leave it pending where a purchase must not be sent twice", () =>
    Effect.gen(function*() {
      const { keys, store, vendor } = yield* sold
      const rotated = yield* ringOf(yield* SealingKeys.rotate(keys, { keep: 0 }))
      const { outbox } = yield* Given.start(vendor, { repeatPurchases: false }, { store, ring: rotated })
      assert(Purchase.isPending(yield* outbox.validatePurchase(sale)))
      assert.lengthOf(vendor.requests, 1)
    }))
})
