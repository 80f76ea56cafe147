import { assert, describe, it } from "@effect/vitest"
import { Paywall } from "@priceport/core"
import type * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import * as SharedPaywalls from "@priceport/core/resilience/SharedPaywalls"
import { BigDecimal, Effect, Fiber, Schema } from "effect"
import { Persistence } from "effect/persistence"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"
import * as Vendor from "./Vendor.ts"

const options = {
  timeToLive: "1 minute",
  staleWhileRevalidate: "4 minutes",
  staleIfError: "1 hour"
} satisfies PaywallCache.Options

const { origin } = Vendor

/** Waits for what runs in the background and takes real time, as hashing does. */
const until = (holds: () => boolean): Effect.Effect<void> =>
  Effect.promise(async () => {
    do await new Promise((resolve) => setImmediate(resolve))
    while (!holds())
  })

/** What is in the store, and how it may fail. */
const Store = Effect.fnUntraced(function*(sealing?: SharedPaywalls.Sealing) {
  const values = new Map<string, object>()
  const state = { isDown: false, isDeaf: false, isSlow: false, reads: 0, writes: 0 }
  const backing = Persistence.BackingPersistence.of({
    make: () =>
      Effect.succeed({
        get: (key) => Effect.sync(() => values.get(key)),
        getMany: (keys) =>
          Effect.suspend(() => {
            state.reads++
            if (state.isSlow) return Effect.never
            if (state.isDown) return Effect.fail(new Persistence.PersistenceError({ message: "down" }))
            const [first, ...others] = keys
            return Effect.succeed([values.get(first), ...others.map((key) => values.get(key))] as const)
          }).pipe(Effect.map(([first, ...others]) => [first, ...others])),
        set: (key, value) =>
          Effect.sync(() => {
            if (state.isDeaf) throw new Error("a bug")
            // As text, as every real store has it.
            values.set(key, JSON.parse(JSON.stringify(value)))
            state.writes++
          }),
        setMany: () => Effect.void,
        remove: () => Effect.void,
        clear: Effect.void
      })
  })
  const shared = yield* SharedPaywalls.make({ sealing }).pipe(
    Effect.provideService(Persistence.BackingPersistence, backing)
  )
  return { shared, state, values, written: (times: number) => until(() => state.writes >= times) }
})

/** One process or another: each with a memory and a vendor connection of its own. */
const process = (shared: SharedPaywalls.SharedPaywalls, more: PaywallCache.Options = {}) =>
  Vendor.make({ ...options, ...more, shared })

