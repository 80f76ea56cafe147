import { assert, describe, it } from "@effect/vitest"
import * as MigrationState from "@priceport/core/routing/MigrationState"
import * as MigrationSteps from "@priceport/core/routing/MigrationSteps"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as World from "./World.ts"

describe("MigrationSteps", () => {
  it.effect("go through the stages, and processes follow them", () =>
    Effect.gen(function*() {
      const world = yield* World.make()
      assert.deepInclude(yield* world.status, { migration: "to-new", stage: { _tag: "Off" }, entries: 0, moved: 0 })
      for (const stage of [{ _tag: "Shadow" }, { _tag: "Ramp", percent: 10 }, { _tag: "Ramp", percent: 50 }]) {
        assert.deepEqual<unknown>((yield* world.advance({ force: true })).stage, stage)
        yield* TestClock.adjust(World.hour)
        assert.deepEqual<unknown>((yield* world.state).stage, stage)
      }
      const status = yield* world.advance({ force: true })
      assert.deepInclude(status, { stage: { _tag: "Complete" }, moved: 1, returned: 0 })
      assert.isUndefined(status.next)
      assert.match((yield* Effect.flip(world.advance({ force: true }))).message, /everybody is with the new vendor/)
    }))

  it.effect("wait for a window to pass and for the gates, unless forced, which the log says", () =>
    Effect.gen(function*() {
      const world = yield* World.make()
      yield* world.advance()
      const error = yield* Effect.flip(world.advance())
      assert.match(error.message, /have not passed: mismatch, errors, latency/)
      yield* world.advance({ force: true })
      const last = (yield* world.entries).at(-1)!.event
      assert.deepInclude(last, { _tag: "Advanced", by: "operator", forced: true })
    }))

  it.effect("refuse while paywalls mean something else", () =>
    Effect.gen(function*() {
      const world = yield* World.make()
      yield* world.advance()
      world.next.state.price = "$12.99"
      yield* TestClock.adjust(World.hour)
      yield* world.windows(2)
      const error = yield* Effect.flip(world.advance())
      assert.strictEqual(error._tag, "AdvanceRefused")
      assert.match(error.message, /have not passed: mismatch$/)
      assert.deepInclude((yield* world.status).verdicts[0], { gate: "mismatch", verdict: "failed", value: 1 })
    }))

  it.effect("take everybody back, leave those with the old vendor, and release them only when told to", () =>
    Effect.gen(function*() {
      const world = yield* World.make()
      for (let step = 0; step < 3; step++) yield* world.advance({ force: true })
      yield* TestClock.adjust(World.hour)
      assert.deepInclude(yield* world.rollback, { stage: { _tag: "RolledBack" }, moved: 0, returned: 0.5 })
      yield* TestClock.adjust(World.hour)
      yield* world.windows(1)
      assert.strictEqual(world.next.reached.length, 0)
      assert.deepInclude(yield* world.rollback, { stage: { _tag: "RolledBack" } })
      for (let step = 0; step < 4; step++) yield* world.advance({ force: true })
      assert.deepInclude(yield* world.status, { stage: { _tag: "Complete" }, moved: 0.5, returned: 0.5 })
      assert.match((yield* Effect.flip(world.advance())).message, /50 % of the customers were moved back/)
      assert.deepInclude(yield* world.advance({ release: true, force: true }), { moved: 1, returned: 0 })
    }))

  it.effect("are one step when two people take it at once", () =>
    Effect.gen(function*() {
      const kept = MigrationState.makeMemory()
      const slow: MigrationState.Service = {
        ...kept,
        read: (migration, after) => Effect.tap(kept.read(migration, after), () => Effect.yieldNow)
      }
      const advance = Effect.result(MigrationSteps.advance(World.config, { by: "operator", force: true }))
      const results = yield* Effect.all([advance, advance], { concurrency: 2 }).pipe(
        Effect.provideService(MigrationState.MigrationState, slow)
      )
      assert.sameMembers(results.map(({ _tag }) => _tag), ["Success", "Failure"])
      assert.lengthOf(yield* kept.read("to-new", 0), 2)
    }))

  it.effect("refuse a log that is of other vendors", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.andThen(
        MigrationSteps.advance(World.config, { by: "operator" }),
        MigrationSteps.status({ ...World.config, to: "another" })
      ))
      assert.deepInclude(error, { _tag: "RoutingError", path: "id" })
      assert.match(error.message, /is of a migration from old to new/)
    }).pipe(Effect.provide(MigrationState.layerMemory)))
})
