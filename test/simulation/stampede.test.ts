import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Outage from "./Outage.ts"

const ask = Outage.requestOf(1)

describe("10,000 callers who miss the same paywall at once", () => {
  it.effect(
    "cost the vendor one attempt through the whole stack, and all have its answer",
    () =>
      Effect.gen(function*() {
        const { pricing, startedAt } = yield* Outage.make("slow")
        const asking = yield* Effect.replicateEffect(
          Effect.forkChild(pricing.getPaywall(ask, { within: "10 seconds" }), { startImmediately: true }),
          10_000
        )
        yield* TestClock.adjust("2500 millis")
        const paywalls = yield* Fiber.joinAll(asking)
        assert.lengthOf(startedAt, 1)
        assert.isTrue(paywalls.every(({ id, provenance }) => id === "1" && provenance.source === "live"))
      }),
    60_000
  )

  it.effect("share one failure, its retries included", () =>
    Effect.gen(function*() {
      const { pricing, startedAt } = yield* Outage.make("unavailable")
      const asking = yield* Effect.replicateEffect(
        Effect.forkChild(Effect.flip(pricing.getPaywall(ask)), { startImmediately: true }),
        10_000
      )
      yield* TestClock.adjust("3 seconds")
      const errors = yield* Fiber.joinAll(asking)
      assert.lengthOf(startedAt, 3)
      assert.isTrue(errors.every(({ reason }) => reason._tag === "Unavailable"))
    }), 60_000)
})
