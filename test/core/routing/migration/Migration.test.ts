import { assert, describe, it } from "@effect/vitest"
import { Assignment, Journal, type PaywallRequest } from "@priceport/core"
import * as Migration from "@priceport/core/routing/Migration"
import * as MigrationState from "@priceport/core/routing/MigrationState"
import * as MigrationSteps from "@priceport/core/routing/MigrationSteps"
import * as Routing from "@priceport/core/routing/Routing"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../../Stub.ts"
import * as World from "./World.ts"

/** A process at a stage that so many forced steps lead to. */
const at = Effect.fnUntraced(function*(steps: number, config: Migration.Config = World.config) {
  const [old, next] = [World.vendor("old"), World.vendor("new")]
  for (let step = 0; step < steps; step++) yield* MigrationSteps.advance(config, { by: "test", force: true })
  const running = yield* Migration.start(config, [old.provider, next.provider])
  return { old, next, ...running }
})

const inMemory = Effect.provide(MigrationState.layerMemory)

/** Lets shadow reads come to their end. */
const settled = TestClock.adjust(1)

const request = (customer: PaywallRequest.PaywallRequest["customer"]) => ({ placement: "onboarding", customer })

/** A name whose hash is in the first or in the second half. */
const nameIn = (half: "first" | "second", prefix: string) =>
  Array.from({ length: 100 }, (_, index) => `${prefix}${index}`)
    .find((name) => (Assignment.hash(World.config.id, name) < 0.5) === (half === "first"))!

