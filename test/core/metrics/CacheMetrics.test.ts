import { assert, describe, it } from "@effect/vitest"
import * as PricingMetrics from "@priceport/core/provider/PricingMetrics"
import * as CacheMetrics from "@priceport/core/resilience/CacheMetrics"
import { type Context, Effect, Logger, Metric, References, Tracer } from "effect"
import * as Exported from "./Exported.ts"
import * as Scenario from "./Scenario.ts"

/** Runs a test with metrics of its own. */
const alone = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  test.pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))

const counted = (metric: PricingMetrics.Definition) =>
  Effect.map(Metric.snapshot, (series) => Exported.valuesOf(series, metric))

describe("CacheMetrics", () => {
  it.effect("says what the cache counts, under the names of its stats", () =>
    alone(Effect.gen(function*() {
      const { ask, stats } = yield* Scenario.make()
      yield* ask("u-1")
      yield* ask("u-1")
      yield* ask("u-1")
      const { bytes, entries, inFlight, ...events } = yield* stats
      assert.deepInclude(events, { hits: 2, misses: 1 })
      assert.deepStrictEqual(
        yield* counted(PricingMetrics.cacheEvents),
        Object.fromEntries(
          Object.entries(events).flatMap(([name, value]) => typeof value === "number" ? [[`${name} stub`, value]] : [])
        )
      )
      assert.deepStrictEqual(yield* counted(PricingMetrics.cacheEntries), { stub: entries })
      assert.deepStrictEqual(yield* counted(PricingMetrics.cacheBytes), { stub: bytes })
      assert.deepStrictEqual(yield* counted(PricingMetrics.cacheLookups), { stub: inFlight })
    })))

  it.effect("costs a hit nothing: no update of any metric, no span, no log line", () =>
    alone(Effect.gen(function*() {
      const { ask } = yield* Scenario.make()
      const registry = yield* Metric.MetricRegistry
      const seen: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          seen.push(`span ${options.name}`)
          return new Tracer.NativeSpan(options)
        }
      })
      const logger = Logger.make(({ message }) => void seen.push(`log ${message}`))
      const watched = <A, E>(call: Effect.Effect<A, E>) =>
        call.pipe(
          Effect.withTracer(tracer),
          Effect.provideService(References.MinimumLogLevel, "All"),
          Effect.provide(Logger.layer([logger]))
        )
      yield* watched(ask("u-1"))
      assert.deepStrictEqual(seen, ["span PricingProvider.getPaywall"])

      for (const [key, { hooks, ...metadata }] of registry) {
        const update = (input: unknown, context: Context.Context<never>) => {
          seen.push(`update ${metadata.id}`)
          hooks.update(input, context)
        }
        registry.set(key, { ...metadata, hooks: { ...hooks, update, modify: update } })
      }
      for (let i = 0; i < 100; i++) assert.strictEqual((yield* watched(ask("u-1"))).provenance.source, "cache")
      assert.lengthOf(seen, 1)
      yield* watched(ask("u-2"))
      assert.include(seen, `update ${PricingMetrics.attempts.name}`)
      assert.deepInclude(yield* counted(PricingMetrics.paywalls), { "stub none cache": 100 })
    })))

  it.effect("keeps what a cache had counted when it is gone, and forgets what it held", () =>
    alone(Effect.gen(function*() {
      const once = Effect.scoped(Effect.gen(function*() {
        const { ask } = yield* Scenario.make()
        yield* ask("u-1")
        yield* ask("u-1")
        assert.deepStrictEqual(yield* counted(PricingMetrics.cacheEntries), { stub: 1 })
      }))
      yield* once
      yield* once
      assert.deepInclude(yield* counted(PricingMetrics.cacheEvents), { "hits stub": 2, "misses stub": 2 })
      assert.deepStrictEqual(yield* counted(PricingMetrics.cacheEntries), { stub: 0 })
    })))

  it.effect("adds up several caches of one provider", () =>
    alone(Effect.gen(function*() {
      const one = yield* Scenario.make()
      const two = yield* Scenario.make()
      yield* one.ask("u-1")
      yield* two.ask("u-1")
      yield* two.ask("u-1")
      assert.deepInclude(yield* counted(PricingMetrics.cacheEvents), { "hits stub": 1, "misses stub": 2 })
      assert.deepStrictEqual(yield* counted(PricingMetrics.cacheEntries), { stub: 2 })
    })))

  it.effect("keeps apart what the application labels differently", () =>
    alone(Effect.gen(function*() {
      const of = (region: string, hits: number) =>
        CacheMetrics.observe("stub", Effect.succeed({ hits })).pipe(
          Effect.provideService(Metric.CurrentMetricAttributes, { region })
        )
      yield* of("eu", 1)
      yield* of("us", 2)
      yield* of("us", 3)
      assert.deepStrictEqual(yield* counted(PricingMetrics.cacheEvents), { "hits stub eu": 1, "hits stub us": 5 })
    })))

  it.effect("takes whatever numbers the stats have, and nothing else", () =>
    alone(Effect.gen(function*() {
      yield* CacheMetrics.observe("stub", Effect.succeed({ shared: 4, name: "redis", nested: { hits: 1 } }))
      assert.deepStrictEqual(yield* counted(PricingMetrics.cacheEvents), { "shared stub": 4 })
    })))
})
