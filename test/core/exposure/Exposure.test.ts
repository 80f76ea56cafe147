import { assert, describe, it } from "@effect/vitest"
import { type Attribution, Exposure, PricingError } from "@priceport/core"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"

const once = (options?: Exposure.Options, stub: Parameters<typeof Stub.make>[0] = {}) => {
  const { provider, reached } = Stub.make(stub)
  return { provider: Exposure.once(options)(provider), reached }
}

const shown = (attribution: Partial<Attribution.Attribution> = {}) => ({
  attribution: { ...Stub.attribution, ...attribution }
})

describe("Exposure", () => {
  it.effect("counts an exposure once, however often it is reported", () =>
    Effect.gen(function*() {
      const { provider, reached } = once()
      assert.strictEqual((yield* provider.recordImpression(shown()))._tag, "Recorded")
      assert.strictEqual((yield* provider.recordImpression(shown()))._tag, "Duplicate")
      assert.strictEqual(
        (yield* provider.recordImpression(shown({ fetchedAt: "2026-03-02T12:00:00.000Z" })))._tag,
        "Duplicate"
      )
      assert.lengthOf(reached, 1)
    }))

  const others: Record<string, Partial<Attribution.Attribution>> = {
    "another subject": { subject: { kind: "user", value: "u-2" } },
    "the same value as another kind of subject": { subject: { kind: "profile", value: "u-1" } },
    "another placement": { placement: "settings" },
    "another paywall": { paywallId: "43" },
    "another variant": { payload: { id: 42, model: 7, arm: 0 } }
  }
  it.effect.each(Object.entries(others))("takes %s for another exposure", ([, other]) =>
    Effect.gen(function*() {
      const { provider } = once()
      yield* provider.recordImpression(shown())
      assert.strictEqual((yield* provider.recordImpression(shown(other)))._tag, "Recorded")
    }))

  it.effect("holds the first report for the exposure where the vendor counted the fetch", () =>
    Effect.gen(function*() {
      const { provider } = once({}, { recordImpression: () => Effect.succeed({ _tag: "ImplicitOnFetch" }) })
      assert.strictEqual((yield* provider.recordImpression(shown()))._tag, "ImplicitOnFetch")
      assert.strictEqual((yield* provider.recordImpression(shown()))._tag, "Duplicate")
    }))

  it.effect("does not hold a failed report for counted", () =>
    Effect.gen(function*() {
      let down = true
      const { provider, reached } = once({}, {
        recordImpression: () =>
          down ? Effect.fail(new PricingError.Unavailable({ status: 503 })) : Effect.succeed({ _tag: "Recorded" })
      })
      assert.strictEqual((yield* Effect.flip(provider.recordImpression(shown()))).reason._tag, "Unavailable")
      down = false
      assert.strictEqual((yield* provider.recordImpression(shown()))._tag, "Recorded")
      assert.lengthOf(reached, 2)
    }))

  it.effect("lets a second report wait for the first, and sends it itself where that one failed", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      let calls = 0
      const { provider, reached } = once({}, {
        recordImpression: () =>
          Effect.andThen(
            Deferred.await(gate),
            calls++ === 0
              ? Effect.fail(new PricingError.Unavailable({ status: 503 }))
              : Effect.succeed({ _tag: "Recorded" as const })
          )
      })
      const reports = yield* Effect.forkChild(
        Effect.all(Array.from({ length: 5 }, () => Effect.result(provider.recordImpression(shown()))), {
          concurrency: "unbounded"
        }),
        { startImmediately: true }
      )
      assert.lengthOf(reached, 1)
      yield* Deferred.succeed(gate, undefined)
      const outcomes = yield* Fiber.join(reports)
      assert.deepStrictEqual(
        outcomes.map((result) => result._tag === "Success" ? result.success._tag : result.failure.reason._tag)
          .toSorted(),
        ["Duplicate", "Duplicate", "Duplicate", "Recorded", "Unavailable"]
      )
      assert.lengthOf(reached, 2)
    }))

  it.effect("does not wait for another report longer than its own time limit", () =>
    Effect.gen(function*() {
      const { provider } = once({}, { recordImpression: () => Effect.never, timeouts: { recordImpression: "1 hour" } })
      yield* Effect.forkChild(provider.recordImpression(shown()), { startImmediately: true })
      const second = yield* Effect.forkChild(
        Effect.flip(provider.recordImpression(shown(), { timeout: "2 seconds" })),
        { startImmediately: true }
      )
      yield* TestClock.adjust("2 seconds")
      assert.deepInclude((yield* Fiber.join(second)).reason, { _tag: "Timeout", limitMs: 2000 })
    }))

  it.effect("is free again after a report that was interrupted", () =>
    Effect.gen(function*() {
      let calls = 0
      const { provider } = once({}, {
        recordImpression: () => calls++ === 0 ? Effect.never : Effect.succeed({ _tag: "Recorded" })
      })
      const first = yield* Effect.forkChild(provider.recordImpression(shown()), { startImmediately: true })
      yield* Fiber.interrupt(first)
      assert.strictEqual((yield* provider.recordImpression(shown()))._tag, "Recorded")
    }))

  it.effect("does not count what was too old when it was shown", () =>
    Effect.gen(function*() {
      const { provider, reached } = once({ maxStale: "1 hour" })
      const stale = (ageMs: number) => ({
        ...shown(),
        provenance: { ...Stub.paywall.provenance, source: "stale" as const, ageMs }
      })
      assert.strictEqual((yield* provider.recordImpression(stale(3_600_001)))._tag, "NotCounted")
      assert.lengthOf(reached, 0)
      assert.strictEqual((yield* provider.recordImpression(stale(3_600_000)))._tag, "Recorded")
    }))

  it.effect("remembers no more than it may, the latest ones", () =>
    Effect.gen(function*() {
      const { provider } = once({ maxEntries: 2 })
      const of = (value: string) => provider.recordImpression(shown({ subject: { kind: "user", value } }))
      for (const customer of ["a", "b", "a", "c"]) yield* of(customer)
      assert.deepStrictEqual([(yield* of("a"))._tag, (yield* of("b"))._tag], ["Duplicate", "Recorded"])
    }))

  it.effect("leaves what cannot count to the provider", () =>
    Effect.gen(function*() {
      const { provider } = once()
      assert.strictEqual((yield* provider.recordImpression({}))._tag, "NotCounted")
      const foreign = yield* Effect.flip(provider.recordImpression(shown({ provider: "other" })))
      assert.strictEqual(foreign.reason._tag, "AttributionMismatch")
    }))
})
