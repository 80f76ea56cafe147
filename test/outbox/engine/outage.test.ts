import { assert, describe, it } from "@effect/vitest"
import type { KeyRing } from "@priceport/core"
import { Effect, Random } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { hour, minute, second } = Given

/** A ring that costs nothing: what is sealed is what was clear. */
const openRing: KeyRing.KeyRing["Service"] = {
  seal: (clear) => Effect.succeed(clear),
  open: (sealed) => Effect.succeed(sealed),
  fingerprint: (...parts) => Effect.sync(() => parts.join("|"))
}

describe("Outbox through an outage", () => {
  it.effect(
    "of 71 hours loses none of 100,000 entries, sends next to nothing meanwhile, and drains at its rate",
    () =>
      Effect.gen(function*() {
        const [count, customers, rate] = [100_000, 4_000, 40]
        const vendor = Given.vendor({ answer: Given.fails(Given.unavailable), batches: true })
        const { outbox } = yield* Given.start(vendor, { rate }, { ring: openRing })
        yield* Effect.forEach(
          Array.from({ length: count }, (_, index) => index),
          (index) => outbox.recordImpression(Given.impression(`c${index % customers}`, `${index}`)),
          { concurrency: 1_000, discard: true }
        )
        yield* TestClock.adjust(71 * hour)
        // 5 failures and 7 under way open the lane; 10 steps below 15 minutes and 4 an hour of 15 follow.
        assert.isAtMost(vendor.requests.length, 12 + 10 + 71 * 5)
        assert.isAtMost(vendor.requests.length, 0.2 * count)
        const { counts: [before] } = yield* outbox.status
        assert.deepInclude(before, { queued: count, delivered: 0, dead: 0 })

        vendor.answer = () => Effect.void
        const sentBefore = vendor.requests.length
        // The last probe may be 18 minutes back, and who was probed then waits a little longer.
        yield* TestClock.adjust(40 * minute)
        const { counts: [after] } = yield* outbox.status
        assert.deepInclude(after, { queued: 0, inFlight: 0, delivered: count, dead: 0 })

        const drain = vendor.requests.slice(sentBefore)
        assert.strictEqual(new Set(drain.flatMap(({ ids }) => ids)).size, count)
        assert.isAtMost(drain.length, customers + sentBefore)
        // One interval after the other from the first answer on, until only those are left that wait for their own turn.
        const steady = drain.slice(1, customers - sentBefore).map(({ at }) => at)
        const took = steady.at(-1)! - steady[0]!
        const least = (steady.length - 1) * second / rate
        assert.isAtLeast(took, least - 1)
        assert.isAtMost(took, least * 1.05)
      }).pipe(Random.withSeed("outage")),
    120_000
  )
})
