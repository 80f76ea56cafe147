import { assert, describe, it } from "@effect/vitest"
import { PricingError, type PricingProvider } from "@priceport/core"
import * as Budget from "@priceport/core/resilience/Budget"
import * as Retry from "@priceport/core/resilience/Retry"
import { Clock, Duration, Effect, Exit, Fiber, Random, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"

const unavailable = new PricingError.Unavailable({ status: 503 })
const limited = (seconds: number) => new PricingError.RateLimited({ status: 429, retryAfterMs: seconds * 1_000 })

/** Random numbers that are always the same, just below one unless said: every wait is as long as it may be. */
const draw = (value = 1 - 1e-12) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => value, nextIntUnsafe: () => 0 })

/** A provider whose calls fail for these reasons, one after the other, and succeed after them. */
const failing = (...reasons: ReadonlyArray<PricingError.Reason>) => {
  const left = reasons.slice()
  const startedAt: Array<number> = []
  const answer = <A>(value: A) =>
    Clock.clockWith((clock) => {
      startedAt.push(clock.currentTimeMillisUnsafe())
      const reason = left.shift()
      return reason === undefined ? Effect.succeed(value) : Effect.fail(reason)
    })
  const stub = Stub.make({
    getPaywall: () => answer(Stub.paywall),
    recordImpression: () => answer({ _tag: "Recorded" }),
    validatePurchase: () => answer(Stub.validated)
  })
  return { ...stub, startedAt }
}

/** A provider that always fails. */
const down = (reason: PricingError.Reason = unavailable) =>
  Stub.make({
    getPaywall: () => Effect.fail(reason),
    recordImpression: () => Effect.fail(reason),
    validatePurchase: () => Effect.fail(reason)
  })

/** Lets a call run to its end. */
const finished = <A, E>(call: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(Effect.timed(Effect.exit(call)))
    yield* TestClock.adjust("30 days")
    const [elapsed, exit] = yield* Fiber.join(fiber)
    return { elapsed: Duration.toMillis(elapsed), exit }
  })

const errorOf = <A>(call: Effect.Effect<A, PricingError.PricingError>) =>
  Effect.flatMap(finished(call), ({ elapsed, exit }) => Effect.map(Effect.flip(exit), (error) => ({ elapsed, error })))

const outcomes = ({ attempts }: Pick<PricingError.PricingError, "attempts">) => attempts.map(({ outcome }) => outcome)

const impression = (provider: PricingProvider.Service) => provider.recordImpression(Stub.paywall)
const purchase = (provider: PricingProvider.Service) =>
  provider.validatePurchase({ attribution: Stub.attribution, transaction: Stub.appStore })

