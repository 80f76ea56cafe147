import { assert } from "@effect/vitest"
import { Effect } from "effect"
import {
  append,
  bury,
  claim,
  delivered,
  failed,
  impression,
  known,
  type Promised,
  purchase,
  settle,
  start
} from "./Given.ts"

const never = 0

export const promises = (promise: Promised): void => {
  promise("deletes what was delivered before its time, each kind by its own", ({ store }) =>
    Effect.gen(function*() {
      const ids = ["i0", "i1", "p0", "p1"]
      yield* append(store, ...ids.map((id) => (id.startsWith("i") ? impression : purchase)(id)))
      const claimed = yield* claim(store, start)
      yield* settle(store, ...claimed.map((entry) => delivered(entry, start + Number(entry.id[1]))))
      assert.strictEqual(yield* store.sweep({ impressions: start + 1, purchases: never, dead: never, notes: never }), 1)
      assert.strictEqual(yield* store.find("i0"), undefined)
      assert.strictEqual((yield* known(store, "p0")).state, "delivered")
      assert.strictEqual(
        yield* store.sweep({ impressions: start + 1, purchases: start + 2, dead: never, notes: never }),
        2
      )
      assert.strictEqual(yield* store.find("p1"), undefined)
      assert.strictEqual((yield* known(store, "i1")).state, "delivered")
    }))

  promise("deletes what died before its time, and nothing else", ({ store }) =>
    Effect.gen(function*() {
      yield* bury(store, impression("d0"), purchase("d1", { lane: "corrily" }), impression("d2"))
      yield* append(store, purchase("queued"), purchase("delivered"))
      const [, two] = yield* claim(store, start)
      yield* settle(store, delivered(two!, start))
      assert.strictEqual(yield* store.sweep({ impressions: never, purchases: never, dead: start + 2, notes: never }), 2)
      assert.deepStrictEqual((yield* store.dead({}, { limit: 10 })).map(({ id }) => id), ["d2"])
      for (const id of ["d0", "d1"]) assert.strictEqual(yield* store.find(id), undefined)
      for (const id of ["queued", "delivered"]) yield* known(store, id)
      assert.strictEqual((yield* store.counts).reduce((sum, { dead }) => sum + dead, 0), 1)
    }))

  promise(
    "leaves alone what is neither delivered nor to be forgotten, however old",
    ({ store }) =>
      Effect.gen(function*() {
        yield* bury(store, purchase("dead"))
        yield* append(store, purchase("leased"), purchase("failed"))
        const [, again] = yield* claim(store, start)
        yield* settle(store, failed(again!, start))
        yield* append(store, purchase("queued"))
        const late = start * 2
        assert.strictEqual(yield* store.sweep({ impressions: late, purchases: late, dead: never, notes: late }), 0)
        for (const id of ["dead", "leased", "failed", "queued"]) yield* known(store, id)
      })
  )

  promise("deletes notes made before their time, and counts them", ({ store }) =>
    Effect.gen(function*() {
      yield* store.note("old", new Uint8Array([1]), start)
      yield* store.note("new", new Uint8Array([2]), start + 1)
      yield* store.note("renewed", new Uint8Array([3]), start)
      yield* store.note("renewed", new Uint8Array([4]), start + 1)
      assert.strictEqual(yield* store.sweep({ impressions: never, purchases: never, dead: never, notes: start + 1 }), 1)
      assert.strictEqual(yield* store.recall("old"), undefined)
      assert.deepStrictEqual(yield* store.recall("new"), new Uint8Array([2]))
      assert.deepStrictEqual(yield* store.recall("renewed"), new Uint8Array([4]))
    }))

  promise("makes an id new again", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [a] = yield* claim(store, start)
      yield* settle(store, delivered(a!))
      yield* store.sweep({ impressions: never, purchases: start + 1, dead: never, notes: never })
      yield* append(store, purchase("a"))
      assert.deepStrictEqual(yield* store.settle([delivered(a!)]), ["a"])
    }))
}
