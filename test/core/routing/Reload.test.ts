import { assert, describe, it } from "@effect/vitest"
import * as Routing from "@priceport/core/routing/Routing"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import * as Vendors from "./Vendors.ts"

const { from } = Vendors

const serve = (id: string) => ({ _tag: "Routers", serve: id, routers: [] })

const failover = (...members: ReadonlyArray<string>) => ({ _tag: "Failover", id: "either", members })

const bad: ReadonlyArray<unknown> = [
  serve("z"),
  failover("a", "z"),
  { ...failover("a"), patience: -1 },
  undefined,
  "{}",
  { _tag: "Experiment", id: "x", arms: [{ member: "a", weight: 0.9 }, { member: "b", weight: 0.9 }] }
]

const make = Effect.fnUntraced(function*(initial: unknown = serve("a")) {
  const [a, b] = [Vendors.make("a"), Vendors.make("b")]
  const routing = yield* Routing.reloadable(initial, [a.provider, b.provider])
  return { a, b, routing }
})

describe("Routing.reloadable", () => {
  it.effect("lets further calls have the new configuration, and those under way the old one", () =>
    Effect.gen(function*() {
      const { a, routing } = yield* make()
      const gate = yield* Deferred.make<void>()
      a.behaviour = Deferred.await(gate)
      const underway = yield* Effect.forkChild(routing.provider.getPaywall(from("ada")), { startImmediately: true })
      yield* routing.reload(serve("b"))
      assert.strictEqual((yield* routing.provider.getPaywall(from("ada"))).provider, "b")
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual((yield* Fiber.join(underway)).provider, "a")
      assert.deepStrictEqual(yield* routing.config, serve("b") as Routing.Config)
    }))

  it.effect.each(bad)("leaves the old configuration in place for a bad one: %j", (config) =>
    Effect.gen(function*() {
      const { routing } = yield* make()
      const error = yield* Effect.flip(routing.reload(config))
      assert.strictEqual(error._tag, "RoutingError")
      assert.strictEqual((yield* routing.provider.getPaywall(from("ada"))).provider, "a")
      assert.deepStrictEqual(yield* routing.config, serve("a") as Routing.Config)
    }))

  it.effect("does not start with a bad one", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(make(serve("z")))
      assert.match(error.message, /^serve: No provider is named z/)
    }))

  it.effect("remembers across configurations whose prices a customer was shown", () =>
    Effect.gen(function*() {
      const { routing } = yield* make(failover("a", "b"))
      yield* routing.provider.getPaywall(from("ada"))
      yield* routing.reload(failover("b", "a"))
      assert.strictEqual((yield* routing.provider.getPaywall(from("ada"))).provider, "a")
      assert.strictEqual((yield* routing.provider.getPaywall(from("grace"))).provider, "b")
    }))

  it.effect("is a provider of the same name and abilities whatever it is told", () =>
    Effect.gen(function*() {
      const { a, routing } = yield* make(failover("b"))
      assert.strictEqual(routing.provider.id, "routing")
      assert.deepStrictEqual(routing.provider.members, ["a", "b"])
      const old = yield* a.provider.getPaywall(from("ada"))
      assert.strictEqual((yield* routing.provider.recordImpression(old))._tag, "Recorded")
    }))

  it.effect("goes on after its scope is closed only as far as its vendors do", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { routing } = yield* Scope.provide(make(), scope)
      yield* routing.reload(serve("b"))
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual((yield* routing.provider.getPaywall(from("ada"))).provider, "b")
    }))

  it.live("fails no call while good and bad configurations come at full speed", () =>
    Effect.gen(function*() {
      const { a, b, routing } = yield* make()
      a.behaviour = b.behaviour = Effect.andThen(Effect.yieldNow, Effect.yieldNow)
      const stay = { calls: 0, done: false }
      const call = Effect.suspend(() => routing.provider.getPaywall(from(`customer-${stay.calls++}`)))
      const good = [serve("b"), failover("a", "b"), serve("a"), failover("b", "a")]
      const reloading = Effect.forEach(Array.from({ length: 400 }), (_, round) =>
        Effect.gen(function*() {
          const before = yield* routing.config
          yield* Effect.flip(routing.reload(bad[round % bad.length]))
          assert.strictEqual(yield* routing.config, before)
          yield* routing.reload(good[round % good.length])
          yield* Effect.yieldNow
        })).pipe(Effect.ensuring(Effect.sync(() => void (stay.done = true))))
      const caller = Effect.whileLoop({ while: () => !stay.done, body: () => call, step: () => undefined })
      yield* Effect.all([reloading, ...Array.from({ length: 50 }, () => caller)], { concurrency: "unbounded" })
      assert.isAbove(stay.calls, 5000)
      assert.isAbove(a.calls.length, 1000)
      assert.isAbove(b.calls.length, 1000)
    }), 60_000)
})
