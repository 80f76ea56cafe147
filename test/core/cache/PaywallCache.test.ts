import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import * as Budget from "@priceport/core/resilience/Budget"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import { Cause, Clock, Duration, Effect, Exit, Fiber, Tracer } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"
import * as Vendor from "./Vendor.ts"

const options = {
  timeToLive: "1 minute",
  staleWhileRevalidate: "4 minutes",
  staleIfError: "1 hour"
} satisfies PaywallCache.Options

const { origin } = Vendor

describe("PaywallCache", () => {
  describe("a fresh answer", () => {
    it.effect("is served without asking, and says how old it is", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* Vendor.make(options)
        const live = yield* ask()
        yield* TestClock.adjust("59 seconds")
        const cached = yield* ask()
        assert.deepStrictEqual(origin(live), { id: "1", source: "live", ageMs: undefined })
        assert.deepStrictEqual(origin(cached), { id: "1", source: "cache", ageMs: 59_000 })
        yield* TestClock.adjust("999 millis")
        assert.deepStrictEqual(origin(yield* ask()), { id: "1", source: "cache", ageMs: 59_999 })
        assert.lengthOf(vendor.calls, 1)
      }))

    it.effect("keeps its attribution, its notes and when it was fetched, and lists no attempts", () =>
      Effect.gen(function*() {
        const { ask } = yield* Vendor.make(options)
        const live = yield* ask()
        yield* TestClock.adjust("1 second")
        const cached = yield* ask()
        assert.strictEqual(cached.attribution, live.attribution)
        assert.deepStrictEqual(cached.provenance.notes, live.provenance.notes)
        assert.strictEqual(cached.provenance.fetchedAt, live.provenance.fetchedAt)
        assert.lengthOf(live.provenance.attempts, 1)
        assert.isEmpty(cached.provenance.attempts)
      }))

    it.effect("is served in one step, without a span", () =>
      Effect.gen(function*() {
        const spans: Array<string> = []
        const tracer = Tracer.make({
          span: (span) => {
            spans.push(span.name)
            return new Tracer.NativeSpan(span)
          }
        })
        const { ask } = yield* Vendor.make(options)
        yield* Effect.withTracer(ask(), tracer)
        assert.deepStrictEqual(spans, ["PricingProvider.getPaywall"])
        const clock = yield* Clock.Clock
        const exit = Effect.runSyncExit(
          ask().pipe(Effect.withTracer(tracer), Effect.provideService(Clock.Clock, clock))
        )
        assert.isTrue(Exit.isSuccess(exit))
        assert.lengthOf(spans, 1)
      }))

    it.effect("serves no other customer, placement, or question of enrolment", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* Vendor.make(options)
        const requests = [
          Stub.request,
          { ...Stub.request, enroll: false },
          { ...Stub.request, placement: "settings" },
          { ...Stub.request, customer: { id: "u-2" } },
          { ...Stub.request, customer: { profiles: { stub: "u-1" } } }
        ]
        for (const request of [...requests, ...requests]) yield* ask(request)
        assert.deepStrictEqual(vendor.calls, requests)
        assert.isFalse((yield* ask(requests[1])).attribution?.enrolled)
        assert.isTrue((yield* ask({ ...Stub.request, enroll: true })).attribution?.enrolled)
        assert.lengthOf(vendor.calls, requests.length)
      }))

    it.effect("is that of the request as it was asked, whatever becomes of the object", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* Vendor.make(options)
        vendor.behaviour = Vendor.after(100)
        const request = { placement: "onboarding", customer: { id: "ada", attributes: { plan: "free" } } }
        const fiber = yield* Effect.forkChild(ask(request), { startImmediately: true })
        request.customer.id = "grace"
        request.customer.attributes.plan = "paid"
        yield* TestClock.adjust("100 millis")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(vendor.calls[0]?.customer, { id: "ada", attributes: { plan: "free" } })
        const again = yield* ask({ placement: "onboarding", customer: { id: "ada", attributes: { plan: "free" } } })
        assert.strictEqual(again.provenance.source, "cache")
      }))

    it.effect("is not fresh after the clock was set back", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(10_000_000)
        const { ask, vendor } = yield* Vendor.make(options)
        yield* ask()
        yield* TestClock.setTime(5_000_000)
        assert.deepStrictEqual(origin(yield* ask()), { id: "2", source: "live", ageMs: undefined })
        assert.lengthOf(vendor.calls, 2)
      }))
  })

  describe("an answer past its time to live", () => {
    it.effect("is served at once while one refresh runs, which replaces it", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* Vendor.make(options)
        yield* ask()
        yield* TestClock.adjust("1 minute")
        vendor.behaviour = Vendor.after(200)
        for (let i = 0; i < 10; i++) {
          assert.deepStrictEqual(origin(yield* ask()), { id: "1", source: "stale", ageMs: 60_000 })
        }
        assert.lengthOf(vendor.calls, 2)
        yield* TestClock.adjust("200 millis")
        assert.deepStrictEqual(origin(yield* ask()), { id: "2", source: "cache", ageMs: 0 })
      }))

    it.effect("outlives refreshes that fail, which say why and pause between them", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* Vendor.make(options)
        yield* ask()
        yield* TestClock.adjust("1 minute")
        for (
          const reason of [
            Vendor.unavailable,
            new PricingError.NotFound({}),
            new PricingError.InvalidResponse({ path: "", detail: "?" })
          ]
        ) {
          vendor.behaviour = Vendor.failing(reason)
          yield* ask()
          const before = vendor.calls.length
          for (let i = 0; i < 10; i++) {
            const { id, provenance } = yield* ask()
            assert.deepInclude(provenance, { source: "stale", reason: reason._tag })
            assert.strictEqual(id, "1")
          }
          assert.strictEqual(vendor.calls.length, before)
          yield* TestClock.adjust("31 seconds")
        }
        assert.lengthOf(vendor.calls, 4)
      }))

    it.effect("outlives a refresh that hangs, which ends at its own time and makes room for another", () =>
      Effect.gen(function*() {
        const { ask, stats, vendor } = yield* Vendor.make(options)
        yield* ask()
        yield* TestClock.adjust("1 minute")
        vendor.behaviour = Vendor.silent
        yield* ask()
        yield* TestClock.adjust("2999 millis")
        assert.strictEqual((yield* stats).inFlight, 1)
        yield* TestClock.adjust("1 millis")
        assert.deepInclude(yield* stats, { inFlight: 0, entries: 1, failures: 1 })
        assert.strictEqual(vendor.interrupted, 1)
        vendor.behaviour = Vendor.promptly
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* ask()).provenance.source, "stale")
        assert.deepStrictEqual(origin(yield* ask()), { id: "3", source: "cache", ageMs: 0 })
      }))

    it.effect("outlives a refresh that dies", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* Vendor.make(options)
        yield* ask()
        yield* TestClock.adjust("1 minute")
        vendor.behaviour = () => Effect.die(new Error("a bug"))
        yield* ask()
        assert.deepStrictEqual(origin(yield* ask()), { id: "1", source: "stale", ageMs: 60_000 })
      }))
  })

  describe("an answer too old to be served at once", () => {
    const aged = Effect.fnUntraced(function*() {
      const cache = yield* Vendor.make(options)
      yield* cache.ask()
      yield* TestClock.adjust("10 minutes")
      return cache
    })

    it.effect("is asked for anew", () =>
      Effect.gen(function*() {
        const { ask } = yield* aged()
        assert.deepStrictEqual(origin(yield* ask()), { id: "2", source: "live", ageMs: undefined })
      }))

    it.effect("stands in for a failure, with the reason and the attempts of that", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* aged()
        vendor.behaviour = Vendor.failing(Vendor.unavailable)
        const paywall = yield* ask()
        assert.deepStrictEqual(origin(paywall), { id: "1", source: "stale", ageMs: 600_000 })
        assert.strictEqual(paywall.provenance.reason, "Unavailable")
        assert.deepStrictEqual(paywall.provenance.attempts.map(({ outcome }) => outcome), ["Unavailable"])
        // Nobody waits for the next failure.
        assert.strictEqual((yield* ask()).provenance.reason, "Unavailable")
        assert.lengthOf(vendor.calls, 2)
      }))

    it.effect("stands in for a vendor that takes too long, before the caller or the budget gives up", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* aged()
        vendor.behaviour = Vendor.silent
        const waits = [
          { call: ask(), ms: 1000 },
          { call: ask(undefined, { timeout: 300 }), ms: 300 },
          {
            call: Budget.run(ask(), { provider: "app", operation: "getPaywall", limit: Duration.millis(800) }),
            ms: 600
          }
        ]
        const fibers = yield* Effect.forEach(waits, ({ call }) => Effect.forkChild(Effect.timed(call)))
        yield* TestClock.adjust("1 second")
        for (const [index, fiber] of fibers.entries()) {
          const [elapsed, { provenance }] = yield* Fiber.join(fiber)
          assert.strictEqual(Duration.toMillis(elapsed), waits[index]?.ms)
          assert.deepInclude(provenance, { source: "stale", reason: "Timeout" })
        }
        assert.lengthOf(vendor.calls, 2)
      }))

    it.effect("stands in no longer after the limit", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* aged()
        yield* TestClock.adjust("51 minutes")
        vendor.behaviour = Vendor.failing(Vendor.unavailable)
        assert.strictEqual((yield* Effect.flip(ask())).reason._tag, "Unavailable")
      }))

    it.effect("stands in no longer when the limit passes while it waits", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* aged()
        yield* TestClock.adjust(Duration.millis(51 * 60_000 - 500))
        vendor.behaviour = Vendor.silent
        const fiber = yield* Effect.forkChild(Effect.timed(Effect.flip(ask())), { startImmediately: true })
        yield* TestClock.adjust("3 seconds")
        const [elapsed, { reason }] = yield* Fiber.join(fiber)
        assert.strictEqual(reason._tag, "Timeout")
        assert.strictEqual(Duration.toMillis(elapsed), 3000)
      }))

    it.effect("does not stand in once the customer was forgotten, and the caller waits on", () =>
      Effect.gen(function*() {
        const { ask, invalidate, vendor } = yield* aged()
        vendor.behaviour = Vendor.after(2000)
        const fiber = yield* Effect.forkChild(ask(), { startImmediately: true })
        yield* invalidate({ id: "u-1" })
        yield* TestClock.adjust("1 second")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("2 seconds")
        assert.strictEqual((yield* Fiber.join(fiber)).provenance.source, "live")
      }))

    it.effect("hides no defect", () =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* aged()
        vendor.behaviour = () => Effect.die(new Error("a bug"))
        const exit = yield* Effect.exit(ask())
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      }))
  })

  describe("a failure", () => {
    it.effect.each([
      { reason: new PricingError.NotFound({}), ms: 30_000 },
      { reason: new PricingError.Unauthorized({}), ms: 10_000 },
      { reason: new PricingError.Forbidden({}), ms: 10_000 },
      { reason: new PricingError.Rejected({ status: 400 }), ms: 10_000 },
      { reason: new PricingError.RateLimited({ retryAfterMs: 5000 }), ms: 5000 },
      { reason: new PricingError.Unavailable({ retryAfterMs: 86_400_000 }), ms: 60_000 },
      { reason: new PricingError.RateLimited({}), ms: 0 },
      { reason: new PricingError.Unavailable({}), ms: 0 },
      { reason: new PricingError.Transport({ detail: "broken", sent: "maybe" }), ms: 0 },
      { reason: new PricingError.InvalidResponse({ path: "", detail: "?" }), ms: 0 },
      { reason: new PricingError.CircuitOpen({}), ms: 0 },
      { reason: new PricingError.InvalidRequest({ field: "customer", issue: "?" }), ms: 0 }
    ])("is remembered as its reason deserves: $reason._tag for $ms ms", ({ ms, reason }) =>
      Effect.gen(function*() {
        const { ask, vendor } = yield* Vendor.make(options)
        vendor.behaviour = Vendor.failing(reason)
        const error = yield* Effect.flip(ask())
        if (ms > 0) {
          yield* TestClock.adjust(ms - 1)
          assert.strictEqual(yield* Effect.flip(ask()), error)
          assert.lengthOf(vendor.calls, 1)
          yield* TestClock.adjust(1)
        }
        vendor.behaviour = Vendor.promptly
        assert.strictEqual((yield* ask()).provenance.source, "live")
        assert.lengthOf(vendor.calls, 2)
      }))

    it.effect("is not remembered when it is a defect or an interruption", () =>
      Effect.gen(function*() {
        const { ask, stats, vendor } = yield* Vendor.make(options)
        for (const behaviour of [() => Effect.die(new Error("a bug")), () => Effect.interrupt]) {
          vendor.behaviour = behaviour
          assert.isTrue(Exit.isFailure(yield* Effect.exit(ask())))
          assert.strictEqual((yield* stats).entries, 0)
        }
        vendor.behaviour = Vendor.promptly
        assert.strictEqual((yield* ask()).id, "3")
      }))
  })

  it.effect("leaves a request that has no key to the provider, timeout included", () =>
    Effect.gen(function*() {
      const { ask, stats, vendor } = yield* Vendor.make(options)
      const misspelt = { ...Stub.request, enrol: false }
      assert.strictEqual((yield* Effect.flip(ask(misspelt))).reason._tag, "InvalidRequest")
      yield* ask()
      assert.strictEqual((yield* Effect.flip(ask(misspelt))).reason._tag, "InvalidRequest")
      assert.strictEqual(
        (yield* Effect.flip(ask(undefined, { timeout: "soon" as "1 second" }))).reason._tag,
        "InvalidRequest"
      )
      assert.lengthOf(vendor.calls, 1)
      assert.deepInclude(yield* stats, { bypassed: 2, misses: 1 })
    }))

  it.effect("never answers an override from memory, and forgets the customer after it", () =>
    Effect.gen(function*() {
      const { ask, vendor } = yield* Vendor.make(options)
      yield* ask()
      const override = { ...Stub.request, options: { stub: { override: true } } }
      yield* ask(override)
      yield* ask(override)
      assert.strictEqual((yield* ask()).id, "4")
      assert.lengthOf(vendor.calls, 4)
    }))

  it.effect("asks anew in another generation, and as another provider", () =>
    Effect.gen(function*() {
      const { ask } = yield* Vendor.make({ ...options, generation: "2" })
      assert.strictEqual((yield* ask()).provenance.source, "live")
    }))

  it.effect("keeps nothing that is not live", () =>
    Effect.gen(function*() {
      const bundled = { ...Stub.paywall, provenance: { ...Stub.paywall.provenance, source: "bundled" as const } }
      const { ask, stats } = yield* Vendor.make(options, { getPaywall: () => Effect.succeed(bundled) })
      for (let i = 0; i < 2; i++) assert.strictEqual((yield* ask()).provenance.source, "bundled")
      assert.deepInclude(yield* stats, { entries: 0, lookups: 2 })
    }))

  it("refuses options that nothing could keep", () => {
    for (
      const wrong of [{ maxEntries: 0 }, { maxBytes: 1.5 }, { timeToLive: -1 }, { lookupTimeout: Duration.infinity }, {
        lookupTimeout: 0
      }]
    ) assert.throws(() => PaywallCache.make(wrong), RangeError)
  })
})
