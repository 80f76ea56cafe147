import { assert, describe, it } from "@effect/vitest"
import * as MigrationLog from "@priceport/core/routing/MigrationLog"
import type * as MigrationState from "@priceport/core/routing/MigrationState"
import { Entry } from "@priceport/core/routing/MigrationState"
import { Effect, Random, Schema } from "effect"

const ramp = [1, 5, 25, 50]

const entriesOf = (events: ReadonlyArray<MigrationState.Event>): ReadonlyArray<MigrationState.Entry> =>
  events.map((event, index) => ({ sequence: index + 1, at: index, event }))

const advanced = (to: MigrationState.Stage): MigrationState.Event => ({
  _tag: "Advanced",
  by: "somebody",
  to,
  verdicts: []
})

const back = (to: MigrationState.Stage): MigrationState.Event => ({ _tag: "SteppedBack", to, verdicts: [] })

const percent = (percent: number): MigrationState.Stage => ({ _tag: "Ramp", percent })

const shares = ({ moved, returned }: MigrationLog.State) => ({ moved, returned })

/** A history of steps on and back, as chance has it. */
const history = Effect.gen(function*() {
  const entries: Array<MigrationState.Entry> = []
  let state = MigrationLog.initial
  for (let step = 0; step < 40; step++) {
    const next = MigrationLog.next(state.stage, ramp)
    const previous = MigrationLog.previous(state.stage, ramp)
    const chance = yield* Random.next
    const event: MigrationState.Event = chance < 0.05
      ? { _tag: "RolledBack", by: "somebody" }
      : previous !== undefined && (chance < 0.4 || next === undefined)
      ? back(previous)
      : advanced(next ?? { _tag: "Complete" })
    const entry = { sequence: state.sequence + 1, at: step, event }
    entries.push(entry)
    state = MigrationLog.replay([entry], state)
  }
  return entries
})

describe("MigrationLog", () => {
  it.effect("changes nobody's vendor more than once in either direction, whatever happens", () =>
    Effect.gen(function*() {
      for (let run = 0; run < 30; run++) {
        const entries = yield* history
        const positions = Array.from({ length: 500 }, (_, index) => index / 500)
        const there = positions.map(() => 0)
        const returned = positions.map(() => 0)
        let state = MigrationLog.initial
        for (const entry of entries) {
          const next = MigrationLog.replay([entry], state)
          for (const [index, position] of positions.entries()) {
            if (!state.isMoved(position) && next.isMoved(position)) there[index]!++
            if (state.isMoved(position) && !next.isMoved(position)) returned[index]!++
          }
          state = next
        }
        assert.isAtMost(Math.max(...there), 1)
        assert.isAtMost(Math.max(...returned), 1)
        assert.isAbove(Math.max(...there), 0)
      }
    }).pipe(Random.withSeed("migration")))

  it.effect("says the same replayed at once, in pieces, and through JSON", () =>
    Effect.gen(function*() {
      const entries = yield* history
      const codec = Schema.toCodecJson(Schema.Array(Entry))
      const stored = JSON.stringify(yield* Schema.encodeEffect(codec)(entries))
      const read = yield* Schema.decodeUnknownEffect(codec)(JSON.parse(stored))
      const whole = { ...MigrationLog.replay(read), isMoved: undefined }
      for (let cut = 0; cut <= entries.length; cut++) {
        const first = MigrationLog.replay(entries.slice(0, cut))
        assert.deepStrictEqual({ ...MigrationLog.replay(entries.slice(cut), first), isMoved: undefined }, whole)
      }
    }).pipe(Random.withSeed("pieces")))

  it("takes others in the place of those who were moved back, and leaves these with the old vendor in the end", () => {
    const events = [advanced({ _tag: "Shadow" }), advanced(percent(25)), back(percent(5)), advanced(percent(25))]
    const state = MigrationLog.replay(entriesOf(events))
    assert.deepStrictEqual(shares(state), { moved: 0.25, returned: 0.2 })
    assert.deepStrictEqual(
      [0, 0.0499, 0.05, 0.2499, 0.25, 0.4499, 0.45].map((position) => state.isMoved(position)),
      [true, true, false, false, true, true, false]
    )
    const complete = entriesOf([...events, advanced({ _tag: "Complete" })])
    assert.deepStrictEqual(shares(MigrationLog.replay(complete)), { moved: 0.8, returned: 0.2 })
    const released = entriesOf([...events, advanced({ _tag: "Complete" }), { _tag: "Released", by: "somebody" }])
    assert.deepStrictEqual(shares(MigrationLog.replay(released)), { moved: 1, returned: 0 })
  })

  it("does not count for a stage what was measured in another one", () => {
    const measured = (stage: number): MigrationState.Event => ({
      _tag: "Measured",
      stage,
      startedAt: 0,
      answered: { from: 1, to: 0 },
      failed: { from: 0, to: 0 },
      slow: { from: 0, to: 0 },
      customers: { from: 1, to: 0 },
      converted: { from: 0, to: 0 },
      compared: 0,
      material: 0
    })
    const events = [advanced({ _tag: "Shadow" }), measured(1), advanced(percent(25)), measured(1), measured(3)]
    const { measured: counted, sequence } = MigrationLog.replay(entriesOf(events))
    assert.deepStrictEqual(counted.map(({ stage }) => stage), [3])
    assert.strictEqual(sequence, 5)
  })

  it("goes on and back through the stages, also of a ramp that has other percentages by now", () => {
    assert.deepStrictEqual(MigrationLog.next({ _tag: "Shadow" }, ramp), percent(1))
    assert.deepStrictEqual(MigrationLog.next(percent(10), ramp), percent(25))
    assert.deepStrictEqual(MigrationLog.next(percent(50), ramp), { _tag: "Complete" })
    assert.deepStrictEqual(MigrationLog.next({ _tag: "Shadow" }, []), { _tag: "Complete" })
    assert.isUndefined(MigrationLog.next({ _tag: "Complete" }, ramp))
    assert.deepStrictEqual(MigrationLog.next({ _tag: "RolledBack" }, ramp), { _tag: "Shadow" })
    assert.deepStrictEqual(MigrationLog.previous({ _tag: "Complete" }, ramp), percent(50))
    assert.deepStrictEqual(MigrationLog.previous({ _tag: "Complete" }, []), { _tag: "Shadow" })
    assert.deepStrictEqual(MigrationLog.previous(percent(10), ramp), percent(5))
    assert.deepStrictEqual(MigrationLog.previous(percent(1), ramp), { _tag: "Shadow" })
    assert.isUndefined(MigrationLog.previous({ _tag: "Shadow" }, ramp))
  })
})
