import { assert } from "@effect/vitest"
import { Effect } from "effect"
import {
  append,
  bury,
  claim,
  claimIds,
  dead,
  delivered,
  failed,
  impression,
  known,
  plenty,
  type Promised,
  purchase,
  replace,
  settle,
  start
} from "./Given.ts"

/** The purchase `a`, as another customer restored it. */
const restored = purchase("a", {
  customer: "another customer",
  digest: "another digest",
  payload: new Uint8Array([4, 2]),
  acceptedAt: start + 100,
  dueAt: start + 100
})

export const promises = (promise: Promised): void => {
  promise(
    "puts an entry in the place of a delivered one and forgets its result",
    ({ store }) =>
      Effect.gen(function*() {
        yield* append(store, purchase("a"))
        const [first] = yield* claim(store, start)
        yield* settle(store, failed(first!, start))
        const [a] = yield* claim(store, start)
        yield* settle(store, delivered(a!, start, new Uint8Array([1])))
        assert.isTrue(yield* replace(store, restored))
        const found = yield* known(store, "a")
        assert.deepInclude(found, {
          state: "queued",
          attempts: 0,
          customer: "another customer",
          digest: "another digest",
          acceptedAt: start + 100
        })
        assert.strictEqual(found.result, undefined)
        assert.strictEqual(found.settledAt, undefined)
        assert.strictEqual(found.reason, undefined)
        assert.deepStrictEqual(yield* claimIds(store, start + 99), [])
        const [moved] = yield* claim(store, start + 100)
        assert.deepInclude(moved, { id: "a", attempts: 0, customer: "another customer" })
        assert.deepStrictEqual(moved?.payload, new Uint8Array([4, 2]))
      })
  )

  promise("takes a dead one off the list of the dead", ({ store }) =>
    Effect.gen(function*() {
      yield* bury(store, purchase("a"))
      assert.isTrue(yield* replace(store, restored))
      assert.deepStrictEqual(yield* store.dead({}, { limit: 10 }), [])
      assert.deepStrictEqual(yield* claimIds(store, start + 100), ["a"])
    }))

  promise(
    "frees whoever waited behind a queued one, and waits behind its new customer's entries",
    ({ store }) =>
      Effect.gen(function*() {
        yield* append(
          store,
          purchase("a", { customer: "one" }),
          impression("behind a", { customer: "one" }),
          purchase("first", { customer: "another customer" })
        )
        assert.isTrue(yield* replace(store, restored))
        const claimed = yield* claim(store, start + 100)
        assert.deepStrictEqual(claimed.map(({ id }) => id).toSorted(), ["behind a", "first"])
        yield* settle(store, ...claimed.map((entry) => delivered(entry)))
        assert.deepStrictEqual(yield* claimIds(store, start + 100), ["a"])
      })
  )

  promise("is refused while a worker has the entry", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [a] = yield* claim(store, start)
      assert.isFalse(yield* replace(store, restored))
      assert.deepInclude(yield* known(store, "a"), { state: "leased", digest: "digest of a" })
      yield* settle(store, delivered(a!))
    }))

  promise("of what is not there puts nothing there", ({ store }) =>
    Effect.gen(function*() {
      assert.isFalse(yield* replace(store, restored))
      assert.strictEqual(yield* store.find("a"), undefined)
    }))

  promise("leaves an old lease worthless", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [old] = yield* claim(store, start)
      yield* settle(store, failed(old!, start))
      assert.isTrue(yield* replace(store, restored))
      assert.deepStrictEqual(yield* store.settle([delivered(old!)]), ["a"])
      const [moved] = yield* claim(store, start + 100)
      assert.deepStrictEqual(yield* store.settle([dead(old!)]), ["a"])
      yield* settle(store, delivered(moved!))
    }))

  promise("counts as one that is held", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [a] = yield* claim(store, start)
      yield* settle(store, delivered(a!))
      yield* replace(store, restored)
      const [full] = yield* store.append([purchase("b")], { ...plenty, total: 1 })
      assert.strictEqual(full?._tag, "Full")
    }))

  promise("begins as uncertain as it is said to be", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      assert.isTrue(yield* replace(store, restored, true))
      assert.isTrue((yield* known(store, "a")).uncertain)
      assert.isTrue(yield* replace(store, restored))
      assert.isFalse((yield* known(store, "a")).uncertain)
    }))

  promise("gives nothing up of which more is known by now than was seen", ({ other, store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [first] = yield* claim(store, start)
      yield* settle(store, dead(first!))
      const seen = yield* known(store, "a")
      // Another process puts it in somebody's place, and has it delivered.
      assert.isTrue(yield* other.replace(restored, seen))
      assert.isFalse(yield* store.replace(purchase("a"), seen))
      const [second] = yield* claim(other, start + 100)
      yield* settle(other, delivered(second!, start + 100))
      assert.isFalse(yield* store.replace(purchase("a"), seen))
      assert.deepInclude(yield* known(store, "a"), { state: "delivered", customer: "another customer" })
    }))
}
