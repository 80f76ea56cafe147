import { assert, describe, it } from "@effect/vitest"
import { type Paywall, PricingError, type PricingProvider } from "@priceport/core"
import * as Budget from "@priceport/core/resilience/Budget"
import * as Deadline from "@priceport/core/resilience/Deadline"
import * as Retry from "@priceport/core/resilience/Retry"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"

const unavailable = new PricingError.Unavailable({ status: 503 })

/** Lets a call run to its end, and tells how many milliseconds that took. */
const timed = (call: Effect.Effect<unknown, PricingError.PricingError>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(Effect.timed(Effect.exit(call)))
    yield* TestClock.adjust("30 days")
    const [elapsed, exit] = yield* Fiber.join(fiber)
    return [Duration.toMillis(elapsed), yield* Effect.flip(exit)] as const
  })

const outcomes = (error: PricingError.PricingError) => error.attempts.map(({ outcome }) => outcome)

/** Answers each call after so many milliseconds, the last for ever after. */
const answering = (
  ...answers: ReadonlyArray<readonly [afterMs: number, Effect.Effect<Paywall.Paywall, PricingError.Reason>]>
) => {
  const left = answers.slice()
  return Stub.make({
    getPaywall: () => {
      const [after, answer] = left.length > 1 ? left.shift()! : left[0]!
      return Effect.delay(answer, after)
    }
  })
}

const hanging = () => Stub.make({ getPaywall: () => Effect.never, recordImpression: () => Effect.never })

