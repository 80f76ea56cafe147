import { assert, it } from "@effect/vitest"
import { Journal, RoutedPricing } from "@priceport/core"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import * as KeptAssignments from "@priceport/core/routing/KeptAssignments"
import * as MigrationState from "@priceport/core/routing/MigrationState"
import * as MigrationSteps from "@priceport/core/routing/MigrationSteps"
import * as Routing from "@priceport/core/routing/Routing"
import * as ShownPrices from "@priceport/core/routing/ShownPrices"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Vendors from "./Vendors.ts"

it.effect("a shadow read puts nobody into an experiment", () => {
  const events: Array<Journal.Event> = []
  const journal = { tell: (event: Journal.Event) => Effect.sync(() => void events.push(event)) }
  const kept = KeptAssignments.makeMemory()
  const migration = {
    _tag: "Migration",
    id: "m",
    from: "a",
    to: "split",
    impressions: "both",
    shadow: { sample: 1 }
  } as const
  const config: Routing.Config = {
    _tag: "Routers",
    serve: "m",
    routers: [
      migration,
      { _tag: "Experiment", id: "split", arms: [{ member: "b", weight: 0.5 }, { member: "c", weight: 0.5 }] }
    ]
  }
  return Effect.gen(function*() {
    const [a, b, c] = ["a", "b", "c"].map(Vendors.make) as [Vendors.Vendor, Vendors.Vendor, Vendors.Vendor]
    yield* MigrationSteps.advance(migration, { by: "ada" })
    const provider = yield* Routing.make(config, [a.provider, b.provider, c.provider])
    assert.strictEqual((yield* provider.getPaywall(Vendors.from("ada"))).provider, "a")
    yield* TestClock.adjust("1 second")
    assert.strictEqual(b.calls.length + c.calls.length, 1)
    assert.isUndefined(yield* kept.get("split", "ada"))
    assert.deepStrictEqual(events.filter(({ _tag }) => _tag === "Assigned"), [])
  }).pipe(
    Effect.provideService(MigrationState.MigrationState, MigrationState.makeMemory()),
    Effect.provideService(KeptAssignments.KeptAssignments, kept),
    Effect.provideService(Journal.Journal, journal)
  )
})

for (const whenShown of ["keep", "keepOnly"] as const) {
  it.effect(`the last resort bundle of another vendor is marked or withheld (${whenShown})`, () =>
    Effect.gen(function*() {
      const [a, b] = [Vendors.make("a"), Vendors.make("b")]
      const paywall = yield* a.provider.getPaywall(Vendors.from("anyone"))
      const bundle = yield* FallbackBundle.load(FallbackBundle.toText(FallbackBundle.fromPaywalls([{ paywall }])), {
        file: "a.json"
      })
      const { pricing } = yield* RoutedPricing.make(
        { _tag: "Failover", id: "f", members: ["a", "b"], whenShown },
        [a.provider, b.provider],
        { retry: { times: 0 }, cache: false as never, fallback: { bundle } }
      )
      a.behaviour = Vendors.down
      assert.strictEqual((yield* pricing.getPaywall(Vendors.from("ada"))).provider, "b")
      b.behaviour = Vendors.down
      yield* pricing.invalidate({ id: "ada" })
      const result = yield* Effect.result(pricing.getPaywall(Vendors.from("ada")))
      const summary = result._tag === "Success" ? Vendors.summaryOf(result.success) : result.failure.reason._tag
      if (whenShown === "keep") assert.deepInclude(summary as object, { provider: "a", repriced: true })
      else assert.strictEqual(summary, "Unavailable")
    }).pipe(Effect.provideService(ShownPrices.ShownPrices, ShownPrices.makeMemory())))
}

for (const arms of [["m", "b"], ["b", "a", "m"]]) {
  it.effect(`a migration judged by conversions is the only way to its vendors (${arms})`, () =>
    Effect.gen(function*() {
      const migration = {
        _tag: "Migration",
        id: "m",
        from: "a",
        to: "b",
        gates: { conversion: { atMost: 0.1 } }
      } as const
      const error = yield* Effect.flip(Routing.make({
        _tag: "Routers",
        serve: "e",
        routers: [
          {
            _tag: "Experiment",
            id: "e",
            arms: arms.map((member, index) => ({ member, weight: index === 0 ? 1 : 0 })) as never
          },
          migration
        ]
      }, [Vendors.make("a").provider, Vendors.make("b").provider]))
      assert.strictEqual(error.path, "routers[1].gates.conversion")
      yield* Routing.make(migration, [Vendors.make("a").provider, Vendors.make("b").provider])
    }))
}
