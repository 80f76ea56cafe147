import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import * as PricingMetrics from "@priceport/core/provider/PricingMetrics"
import * as Budget from "@priceport/core/resilience/Budget"
import * as Deadline from "@priceport/core/resilience/Deadline"
import { Effect, Fiber, Metric, Tracer } from "effect"
import { TestClock } from "effect/testing"
import * as Bundles from "../fallback/Bundles.ts"
import * as Stub from "../Stub.ts"
import * as Exported from "./Exported.ts"
import * as Scenario from "./Scenario.ts"

/** Runs a test with metrics of its own. */
const alone = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  test.pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))

/** What the series of a metric say now, by their labels in the order of the labels' names. */
const counted = (metric: PricingMetrics.Definition) =>
  Effect.map(Metric.snapshot, (series) => Exported.valuesOf(series, metric))

const impression = { attribution: Stub.attribution }

describe("metrics of a vendor", () => {
  it.effect("count each attempt by what became of it", () =>
    alone(Effect.gen(function*() {
      const answers: Array<Effect.Effect<void, PricingError.Reason>> = [
        Effect.void,
        Effect.fail(Scenario.unavailable),
        Effect.fail(new PricingError.Rejected({ status: 400 })),
        Effect.die("a bug")
      ]
      const { provider } = Stub.make({ recordImpression: () => Effect.as(answers.shift()!, { _tag: "Recorded" }) })
      while (answers.length > 0) yield* Effect.exit(provider.recordImpression(impression))
      assert.deepStrictEqual(yield* counted(PricingMetrics.attempts), {
        "recordImpression Defect stub": 1,
        "recordImpression Rejected stub": 1,
        "recordImpression Unavailable stub": 1,
        "recordImpression ok stub": 1
      })
    })))

  it.effect("do not count what was refused before it was sent", () =>
    alone(Effect.gen(function*() {
      const { provider } = Stub.make({
        getPaywall: () => Effect.fail(new PricingError.InvalidRequest({ field: "customer.id", issue: "missing" }))
      })
      yield* Effect.flip(provider.getPaywall(Stub.request))
      yield* Effect.flip(provider.getPaywall({ ...Stub.request, placement: "" }))
      yield* provider.recordImpression({})
      assert.deepStrictEqual(yield* counted(PricingMetrics.attempts), {})
      assert.deepStrictEqual(yield* counted(PricingMetrics.attemptDuration), {})
    })))

  it.effect("tell a call that ran out of time from one whose caller gave up, as its span does", () =>
    alone(Effect.gen(function*() {
      const { provider } = Stub.make({ recordImpression: () => Effect.never })
      const limited = Deadline.within("1 second")(provider)
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      yield* Scenario.settle(Effect.withTracer(limited.recordImpression(impression), tracer))
      assert.deepStrictEqual(spans.map(({ attributes }) => attributes.get("error.type")), ["Timeout"])
      const waiting = yield* Effect.forkChild(limited.recordImpression(impression), { startImmediately: true })
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(waiting)
      assert.deepStrictEqual(yield* counted(PricingMetrics.attempts), {
        "recordImpression Interrupted stub": 1,
        "recordImpression Timeout stub": 1
      })
    })))

  it.effect("say how long an attempt took, in seconds", () =>
    alone(Effect.gen(function*() {
      const { provider } = Stub.make({ getPaywall: () => Effect.delay(Effect.succeed(Stub.paywall), "300 millis") })
      yield* Scenario.settle(provider.getPaywall(Stub.request))
      const series = (yield* Metric.snapshot).find(({ id }) => id === PricingMetrics.attemptDuration.name)
      assert.strictEqual(series?.type, "Histogram")
      if (series?.type !== "Histogram") return
      assert.deepInclude(series.state, { count: 1, sum: 0.3 })
      assert.deepStrictEqual(series.state.buckets.find(([, count]) => count === 1)?.[0], 0.5)
    })))

  it.effect("count the parts of a paywall that could not be read", () =>
    alone(Effect.gen(function*() {
      const { ask, vendor } = yield* Scenario.make()
      yield* ask("whole")
      assert.deepStrictEqual(yield* counted(PricingMetrics.paywallNotes), {})
      const notes = [{ path: "products[0]", issue: "left out" }, { path: "name", issue: "no text" }]
      vendor.paywall = { ...Bundles.live, provenance: { ...Bundles.live.provenance, notes } }
      yield* ask("broken")
      assert.deepStrictEqual(yield* counted(PricingMetrics.paywallNotes), { stub: 2 })
    })))
})

