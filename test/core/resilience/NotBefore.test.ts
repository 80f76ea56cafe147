import { assert, describe, it } from "@effect/vitest"
import { PricingError, type PricingProvider } from "@priceport/core"
import * as Breaker from "@priceport/core/resilience/Breaker"
import * as NotBefore from "@priceport/core/resilience/NotBefore"
import * as Retry from "@priceport/core/resilience/Retry"
import { Clock, Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"

const limited = (seconds: number) => new PricingError.RateLimited({ status: 429, retryAfterMs: seconds * 1_000 })

const purchase = { attribution: Stub.attribution, transaction: Stub.appStore }

/** A vendor that fails for these reasons, each after so many milliseconds, and then answers. */
const make = (...reasons: ReadonlyArray<PricingError.Reason>) => {
  const left = reasons.slice()
  const answer = <A>(value: A) =>
    Effect.suspend(() => {
      const reason = left.shift()
      return reason === undefined ? Effect.succeed(value) : Effect.fail(reason)
    })
  const stub = Stub.make({
    getPaywall: () => answer(Stub.paywall),
    recordImpression: () => answer({ _tag: "Recorded" }),
    validatePurchase: () => answer(Stub.validated)
  })
  return { ...stub, gated: NotBefore.gate()(stub.provider) }
}

const ask = (provider: PricingProvider.Service) => provider.getPaywall(Stub.request)

const reasonOf = <A>(call: Effect.Effect<A, PricingError.PricingError>) =>
  Effect.map(Effect.flip(call), ({ reason }) => reason)

describe("NotBefore", () => {
  it.effect("sends nothing before the time that the vendor named, and says when that is", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.UTC(2026, 2, 1, 12))
      const { gated, reached } = make(limited(60))
      assert.strictEqual((yield* reasonOf(ask(gated)))._tag, "RateLimited")
      yield* TestClock.adjust(59_999)
      const error = yield* Effect.flip(ask(gated))
      assert.deepInclude(error.reason, { _tag: "CircuitOpen", until: "2026-03-01T12:01:00.000Z" })
      assert.deepInclude(error, { provider: "stub", operation: "getPaywall" })
      assert.isEmpty(error.attempts)
      assert.lengthOf(reached, 1)
      yield* TestClock.adjust(1)
      yield* ask(gated)
    }))

  it.effect("hears a 503 that names a time as well, and lets other failures pass", () =>
    Effect.gen(function*() {
      const { gated } = make(
        new PricingError.Unavailable({ status: 503 }),
        new PricingError.RateLimited({ status: 429 }),
        new PricingError.Unavailable({ status: 503, retryAfterMs: 5_000 })
      )
      const tags = yield* Effect.forEach(Array.from({ length: 4 }), () => reasonOf(ask(gated)))
      assert.deepStrictEqual(tags.map(({ _tag }) => _tag), ["Unavailable", "RateLimited", "Unavailable", "CircuitOpen"])
    }))

  it.effect("1 second, then 60: it waits 60", () =>
    Effect.gen(function*() {
      const { gated, reached } = make(limited(1), limited(60))
      yield* Effect.ignore(ask(gated))
      yield* TestClock.adjust("1 second")
      yield* Effect.ignore(ask(gated))
      yield* TestClock.adjust(59_999)
      assert.strictEqual((yield* reasonOf(ask(gated)))._tag, "CircuitOpen")
      assert.lengthOf(reached, 2)
      yield* TestClock.adjust(1)
      yield* ask(gated)
    }))

  const Answers = Schema.Array(Schema.Struct({
    afterMs: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2_000 })),
    retryAfterMs: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20_000 }))
  })).check(Schema.isMinLength(1), Schema.isMaxLength(10))

  it.effect.prop(
    "of calls that overlap, the latest time named counts, in whatever order the answers come",
    [Answers],
    ([answers]) =>
      Effect.gen(function*() {
        const left = answers.slice()
        let asked = 0
        const { provider } = Stub.make({
          getPaywall: () => {
            asked++
            const answer = left.shift()
            return answer === undefined
              ? Effect.succeed(Stub.paywall)
              : Effect.delay(
                Effect.fail(new PricingError.RateLimited({ retryAfterMs: answer.retryAfterMs })),
                answer.afterMs
              )
          }
        })
        const gated = NotBefore.gate()(provider)
        const start = yield* Clock.currentTimeMillis
        const calls = yield* Effect.forEach(answers, () =>
          Effect.forkChild(Effect.ignore(ask(gated)), { startImmediately: true }))
        const opens = Math.max(...answers.map(({ afterMs, retryAfterMs }) =>
          afterMs + retryAfterMs
        ))
        const answered = Math.max(...answers.map(({ afterMs }) => afterMs))
        yield* TestClock.adjust(answered)
        yield* Fiber.joinAll(calls)
        assert.strictEqual(asked, answers.length)
        if (opens > answered) {
          yield* TestClock.setTime(start + opens - 1)
          const reason = yield* reasonOf(ask(gated))
          assert.strictEqual(reason._tag === "CircuitOpen" && Date.parse(reason.until!), start + opens)
          assert.strictEqual(asked, answers.length)
        }
        yield* TestClock.setTime(start + opens)
        yield* ask(gated)
      })
  )

  it.effect("holds paywalls and impressions back whichever was limited, and purchases only if one of them was", () =>
    Effect.gen(function*() {
      const { gated, reached } = make(limited(10))
      yield* Effect.ignore(ask(gated))
      assert.strictEqual((yield* reasonOf(gated.recordImpression(Stub.paywall)))._tag, "CircuitOpen")
      yield* gated.validatePurchase(purchase)
      assert.deepStrictEqual(reached, ["getPaywall", "validatePurchase"])

      const other = make(limited(10))
      yield* Effect.ignore(other.gated.validatePurchase(purchase))
      assert.strictEqual((yield* reasonOf(ask(other.gated)))._tag, "CircuitOpen")
      assert.strictEqual((yield* reasonOf(other.gated.validatePurchase(purchase)))._tag, "CircuitOpen")
      assert.deepStrictEqual(other.reached, ["validatePurchase"])
    }))

  it.effect("still answers what costs the vendor nothing", () =>
    Effect.gen(function*() {
      const { gated } = make(limited(10))
      yield* Effect.ignore(ask(gated))
      assert.strictEqual((yield* gated.recordImpression({}))._tag, "NotCounted")
      assert.strictEqual((yield* reasonOf(gated.getPaywall({ ...Stub.request, placement: "" })))._tag, "InvalidRequest")

      const { provider } = Stub.make({
        capabilities: { exposure: "on-fetch", purchases: [], repeatPurchase: "unknown" },
        getPaywall: () => Effect.fail(limited(10)),
        recordImpression: undefined
      })
      const onFetch = NotBefore.gate()({
        ...provider,
        recordImpression: () => Effect.succeed({ _tag: "ImplicitOnFetch" })
      })
      yield* Effect.ignore(ask(onFetch))
      assert.strictEqual((yield* onFetch.recordImpression(Stub.paywall))._tag, "ImplicitOnFetch")
      assert.strictEqual((yield* reasonOf(onFetch.validatePurchase(purchase)))._tag, "Unsupported")
    }))

  it.effect("believes an hour at most, unless told", () =>
    Effect.gen(function*() {
      for (const [options, seconds] of [[{}, 3_600], [{ atMost: "2 days" }, 86_400]] as const) {
        const { provider } = make(limited(86_400))
        const gated = NotBefore.gate(options)(provider)
        yield* Effect.ignore(ask(gated))
        yield* TestClock.adjust(seconds * 1_000 - 1)
        assert.strictEqual((yield* reasonOf(ask(gated)))._tag, "CircuitOpen")
        yield* TestClock.adjust(1)
        yield* ask(gated)
      }
    }))

  it.effect("lets a retry through that waited as long as it was asked", () =>
    Effect.gen(function*() {
      const { gated, reached } = make(limited(2))
      const call = yield* Effect.forkChild(Retry.transient()(gated).getPaywall(Stub.request))
      yield* TestClock.adjust("2 seconds")
      const paywall = yield* Fiber.join(call)
      assert.deepStrictEqual(paywall.provenance.attempts.map(({ outcome }) => outcome), ["RateLimited", "ok"])
      assert.lengthOf(reached, 2)
    }))

  it.effect("inside a Breaker its refusals say nothing of the vendor's health", () =>
    Effect.gen(function*() {
      const { gated } = make(limited(10), limited(10))
      const guarded = Breaker.guard({ failures: 2, openFor: "1 minute" })(gated)
      yield* Effect.ignore(ask(guarded))
      for (let i = 0; i < 10; i++) assert.property(yield* reasonOf(ask(guarded)), "until")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* reasonOf(ask(guarded)))._tag, "RateLimited")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* reasonOf(ask(guarded)))._tag, "CircuitOpen")
    }))

  it.effect("is each provider's own, made when the policy is applied", () =>
    Effect.gen(function*() {
      const policy = NotBefore.gate()
      const [one, other] = [make(limited(10)), make()]
      const [gatedOne, gatedOther] = [policy(one.provider), policy(other.provider)]
      yield* Effect.ignore(ask(gatedOne))
      assert.strictEqual((yield* reasonOf(ask(gatedOne)))._tag, "CircuitOpen")
      yield* ask(gatedOther)
    }))
})
