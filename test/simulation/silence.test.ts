import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Outage from "./Outage.ts"
import * as Run from "./Run.ts"
import * as Watch from "./Watch.ts"

const callers = Run.range(1, 50)

const within = "800 millis"

describe("50 callers with 800 ms each, before a vendor that is silent", () => {
  it.effect("are answered after 800 ms exactly, whenever they came, and leave nothing running", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { left, result: outage } = yield* Watch.fibers(Effect.gen(function*() {
        const outage = yield* Scope.provide(Outage.make("silent"), scope)
        const asking = yield* Effect.forEach(callers, () =>
          Effect.gen(function*() {
            yield* TestClock.adjust("7 millis")
            return yield* Effect.forkChild(
              Effect.timed(Effect.flip(outage.pricing.getPaywall(Outage.requestOf(1), { within }))),
              { startImmediately: true }
            )
          }))
        yield* TestClock.adjust(within)
        for (const [elapsed, { reason }] of yield* Fiber.joinAll(asking)) {
          assert.strictEqual(Duration.toMillis(elapsed), 800)
          assert.deepInclude(reason, { _tag: "Timeout", limitMs: 800 })
        }
        assert.lengthOf(outage.startedAt, 1)
        assert.deepInclude(yield* outage.pricing.stats, { inFlight: 1, misses: 1, joined: 49, lookups: 1 })
        return outage
      }))
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(outage.vendor.running.size, 0)
      assert.strictEqual(yield* left, 0)
    }))

  it.effect("are followed by others who have another lookup, once its own deadline has ended the hung one", () =>
    Effect.gen(function*() {
      const { pricing, startedAt, vendor } = yield* Outage.make("silent")
      const ask = Effect.forkChild(Effect.exit(pricing.getPaywall(Outage.requestOf(1), { within })), {
        startImmediately: true
      })
      const early = yield* Effect.replicateEffect(ask, 50)
      yield* TestClock.adjust("2400 millis")
      assert.isTrue((yield* Fiber.joinAll(early)).every(Exit.isFailure))
      const late = yield* Effect.replicateEffect(ask, 50)
      vendor.kind = "healthy"
      yield* TestClock.adjust("800 millis")
      const [first] = yield* Fiber.joinAll(late)
      assert.strictEqual(Exit.isSuccess(first!) && first.value.provenance.source, "live")
      assert.strictEqual(startedAt[0], 0)
      assert.isAtLeast(startedAt[1]!, 2_500)
      assert.strictEqual((yield* pricing.stats).inFlight, 0)
      assert.strictEqual(vendor.running.size, 0)
    }))
})
