import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { append, claim, claimIds, failed, impression, type Promised, purchase, settle, start } from "./Given.ts"

export const promises = (promise: Promised): void => {
  promise("hands out what is due, in the order it was accepted", ({ store }) =>
    Effect.gen(function*() {
      yield* append(
        store,
        impression("later", { dueAt: start + 1 }),
        purchase("first"),
        impression("second"),
        purchase("third")
      )
      assert.deepStrictEqual(yield* claimIds(store, start), ["first", "second", "third"])
      assert.deepStrictEqual(yield* claimIds(store, start), [])
      assert.deepStrictEqual(yield* claimIds(store, start + 1), ["later"])
    }))

  promise(
    "keeps to the order of acceptance when what came later was due earlier",
    ({ store }) =>
      Effect.gen(function*() {
        yield* append(store, impression("first", { dueAt: start + 5 }), purchase("second"))
        assert.deepStrictEqual(yield* claimIds(store, start + 5), ["first", "second"])
      })
  )

  promise("hands out no more than was asked for", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, ...["a", "b", "c", "d", "e"].map((id) => impression(id)))
      assert.deepStrictEqual(yield* claimIds(store, start, { limit: 2 }), ["a", "b"])
      assert.deepStrictEqual(yield* claimIds(store, start, { limit: 2 }), ["c", "d"])
      assert.deepStrictEqual(yield* claimIds(store, start, { limit: 2 }), ["e"])
    }))

  promise("counts each entry of a batch towards the limit", ({ store }) =>
    Effect.gen(function*() {
      const customer = "one"
      yield* append(store, ...["a", "b", "c"].map((id) => impression(id, { customer })))
      assert.deepStrictEqual(yield* claimIds(store, start, { limit: 2, batch: 10 }), ["a", "b"])
    }))

  promise("hands out of one lane only", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, impression("a"), impression("b", { lane: "corrily" }), impression("c"))
      assert.deepStrictEqual(yield* claimIds(store, start, { lane: "corrily" }), ["b"])
      assert.deepStrictEqual(yield* claimIds(store, start, { lane: "nobody" }), [])
      assert.deepStrictEqual(yield* claimIds(store, start), ["a", "c"])
    }))

  promise("hands out what is past its expiry too, for the worker to give up", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, impression("a", { expiresAt: start + 1 }))
      const [claimed] = yield* claim(store, start + 1000)
      assert.deepInclude(claimed, { id: "a", expiresAt: start + 1 })
    }))

  promise("is not held up by entries that failed and wait", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, ...["a", "b", "c"].map((id) => impression(id)))
      const claimed = yield* claim(store, start, { limit: 2 })
      yield* settle(store, ...claimed.map((entry) => failed(entry, start + 1000)))
      assert.deepStrictEqual(yield* claimIds(store, start, { limit: 2 }), ["c"])
      assert.deepStrictEqual(yield* claimIds(store, start + 1000, { limit: 2 }), ["a", "b"])
    }))

  promise("is asked when there is nothing at all", ({ store }) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* claim(store, start), [])
      assert.strictEqual(yield* store.nextDueAt("botsi"), undefined)
      assert.deepStrictEqual(yield* store.lanes, [])
    }))
}