describe("Migration", () => {
  it.effect("moves as many percent of the customers as the stage says, the same in every process", () =>
    Effect.gen(function*() {
      const first = yield* at(3)
      const second = yield* at(0)
      let moved = 0
      for (let index = 0; index < 1000; index++) {
        const { provider } = yield* first.provider.getPaywall(request({ id: `customer-${index}` }))
        assert.strictEqual((yield* second.provider.getPaywall(request({ id: `customer-${index}` }))).provider, provider)
        if (provider === "new") moved++
      }
      assert.isAbove(moved, 450)
      assert.isBelow(moved, 550)
    }).pipe(inMemory))

  it.effect("keeps the place of an anonymous customer who logs in", () =>
    Effect.gen(function*() {
      const { provider } = yield* at(3)
      const profiles = { botsi: nameIn("first", "p").slice(0) }
      const anonymous = Assignment.hash(World.config.id, `botsi:${profiles.botsi}`) < 0.5
      const id = nameIn(anonymous ? "second" : "first", "customer-")
      const before = yield* provider.getPaywall(request({ profiles }))
      assert.strictEqual(before.provider, anonymous ? "new" : "old")
      assert.strictEqual((yield* provider.getPaywall(request({ id, profiles }))).provider, before.provider)
      assert.strictEqual((yield* provider.getPaywall(request({ id }))).provider, before.provider)
    }).pipe(inMemory))

  it.effect("moves who has neither id nor profile last", () =>
    Effect.gen(function*() {
      const ramp = yield* at(3)
      const someone = request({ ip: "192.0.2.7" })
      assert.strictEqual((yield* ramp.provider.getPaywall(someone)).provider, "old")
      const complete = yield* at(1)
      assert.strictEqual((yield* complete.provider.getPaywall(someone)).provider, "new")
    }).pipe(inMemory))

  it.effect("asks each vendor under its own name of the placement, and answers under yours", () =>
    Effect.gen(function*() {
      const { next, provider } = yield* at(4, { ...World.config, placements: { onboarding: "welcome" } })
      const paywall = yield* provider.getPaywall(request({ id: "u-1" }))
      assert.deepInclude(paywall, { provider: "new", placement: "onboarding" })
      assert.strictEqual(paywall.attribution?.placement, "onboarding")
      assert.strictEqual((yield* provider.recordImpression(paywall))._tag, "Recorded")
      assert.lengthOf(next.impressions, 1)
    }).pipe(inMemory))

  it.effect("sends purchases to where the paywall came from, in every stage", () =>
    Effect.gen(function*() {
      for (let steps = 0; steps <= 4; steps++) {
        const { next, old, provider } = yield* at(steps === 0 ? 0 : 1)
        yield* Effect.forEach(["old", "new"], (name) =>
          provider.validatePurchase({
            attribution: { ...Stub.attribution, provider: name },
            transaction: World.transaction(`${name}'s`)
          }))
        assert.deepStrictEqual([old.purchases, next.purchases], [["old's"], ["new's"]])
      }
    }).pipe(inMemory))

  it.effect("tells who was moved by what, but nothing of a request that enrols nobody", () =>
    Effect.gen(function*() {
      const told: Array<Journal.Event> = []
      const { provider } = yield* at(3)
      yield* Effect.forEach([{}, {}, { enroll: false }], (more) =>
        provider.getPaywall({ ...request({ id: nameIn("first", "c") }), ...more })).pipe(
          Effect.provideService(Journal.Journal, {
            tell: (event) =>
              Effect.sync(() => void told.push(event))
          })
        )
      assert.deepStrictEqual(
        told.map((event) => event._tag === "Assigned" ? [event.experiment, event.arm, event.by] : []),
        [["to-new", "new", "hash"], ["to-new", "new", "kept"]]
      )
    }).pipe(inMemory))

  it.effect("steps back on what another process has measured before it was killed", () =>
    Effect.gen(function*() {
      const store = yield* MigrationState.MigrationState
      const process = yield* at(3)
      const { stageSequence } = yield* process.state
      yield* store.append("to-new", {
        sequence: stageSequence + 1,
        at: 0,
        event: {
          _tag: "Measured",
          stage: stageSequence,
          startedAt: 0,
          answered: { from: 100, to: 0 },
          failed: { from: 0, to: 100 },
          slow: { from: 0, to: 0 },
          customers: { from: 100, to: 0 },
          converted: { from: 0, to: 0 },
          compared: 0,
          material: 0
        }
      })
      yield* TestClock.adjust(World.hour)
      assert.deepStrictEqual((yield* process.state).stage, { _tag: "Ramp", percent: 10 })
    }).pipe(inMemory))

  it.effect("leaves the stage what it was while the log cannot be read", () =>
    Effect.gen(function*() {
      const kept = MigrationState.makeMemory()
      let isDown = false
      const down = new MigrationState.MigrationStateError({ why: "the disk is full" })
      const guarded = <A>(effect: Effect.Effect<A, MigrationState.MigrationStateError>) =>
        Effect.suspend(() => isDown ? Effect.fail(down) : effect)
      const store: MigrationState.Service = {
        read: (migration, after) => guarded(kept.read(migration, after)),
        append: (migration, entry) => guarded(kept.append(migration, entry))
      }
      const process = yield* Effect.provideService(at(4), MigrationState.MigrationState, store)
      isDown = true
      for (let window = 0; window < 3; window++) {
        assert.strictEqual((yield* process.provider.getPaywall(request({ id: "u-1" }))).provider, "new")
        yield* TestClock.adjust(World.window)
      }
      const error = yield* Effect.flip(Effect.provideService(at(0), MigrationState.MigrationState, store))
      assert.deepInclude(error, { _tag: "RoutingError" })
      assert.match(error.message, /the disk is full/)
      isDown = false
      yield* Effect.provideService(
        MigrationSteps.rollback(World.config, { by: "test" }),
        MigrationState.MigrationState,
        store
      )
      yield* TestClock.adjust(World.hour)
      assert.strictEqual((yield* process.provider.getPaywall(request({ id: "u-1" }))).provider, "old")
    }))

  it.effect("counts who bought by vendor, sandbox purchases apart", () =>
    Effect.gen(function*() {
      const store = yield* MigrationState.MigrationState
      const { provider } = yield* at(3)
      const [mover, stayer] = [nameIn("first", "c"), nameIn("second", "c")]
      for (const [index, id] of [mover, stayer, stayer].entries()) {
        const { attribution } = yield* provider.getPaywall(request({ id }))
        yield* provider.validatePurchase({ attribution, transaction: World.transaction(`${index}`) })
        yield* provider.validatePurchase({ attribution, transaction: Stub.appStore })
      }
      yield* TestClock.adjust(World.window)
      const { event } = (yield* store.read("to-new", 0)).at(-1)!
      assert.deepInclude(event, {
        _tag: "Measured",
        converted: { from: 2, to: 1 },
        customers: { from: 1, to: 1 },
        answered: { from: 2, to: 1 }
      })
    }).pipe(inMemory))

  it.effect("is told who bought where a vendor validates no purchases", () =>
    Effect.gen(function*() {
      const store = yield* MigrationState.MigrationState
      yield* at(3)
      const capabilities = { exposure: "on-impression", purchases: [], repeatPurchase: "unknown" } as const
      const { converted, provider } = yield* Migration.start(World.config, [
        World.vendor("old").provider,
        { ...World.vendor("new").provider, capabilities }
      ])
      const [mover, stayer] = [nameIn("first", "c"), nameIn("second", "c")]
      const { attribution } = yield* provider.getPaywall(request({ id: stayer }))
      yield* provider.validatePurchase({ attribution, transaction: World.transaction("1") })
      yield* Effect.forEach([mover, stayer, stayer], (id) => converted({ id }))
      yield* TestClock.adjust(World.window)
      const entries = yield* store.read("to-new", 0)
      assert.deepInclude(entries.at(-1)!.event, { _tag: "Measured", converted: { from: 2, to: 1 } })
    }).pipe(inMemory))

  it.effect("may be a member of a configuration, and remembers its stage through a reload", () =>
    Effect.gen(function*() {
      const [old, next] = [World.vendor("old"), World.vendor("new")]
      const routing = yield* Routing.reloadable(World.config, [old.provider, next.provider])
      for (let step = 0; step < 4; step++) yield* MigrationSteps.advance(World.config, { by: "test", force: true })
      yield* routing.reload({ ...World.config, windowMs: 1000 })
      assert.strictEqual((yield* routing.provider.getPaywall(request({ id: "u-1" }))).provider, "new")
      const error = yield* Effect.flip(routing.reload({ ...World.config, ramp: [50, 10] }))
      assert.match(error.message, /percentages that rise/)
    }).pipe(inMemory))
})