describe("PaywallCache, shared", () => {
  it.effect("serves what another process was answered, as old as it is", () =>
    Effect.gen(function*() {
      const { shared, written } = yield* Store()
      const [one, two] = [yield* process(shared), yield* process(shared)]
      const live = yield* one.ask()
      yield* written(1)
      yield* TestClock.adjust("20 seconds")
      const cached = yield* two.ask()
      assert.deepStrictEqual(origin(cached), { id: "1", source: "cache", ageMs: 20_000 })
      assert.deepStrictEqual(cached.attribution, live.attribution)
      assert.strictEqual(cached.provenance.fetchedAt, live.provenance.fetchedAt)
      assert.isEmpty(two.vendor.calls)
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(origin(yield* two.ask()), { id: "1", source: "cache", ageMs: 50_000 })
      assert.deepInclude(yield* two.stats, { misses: 1, hits: 1, lookups: 0, sharedHits: 1, sharedFailures: 0 })
    }))

  it.effect("serves it as stale once it is, and refreshes it at the next call", () =>
    Effect.gen(function*() {
      const { shared, written } = yield* Store()
      const [one, two] = [yield* process(shared), yield* process(shared)]
      yield* one.ask()
      yield* written(1)
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(origin(yield* two.ask()), { id: "1", source: "stale", ageMs: 120_000 })
      assert.isEmpty(two.vendor.calls)
      assert.strictEqual((yield* two.ask()).provenance.source, "stale")
      yield* written(2)
      assert.lengthOf(two.vendor.calls, 1)
      assert.deepStrictEqual(origin(yield* two.ask()), { id: "1", source: "cache", ageMs: 0 })
    }))

  it.effect("lets it stand in for a failure while it may, and no longer", () =>
    Effect.gen(function*() {
      const { shared, written } = yield* Store()
      const [one, two, three] = [yield* process(shared), yield* process(shared), yield* process(shared)]
      yield* one.ask()
      yield* written(1)
      yield* TestClock.adjust("30 minutes")
      two.vendor.behaviour = Vendor.failing(Vendor.unavailable)
      three.vendor.behaviour = two.vendor.behaviour
      const paywall = yield* two.ask()
      assert.deepStrictEqual(origin(paywall), { id: "1", source: "stale", ageMs: 1_800_000 })
      assert.strictEqual(paywall.provenance.reason, "Unavailable")
      assert.deepInclude(yield* two.stats, { lookups: 1, failures: 1, sharedHits: 1 })
      yield* TestClock.adjust("31 minutes")
      assert.strictEqual((yield* Effect.flip(three.ask())).reason._tag, "Unavailable")
    }))

  it.effect("never serves another question of enrolment, customer or generation", () =>
    Effect.gen(function*() {
      const { shared, written } = yield* Store()
      const [one, two] = [yield* process(shared), yield* process(shared)]
      yield* one.ask()
      yield* written(1)
      const others = [
        { ...Stub.request, enroll: false },
        { ...Stub.request, customer: { id: "u-2" } },
        { ...Stub.request, customer: { profiles: { stub: "u-1" } } }
      ]
      for (const request of others) assert.strictEqual((yield* two.ask(request)).provenance.source, "live")
      const later = yield* process(shared, { generation: "2" })
      assert.strictEqual((yield* later.ask()).provenance.source, "live")
    }))

  it.effect("keeps every digit and every text", () =>
    Effect.gen(function*() {
      const { shared, written } = yield* Store()
      const exact: Paywall.Paywall = {
        ...Stub.paywall,
        products: [{
          id: "pro",
          offerIds: [],
          features: [],
          price: { display: "€\u00a09,99", money: { amount: BigDecimal.fromStringUnsafe("9.990"), currency: "EUR" } }
        }],
        design: { lone: "\ud800", nul: "\u0000", deep: [1e-7, -1.5, null, { __proto__: null }] }
      }
      const answer = { getPaywall: () => Effect.succeed(exact) }
      const [one, two] = [
        yield* Vendor.make({ ...options, shared }, answer),
        yield* Vendor.make({ ...options, shared }, answer)
      ]
      yield* one.ask()
      yield* written(1)
      const cached = yield* two.ask()
      const encode = Schema.encodeEffect(Schema.toCodecJson(Paywall.Paywall))
      const alike = (paywall: Paywall.Paywall) => encode({ ...paywall, provenance: exact.provenance })
      assert.strictEqual(cached.provenance.source, "cache")
      assert.deepStrictEqual(yield* alike(cached), yield* alike(exact))
    }))

  it.effect("forgets a customer in the store too, in flight included, and no other", () =>
    Effect.gen(function*() {
      const { shared, written } = yield* Store()
      const [one, two, three] = [yield* process(shared), yield* process(shared), yield* process(shared)]
      const other = { ...Stub.request, customer: { id: "u-2" } }
      yield* one.ask()
      yield* one.ask(other)
      yield* written(2)
      two.vendor.behaviour = Vendor.after(100)
      const request = { placement: "settings", customer: { id: "u-1" } }
      yield* Effect.forkChild(two.ask(request), { startImmediately: true })
      yield* until(() => two.vendor.calls.length === 1)
      yield* one.invalidate({ id: "u-1" })
      yield* TestClock.adjust("100 millis")
      // Two paywalls, one mark, and the paywall that was under way.
      yield* written(4)
      // Another process held nothing of the customer, so it asks anew.
      for (const asked of [Stub.request, request]) {
        assert.strictEqual((yield* three.ask(asked)).provenance.source, "live")
      }
      assert.strictEqual((yield* three.ask(other)).provenance.source, "cache")
      // What was stored after that counts.
      yield* written(6)
      assert.strictEqual((yield* one.ask()).provenance.source, "cache")
    }))

  it.effect("is passed over while it is down or slow, and counted", () =>
    Effect.gen(function*() {
      const { shared, state } = yield* Store()
      const { ask, stats } = yield* process(shared)
      state.isDown = true
      assert.strictEqual((yield* ask()).provenance.source, "live")
      state.isSlow = true
      const fiber = yield* Effect.forkChild(ask({ ...Stub.request, placement: "settings" }), { startImmediately: true })
      yield* until(() => state.reads === 2)
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* Fiber.join(fiber)).provenance.source, "live")
      assert.deepInclude(yield* stats, { lookups: 2, failures: 0, sharedHits: 0, sharedFailures: 2 })
    }))

  it.effect("is told later what it could not be told, and has no say about that customer until then", () =>
    Effect.gen(function*() {
      const { shared, state, written } = yield* Store()
      const { ask, invalidate, stats } = yield* process(shared)
      yield* ask()
      yield* written(1)
      state.isDeaf = true
      yield* invalidate({ id: "u-1" })
      const reads = state.reads
      assert.deepStrictEqual(origin(yield* ask()), { id: "2", source: "live", ageMs: undefined })
      assert.strictEqual(state.reads, reads)
      assert.deepInclude(yield* stats, { sharedHits: 0, sharedFailures: 1 })
      state.isDeaf = false
      while (state.writes === 1) {
        yield* TestClock.adjust("10 seconds")
        yield* until(() => true)
      }
      const other = yield* process(shared)
      assert.strictEqual((yield* other.ask()).provenance.source, "live")
    }))

  it.effect("holds no id in its keys, and in its values only where they are not sealed", () =>
    Effect.gen(function*() {
      const flip = (bytes: Uint8Array, context: string) =>
        Effect.sync(() => bytes.map((byte, index) => byte ^ context.charCodeAt(index % context.length) ^ 0xff))
      for (const sealing of [undefined, { seal: flip, open: flip }]) {
        const { shared, values, written } = yield* Store(sealing)
        const [one, two] = [yield* process(shared), yield* process(shared)]
        yield* one.ask({ ...Stub.request, customer: { id: "ada@example.com" } })
        yield* one.invalidate({ id: "grace@example.com" })
        yield* written(2)
        const keys = Array.from(values.keys())
        assert.lengthOf(keys, 2)
        for (const key of keys) assert.match(key, /^(?:paywall|mark)-[0-9a-f]{64}$/)
        const text = JSON.stringify(Array.from(values.values()))
        assert.strictEqual(text.includes("ada@example.com"), sealing === undefined)
        assert.notInclude(text, "grace")
        const cached = yield* two.ask({ ...Stub.request, customer: { id: "ada@example.com" } })
        assert.strictEqual(cached.provenance.source, "cache")
      }
    }))

  it.effect("takes what it cannot read for nothing, and replaces it", () =>
    Effect.gen(function*() {
      const { shared, state, values, written } = yield* Store()
      const one = yield* process(shared)
      yield* one.ask()
      yield* written(1)
      for (const broken of [{}, { marks: [""], storedAt: 0, paywall: {} }, { sealed: "AAAA" }]) {
        for (const key of values.keys()) values.set(key, broken)
        const two = yield* process(shared)
        const before = state.writes
        assert.strictEqual((yield* two.ask()).provenance.source, "live")
        yield* written(before + 1)
        const three = yield* process(shared)
        assert.strictEqual((yield* three.ask()).provenance.source, "cache")
      }
    }))
})
