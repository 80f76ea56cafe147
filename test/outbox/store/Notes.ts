import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { append, impression, type Promised, start } from "./Given.ts"

export const promises = (promise: Promised): void => {
  promise("that nobody made are not there", ({ store }) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* store.recall("nobody"), undefined)
    }))

  promise("are kept under their keys, the last one made", ({ other, store }) =>
    Effect.gen(function*() {
      yield* store.note("a", new Uint8Array([1]), start)
      yield* store.note("b", new Uint8Array([2]), start)
      yield* store.note("a", new Uint8Array([3, 0, 255]), start + 1)
      assert.deepStrictEqual(yield* other.recall("a"), new Uint8Array([3, 0, 255]))
      assert.deepStrictEqual(yield* store.recall("b"), new Uint8Array([2]))
    }))

  promise("may be empty, and large", ({ store }) =>
    Effect.gen(function*() {
      const large = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256)
      yield* store.note("empty", new Uint8Array(0), start)
      yield* store.note("large", large, start)
      const empty = yield* store.recall("empty")
      assert.instanceOf(empty, Uint8Array)
      assert.strictEqual(empty!.length, 0)
      assert.deepStrictEqual(Array.from((yield* store.recall("large"))!), Array.from(large))
    }))

  promise("are no entries, even under the same name", ({ store }) =>
    Effect.gen(function*() {
      yield* store.note("a", new Uint8Array([1]), start)
      assert.strictEqual(yield* store.find("a"), undefined)
      yield* append(store, impression("a"))
      assert.deepStrictEqual(yield* store.recall("a"), new Uint8Array([1]))
    }))
}
