import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import * as Budget from "@priceport/core/resilience/Budget"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import { Duration, Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"
import * as Vendor from "./Vendor.ts"

const promptEach = <A, E>(calls: ReadonlyArray<Effect.Effect<A, E>>) =>
  Effect.forEach(calls, (call) => Effect.forkChild(call, { startImmediately: true }))

describe("PaywallCache, with many callers", () => {
  it.effect("makes one call of 10,000 misses at once", () =>
    Effect.gen(function*() {
      const { ask, stats, vendor } = yield* Vendor.make()
      vendor.behaviour = Vendor.after(100)
      const fibers = yield* promptEach(Array.from({ length: 10_000 }, () => ask()))
      yield* TestClock.adjust("100 millis")
      const paywalls = yield* Fiber.joinAll(fibers)
      assert.lengthOf(vendor.calls, 1)
      assert.isTrue(paywalls.every((paywall) => paywall === paywalls[0]))
      assert.deepInclude(yield* stats, { misses: 1, joined: 9999, lookups: 1, inFlight: 0 })
    }), 30_000)

  it.effect("shares one failure among those who waited for it", () =>
    Effect.gen(function*() {
      const { ask, vendor } = yield* Vendor.make()
      vendor.behaviour = () => Effect.andThen(Effect.sleep(100), Effect.fail(Vendor.unavailable))
      const fibers = yield* promptEach(Array.from({ length: 10 }, () => Effect.flip(ask())))
      yield* TestClock.adjust("100 millis")
      for (const { reason } of yield* Fiber.joinAll(fibers)) assert.strictEqual(reason._tag, "Unavailable")
      assert.lengthOf(vendor.calls, 1)
    }))

  it.effect("lets each of 50 on a hung lookup end at its own time, and replaces the lookup at its own", () =>
    Effect.gen(function*() {
      const { ask, stats, vendor } = yield* Vendor.make()
      vendor.behaviour = Vendor.silent
      const waits = Array.from({ length: 50 }, (_, index) => 100 + 10 * index)
      const fibers = yield* promptEach(waits.map((timeout) => Effect.timed(Effect.flip(ask(undefined, { timeout })))))
      yield* TestClock.adjust("800 millis")
      for (const [index, fiber] of fibers.entries()) {
        const [elapsed, error] = yield* Fiber.join(fiber)
        assert.strictEqual(Duration.toMillis(elapsed), waits[index])
        assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: waits[index]! })
        assert.deepStrictEqual(error.attempts, [
          { provider: "stub", startedAt: "1970-01-01T00:00:00.000Z", ms: waits[index]!, outcome: "Timeout" }
        ])
      }
      assert.lengthOf(vendor.calls, 1)
      assert.strictEqual((yield* stats).inFlight, 1)

      yield* TestClock.adjust("2199 millis")
      assert.strictEqual((yield* stats).inFlight, 1)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* stats).inFlight, 0)
      assert.strictEqual(vendor.interrupted, 1)
      vendor.behaviour = Vendor.promptly
      assert.strictEqual((yield* ask()).provenance.source, "live")
      assert.lengthOf(vendor.calls, 2)
    }))

  it.effect("ends 50 callers when their budgets of 800 ms end", () =>
    Effect.gen(function*() {
      const { provider, vendor } = yield* Vendor.make()
      const hurried = Budget.grant({ getPaywall: "800 millis" })(provider)
      vendor.behaviour = Vendor.silent
      const fibers = yield* promptEach(
        Array.from({ length: 50 }, () => Effect.timed(Effect.flip(hurried.getPaywall(Stub.request))))
      )
      yield* TestClock.adjust("800 millis")
      for (const [elapsed, error] of yield* Fiber.joinAll(fibers)) {
        assert.strictEqual(Duration.toMillis(elapsed), 800)
        assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: 800 })
      }
      assert.lengthOf(vendor.calls, 1)
    }))

  it.effect("lets the lookup see no budget of the caller who started it", () =>
    Effect.gen(function*() {
      const { provider, vendor } = yield* Vendor.make()
      const seen: Array<Budget.Budget> = []
      vendor.behaviour = () => Effect.map(Budget.Current, (budget) => void seen.push(budget))
      yield* Budget.grant({ getPaywall: "800 millis" })(provider).getPaywall(Stub.request)
      assert.deepStrictEqual(seen, [Budget.none])
    }).pipe(Effect.provideService(Budget.Current, { endsAt: 1, limitMs: 1, spent: false })))

  it.effect("lets one who joined late wait for the lookup that follows a hung one", () =>
    Effect.gen(function*() {
      const { ask, vendor } = yield* Vendor.make()
      vendor.behaviour = Vendor.silent
      const first = yield* Effect.forkChild(Effect.flip(ask()), { startImmediately: true })
      yield* TestClock.adjust("2900 millis")
      const late = yield* promptEach([ask(), ask(), ask()])
      vendor.behaviour = Vendor.after(500)
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* Fiber.join(first)).reason._tag, "Timeout")
      assert.lengthOf(vendor.calls, 2)
      yield* TestClock.adjust("500 millis")
      for (const paywall of yield* Fiber.joinAll(late)) assert.strictEqual(paywall.id, "2")
    }))

  it.effect("keeps one who joined late no longer than anybody", () =>
    Effect.gen(function*() {
      const { ask, vendor } = yield* Vendor.make()
      vendor.behaviour = Vendor.silent
      yield* Effect.forkChild(Effect.flip(ask()), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      const late = yield* promptEach(Array.from({ length: 2 }, () => Effect.timed(Effect.flip(ask()))))
      yield* TestClock.adjust("3 seconds")
      for (const [elapsed, { reason }] of yield* Fiber.joinAll(late)) {
        assert.deepInclude(reason, { _tag: "Timeout", limitMs: 3000 })
        assert.strictEqual(Duration.toMillis(elapsed), 3000)
      }
      assert.lengthOf(vendor.calls, 2)
    }))

  it.effect("ends a lookup at its own limit where the provider would take longer", () =>
    Effect.gen(function*() {
      const { ask, vendor } = yield* Vendor.make({}, { timeouts: { getPaywall: "1 hour" } })
      vendor.behaviour = Vendor.silent
      const fiber = yield* Effect.forkChild(Effect.flip(ask()), { startImmediately: true })
      yield* TestClock.adjust("3 seconds")
      assert.deepInclude((yield* Fiber.join(fiber)).reason, { _tag: "Timeout", limitMs: 3000 })
      assert.strictEqual(vendor.interrupted, 1)
    }))

  it.effect("replaces a lookup that does not let itself be interrupted", () =>
    Effect.gen(function*() {
      const { ask, vendor } = yield* Vendor.make({ lookupTimeout: "1 second" }, { timeouts: { getPaywall: "1 hour" } })
      vendor.behaviour = () => Effect.uninterruptible(Effect.sleep("10 minutes"))
      const fiber = yield* Effect.forkChild(Effect.flip(ask()), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "Timeout")
      vendor.behaviour = Vendor.promptly
      assert.strictEqual((yield* ask()).id, "2")
      // What comes of the first one is too late to be kept.
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual((yield* ask()).id, "2")
    }))

  it.effect("goes on with a lookup whose caller gave up, and keeps what it brings", () =>
    Effect.gen(function*() {
      const { ask, vendor } = yield* Vendor.make()
      vendor.behaviour = Vendor.after(1000)
      const fiber = yield* Effect.forkChild(ask(), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      const impatient = yield* Effect.forkChild(Effect.flip(ask(undefined, { timeout: 500 })), {
        startImmediately: true
      })
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(impatient)).reason._tag, "Timeout")
      assert.deepStrictEqual(Vendor.origin(yield* ask()), { id: "1", source: "cache", ageMs: 0 })
      assert.strictEqual(vendor.interrupted, 0)
    }))

  it.effect("gives the provider as long as it was told to, which may be longer than usual", () =>
    Effect.gen(function*() {
      const { ask, vendor } = yield* Vendor.make({ lookupTimeout: "10 seconds" })
      vendor.behaviour = Vendor.after(9000)
      const fibers = yield* promptEach([ask(), ask(undefined, { timeout: "20 seconds" })])
      yield* TestClock.adjust("9 seconds")
      for (const paywall of yield* Fiber.joinAll(fibers)) assert.strictEqual(paywall.id, "1")
    }))

  it.effect("ends its lookups with its scope, and asks the provider directly after that", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { ask, vendor } = yield* Scope.provide(Vendor.make(), scope)
      yield* ask()
      vendor.behaviour = Vendor.silent
      const fiber = yield* Effect.forkChild(ask({ ...Stub.request, placement: "settings" }), { startImmediately: true })
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.isFailure(yield* Fiber.await(fiber)))
      assert.strictEqual(vendor.interrupted, 1)
      vendor.behaviour = Vendor.promptly
      assert.strictEqual((yield* ask()).provenance.source, "live")
    }))
})

