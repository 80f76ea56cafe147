import { assert, describe, it } from "@effect/vitest"
import { Journal, PricingPromise, RoutedPricing } from "@priceport/core"
import { Effect } from "effect"
import * as Vendors from "../routing/Vendors.ts"

const failover = (...members: ReadonlyArray<string>) => ({ _tag: "Failover", id: "either", members })

const make = Effect.fnUntraced(function*() {
  const [a, b] = [Vendors.make("a"), Vendors.make("b")]
  const config = failover("a", "b")
  return { a, b, ...yield* RoutedPricing.make(config, [a.provider, b.provider], { retry: { times: 0 } }) }
})

describe("Pricing on several vendors", () => {
  it.effect("shows, prefetches, reports and forgets through the routers between them", () =>
    Effect.gen(function*() {
      const { a, b, pricing, reload } = yield* make()
      assert.deepStrictEqual(yield* pricing.prefetch(["onboarding"], { id: "ada" }), [{ placement: "onboarding" }])
      const paywall = yield* pricing.getPaywall(Vendors.from("ada"))
      assert.strictEqual(paywall.provenance.source, "cache")
      assert.strictEqual((yield* pricing.recordImpression(paywall))._tag, "Recorded")
      assert.strictEqual((yield* pricing.recordImpression(paywall))._tag, "Duplicate")
      assert.deepStrictEqual(a.reported, ["getPaywall", "recordImpression"])

      yield* reload(failover("b", "a"))
      assert.strictEqual((yield* pricing.getPaywall(Vendors.from("grace"))).provider, "b")
      assert.strictEqual((yield* pricing.getPaywall(Vendors.from("ada"))).provider, "a")
      yield* pricing.invalidate({ id: "ada" })
      assert.deepInclude(yield* pricing.stats, { entries: 1 })
      assert.lengthOf(b.calls, 1)
    }))

  it.effect("is not made of a bad configuration", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(RoutedPricing.make(failover("z"), [Vendors.make("a").provider]))
      assert.strictEqual(error._tag, "RoutingError")
    }))

  it.effect("tells the journal that is set where it is made, also after a reload", () => {
    const events: Array<Journal.Event> = []
    const journal = { tell: (event: Journal.Event) => Effect.sync(() => void events.push(event)) }
    const split = (weight: number) => ({
      _tag: "Experiment",
      id: "either",
      arms: [{ member: "a", weight }, { member: "b", weight: 1 - weight }]
    })
    return Effect.gen(function*() {
      const vendors = [Vendors.make("a").provider, Vendors.make("b").provider]
      const { pricing, reload } = yield* Effect.provideService(
        RoutedPricing.make(split(1), vendors),
        Journal.Journal,
        journal
      )
      yield* pricing.getPaywall(Vendors.from("ada"))
      yield* reload(split(0))
      yield* pricing.getPaywall(Vendors.from("ben"))
      assert.deepStrictEqual(
        events.map((event) => [event._tag, event._tag === "Assigned" ? event.arm : undefined]),
        [["Assigned", "a"], ["Served", undefined], ["Assigned", "b"], ["Served", undefined]]
      )
    })
  })

  it("has a promise form", async () => {
    const [a, b] = [Vendors.make("a"), Vendors.make("b")]
    const vendors = [Effect.succeed(a.provider), Effect.succeed(b.provider)] as const
    const pricing = PricingPromise.of(RoutedPricing.layer(failover("b", "a"), vendors))
    assert.strictEqual((await pricing.getPaywall(Vendors.from("ada"))).provider, "b")
    await pricing.close()
  })
})
