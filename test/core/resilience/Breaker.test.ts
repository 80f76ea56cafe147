import { assert, describe, it } from "@effect/vitest"
import { PricingError, type PricingProvider } from "@priceport/core"
import * as Breaker from "@priceport/core/resilience/Breaker"
import * as Budget from "@priceport/core/resilience/Budget"
import * as Deadline from "@priceport/core/resilience/Deadline"
import * as Retry from "@priceport/core/resilience/Retry"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"

const unavailable = new PricingError.Unavailable({ status: 503 })
const noon = Date.UTC(2026, 2, 1, 12)

/** A vendor that a test can break and mend. */
const make = () => {
  const vendor: { answer: Effect.Effect<void, PricingError.Reason> } = { answer: Effect.void }
  const answer = <A>(value: A) => Effect.suspend(() => Effect.as(vendor.answer, value))
  const stub = Stub.make({
    getPaywall: () => answer(Stub.paywall),
    recordImpression: () => answer({ _tag: "Recorded" }),
    validatePurchase: () => answer(Stub.validated)
  })
  return { ...stub, vendor }
}

const ask = (provider: PricingProvider.Service, options?: PricingProvider.CallOptions) =>
  provider.getPaywall(Stub.request, options)

/** Opens the circuit of getPaywall. */
const open = (provider: PricingProvider.Service) => Effect.repeat(Effect.ignore(ask(provider)), { times: 1 })

const reasonOf = <A>(call: Effect.Effect<A, PricingError.PricingError>) =>
  Effect.map(Effect.flip(call), ({ reason }) => reason)

/** Two failures open a circuit for five seconds. */
const guard = Breaker.guard({ failures: 2 })

