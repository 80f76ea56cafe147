import { assert, describe, it } from "@effect/vitest"
import { type Paywall, PricingError } from "@priceport/core"
import { BigDecimal, Effect, Equal, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { sizeOf } from "../../../packages/core/src/internal/sizeOf.ts"
import * as Stub from "../Stub.ts"
import * as Requests from "./Requests.ts"
import * as Vendor from "./Vendor.ts"

const requestOf = (id: number) => ({ placement: "onboarding", customer: { id: `customer-${id}` } })

describe("PaywallCache, bounded", () => {
  it.effect("holds no more entries than it may", () =>
    Effect.gen(function*() {
      const { ask, stats } = yield* Vendor.make({ maxEntries: 100 })
      for (let id = 0; id < 1000; id++) yield* ask(requestOf(id))
      assert.deepInclude(yield* stats, { entries: 100, evictions: 900, misses: 1000, lookups: 1000 })
    }))

  it.effect("holds no more bytes than it may, and counts them down to nothing", () =>
    Effect.gen(function*() {
      const maxBytes = 50_000
      const { ask, invalidate, stats } = yield* Vendor.make({ maxBytes })
      for (let id = 0; id < 500; id++) {
        yield* ask(requestOf(id))
        assert.isAtMost((yield* stats).bytes, maxBytes)
      }
      const { bytes, entries, evictions } = yield* stats
      assert.isAbove(bytes, maxBytes * 0.9)
      assert.strictEqual(entries + evictions, 500)
      for (let id = 0; id < 500; id++) yield* invalidate({ id: `customer-${id}` })
      assert.deepInclude(yield* stats, { entries: 0, bytes: 0, evictions })
    }))

  it.effect("counts an answer that took another's place once", () =>
    Effect.gen(function*() {
      const { ask, prefetch, stats } = yield* Vendor.make({ timeToLive: "1 minute" })
      yield* ask()
      const before = yield* stats
      for (let i = 0; i < 20; i++) {
        yield* TestClock.adjust("1 minute")
        yield* prefetch(Stub.request)
      }
      assert.deepInclude(yield* stats, { entries: 1, evictions: 0 })
      assert.isAtMost(Math.abs((yield* stats).bytes - before.bytes), 10)
    }))

  it.effect("does not keep what is larger than all it may hold, nor throws out the rest for it", () =>
    Effect.gen(function*() {
      const paywall = (id: string): Paywall.Paywall => ({
        ...Stub.paywall,
        name: id === "huge" ? "x".repeat(9000) : id
      })
      const { ask, stats } = yield* Vendor.make({ maxBytes: 10_000 }, {
        getPaywall: ({ customer }) => Effect.succeed(paywall(customer.id!))
      })
      yield* ask(requestOf(1))
      yield* ask({ placement: "onboarding", customer: { id: "huge" } })
      assert.deepInclude(yield* stats, { entries: 1, evictions: 0 })
      assert.strictEqual((yield* ask(requestOf(1))).provenance.source, "cache")
    }))

  it.effect("bounds remembered failures with the rest", () =>
    Effect.gen(function*() {
      const { ask, stats, vendor } = yield* Vendor.make({ maxEntries: 10 })
      vendor.behaviour = Vendor.failing(new PricingError.NotFound({}))
      for (let id = 0; id < 100; id++) yield* Effect.flip(ask(requestOf(id)))
      assert.deepInclude(yield* stats, { entries: 10, evictions: 90 })
    }))

  it.effect("keeps what is asked for again and again while others pass by", () =>
    Effect.gen(function*() {
      const { ask } = yield* Vendor.make({ maxEntries: 50 })
      const popular = [Stub.request, { ...Stub.request, options: { stub: { page: 1 } } }]
      for (const request of popular) yield* ask(request)
      for (let id = 0; id < 2000; id++) {
        yield* ask(requestOf(id))
        if (id % 10 > 0) continue
        for (const request of popular) assert.strictEqual((yield* ask(request)).provenance.source, "cache")
      }
    }))

  it("estimates what a vendor nests without end", () => {
    let deep: unknown = 1
    for (let i = 0; i < 200_000; i++) deep = [deep]
    assert.isAbove(sizeOf(deep), 200_000 * 40)
  })
})

describe("PaywallCache, with exact prices", () => {
  it.effect("keeps a paywall whose amounts were compared before", () =>
    Effect.gen(function*() {
      const amount = BigDecimal.fromStringUnsafe("9.99")
      assert.isTrue(Equal.equals(amount, BigDecimal.fromStringUnsafe("9.990")))
      BigDecimal.normalize(BigDecimal.normalize(amount))
      const price = { display: "9.99", money: { amount: BigDecimal.normalize(amount), currency: "EUR" } }
      const product = { id: "pro", offerIds: [], features: [], price }
      const { ask, stats } = yield* Vendor.make({}, {
        getPaywall: () => Effect.succeed({ ...Stub.paywall, products: [product] })
      })
      yield* ask()
      assert.strictEqual((yield* ask()).products[0]?.price?.money?.amount, price.money.amount)
      assert.strictEqual((yield* stats).entries, 1)
    }))
})

describe("PaywallCache, in any order of events", () => {
  it.effect(
    "answers nobody with another's paywall, loses no good one to a failure, and keeps its books",
    () =>
      Effect.gen(function*() {
        const reached = { hits: 0, stale: 0, refusals: 0, joined: 0, evictions: 0, failures: 0 }
        for (let seed = 0; seed < 60; seed++) yield* world(seed, reached)
        for (const [state, times] of Object.entries(reached)) assert.isAbove(times, 20, state)
      }),
    60_000
  )
})

const people = [
  { id: "X" },
  { id: "Y" },
  { profiles: { stub: "X" } },
  { id: "X", profiles: { stub: "X" } },
  { id: "X", attributes: { plan: "free" } },
  { id: "X", attributes: { plan: "paid" } },
  { ip: "203.0.113.1" }
]

const reasons = [
  Vendor.unavailable,
  new PricingError.NotFound({}),
  new PricingError.RateLimited({ retryAfterMs: 2000 }),
  new PricingError.Transport({ detail: "broken", sent: "maybe" })
]

/** A vendor in changing moods and callers in no order, from one seed. */
const world = Effect.fnUntraced(function*(seed: number, reached: Record<string, number>) {
  const next = Requests.random(seed)
  const bound = seed % 3 === 0 ? 3 : 100
  // Answered since anybody was last forgotten, by a lookup that began after that.
  const held = new Set<string>()
  let forgotten = 0
  const { ask, invalidate, stats, vendor } = yield* Vendor.make({
    timeToLive: 2000,
    staleWhileRevalidate: 4000,
    staleIfError: "1 day",
    maxEntries: bound
  })
  const fibers: Array<Fiber.Fiber<Exit.Exit<Paywall.Paywall, PricingError.PricingError>>> = []
  for (let step = 0; step < 150; step++) {
    const event = next()
    if (event < 0.15) {
      vendor.behaviour = Requests.pick(next, [
        Vendor.promptly,
        Vendor.promptly,
        Vendor.after(300),
        Vendor.silent,
        Vendor.failing(Requests.pick(next, reasons))
      ])
    } else if (event < 0.2) {
      yield* invalidate(Requests.pick(next, people))
      held.clear()
      forgotten++
    } else if (event < 0.4) {
      yield* TestClock.adjust(Math.floor(next() * 1500))
    } else {
      const customer = Requests.pick(next, people)
      const enroll = Requests.pick(next, [undefined, true, false])
      const request = { placement: Requests.pick(next, ["a", "b"]), customer, enroll }
      const meaning = Requests.meaning(request)
      const hadGood = bound === 100 && held.has(meaning)
      const before = forgotten
      const check = ask(request, { timeout: 1000 }).pipe(
        Effect.exit,
        Effect.tap((exit) =>
          Effect.sync(() => {
            if (Exit.isSuccess(exit)) {
              assert.strictEqual(exit.value.name, meaning)
              assert.strictEqual(exit.value.attribution?.enrolled, enroll !== false)
              if (before === forgotten) held.add(meaning)
            } else if (hadGood && before === forgotten) {
              assert.fail(`seed ${seed}: a good answer was lost to ${exit.cause}`)
            }
          })
        )
      )
      const fiber = yield* Effect.forkChild(check, { startImmediately: true })
      fibers.push(fiber)
      if (next() < 0.1) yield* Fiber.interrupt(fiber)
    }
    const { bytes, entries } = yield* stats
    assert.isAtMost(entries, bound)
    assert.strictEqual(entries === 0, bytes === 0)
  }
  yield* TestClock.adjust("10 seconds")
  for (const fiber of fibers) {
    const exit = yield* Fiber.await(fiber)
    const hasFailed = Exit.isFailure(exit) && !Exit.hasInterrupts(exit)
    if (hasFailed) assert.fail(`seed ${seed}: ${exit.cause}`)
  }
  const books = yield* stats
  assert.strictEqual(books.inFlight, 0)
  for (const state of Object.keys(reached)) reached[state]! += books[state as keyof typeof books]
})
