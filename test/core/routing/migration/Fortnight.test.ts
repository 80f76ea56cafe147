import { assert, describe, it } from "@effect/vitest"
import type * as MigrationLog from "@priceport/core/routing/MigrationLog"
import type * as MigrationState from "@priceport/core/routing/MigrationState"
import { Clock, Effect } from "effect"
import * as World from "./World.ts"

const textOf = (stage: MigrationState.Stage) => stage._tag === "Ramp" ? `${stage.percent} %` : stage._tag

/** All that a state says, with the place of every customer there could be. */
const summaryOf = (state: MigrationLog.State) => ({
  ...state,
  isMoved: Array.from({ length: 1000 }, (_, position) => state.isMoved(position / 1000) ? 1 : 0).join("")
})

describe("Migration, over a fortnight", () => {
  it.effect(
    "steps back within a window of a fault, flips nobody twice, and sends old purchases to the old vendor",
    () =>
      Effect.gen(function*() {
        const world = yield* World.make()
        const stages: Array<string> = []
        let faultAt = 0
        for (let day = 1; day <= 14; day++) {
          yield* world.windows(3)
          stages.push(textOf((yield* world.state).stage))
          if (day === 4) {
            faultAt = yield* Clock.currentTimeMillis
            world.next.state.failing = 0.3
          }
          yield* world.windows(3)
          if (day === 5) world.next.state.failing = 0
          if (day > 1) yield* Effect.ignore(world.advance())
          else yield* world.advance()
        }
        assert.strictEqual(
          stages.join(", "),
          `Off, Shadow, 10 %, 50 %, Shadow, Shadow, 10 %, 50 %${", Complete".repeat(6)}`
        )
        const back = (yield* world.entries).filter(({ event }) => event._tag === "SteppedBack")
        assert.isNotEmpty(back)
        assert.isAtMost(back[0]!.at - faultAt, World.window)
        assert.deepStrictEqual(world.flips(), { there: 1, back: 1 })

        const bought = world.paywalls.slice(0, 150)
        yield* Effect.forEach(
          bought,
          ({ attribution }, index) =>
            world.provider().validatePurchase({ attribution, transaction: World.transaction(`old-${index}`) })
        )
        assert.lengthOf(world.old.purchases, bought.length)
        assert.isEmpty(world.next.purchases)

        assert.deepStrictEqual(summaryOf(yield* world.replayed), summaryOf(yield* world.state))
      }).pipe(Effect.scoped),
    60_000
  )

  const small = { ...World.config, ramp: [50], minimum: 8 }

  /** The stages there are, with a fault at the ramp, in few windows. */
  const trial = (kill?: World.Kill) =>
    Effect.gen(function*() {
      const world = yield* World.make({ config: small, customers: 24, ...(kill !== undefined && { kill }) })
      const reached: Array<string> = []
      const step = Effect.gen(function*() {
        yield* Effect.ignore(world.advance())
        yield* world.windows(2)
        const state = yield* world.state
        assert.deepStrictEqual(summaryOf(state), summaryOf(yield* world.replayed))
        reached.push(textOf(state.stage))
      })
      for (let count = 1; count <= 9; count++) {
        world.next.state.failing = count === 3 ? 0.6 : 0
        yield* step
      }
      assert.isAtMost(world.flips().there, 1)
      assert.isAtMost(world.flips().back, 1)
      return { reached, writes: world.log.writes(), restarts: world.restarts() }
    }).pipe(Effect.scoped)

  it.effect(
    "goes on where it was, before and after whichever write its process is killed",
    () =>
      Effect.gen(function*() {
        const undisturbed = yield* trial()
        assert.includeMembers(undisturbed.reached, ["Shadow", "50 %", "Complete"])
        assert.isAbove(undisturbed.writes, 10)
        for (let write = 1; write <= undisturbed.writes; write++) {
          for (const when of ["before", "after"] as const) {
            const { reached, restarts } = yield* trial({ write, when })
            assert.strictEqual(restarts, 1, `killed ${when} write ${write}`)
            assert.strictEqual(reached.at(-1), "Complete", `killed ${when} write ${write}: ${reached.join(", ")}`)
          }
        }
      }),
    60_000
  )
})
