import { assert } from "@effect/vitest"
import { Effect } from "effect"
import {
  append,
  bury,
  claim,
  claimIds,
  dead,
  delivered,
  hour,
  idsOf,
  impression,
  known,
  type Promised,
  purchase,
  settle,
  start
} from "./Given.ts"

export const promises = (promise: Promised): void => {
  promise("are listed, the oldest death first", ({ store }) =>
    Effect.gen(function*() {
      yield* bury(store, purchase("c"), impression("a", { lane: "corrily" }), purchase("b"))
      yield* append(store, impression("alive"))
      const found = yield* store.dead({}, { limit: 10 })
      assert.deepStrictEqual(idsOf(found), ["c", "a", "b"])
      assert.deepInclude(found[1], {
        kind: "impression",
        lane: "corrily",
        customer: "customer of a",
        state: "dead",
        reason: "Rejected",
        settledAt: start + 1,
        attempts: 0
      })
    }))

  promise("are listed page by page", ({ store }) =>
    Effect.gen(function*() {
      const ids = Array.from({ length: 25 }, (_, index) => `dead ${index}`)
      yield* bury(store, ...ids.map((id) => purchase(id)))
      const seen: Array<string> = []
      for (;;) {
        const page = yield* store.dead({}, { limit: 10, after: seen.at(-1) })
        if (page.length === 0) break
        assert.isAtMost(page.length, 10)
        seen.push(...idsOf(page))
      }
      assert.deepStrictEqual(seen, ids)
    }))

  promise("are listed page by page when they died in the same moment", ({ store }) =>
    Effect.gen(function*() {
      const ids = ["d", "b", "e", "a", "c"]
      yield* append(store, ...ids.map((id) => purchase(id)))
      yield* settle(
        store,
        ...(yield* claim(store, start)).map(({ id, lease }) =>
          ({ _tag: "Dead", id, lease, at: start, reason: "Rejected" }) as const
        )
      )
      const seen: Array<string> = []
      while (seen.length < 5) {
        const [next] = yield* store.dead({}, { limit: 1, after: seen.at(-1) })
        assert(next !== undefined)
        seen.push(next.id)
      }
      assert.sameMembers(seen, ids)
      assert.deepStrictEqual(yield* store.dead({}, { limit: 1, after: seen.at(-1) }), [])
    }))

  for (
    const { selected, selection } of [
      { selection: {}, selected: ["a", "b", "c", "d"] },
      { selection: { lane: "corrily" }, selected: ["b", "d"] },
      { selection: { ids: ["a", "d", "alive", "nobody"] }, selected: ["a", "d"] },
      { selection: { lane: "corrily", ids: ["a", "b"] }, selected: ["b"] },
      { selection: { ids: [] }, selected: [] },
      { selection: { lane: "nobody" }, selected: [] }
    ]
  ) {
    const which = JSON.stringify(selection)
    const buried = [
      purchase("a"),
      impression("b", { lane: "corrily" }),
      impression("c"),
      purchase("d", { lane: "corrily" })
    ]

    promise(`are selected by ${which} for listing`, ({ store }) =>
      Effect.gen(function*() {
        yield* bury(store, ...buried)
        yield* append(store, purchase("alive"))
        assert.deepStrictEqual(idsOf(yield* store.dead(selection, { limit: 10 })), selected)
      }))

    promise(`are selected by ${which} for redriving`, ({ store }) =>
      Effect.gen(function*() {
        yield* bury(store, ...buried)
        const times = { now: start + hour, expiresAt: start + 99 * hour }
        assert.strictEqual(yield* store.redrive(selection, times), selected.length)
        const again = [
          ...yield* claimIds(store, start + hour),
          ...yield* claimIds(store, start + hour, { lane: "corrily" })
        ]
        assert.sameMembers(again, selected)
        const left = idsOf(yield* store.dead({}, { limit: 10 }))
        assert.sameMembers([...left, ...again], ["a", "b", "c", "d"])
      }))

    promise(`are selected by ${which} for dropping`, ({ store }) =>
      Effect.gen(function*() {
        yield* bury(store, ...buried)
        yield* append(store, purchase("alive"))
        assert.strictEqual(yield* store.drop(selection), selected.length)
        for (const id of selected) assert.strictEqual(yield* store.find(id), undefined)
        assert.strictEqual((yield* known(store, "alive")).state, "queued")
        assert.lengthOf(yield* store.dead({}, { limit: 10 }), 4 - selected.length)
      }))
  }

  promise("are redriven as new, with the same bytes", ({ store }) =>
    Effect.gen(function*() {
      yield* bury(store, purchase("a", { payload: new Uint8Array([1, 2, 3]) }))
      const times = { now: start + hour, expiresAt: start + 99 * hour }
      assert.strictEqual(yield* store.redrive({ ids: ["a"] }, times), 1)
      assert.deepInclude(yield* known(store, "a"), { state: "queued", attempts: 0, digest: "digest of a" })
      assert.strictEqual((yield* known(store, "a")).settledAt, undefined)
      assert.strictEqual(yield* store.nextDueAt("botsi"), start + hour)
      assert.deepStrictEqual(yield* claimIds(store, start + hour - 1), [])
      const [again] = yield* claim(store, start + hour)
      assert.deepInclude(again, { id: "a", attempts: 0, dueAt: start + hour, expiresAt: start + 99 * hour })
      assert.deepStrictEqual(again?.payload, new Uint8Array([1, 2, 3]))
      yield* settle(store, delivered(again!))
      assert.strictEqual(yield* store.redrive({}, times), 0)
    }))

  promise("of one customer are redriven in their order", ({ store }) =>
    Effect.gen(function*() {
      const customer = "one customer"
      const ids = ["p1", "p2", "p3"]
      yield* bury(store, ...ids.map((id) => purchase(id, { customer })))
      yield* store.redrive({}, { now: start, expiresAt: start + hour })
      for (const id of ids) {
        const [next, ...others] = yield* claim(store, start)
        assert.strictEqual(next?.id, id)
        assert.deepStrictEqual(others, [])
        yield* settle(store, delivered(next!))
      }
    }))

  promise(
    "are redriven once, even when a worker gives them up again at the same time",
    ({ other, store }) =>
      Effect.gen(function*() {
        const ids = Array.from({ length: 1200 }, (_, index) => `poison ${index}`)
        yield* bury(store, ...ids.map((id) => purchase(id)))
        const giveUp = Effect.gen(function*() {
          const claimed = yield* claim(other, start, { limit: 600 })
          yield* other.settle(claimed.map((entry) => dead(entry)))
          yield* Effect.yieldNow
        })
        const redriven = yield* Effect.raceFirst(
          store.redrive({}, { now: start, expiresAt: start + hour }),
          Effect.forever(giveUp)
        )
        assert.strictEqual(redriven, 1200)
      })
  )

  promise("and dropped are forgotten, so that their id is new again", ({ store }) =>
    Effect.gen(function*() {
      yield* bury(store, purchase("a"))
      assert.strictEqual(yield* store.drop({}), 1)
      yield* append(store, purchase("a"))
      assert.deepStrictEqual(yield* claimIds(store, start), ["a"])
    }))
}
