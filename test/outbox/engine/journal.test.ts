import { assert, it } from "@effect/vitest"
import { Journal, Purchase } from "@priceport/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

it.effect("a purchase that was pending is told of once the vendor validated it", () => {
  const events: Array<Journal.Event> = []
  const journal = { tell: (event: Journal.Event) => Effect.sync(() => void events.push(event)) }
  return Effect.gen(function*() {
    const vendor = Given.vendor({ answer: () => Effect.sleep(8000) })
    const { outbox } = yield* Given.start(vendor)
    const sale = Given.purchase("ada", "t1")
    assert(Purchase.isPending(yield* outbox.validatePurchase(sale, { timeout: 0 })))
    yield* TestClock.adjust("1 minute")
    assert.lengthOf(vendor.requests, 1)
    assert.deepStrictEqual(events.map(({ _tag }) => _tag), ["Purchased"])
  }).pipe(Effect.provideService(Journal.Journal, journal))
})