describe("Breaker", () => {
  it.effect("asks no more after so many failures in a row, and says until when", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(noon)
      const { provider, reached, vendor } = make()
      const guarded = guard(provider)
      vendor.answer = Effect.fail(unavailable)
      yield* open(guarded)
      yield* TestClock.adjust("1 second")
      const error = yield* Effect.flip(ask(guarded))
      assert.deepInclude(error.reason, { _tag: "CircuitOpen", until: "2026-03-01T12:00:05.000Z" })
      assert.deepInclude(error, { provider: "stub", operation: "getPaywall" })
      assert.isEmpty(error.attempts)
      assert.isFalse(error.isRetryable)
      assert.lengthOf(reached, 2)
    }))

  it.effect("a success in between starts the count anew", () =>
    Effect.gen(function*() {
      const { provider, reached, vendor } = make()
      const guarded = guard(provider)
      for (let i = 0; i < 3; i++) {
        vendor.answer = Effect.fail(unavailable)
        yield* Effect.ignore(ask(guarded))
        vendor.answer = Effect.void
        yield* ask(guarded)
      }
      assert.lengthOf(reached, 6)
    }))

  it.effect.each(
    [
      new PricingError.Unauthorized({ status: 401 }),
      new PricingError.Forbidden({ status: 403 }),
      new PricingError.NotFound({ status: 404 }),
      new PricingError.Rejected({ status: 400 }),
      new PricingError.InvalidResponse({ path: "", detail: "no" })
    ].map((reason) => ({ tag: reason._tag, reason }))
  )("takes $tag for health", ({ reason }) =>
    Effect.gen(function*() {
      const { provider, reached, vendor } = make()
      const guarded = guard(provider)
      for (let i = 0; i < 5; i++) {
        vendor.answer = Effect.fail(unavailable)
        yield* Effect.ignore(ask(guarded))
        vendor.answer = Effect.fail(reason)
        assert.strictEqual((yield* reasonOf(ask(guarded)))._tag, reason._tag)
      }
      assert.lengthOf(reached, 10)
    }))

  it.effect("gives each operation a circuit of its own", () =>
    Effect.gen(function*() {
      const { provider, vendor } = make()
      const guarded = guard(provider)
      vendor.answer = Effect.fail(unavailable)
      yield* open(guarded)
      vendor.answer = Effect.void
      assert.strictEqual((yield* reasonOf(ask(guarded)))._tag, "CircuitOpen")
      assert.strictEqual((yield* guarded.recordImpression(Stub.paywall))._tag, "Recorded")
      yield* guarded.validatePurchase({ attribution: Stub.attribution, transaction: Stub.appStore })
    }))

  it.effect("gives each provider circuits of its own, made when the policy is applied", () =>
    Effect.gen(function*() {
      const [one, other] = [make(), make()]
      const [guardedOne, guardedOther] = [guard(one.provider), guard(other.provider)]
      one.vendor.answer = Effect.fail(unavailable)
      yield* open(guardedOne)
      assert.strictEqual((yield* reasonOf(ask(guardedOne)))._tag, "CircuitOpen")
      yield* ask(guardedOther)
    }))

  describe("a probe", () => {
    it.effect("is one caller's, and the others are refused without a time while it runs", () =>
      Effect.gen(function*() {
        const { provider, reached, vendor } = make()
        const guarded = guard(provider)
        vendor.answer = Effect.fail(unavailable)
        yield* open(guarded)
        yield* TestClock.adjust("5 seconds")
        vendor.answer = Effect.sleep(100)
        const probe = yield* Effect.forkChild(ask(guarded))
        yield* Effect.yieldNow
        const others = yield* Effect.forEach(Array.from({ length: 20 }), () => reasonOf(ask(guarded)))
        for (const reason of others) {
          assert.strictEqual(reason._tag, "CircuitOpen")
          assert.notProperty(reason, "until")
        }
        yield* TestClock.adjust(100)
        yield* Fiber.join(probe)
        assert.lengthOf(reached, 3)
        vendor.answer = Effect.void
        yield* ask(guarded)
      }))

    it.effect("that fails opens the circuit for twice as long, up to a limit", () =>
      Effect.gen(function*() {
        const { provider, reached, vendor } = make()
        const guarded = Breaker.guard({ failures: 2, openFor: "10 seconds", openAtMost: "30 seconds" })(provider)
        vendor.answer = Effect.fail(unavailable)
        yield* open(guarded)
        for (const seconds of [10, 20, 30, 30]) {
          reached.length = 0
          yield* TestClock.adjust(seconds * 1_000 - 1)
          assert.strictEqual((yield* reasonOf(ask(guarded)))._tag, "CircuitOpen")
          assert.isEmpty(reached)
          yield* TestClock.adjust(1)
          assert.strictEqual((yield* reasonOf(ask(guarded)))._tag, "Unavailable")
        }
      }))

    it.effect("is not decided by a call that the vendor never sees", () =>
      Effect.gen(function*() {
        const { provider, vendor } = make()
        const guarded = guard(provider)
        vendor.answer = Effect.fail(unavailable)
        yield* Effect.repeat(Effect.ignore(guarded.recordImpression(Stub.paywall)), { times: 1 })
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual((yield* guarded.recordImpression({}))._tag, "NotCounted")
        assert.strictEqual((yield* reasonOf(guarded.recordImpression(Stub.paywall)))._tag, "Unavailable")
        assert.strictEqual((yield* reasonOf(guarded.recordImpression(Stub.paywall)))._tag, "CircuitOpen")
      }))

    it.effect("that its caller gives up leaves its place to the next", () =>
      Effect.gen(function*() {
        const { provider, vendor } = make()
        const guarded = guard(provider)
        vendor.answer = Effect.fail(unavailable)
        yield* open(guarded)
        yield* TestClock.adjust("5 seconds")
        vendor.answer = Effect.never
        const probe = yield* Effect.forkChild(ask(guarded))
        yield* TestClock.adjust(10)
        yield* Fiber.interrupt(probe)
        vendor.answer = Effect.void
        yield* ask(guarded)
        yield* ask(guarded)
      }))
  })

  describe("a silent vendor", () => {
    const hanging = () => {
      const made = make()
      made.vendor.answer = Effect.never
      return made
    }

    it.effect("fails by its per-attempt limit inside", () =>
      Effect.gen(function*() {
        const { provider, reached } = hanging()
        const guarded = guard(Deadline.within(500)(provider))
        for (let i = 0; i < 2; i++) {
          const call = yield* Effect.forkChild(Effect.ignore(ask(guarded)))
          yield* TestClock.adjust(500)
          yield* Fiber.join(call)
        }
        assert.strictEqual((yield* reasonOf(ask(guarded)))._tag, "CircuitOpen")
        assert.lengthOf(reached, 2)
      }))

    it.effect.each(
      [
        { name: "a budget", harden: (_: PricingProvider.Service) => Budget.grant({ getPaywall: 800 })(guard(_)) },
        { name: "a limit", harden: (_: PricingProvider.Service) => Deadline.within(800)(guard(_)) },
        {
          name: "a budget round a longer limit and retries",
          harden: (_: PricingProvider.Service) =>
            Budget.grant({ getPaywall: 800 })(Retry.transient()(guard(Deadline.within("2 seconds")(_))))
        }
      ]
    )("fails by $name that cuts it from outside", ({ harden }) =>
      Effect.gen(function*() {
        const { provider, reached } = hanging()
        const guarded = harden(provider)
        for (let i = 0; i < 2; i++) {
          const call = yield* Effect.forkChild(Effect.flip(ask(guarded)))
          yield* TestClock.adjust(800)
          const error = yield* Fiber.join(call)
          assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: 800 })
          assert.deepStrictEqual(error.attempts.map(({ ms, outcome }) => [ms, outcome]), [[800, "Timeout"]])
        }
        assert.strictEqual((yield* reasonOf(ask(guarded)))._tag, "CircuitOpen")
        assert.lengthOf(reached, 2)
      }))

    it.effect("does not fail by callers who give up", () =>
      Effect.gen(function*() {
        const { provider, reached } = hanging()
        const guarded = Budget.grant()(guard(provider))
        for (let i = 0; i < 5; i++) {
          const call = yield* Effect.forkChild(ask(guarded))
          yield* TestClock.adjust(100)
          yield* Fiber.interrupt(call)
        }
        assert.lengthOf(reached, 5)
      }))

    it.effect("costs retries outside nothing once its circuit is open", () =>
      Effect.gen(function*() {
        const { provider, reached } = hanging()
        const hardened = Budget.grant()(
          Retry.transient({ times: 5, base: 0, quota: { floor: 100 } })(guard(Deadline.within(100)(provider)))
        )
        const call = yield* Effect.forkChild(Effect.flip(ask(hardened)))
        yield* TestClock.adjust(200)
        const error = yield* Fiber.join(call)
        assert.strictEqual(error.reason._tag, "CircuitOpen")
        assert.deepStrictEqual(error.attempts.map(({ outcome }) => outcome), ["Timeout", "Timeout"])
        assert.lengthOf(reached, 2)
      }))
  })

  it.effect("while open still answers what costs the vendor nothing", () =>
    Effect.gen(function*() {
      const { provider, reached, vendor } = make()
      const guarded = guard(provider)
      vendor.answer = Effect.fail(unavailable)
      const purchase = { attribution: Stub.attribution, transaction: Stub.appStore }
      yield* open(guarded)
      yield* Effect.repeat(Effect.ignore(guarded.recordImpression(Stub.paywall)), { times: 1 })
      yield* Effect.repeat(Effect.ignore(guarded.validatePurchase(purchase)), { times: 1 })
      reached.length = 0

      const foreign = { ...Stub.attribution, provider: "another" }
      const tags = [
        (yield* reasonOf(guarded.getPaywall({ ...Stub.request, placement: "" })))._tag,
        (yield* guarded.recordImpression({}))._tag,
        (yield* reasonOf(guarded.recordImpression({ attribution: foreign })))._tag,
        (yield* reasonOf(guarded.validatePurchase({ transaction: Stub.appStore })))._tag,
        (yield* reasonOf(guarded.validatePurchase({ ...purchase, attribution: foreign })))._tag,
        (yield* reasonOf(guarded.validatePurchase(purchase)))._tag
      ]
      assert.deepStrictEqual(tags, [
        "InvalidRequest",
        "NotCounted",
        "AttributionMismatch",
        "Unattributable",
        "AttributionMismatch",
        "CircuitOpen"
      ])
      assert.isEmpty(reached)
    }))

  it.effect("stays open for as long as the failure that opened it asked", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(noon)
      const { provider, vendor } = make()
      const guarded = guard(provider)
      vendor.answer = Effect.fail(new PricingError.Unavailable({ status: 503, retryAfterMs: 20_000 }))
      yield* open(guarded)
      assert.deepInclude(yield* reasonOf(ask(guarded)), { until: "2026-03-01T12:00:20.000Z" })
    }))

  it.effect("opens by the share of failures where asked to", () =>
    Effect.gen(function*() {
      const { provider, reached, vendor } = make()
      const guarded = Breaker.guard({ rate: { threshold: 0.5, calls: 10 } })(provider)
      for (let i = 0; i < 20; i++) {
        vendor.answer = i % 2 === 0 ? Effect.fail(unavailable) : Effect.void
        yield* Effect.ignore(ask(guarded))
      }
      assert.lengthOf(reached, 10)
    }))

  it.effect("tells of each change", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const { provider, vendor } = make()
      const guarded = Breaker.guard({
        failures: 2,
        onTransition: ({ from, operation, provider, to }) =>
          Effect.sync(() => void seen.push(`${provider} ${operation} ${from} ${to}`))
      })(provider)
      vendor.answer = Effect.fail(unavailable)
      yield* open(guarded)
      yield* TestClock.adjust("5 seconds")
      yield* Effect.ignore(ask(guarded))
      yield* TestClock.adjust("10 seconds")
      vendor.answer = Effect.void
      yield* ask(guarded)
      assert.deepStrictEqual(seen, [
        "stub getPaywall closed open",
        "stub getPaywall open half-open",
        "stub getPaywall half-open open",
        "stub getPaywall open half-open",
        "stub getPaywall half-open closed"
      ])
    }))

  it("keeps the provider's name, members and capabilities", () => {
    const { provider } = make()
    const { capabilities, id, members } = guard({ ...provider, members: ["stub"] })
    assert.deepStrictEqual({ capabilities, id, members }, {
      capabilities: provider.capabilities,
      id: "stub",
      members: ["stub"]
    })
  })

  it.each([{ failures: 0 }, { failures: 1.5 }, { rate: { threshold: 2, calls: 10 } }])(
    "%o is a mistake, and says so at once",
    (options) => {
      assert.throws(() => Breaker.guard(options), RangeError)
    }
  )
})
