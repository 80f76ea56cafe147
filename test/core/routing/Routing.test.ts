import { assert, describe, it } from "@effect/vitest"
import * as Routing from "@priceport/core/routing/Routing"
import * as ShownPrices from "@priceport/core/routing/ShownPrices"
import { Effect } from "effect"
import * as Stub from "../Stub.ts"
import * as Vendors from "./Vendors.ts"

const { from } = Vendors

/** Half of the customers on each vendor, each vendor with the other one as its standby. */
const nested = {
  _tag: "Routers",
  serve: "split",
  routers: [
    { _tag: "Experiment", id: "split", arms: [{ member: "a-first", weight: 0.5 }, { member: "b-first", weight: 0.5 }] },
    { _tag: "Failover", id: "a-first", members: ["a", "b"] },
    { _tag: "Failover", id: "b-first", members: ["b", "a"] }
  ]
} satisfies Routing.Config

const make = Effect.fnUntraced(function*(config: object = nested) {
  const [a, b] = [Vendors.make("a"), Vendors.make("b")]
  return { a, b, provider: yield* Routing.make(config as Routing.Config, [a.provider, b.provider]) }
})

describe("Routing", () => {
  it.effect("puts a router into another one", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* make()
      const customers = Array.from({ length: 40 }, (_, index) => from(`customer-${index}`))
      yield* Effect.forEach(customers, (request) => provider.getPaywall(request))
      assert.isAbove(a.calls.length, 10)
      assert.isAbove(b.calls.length, 10)
      assert.strictEqual(a.calls.length + b.calls.length, 40)

      a.behaviour = Vendors.down
      for (const request of customers) {
        const { provenance } = yield* provider.getPaywall({ ...request, placement: "settings" })
        assert.strictEqual(provenance.source, "live")
      }
      assert.deepStrictEqual(provider.members, ["a", "b"])
      assert.strictEqual(provider.member?.("a"), a.provider)
    }))

  it.effect("takes one router for the whole configuration, too", () =>
    Effect.gen(function*() {
      const { provider } = yield* make({ _tag: "Failover", id: "either", members: ["b", "a"] })
      assert.strictEqual((yield* provider.getPaywall(from("ada"))).provider, "b")
      assert.strictEqual(provider.id, "either")
    }))

  it.effect("lets a vendor that serves nobody any more take what belongs to its old paywalls", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* make({ _tag: "Routers", serve: "b", routers: [] })
      const [old, now] = [yield* a.provider.getPaywall(from("ada")), yield* provider.getPaywall(from("ada"))]
      assert.strictEqual(now.provider, "b")
      yield* provider.recordImpression(old)
      yield* provider.validatePurchase({ attribution: old.attribution, transaction: Stub.appStore })
      assert.deepStrictEqual(a.reported, ["getPaywall", "recordImpression", "validatePurchase"])
    }))

  it.effect("combines what the vendors can do", () =>
    Effect.gen(function*() {
      const onFetch = Stub.make({
        id: "b",
        capabilities: { exposure: "on-fetch", purchases: [], repeatPurchase: "safe" },
        recordImpression: undefined,
        validatePurchase: undefined
      })
      const provider = yield* Routing.make(nested, [Vendors.make("a").provider, onFetch.provider])
      assert.deepStrictEqual(provider.capabilities, {
        exposure: "on-fetch",
        purchases: ["app_store", "play_store"],
        repeatPurchase: "unknown"
      })
    }))

  it.effect("gives all routers one memory", () =>
    Effect.gen(function*() {
      const store = ShownPrices.makeMemory()
      const { a, b, provider } = yield* Effect.provideService(make(), ShownPrices.ShownPrices, store)
      yield* provider.getPaywall(from("ada"))
      const shown = yield* store.get("ada", "onboarding")
      assert.strictEqual(shown, a.calls.length === 1 ? "a" : "b")
      assert.lengthOf([...a.calls, ...b.calls], 1)
    }))

  const failover = (id: string, ...members: ReadonlyArray<string>) => ({ _tag: "Failover", id, members })
  const several = (serve: string, ...routers: ReadonlyArray<object>) => ({ _tag: "Routers", serve, routers })

  const wrong: ReadonlyArray<readonly [string, object, RegExp]> = [
    ["no configuration", {}, /./],
    ["another kind of router", { _tag: "Roulette", id: "x", members: ["a"] }, /./],
    ["nobody to serve", several("z"), /^serve: No provider is named z, there are: a, b$/],
    ["an unknown member", failover("x", "a", "z"), /^members\[1\]: No provider is named z/],
    [
      "an unknown member of a router that waits",
      several("a", failover("x", "a", "z")),
      /^routers\[0\].members\[1\]: No provider is named z, there are: a, b, x$/
    ],
    ["a router with a vendor's name", failover("a", "b"), /^id: Two providers are named a$/],
    [
      "two routers of one name",
      several("x", failover("x", "a"), failover("x", "b")),
      /^routers\[1\].id: Two providers are named x$/
    ],
    ["a router in itself", failover("x", "a", "x"), /own member: x -> x$/],
    [
      "routers in each other",
      several("a", failover("x", "y"), failover("y", "a", "x")),
      /^routers\[0\]: .*own member: x -> y -> x$/
    ],
    ["a part that is wrong", several("x", { ...failover("x", "a"), patience: 2 }), /^routers\[0\].patience: /],
    ["a misspelt member", several("x", { ...failover("x", "a"), member: "a" }), /^routers\[0\].member: Unknown member$/]
  ]

  it.effect.each(wrong)("refuses %s", ([, config, message]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(make(config))
      assert.instanceOf(error, Routing.RoutingError)
      assert.match(error.message, message)
    }))

  it.effect("refuses two vendors of one name", () =>
    Effect.gen(function*() {
      const twins = [Vendors.make("a").provider, Vendors.make("a").provider]
      const error = yield* Effect.flip(Routing.make({ _tag: "Routers", serve: "a", routers: [] }, twins))
      assert.match(error.message, /Two providers are named a/)
    }))
})