describe("Budget", () => {
  it.effect("covers the whole call with the caller's timeout, and with the usual one of its operation else", () =>
    Effect.gen(function*() {
      const provider = Budget.grant({ recordImpression: "4 seconds" })(hanging().provider)
      for (
        const [limit, call] of [
          [800, provider.getPaywall(Stub.request, { timeout: "800 millis" })],
          [3_000, provider.getPaywall(Stub.request)],
          [4_000, provider.recordImpression(Stub.paywall)]
        ] as const
      ) {
        const [elapsed, error] = yield* timed(call)
        assert.strictEqual(elapsed, limit)
        assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: limit })
        assert.deepInclude(error.attempts[0], { provider: "stub", ms: limit, outcome: "Timeout" })
        assert.lengthOf(error.attempts, 1)
      }
    }))

  it.effect("answers each of many overlapping callers at the end of their own time, and leaves nothing running", () =>
    Effect.gen(function*() {
      let running = 0
      const { provider } = Stub.make({
        getPaywall: () =>
          Effect.ensuring(
            Effect.andThen(Effect.sync(() => running++), Effect.never),
            Effect.sync(() => running--)
          )
      })
      const granted = Budget.grant()(provider)
      const calls = yield* Effect.forEach(Array.from({ length: 50 }, (_, index) => index), (index) =>
        Effect.forkChild(
          Effect.timed(Effect.exit(Effect.delay(granted.getPaywall(Stub.request, { timeout: 800 }), index * 10)))
        ))
      yield* TestClock.adjust("2 seconds")
      for (const [index, fiber] of calls.entries()) {
        assert.strictEqual(Duration.toMillis((yield* Fiber.join(fiber))[0]), 800 + index * 10)
      }
      assert.strictEqual(running, 0)
    }))

  it.effect("does not hand the timeout on to the attempts, which have the provider's own limit", () =>
    Effect.gen(function*() {
      const seen: Array<PricingProvider.CallOptions | undefined> = []
      const { provider } = Stub.make()
      const spy: PricingProvider.Service = {
        ...provider,
        getPaywall: (request, options) => {
          seen.push(options)
          return provider.getPaywall(request, options)
        }
      }
      yield* Budget.grant()(spy).getPaywall(Stub.request, { timeout: "1 second" })
      assert.deepStrictEqual(seen.map((options) => options?.timeout), [undefined])
    }))

  it.effect("is seen by what runs inside, and is none outside", () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const look = Effect.tap(Budget.remaining, (left) => Effect.sync(() => seen.push(Duration.toMillis(left))))
      const { provider } = Stub.make({
        getPaywall: () => Effect.as(Effect.andThen(look, Effect.andThen(Effect.sleep(300), look)), Stub.paywall)
      })
      const fiber = yield* Effect.forkChild(Budget.grant()(provider).getPaywall(Stub.request, { timeout: 800 }))
      yield* TestClock.adjust(300)
      yield* Fiber.join(fiber)
      yield* look
      assert.deepStrictEqual(seen, [800, 500, Infinity])
    }))

  it.effect("only ever narrows: the tighter of two wins, and is the one that the error names", () =>
    Effect.gen(function*() {
      const inner = Budget.grant({ getPaywall: "2 seconds" })(hanging().provider)
      const [, byInner] = yield* timed(Budget.grant({ getPaywall: "5 seconds" })(inner).getPaywall(Stub.request))
      assert.deepInclude(byInner.reason, { limitMs: 2_000 })
      const [elapsed, byOuter] = yield* timed(Budget.grant({ getPaywall: 700 })(inner).getPaywall(Stub.request))
      assert.deepInclude(byOuter.reason, { limitMs: 700 })
      assert.strictEqual(elapsed, 700)
    }))

  it.effect("lists the attempts made before time was up, then the one it cut", () =>
    Effect.gen(function*() {
      const { provider } = answering([100, Effect.fail(unavailable)], [0, Effect.never])
      const call = Budget.grant()(Retry.transient({ base: 0 })(provider))
      const [elapsed, error] = yield* timed(call.getPaywall(Stub.request, { timeout: 800 }))
      assert.strictEqual(elapsed, 800)
      assert.deepStrictEqual(
        error.attempts.map(({ ms, outcome, startedAt }) => [startedAt, ms, outcome]),
        [
          ["1970-01-01T00:00:00.000Z", 100, "Unavailable"],
          ["1970-01-01T00:00:00.100Z", 700, "Timeout"]
        ]
      )
      assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: 800 })
    }))

  it.effect("names the vendor it was waiting for, not the composite around it", () =>
    Effect.gen(function*() {
      const vendor = Retry.transient()(hanging().provider)
      const [, error] = yield* timed(
        Budget.grant()({ ...vendor, id: "registry", members: ["stub"] }).getPaywall(Stub.request, { timeout: 50 })
      )
      assert.strictEqual(error.provider, "stub")
      assert.strictEqual(error.attempts[0]?.provider, "stub")
    }))

  it.effect("lists the attempts of every vendor that a composite asked", () =>
    Effect.gen(function*() {
      const first = Stub.make({ id: "first", getPaywall: () => Effect.delay(Effect.fail(unavailable), 100) }).provider
      const second = Stub.make({ id: "second", getPaywall: () => Effect.never }).provider
      const failover = (second: PricingProvider.Service): PricingProvider.Service => ({
        ...first,
        id: "failover",
        getPaywall: (request) =>
          Retry.transient({ base: 0, times: 1 })(first).getPaywall(request).pipe(
            Effect.catchTag("PricingError", () => second.getPaywall(request))
          )
      })
      for (const [last, provider] of [[Retry.transient()(second), "second"], [second, "failover"]] as const) {
        const [, error] = yield* timed(Budget.grant()(failover(last)).getPaywall(Stub.request, { timeout: 500 }))
        assert.strictEqual(error.provider, provider)
        assert.deepStrictEqual(
          error.attempts.map(({ ms, outcome, provider }) => [provider, ms, outcome]),
          [["first", 100, "Unavailable"], ["first", 100, "Unavailable"], [provider, 300, "Timeout"]]
        )
      }
    }))

  it.effect.each([0, -1, "0 millis"] as const)(
    "of %o is used up: nothing is sent",
    (timeout) =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        const error = yield* Effect.flip(Budget.grant()(provider).getPaywall(Stub.request, { timeout }))
        assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: 0 })
        assert.isEmpty(error.attempts)
        assert.isEmpty(reached)
      })
  )

  it.effect("refuses a timeout that is no duration", () =>
    Effect.gen(function*() {
      const { provider, reached } = Stub.make()
      const error = yield* Effect.flip(Budget.grant()(provider).getPaywall(Stub.request, { timeout: "soon" as never }))
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field: "timeout" })
      assert.isEmpty(reached)
    }))

  it.effect("that is infinite never ends", () =>
    Effect.gen(function*() {
      const { provider } = Stub.make({
        timeouts: { getPaywall: Infinity },
        getPaywall: () => Effect.delay(Effect.succeed(Stub.paywall), "20 days")
      })
      const fiber = yield* Effect.forkChild(Budget.grant()(provider).getPaywall(Stub.request, { timeout: Infinity }))
      yield* TestClock.adjust("20 days")
      assert.strictEqual((yield* Fiber.join(fiber)).id, "42")
    }))

  it.effect("does not follow an effect that is set apart from the call", () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const { provider } = Stub.make({
        getPaywall: () =>
          Budget.apart(Effect.map(Budget.remaining, (left) => {
            seen.push(Duration.toMillis(left))
            return Stub.paywall
          }))
      })
      yield* Budget.grant()(provider).getPaywall(Stub.request)
      assert.deepStrictEqual(seen, [Infinity])
    }))

  it.effect("is given by ensure only to calls that have none", () =>
    Effect.gen(function*() {
      const ensured = Budget.ensure({ getPaywall: "1 second" })(hanging().provider)
      const [alone] = yield* timed(ensured.getPaywall(Stub.request))
      const [within] = yield* timed(Budget.grant({ getPaywall: "2 seconds" })(ensured).getPaywall(Stub.request))
      assert.deepStrictEqual([alone, within], [1_000, 2_000])
    }))
})

