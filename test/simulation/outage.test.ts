import { assert, describe, it } from "@effect/vitest"
import type { Breaker } from "@priceport/core"
import { Effect, Fiber, Random } from "effect"
import { TestClock } from "effect/testing"
import * as Outage from "./Outage.ts"
import * as Run from "./Run.ts"

/** Asks for one customer after another, and waits a while after each. */
const askEach = (
  { pricing }: Effect.Success<ReturnType<typeof Outage.make>>,
  customers: number,
  pauseMs: number
) =>
  Effect.forEach(Run.range(1, customers), (number) =>
    Effect.gen(function*() {
      const asking = yield* Effect.forkChild(Effect.exit(pricing.getPaywall(Outage.requestOf(number))), {
        startImmediately: true
      })
      yield* TestClock.adjust(pauseMs)
      return asking
    }))

describe("a vendor that fails every time", () => {
  for (const kind of ["unavailable", "transport", "silent"] as const) {
    it.effect(`is sent a fifth more attempts at most, and three, while ${kind}`, () =>
      Effect.gen(function*() {
        for (const seed of Run.range(1, 3)) {
          yield* Effect.gen(function*() {
            const outage = yield* Outage.make(kind, { seed, stack: { breaker: { failures: 1_000_000 } } })
            const asking = yield* askEach(outage, 100, 50)
            yield* TestClock.adjust("10 seconds")
            yield* Fiber.awaitAll(asking)
            const attempts = outage.startedAt.length
            assert.isAbove(attempts, 100)
            assert.isAtMost(attempts, 1.2 * 100 + 3)
          }).pipe(Random.withSeed(seed), Effect.scoped)
        }
      }))
  }

  it.effect("is sent probes only, once the circuit is open", () =>
    Effect.gen(function*() {
      let probes = 0
      const states: Array<Breaker.State> = []
      const outage = yield* Outage.make("unavailable", {
        stack: {
          breaker: {
            onTransition: ({ to }) =>
              Effect.sync(() => {
                if (to === "half-open") probes++
                if (states.push(to) === 1) outage.startedAt.length = 0
              })
          }
        }
      })
      yield* askEach(outage, 400, 1_000)
      assert.includeMembers(states, ["open", "half-open"])
      assert.isAbove(probes, 5)
      assert.lengthOf(outage.startedAt, probes)
    }))
})

describe("a vendor that asks to wait", () => {
  it.effect("is left alone for 60 seconds when it said 1 second, and then 60", () =>
    Effect.gen(function*() {
      const { pricing, startedAt, vendor } = yield* Outage.make("rate limiting for a second")
      const ask = (customer: number) =>
        Effect.forkChild(Effect.exit(pricing.getPaywall(Outage.requestOf(customer), { within: "100 millis" })), {
          startImmediately: true
        })
      yield* ask(1)
      yield* TestClock.adjust("100 millis")
      assert.lengthOf(startedAt, 1)
      vendor.kind = "rate limiting for a minute"
      yield* TestClock.adjust("1 second")
      // The lookup goes on without its caller: it has come again, after 1 second and not before.
      assert.lengthOf(startedAt, 2)
      assert.isAtLeast(startedAt[1]! - startedAt[0]!, 1_000)
      for (const customer of Run.range(2, 60)) {
        yield* ask(customer)
        yield* TestClock.adjust("1 second")
      }
      assert.lengthOf(startedAt, 2)
      yield* TestClock.adjust("2 seconds")
      yield* ask(100)
      assert.lengthOf(startedAt, 3)
    }))

  it.effect("does not keep a caller for a day, nor is it left alone for one", () =>
    Effect.gen(function*() {
      const { pricing, startedAt } = yield* Outage.make("rate limiting for a day")
      const asking = yield* Effect.forkChild(Effect.timed(Effect.flip(pricing.getPaywall(Outage.requestOf(1)))), {
        startImmediately: true
      })
      yield* TestClock.adjust("3 seconds")
      const [, error] = yield* Fiber.join(asking)
      assert.strictEqual(error.reason._tag, "RateLimited")
      assert.lengthOf(error.attempts, 1)
      const held = yield* Effect.flip(pricing.getPaywall(Outage.requestOf(2)))
      assert.strictEqual(held.reason._tag, "CircuitOpen")
      yield* TestClock.adjust("1 hour")
      yield* Effect.forkChild(Effect.exit(pricing.getPaywall(Outage.requestOf(3))), { startImmediately: true })
      assert.lengthOf(startedAt, 2)
    }))
})