describe("metrics of the policies", () => {
  it.effect("count a whole call once, whatever it took, and its share of the budget", () =>
    alone(Effect.gen(function*() {
      const { provider, vendor } = yield* Scenario.make({ budget: { recordImpression: "4 seconds" } })
      vendor.answer = Effect.delay(Effect.fail(Scenario.unavailable), "1 second")
      const waiting = yield* Effect.forkChild(provider.recordImpression(impression), { startImmediately: true })
      yield* TestClock.adjust("900 millis")
      vendor.answer = Effect.void
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(waiting)
      assert.deepStrictEqual(yield* counted(PricingMetrics.calls), { "recordImpression ok stub": 1 })
      assert.deepStrictEqual(yield* counted(PricingMetrics.attempts), {
        "recordImpression Unavailable stub": 1,
        "recordImpression ok stub": 1
      })
      const series = (yield* Metric.snapshot).find(({ id }) => id === PricingMetrics.budgetUsed.name)
      assert.strictEqual(series?.type, "Histogram")
      // One second, and at most a tenth of one between the attempts.
      if (series?.type === "Histogram") assert.closeTo(series.state.sum, 0.2625, 0.0125)
    })))

  it.effect("count a call once where one budget stands inside another", () =>
    alone(Effect.gen(function*() {
      const { provider } = Stub.make()
      const twice = Budget.grant({ getPaywall: "3 seconds" })(Budget.grant({ getPaywall: "1 second" })(provider))
      yield* twice.getPaywall(Stub.request)
      assert.deepStrictEqual(yield* counted(PricingMetrics.calls), { "getPaywall ok stub": 1 })
    })))

  it.effect("say of each retry that was due whether it was sent, or what it lacked", () =>
    alone(Effect.gen(function*() {
      const { provider, vendor } = yield* Scenario.make({ retry: { times: 1, quota: { floor: 1, ratio: 0 } } })
      vendor.answer = Effect.fail(Scenario.unavailable)
      yield* Scenario.settle(provider.recordImpression(impression))
      assert.deepStrictEqual(yield* counted(PricingMetrics.retries), { "sent recordImpression stub": 1 })
      yield* Scenario.settle(provider.recordImpression(impression))
      vendor.answer = Effect.fail(new PricingError.RateLimited({ status: 429, retryAfterMs: 60_000 }))
      yield* Scenario.settle(provider.recordImpression(impression))
      assert.deepStrictEqual(yield* counted(PricingMetrics.retries), {
        "budget recordImpression stub": 1,
        "quota recordImpression stub": 1,
        "sent recordImpression stub": 1
      })
    })))

  it.effect("follow a circuit from its first call through all its states", () =>
    alone(Effect.gen(function*() {
      const { provider, vendor } = yield* Scenario.make({ breaker: { failures: 1 }, retry: { times: 0 } })
      const state = counted(PricingMetrics.breakerState)
      yield* provider.recordImpression(impression)
      assert.deepStrictEqual(yield* state, { "recordImpression stub": 0 })
      vendor.answer = Effect.fail(Scenario.unavailable)
      yield* Effect.flip(provider.recordImpression(impression))
      assert.deepStrictEqual(yield* state, { "recordImpression stub": 2 })
      yield* Effect.flip(provider.recordImpression(impression))
      assert.deepStrictEqual(yield* counted(PricingMetrics.heldBack), { "recordImpression Breaker stub": 1 })

      vendor.answer = Effect.sleep("1 second")
      yield* TestClock.adjust("5 seconds")
      const probe = yield* Effect.forkChild(provider.recordImpression(impression), { startImmediately: true })
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(yield* state, { "recordImpression stub": 1 })
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(probe)
      assert.deepStrictEqual(yield* state, { "recordImpression stub": 0 })
      assert.deepStrictEqual(yield* counted(PricingMetrics.breakerTransitions), {
        "recordImpression stub closed": 1,
        "recordImpression stub half-open": 1,
        "recordImpression stub open": 1
      })
    })))

  it.effect("say how long a vendor asked to be left alone, and whom that held back", () =>
    alone(Effect.gen(function*() {
      const { provider, vendor } = yield* Scenario.make({ retry: { times: 0 } })
      vendor.answer = Effect.fail(new PricingError.Unavailable({ status: 503, retryAfterMs: 45_000 }))
      yield* Effect.flip(provider.recordImpression(impression))
      yield* Effect.flip(provider.recordImpression(impression))
      const series = (yield* Metric.snapshot).find(({ id }) => id === PricingMetrics.retryAfter.name)
      assert.deepInclude(series?.state, { count: 1, sum: 45 })
      assert.deepStrictEqual(yield* counted(PricingMetrics.heldBack), { "recordImpression NotBefore stub": 1 })
    })))

  it.effect("say of every caller who waited what came of it", () =>
    alone(Effect.gen(function*() {
      const { ask, provider, vendor } = yield* Scenario.make({ retry: { times: 0 } })
      vendor.answer = Effect.sleep("100 millis")
      yield* Scenario.settle(Effect.forEach(["a", "a", "a"], ask, { concurrency: "unbounded" }))
      vendor.answer = Effect.fail(new PricingError.NotFound({ status: 404 }))
      yield* Effect.flip(ask("b"))
      yield* Effect.flip(ask("b"))
      yield* Effect.flip(provider.getPaywall({ placement: "", customer: { id: "b" } }))
      vendor.answer = Effect.die("a bug")
      yield* Effect.exit(ask("c"))
      vendor.answer = Effect.never
      const waiting = yield* Effect.forkChild(ask("d"), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      assert.deepStrictEqual(yield* counted(PricingMetrics.paywalls), {
        "stub Defect none": 1,
        "stub InvalidRequest none": 1,
        "stub NotFound none": 2,
        "stub none cache": 0,
        "stub none live": 3,
        "stub none stale": 0
      })
    })))

  it.effect("say where paywalls came from, and why from the bundle", () =>
    alone(Effect.gen(function*() {
      const bundle = yield* Bundles.load(Bundles.json())
      const { ask, vendor } = yield* Scenario.make({ fallback: { bundle }, retry: { times: 0 } })
      yield* ask("u-1")
      yield* ask("u-1")
      yield* TestClock.adjust("6 minutes")
      vendor.answer = Effect.fail(Scenario.unavailable)
      yield* ask("u-1")
      yield* ask("u-2")
      assert.deepStrictEqual(yield* counted(PricingMetrics.paywalls), {
        "stub Unavailable bundled": 1,
        "stub none cache": 1,
        "stub none live": 1,
        "stub none stale": 1
      })
    })))
})