describe("Deadline", () => {
  it.effect("bounds an attempt, and says by which limit", () =>
    Effect.gen(function*() {
      const [elapsed, error] = yield* timed(Deadline.within("1 second")(hanging().provider).getPaywall(Stub.request))
      assert.strictEqual(elapsed, 1_000)
      assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: 1_000 })
      assert.deepStrictEqual(outcomes(error), ["Timeout"])
      assert.isTrue(error.isRetryable)
    }))

  it.effect("is one for all operations, or one for each that is named", () =>
    Effect.gen(function*() {
      for (
        const [policy, paywall, impression] of [
          [Deadline.within({ seconds: 1 }), 1_000, 1_000],
          [Deadline.each({ getPaywall: "1 second" }), 1_000, 10_000],
          [Deadline.each({ recordImpression: 500 }), 3_000, 500],
          [Deadline.each({}), 3_000, 10_000]
        ] as const
      ) {
        const provider = policy(hanging().provider)
        const [ofPaywall] = yield* timed(provider.getPaywall(Stub.request))
        const [ofImpression] = yield* timed(provider.recordImpression(Stub.paywall))
        assert.deepStrictEqual([ofPaywall, ofImpression], [paywall, impression])
      }
    }))

  it.effect("leaves the rest of the budget to the attempts after it", () =>
    Effect.gen(function*() {
      const { provider, reached } = hanging()
      const hardened = Budget.grant()(Retry.transient({ base: 0 })(Deadline.within("1 second")(provider)))
      const [elapsed, error] = yield* timed(hardened.getPaywall(Stub.request, { timeout: 2_500 }))
      assert.strictEqual(elapsed, 2_500)
      assert.deepInclude(error.reason, { limitMs: 2_500 })
      assert.deepStrictEqual(error.attempts.map(({ ms }) => ms), [1_000, 1_000, 500])
      assert.lengthOf(reached, 3)
    }))

  it.effect("round retries bounds them together, and keeps what they tried", () =>
    Effect.gen(function*() {
      const { provider } = answering([100, Effect.fail(unavailable)], [0, Effect.never])
      const bounded = Deadline.within(500)(Retry.transient({ base: 0 })(provider))
      const [elapsed, error] = yield* timed(bounded.getPaywall(Stub.request))
      assert.strictEqual(elapsed, 500)
      assert.deepStrictEqual(outcomes(error), ["Unavailable", "Timeout"])
    }))

  it.effect("never widens what the call has", () =>
    Effect.gen(function*() {
      const long = Deadline.within("1 minute")(hanging().provider)
      const [own, byProvider] = yield* timed(long.getPaywall(Stub.request))
      const [granted, byBudget] = yield* timed(Budget.grant({ getPaywall: 900 })(long).getPaywall(Stub.request))
      assert.deepStrictEqual([own, granted], [3_000, 900])
      assert.deepInclude(byProvider.reason, { limitMs: 3_000 })
      assert.deepInclude(byBudget.reason, { limitMs: 900 })
    }))

  it.effect("longer than the budget hides nothing of it: what runs inside sees the tighter of the two", () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const { provider } = Stub.make({
        getPaywall: () =>
          Effect.map(Budget.remaining, (left) => {
            seen.push(Duration.toMillis(left))
            return Stub.paywall
          })
      })
      yield* Budget.grant({ getPaywall: 800 })(Deadline.within("1 minute")(provider)).getPaywall(Stub.request)
      yield* Budget.grant({ getPaywall: 800 })(Deadline.within(300)(provider)).getPaywall(Stub.request)
      assert.deepStrictEqual(seen, [800, 300])
    }))

  it("keeps the provider's name, members and capabilities", () => {
    const { provider } = Stub.make()
    const composite = { ...provider, members: ["stub", "other"] }
    for (const policy of [Deadline.within(1), Budget.grant(), Budget.ensure(), Retry.transient()]) {
      const { capabilities, id, members } = policy(composite)
      assert.deepStrictEqual({ capabilities, id, members }, {
        capabilities: provider.capabilities,
        id: "stub",
        members: ["stub", "other"]
      })
    }
  })
})