describe("PaywallCache, told what to do", () => {
  it.effect("prefetches what is not there or no longer fresh, once", () =>
    Effect.gen(function*() {
      const { ask, prefetch, vendor } = yield* Vendor.make({ timeToLive: "1 minute" })
      yield* prefetch(Stub.request)
      yield* prefetch(Stub.request)
      assert.deepStrictEqual(Vendor.origin(yield* ask()), { id: "1", source: "cache", ageMs: 0 })
      yield* TestClock.adjust("1 minute")
      yield* prefetch(Stub.request)
      assert.deepStrictEqual(Vendor.origin(yield* ask()), { id: "2", source: "cache", ageMs: 0 })
      assert.lengthOf(vendor.calls, 2)
    }))

  it.effect("says that a prefetch failed, and keeps what it has", () =>
    Effect.gen(function*() {
      const { ask, prefetch, vendor } = yield* Vendor.make({ timeToLive: "1 minute" })
      yield* prefetch(Stub.request)
      yield* TestClock.adjust("1 minute")
      vendor.behaviour = Vendor.failing(Vendor.unavailable)
      assert.strictEqual((yield* Effect.flip(prefetch(Stub.request))).reason._tag, "Unavailable")
      assert.strictEqual((yield* ask()).id, "1")
    }))

  it.effect("prefetches on a provider that enrols on fetch only when told to enrol", () =>
    Effect.gen(function*() {
      const { ask, prefetch, vendor } = yield* Vendor.make({}, {
        capabilities: { exposure: "on-fetch", purchases: [], repeatPurchase: "unknown" }
      })
      for (const enroll of [undefined, false]) {
        const error = yield* Effect.flip(prefetch({ ...Stub.request, enroll }))
        assert.deepInclude(error, { provider: "stub", operation: "getPaywall" })
        assert.deepInclude(error.reason, { _tag: "Unsupported", capability: "prefetch" })
      }
      assert.isEmpty(vendor.calls)
      yield* prefetch({ ...Stub.request, enroll: true })
      assert.strictEqual((yield* ask()).provenance.source, "cache")
      yield* ask({ ...Stub.request, enroll: false })
      assert.lengthOf(vendor.calls, 2)
    }))

  it.effect.each([
    { what: "by the id", customer: { id: "u-1" } },
    { what: "by a profile", customer: { profiles: { stub: "p-1" } } },
    { what: "by the id, whatever else is known", customer: { id: "u-1", ip: "203.0.113.9", country: "FR" } }
  ])("forgets a customer $what, and nobody else", ({ customer }) =>
    Effect.gen(function*() {
      const { ask, invalidate, stats } = yield* Vendor.make()
      const known = { id: "u-1", profiles: { stub: "p-1" }, ip: "203.0.113.1" }
      const others = [{ id: "u-2" }, { id: "p-1" }, { profiles: { stub: "u-1" } }, { ip: "203.0.113.1" }]
      for (const placement of ["a", "b"]) yield* ask({ placement, customer: known })
      for (const other of others) yield* ask({ placement: "a", customer: other })
      yield* invalidate(customer)
      assert.strictEqual((yield* stats).entries, others.length)
      for (const other of others) {
        assert.strictEqual((yield* ask({ placement: "a", customer: other })).provenance.source, "cache")
      }
      assert.strictEqual((yield* ask({ placement: "a", customer: known })).provenance.source, "live")
    }))

  it.effect("forgets a visitor without a name by the address", () =>
    Effect.gen(function*() {
      const { ask, invalidate, stats } = yield* Vendor.make()
      yield* ask({ placement: "a", customer: { ip: "203.0.113.1" } })
      yield* invalidate({ ip: "203.0.113.2" })
      assert.strictEqual((yield* stats).entries, 1)
      yield* invalidate({ ip: "203.0.113.1" })
      assert.strictEqual((yield* stats).entries, 0)
    }))

  it.effect("keeps no answer that was under way for a customer it forgot", () =>
    Effect.gen(function*() {
      const { ask, invalidate, stats, vendor } = yield* Vendor.make()
      vendor.behaviour = Vendor.after(100)
      const before = yield* Effect.forkChild(ask(), { startImmediately: true })
      yield* invalidate({ id: "u-1" })
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* Fiber.join(before)).id, "1")
      assert.deepInclude(yield* stats, { entries: 0, inFlight: 0 })
    }))

  it.effect("lets nobody join a lookup that was under way for a customer it forgot", () =>
    Effect.gen(function*() {
      const { ask, invalidate, stats, vendor } = yield* Vendor.make()
      vendor.behaviour = Vendor.after(100)
      const before = yield* Effect.forkChild(ask(), { startImmediately: true })
      yield* invalidate({ id: "u-1" })
      const after = yield* Effect.forkChild(ask(), { startImmediately: true })
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* Fiber.join(before)).id, "1")
      assert.strictEqual((yield* Fiber.join(after)).id, "2")
      assert.strictEqual((yield* ask()).id, "2")
      assert.strictEqual((yield* stats).entries, 1)
    }))

  it.effect.each([
    { kind: "profileId", customer: { profiles: { stub: "C" } } },
    { kind: "customerUserId", customer: { id: "C" } },
    { kind: "a word of its own", customer: { id: "C" } },
    { kind: "ip", customer: { ip: "203.0.113.1" } }
  ])("forgets a customer after a purchase, by $kind", ({ customer, kind }) =>
    Effect.gen(function*() {
      const { ask, provider, stats } = yield* Vendor.make()
      yield* ask({ placement: "a", customer })
      yield* ask({ placement: "a", customer: { id: "another" } })
      const value = "ip" in customer ? customer.ip! : "C"
      const attribution = { ...Stub.attribution, subject: { kind, value } }
      yield* provider.validatePurchase({ attribution, transaction: Stub.appStore })
      assert.strictEqual((yield* stats).entries, 1)
      assert.strictEqual((yield* ask({ placement: "a", customer: { id: "another" } })).provenance.source, "cache")
    }))

  it.effect("remembers a customer whose purchase failed, and passes impressions on", () =>
    Effect.gen(function*() {
      const { ask, provider, stats } = yield* Vendor.make({}, {
        validatePurchase: () => Effect.fail(new PricingError.NotFound({}))
      })
      const paywall = yield* ask()
      yield* Effect.flip(
        provider.validatePurchase({
          attribution: { ...Stub.attribution, subject: { kind: "user", value: "u-1" } },
          transaction: Stub.appStore
        })
      )
      assert.strictEqual((yield* stats).entries, 1)
      assert.deepStrictEqual(yield* provider.recordImpression(paywall), { _tag: "Recorded" })
    }))

  it.effect("is a plain policy where nothing needs to be told", () =>
    Effect.gen(function*() {
      const { provider, reached } = Stub.make()
      const remembering = yield* PaywallCache.remember({ timeToLive: "1 minute" })(provider)
      yield* remembering.getPaywall(Stub.request)
      assert.strictEqual((yield* remembering.getPaywall(Stub.request)).provenance.source, "cache")
      assert.deepStrictEqual(reached, ["getPaywall"])
    }))
})