describe("Retry", () => {
  it.effect("repeats what may pass, and the paywall lists every attempt", () =>
    Effect.gen(function*() {
      const { provider, reached } = failing(unavailable, new PricingError.Transport({ detail: "reset", sent: "maybe" }))
      const { exit } = yield* finished(Retry.transient()(provider).getPaywall(Stub.request))
      const paywall = yield* exit
      assert.deepStrictEqual(outcomes(paywall.provenance), ["Unavailable", "Transport", "ok"])
      assert.lengthOf(reached, 3)
    }))

  it.effect("gives up after so many times with the last error, which lists every attempt", () =>
    Effect.gen(function*() {
      const { provider, reached } = failing(unavailable, unavailable, limited(0))
      const { error } = yield* errorOf(Retry.transient({ times: 2 })(provider).getPaywall(Stub.request))
      assert.strictEqual(error.reason._tag, "RateLimited")
      assert.deepStrictEqual(outcomes(error), ["Unavailable", "Unavailable", "RateLimited"])
      assert.lengthOf(reached, 3)
    }))

  it.effect("repeats an impression too", () =>
    Effect.gen(function*() {
      const { provider, reached } = failing(unavailable)
      const { exit } = yield* finished(impression(Retry.transient()(provider)))
      assert.strictEqual((yield* exit)._tag, "Recorded")
      assert.lengthOf(reached, 2)
    }))

  it.effect("leaves a first answer as it is", () =>
    Effect.gen(function*() {
      const { provider } = failing()
      const plain = yield* provider.getPaywall(Stub.request)
      assert.deepStrictEqual(yield* Retry.transient()(provider).getPaywall(Stub.request), plain)
    }))

  it.effect.each(
    [
      new PricingError.Unauthorized({ status: 401 }),
      new PricingError.Forbidden({ status: 403 }),
      new PricingError.NotFound({ status: 404 }),
      new PricingError.Rejected({ status: 400 }),
      new PricingError.InvalidResponse({ path: "", detail: "no" }),
      new PricingError.CircuitOpen({}),
      new PricingError.InvalidRequest({ field: "customer", issue: "no" })
    ].map((reason) => ({ tag: reason._tag, reason }))
  )("does not repeat $tag", ({ reason, tag }) =>
    Effect.gen(function*() {
      const { provider, reached } = failing(reason)
      const { elapsed, error } = yield* errorOf(Retry.transient()(provider).getPaywall(Stub.request))
      assert.strictEqual(error.reason._tag, tag)
      assert.strictEqual(elapsed, 0)
      assert.lengthOf(reached, 1)
    }))

  it.effect("never repeats a purchase", () =>
    Effect.gen(function*() {
      const { provider, reached } = down()
      const { error } = yield* errorOf(purchase(Retry.transient()(provider)))
      assert.deepStrictEqual(outcomes(error), ["Unavailable"])
      assert.lengthOf(reached, 1)
    }))

  it.effect("never repeats a request that overrides what the vendor decided, whichever vendor that is", () =>
    Effect.gen(function*() {
      for (
        const [options, requests] of [
          [{ corrily: { override: true } }, 1],
          [{ other: { coupons: {} }, stub: { override: true } }, 1],
          [{ corrily: { override: false } }, 3],
          [{ corrily: { override: "true" }, stub: null, third: ["override"] }, 3],
          [{}, 3]
        ] as const
      ) {
        const { provider, reached } = down()
        yield* errorOf(Retry.transient()(provider).getPaywall({ ...Stub.request, options }))
        assert.lengthOf(reached, requests, JSON.stringify(options))
      }
    }))

  describe("waits", () => {
    it.effect("twice as long each time, up to the cap", () =>
      Effect.gen(function*() {
        const { provider, startedAt } = failing(unavailable, unavailable, unavailable, unavailable)
        const policy = Retry.transient({ times: 4, base: 100, cap: 300, quota: { floor: 10 } })
        yield* finished(policy(provider).getPaywall(Stub.request)).pipe(draw())
        assert.deepStrictEqual(startedAt, [0, 100, 300, 600, 900])
      }))

    it.effect("anything from nothing to that, at random", () =>
      Effect.gen(function*() {
        const { provider, startedAt } = failing(unavailable, unavailable)
        yield* finished(Retry.transient({ base: 100 })(provider).getPaywall(Stub.request)).pipe(draw(0.25))
        assert.deepStrictEqual(startedAt, [0, 25, 75])
        const again = failing(unavailable)
        const { elapsed } = yield* finished(Retry.transient()(again.provider).getPaywall(Stub.request)).pipe(draw(0))
        assert.strictEqual(elapsed, 0)
      }))

    it.effect("as long as the vendor asks at least: 1 second, then 60", () =>
      Effect.gen(function*() {
        const { provider, startedAt } = failing(limited(1), limited(60))
        const { exit } = yield* finished(
          Retry.transient()(provider).getPaywall(Stub.request, { timeout: "2 minutes" })
        )
        assert.isTrue(Exit.isSuccess(exit))
        assert.deepStrictEqual(startedAt, [0, 1_000, 61_000])
      }))

    it.effect("not at all for what would outlive the budget: 86,400 seconds fail at once", () =>
      Effect.gen(function*() {
        for (
          const harden of [Retry.transient(), (_: PricingProvider.Service) => Budget.grant()(Retry.transient()(_))]
        ) {
          const { provider, reached } = down(limited(86_400))
          const { elapsed, error } = yield* errorOf(harden(provider).getPaywall(Stub.request))
          assert.strictEqual(elapsed, 0)
          assert.deepInclude(error.reason, { _tag: "RateLimited", retryAfterMs: 86_400_000 })
          assert.lengthOf(reached, 1)
        }
      }))

    it.effect("not at all where nothing is left for an attempt after it", () =>
      Effect.gen(function*() {
        for (const [timeout, requests] of [[1_000, 1], [1_001, 2]] as const) {
          const { provider, reached } = failing(limited(1))
          yield* finished(Retry.transient()(provider).getPaywall(Stub.request, { timeout }))
          assert.lengthOf(reached, requests)
        }
      }))

    const Plan = Schema.Struct({
      budgetMs: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5_000 })),
      baseMs: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_000 })),
      capMs: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4_000 })),
      answersAfterMs: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_500 })),
      times: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 })),
      retryAfterMs: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 90_000_000 }))),
      seed: Schema.Int
    })

    it.effect.prop(
      "no call outlives its budget, whatever is asked, and no wait ends it",
      [Plan],
      ([plan]) =>
        Effect.gen(function*() {
          const { answersAfterMs, baseMs, budgetMs, capMs, seed, times } = plan
          const asked = plan.retryAfterMs.slice()
          const { provider, reached } = Stub.make({
            getPaywall: () =>
              Effect.delay(
                Effect.suspend(() => {
                  const retryAfterMs = asked.shift()
                  return Effect.fail(
                    retryAfterMs === undefined
                      ? unavailable
                      : new PricingError.RateLimited({ retryAfterMs })
                  )
                }),
                answersAfterMs
              )
          })
          const hardened = Budget.grant()(
            Retry.transient({ base: baseMs, cap: capMs, times, quota: { floor: 100 } })(provider)
          )
          const { elapsed, error } = yield* errorOf(hardened.getPaywall(Stub.request, { timeout: budgetMs })).pipe(
            Random.withSeed(seed)
          )
          assert.isAtMost(elapsed, budgetMs)
          assert.isAtMost(reached.length, times + 1)
          // Each request is in the log, and the call ended with the last of them: no time went into waiting for nothing.
          assert.lengthOf(error.attempts, reached.length)
          const last = error.attempts.at(-1)!
          assert.strictEqual(Date.parse(last.startedAt) + last.ms, Date.parse(error.attempts[0]!.startedAt) + elapsed)
          assert.strictEqual(error.reason._tag, last.outcome)
        })
    )
  })

  describe("quota", () => {
    const Traffic = Schema.Struct({
      calls: Schema.Array(Schema.Literals(["getPaywall", "recordImpression"])).check(Schema.isMaxLength(200)),
      times: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
      healthyBefore: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
      concurrency: Schema.Literals([1, 10, "unbounded"])
    })

    it.effect.prop(
      "a provider that always fails gets a fifth more than the first attempts at most, and three",
      [Traffic],
      ([{ calls, concurrency, healthyBefore, times }]) =>
        Effect.gen(function*() {
          let healthy = true
          const answer = <A>(value: A) =>
            Effect.suspend(() => healthy ? Effect.succeed(value) : Effect.fail(unavailable))
          const { provider, reached } = Stub.make({
            getPaywall: () => answer(Stub.paywall),
            recordImpression: () => answer({ _tag: "Recorded" })
          })
          const hardened = Retry.transient({ times, base: 0 })(provider)
          const call = (operation: "getPaywall" | "recordImpression") =>
            Effect.ignore(operation === "getPaywall" ? hardened.getPaywall(Stub.request) : impression(hardened))
          for (let i = 0; i < healthyBefore; i++) yield* call("getPaywall")
          healthy = false
          reached.length = 0
          yield* Effect.forEach(calls, call, { concurrency, discard: true })
          assert.isAtMost(reached.length, calls.length * 1.2 + 3 + 1e-6)
          // It is used, too: a call that may be repeated is, while any is left.
          assert.isAtLeast(reached.length, calls.length + Math.min(3, calls.length * times))
        })
    )

    it.effect("is earned back by first attempts, five for one retry", () =>
      Effect.gen(function*() {
        let healthy = false
        const { provider, reached } = Stub.make({
          getPaywall: () => Effect.suspend(() => healthy ? Effect.succeed(Stub.paywall) : Effect.fail(unavailable))
        })
        const hardened = Retry.transient({ times: 10, base: 0 })(provider)
        const call = Effect.ignore(hardened.getPaywall(Stub.request))
        yield* call
        assert.lengthOf(reached, 1 + 3)
        healthy = true
        for (let i = 0; i < 4; i++) yield* call
        healthy = false
        reached.length = 0
        yield* call
        assert.lengthOf(reached, 1 + 1)
      }))

    it.effect("is earned to the last of a tenth ten times, which are a whole", () =>
      Effect.gen(function*() {
        let healthy = true
        const { provider, reached } = Stub.make({
          getPaywall: () => Effect.suspend(() => healthy ? Effect.succeed(Stub.paywall) : Effect.fail(unavailable))
        })
        const hardened = Retry.transient({ times: 10, base: 0, quota: { ratio: 0.1, floor: 1 } })(provider)
        const call = Effect.ignore(hardened.getPaywall(Stub.request))
        healthy = false
        yield* call
        healthy = true
        for (let i = 0; i < 9; i++) yield* call
        healthy = false
        reached.length = 0
        yield* call
        assert.lengthOf(reached, 2)
      }))

    it.effect("is not earned by calls that were never sent", () =>
      Effect.gen(function*() {
        const { provider, reached } = down()
        const hardened = Retry.transient({ times: 10, base: 0 })(provider)
        yield* Effect.ignore(hardened.getPaywall(Stub.request))
        for (let i = 0; i < 100; i++) {
          yield* Effect.ignore(hardened.getPaywall({ ...Stub.request, placement: "" }))
          yield* hardened.recordImpression({})
        }
        reached.length = 0
        yield* Effect.ignore(hardened.getPaywall(Stub.request))
        assert.lengthOf(reached, 1)
      }))

    it.effect("is each provider's own, made when the policy is applied", () =>
      Effect.gen(function*() {
        const policy = Retry.transient({ times: 10, base: 0 })
        for (const { provider, reached } of [down(), down()]) {
          yield* Effect.ignore(policy(provider).getPaywall(Stub.request))
          assert.lengthOf(reached, 1 + 3)
        }
      }))
  })

  it.effect("round another Retry lists each attempt once", () =>
    Effect.gen(function*() {
      const { provider, reached } = down()
      const twice = Retry.transient({ times: 1, base: 0 })(Retry.transient({ times: 1, base: 0 })(provider))
      const { error } = yield* errorOf(Budget.grant()(twice).getPaywall(Stub.request))
      assert.lengthOf(reached, 4)
      assert.lengthOf(error.attempts, 4)
    }))

  it.effect("ends with its caller", () =>
    Effect.gen(function*() {
      const { provider, reached } = down(limited(1))
      const fiber = yield* Effect.forkChild(Retry.transient()(provider).getPaywall(Stub.request))
      yield* TestClock.adjust(500)
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(reached, 1)
    }))

  it.each([{ times: -1 }, { times: NaN }, { quota: { ratio: -0.1 } }, { quota: { floor: NaN } }])(
    "%o is a mistake, and says so at once",
    (options) => {
      assert.throws(() => Retry.transient(options), RangeError)
    }
  )
})
