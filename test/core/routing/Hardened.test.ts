import { assert, describe, it } from "@effect/vitest"
import { FallbackBundle } from "@priceport/core"
import * as Journal from "@priceport/core/routing/Journal"
import * as ShownPrices from "@priceport/core/routing/ShownPrices"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as RoutingHardened from "../../../packages/core/src/internal/routingHardened.ts"
import * as Stub from "../Stub.ts"
import * as Vendors from "./Vendors.ts"

const { from } = Vendors

const failover = { _tag: "Failover", id: "a-or-b", members: ["a", "b"] }

const make = Effect.fnUntraced(function*(config: unknown = failover, policies: RoutingHardened.Policies = {}) {
  const [a, b] = [Vendors.make("a"), Vendors.make("b")]
  const routed = yield* RoutingHardened.make(config, [a.provider, b.provider], { retry: { times: 0 }, ...policies })
  return { a, b, ...routed }
})

describe("Vendors behind routers", () => {
  it.effect("are asked ahead of time where the customer will be served, and nobody is told", () =>
    Effect.gen(function*() {
      const store = ShownPrices.makeMemory()
      const told: Array<Journal.Event> = []
      const { a, b, prefetch, provider } = yield* Effect.provideService(make(), ShownPrices.ShownPrices, store)
      yield* prefetch(from("ada")).pipe(
        Effect.provideService(Journal.Journal, { tell: (event) => Effect.sync(() => void told.push(event)) })
      )
      assert.lengthOf(a.calls, 1)
      assert.isUndefined(yield* store.get("ada", "onboarding"))
      assert.deepStrictEqual(told, [])
      const paywall = yield* provider.getPaywall(from("ada"))
      assert.deepStrictEqual([paywall.provider, paywall.provenance.source, a.calls.length], ["a", "cache", 1])

      a.behaviour = Vendors.down
      yield* prefetch(from("grace"))
      assert.strictEqual(b.calls.length, 1)
    }))

  it.effect("assigns nobody ahead of time", () =>
    Effect.gen(function*() {
      const told: Array<Journal.Event> = []
      const arms = [{ member: "a", weight: 0.5 }, { member: "b", weight: 0.5 }]
      const { prefetch, provider } = yield* make({ _tag: "Experiment", id: "split", arms })
      yield* Effect.gen(function*() {
        yield* prefetch(from("ada"))
        assert.deepStrictEqual(told, [])
        assert.strictEqual((yield* provider.getPaywall(from("ada"))).provenance.source, "cache")
        assert.deepStrictEqual(told.map((event) => "by" in event && event.by), ["hash"])
      }).pipe(Effect.provideService(Journal.Journal, { tell: (event) => Effect.sync(() => void told.push(event)) }))
    }))

  it.effect("are not asked ahead of time where that would enrol, unless the request says so", () =>
    Effect.gen(function*() {
      const onFetch = Stub.make({
        id: "a",
        capabilities: { exposure: "on-fetch", purchases: [], repeatPurchase: "safe" },
        recordImpression: undefined,
        validatePurchase: undefined
      })
      const { prefetch } = yield* RoutingHardened.make({ ...failover, members: ["a"] }, [onFetch.provider])
      const error = yield* Effect.flip(prefetch(from("ada")))
      assert.strictEqual(error.reason._tag, "Unsupported")
      assert.lengthOf(onFetch.reached, 0)
      yield* prefetch({ ...from("ada"), enroll: true })
      assert.lengthOf(onFetch.reached, 1)
    }))

  it.effect("forget a customer together, and count together", () =>
    Effect.gen(function*() {
      const { a, b, invalidate, provider, reload, stats } = yield* make()
      yield* provider.getPaywall(from("ada"))
      yield* reload({ ...failover, members: ["b", "a"], whenShown: "reprice" })
      yield* provider.getPaywall(from("ada"))
      assert.deepInclude(yield* stats, { entries: 2, misses: 2, lookups: 2, hits: 0 })
      yield* invalidate({ id: "ada" })
      assert.deepInclude(yield* stats, { entries: 0 })
      assert.deepStrictEqual([a.calls.length, b.calls.length], [1, 1])
    }))

  it.effect("each have the policies of all and their own", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* make(failover, {
        breaker: { failures: 1 },
        vendors: { b: { breaker: { failures: 2 } } }
      })
      a.behaviour = b.behaviour = Vendors.down
      for (const id of ["1", "2", "3"]) yield* Effect.flip(provider.getPaywall(from(id)))
      assert.deepStrictEqual([a.calls.length, b.calls.length], [1, 2])
    }))

  it.effect("have a bundle each, which is an experiment's, too, and anybody's as the last resort", () =>
    Effect.gen(function*() {
      const paywall = yield* Vendors.make("a").provider.getPaywall(from("sample"))
      const text = FallbackBundle.toText(FallbackBundle.fromPaywalls([{ paywall }]))
      const bundle = yield* FallbackBundle.load(text, { file: "bundle.json" })
      const whole = yield* make(failover, { fallback: { bundle } })
      whole.a.behaviour = Vendors.down
      assert.strictEqual((yield* whole.provider.getPaywall(from("ada"))).provider, "b")
      // It is the other vendor's bundle: nothing of this one is left.
      whole.a.behaviour = Effect.void
      whole.b.behaviour = Vendors.down
      yield* TestClock.adjust("2 days")
      const { provenance, provider } = yield* whole.provider.getPaywall(from("ada"))
      assert.deepStrictEqual([provider, provenance.source, provenance.repriced], ["a", "live", true])

      const arms = [{ member: "a", weight: 0 }, { member: "b", weight: 1 }]
      const split = yield* make({ _tag: "Experiment", id: "split", arms, overrides: { ada: "a" } }, {
        fallback: { bundle }
      })
      split.a.behaviour = split.b.behaviour = Vendors.down
      for (const id of ["ada", "grace"]) {
        assert.strictEqual((yield* split.provider.getPaywall(from(id))).provenance.source, "bundled")
      }
      assert.deepStrictEqual([split.a.calls.length, split.b.calls.length], [1, 1])
    }))
})
