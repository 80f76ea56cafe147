import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Bundle from "./Bundle.ts"
import type * as Fault from "./Fault.ts"
import * as Outage from "./Outage.ts"

/** How long the first customer waits at most, in milliseconds, and what they are told. */
const outages: ReadonlyArray<{ readonly kind: Fault.Kind; readonly within: number; readonly reason: string }> = [
  { kind: "unavailable", within: 800, reason: "Unavailable" },
  { kind: "transport", within: 800, reason: "Transport" },
  { kind: "silent", within: 800, reason: "Timeout" },
  { kind: "rate limiting for a day", within: 100, reason: "RateLimited" },
  { kind: "unauthorized", within: 100, reason: "Unauthorized" },
  { kind: "forbidden", within: 100, reason: "Forbidden" },
  { kind: "drifting", within: 100, reason: "InvalidResponse" },
  { kind: "not finding, without a word", within: 100, reason: "NotFound" }
]

const start = Effect.fnUntraced(function*(kind: Fault.Kind) {
  yield* TestClock.setTime(Date.parse("2026-03-01T12:00:00.000Z"))
  const bundle = yield* Bundle.load(Date.parse("2026-02-28T12:00:00.000Z"))
  return yield* Outage.make(kind, { stack: { fallback: { bundle } } })
})

describe("an application with a bundle, whose vendor is down from the start", () => {
  it.effect.each(outages)(
    "shows it within $within ms while $kind, and says why",
    ({ kind, reason, within }) =>
      Effect.gen(function*() {
        const { pricing } = yield* start(kind)
        const asking = yield* Effect.forkChild(
          Effect.timed(pricing.getPaywall(Outage.requestOf(1), { within: "800 millis" })),
          { startImmediately: true }
        )
        yield* TestClock.adjust(within)
        const [elapsed, paywall] = yield* Fiber.join(asking)
        assert.strictEqual(paywall.id, "bundle:default")
        assert.isUndefined(paywall.attribution)
        const ageMs = 86_400_000 + Duration.toMillis(elapsed)
        assert.deepInclude(paywall.provenance, { source: "bundled", reason, ageMs })
        assert.isNotEmpty(paywall.provenance.attempts)
        assert.strictEqual((yield* pricing.recordImpression(paywall))._tag, "NotCounted")
      })
  )

  it.effect("shows it at once when the circuit is open, without asking the vendor", () =>
    Effect.gen(function*() {
      const { pricing, startedAt } = yield* start("unavailable")
      for (let customer = 1; customer <= 10; customer++) {
        yield* Effect.forkChild(pricing.getPaywall(Outage.requestOf(customer)))
      }
      yield* TestClock.adjust("3 seconds")
      const attempts = startedAt.length
      const paywall = yield* pricing.getPaywall(Outage.requestOf(11), { within: 0 })
      assert.deepInclude(paywall.provenance, { source: "bundled", reason: "CircuitOpen", attempts: [] })
      assert.lengthOf(startedAt, attempts)
    }))

  it.effect("does not hide with it that the vendor refuses the request itself", () =>
    Effect.gen(function*() {
      const { pricing } = yield* start("refusing")
      const asking = yield* Effect.forkChild(Effect.flip(pricing.getPaywall(Outage.requestOf(1))), {
        startImmediately: true
      })
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* Fiber.join(asking)).reason._tag, "Rejected")
    }))
})