describe("Migration that tells both vendors of impressions", () => {
  const both: Migration.Config = { ...World.config, impressions: "both" }

  it.effect("does so where the new one has the same paywall for the customer, whichever comes first", () =>
    Effect.gen(function*() {
      const { next, old, provider } = yield* at(1, both)
      const first = yield* provider.getPaywall(request({ id: "u-1" }))
      yield* provider.recordImpression(first)
      yield* settled
      const second = yield* provider.getPaywall(request({ id: "u-2" }))
      yield* settled
      yield* provider.recordImpression(second)
      yield* settled
      assert.lengthOf(old.impressions, 2)
      assert.deepStrictEqual(next.impressions.map(({ subject }) => subject.value), ["u-1", "u-2"])
      assert.deepStrictEqual(new Set(next.impressions.map(({ provider }) => provider)), new Set(["new"]))
    }).pipe(inMemory))

  it.effect("tells the new one nothing where it would have shown something else", () =>
    Effect.gen(function*() {
      const { next, old, provider } = yield* at(1, both)
      next.state.price = "$12.99"
      const paywall = yield* provider.getPaywall(request({ id: "u-1" }))
      yield* settled
      yield* provider.recordImpression(paywall)
      yield* settled
      assert.lengthOf(old.impressions, 1)
      assert.isEmpty(next.impressions)
    }).pipe(inMemory))

  it.effect("tells the new one nothing unless it is asked to", () =>
    Effect.gen(function*() {
      const { next, provider } = yield* at(1)
      const paywall = yield* provider.getPaywall(request({ id: "u-1" }))
      yield* settled
      yield* provider.recordImpression(paywall)
      yield* settled
      assert.isEmpty(next.impressions)
    }).pipe(inMemory))

  it.effect("is refused where a vendor counts who fetches", () =>
    Effect.gen(function*() {
      const old = Stub.make({ id: "old" })
      const next = Stub.make({
        id: "new",
        capabilities: { exposure: "on-fetch", purchases: [], repeatPurchase: "unknown" }
      })
      const error = yield* Effect.flip(Migration.make(both, [old.provider, next.provider]))
      assert.deepInclude(error, { path: "impressions" })
      assert.match(error.message, /new counts who fetches/)
    }))
})
