import { assert } from "@effect/vitest"
import { Effect } from "effect"
import {
  append,
  claim,
  claimIds,
  delivered,
  failed,
  impression,
  known,
  type Promised,
  purchase,
  settle,
  start
} from "./Given.ts"

const leaseUntil = start + 30_000

export const promises = (promise: Promised): void => {
  promise("keeps an entry from everybody else until it ends", ({ other, store }) =>
    Effect.gen(function*() {
      yield* append(store, impression("a"), purchase("b"))
      yield* claim(store, start, { leaseUntil })
      assert.deepStrictEqual(yield* claimIds(other, leaseUntil - 1), [])
      assert.deepStrictEqual(yield* claimIds(store, leaseUntil - 1), [])
      assert.deepStrictEqual(yield* claimIds(other, leaseUntil), ["a", "b"])
    }))

  promise("ends without having counted as an attempt", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      yield* claim(store, start, { leaseUntil })
      const [again] = yield* claim(store, leaseUntil)
      assert.strictEqual(again?.attempts, 0)
    }))

  promise(
    "that ended leaves it uncertain what became of the entry, for good",
    ({ other, store }) =>
      Effect.gen(function*() {
        yield* append(store, purchase("a"), impression("b"))
        for (const id of ["a", "b"]) assert.isFalse((yield* known(store, id)).uncertain)
        for (const { uncertain } of yield* claim(store, start, { leaseUntil })) assert.isFalse(uncertain)
        const [a, b] = yield* claim(other, leaseUntil)
        assert.deepStrictEqual([a?.uncertain, b?.uncertain], [true, true])
        yield* settle(other, failed(a!, leaseUntil), delivered(b!, leaseUntil))
        for (const id of ["a", "b"]) assert.isTrue((yield* known(store, id)).uncertain)
      })
  )

  promise("is another one each time an entry is handed out", ({ other, store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [first] = yield* claim(store, start, { leaseUntil })
      const [second] = yield* claim(other, leaseUntil)
      yield* settle(other, failed(second!, leaseUntil))
      const [third] = yield* claim(store, leaseUntil)
      assert.strictEqual(new Set([first!.lease, second!.lease, third!.lease]).size, 3)
    }))

  promise("that somebody else has by now settles nothing", ({ other, store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"), purchase("b"))
      const [oldA, oldB] = yield* claim(store, start, { leaseUntil })
      const [a] = yield* claim(other, leaseUntil, { limit: 1 })
      assert.strictEqual(a?.id, "a")
      assert.deepStrictEqual(
        yield* store.settle([delivered(oldA!, leaseUntil, new Uint8Array([1])), delivered(oldB!, leaseUntil)]),
        ["a"]
      )
      assert.deepInclude(yield* known(store, "a"), { state: "leased" })
      assert.deepInclude(yield* known(store, "b"), { state: "delivered" })
      yield* settle(other, delivered(a!, leaseUntil, new Uint8Array([2])))
      assert.deepStrictEqual((yield* known(store, "a")).result, new Uint8Array([2]))
    }))

  promise("that ended still settles, as long as nobody else has the entry", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [a] = yield* claim(store, start, { leaseUntil })
      yield* settle(store, delivered(a!, leaseUntil + 1000))
      assert.strictEqual((yield* known(store, "a")).state, "delivered")
    }))

  promise("settles once", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"), purchase("b"))
      const [a, b] = yield* claim(store, start)
      yield* settle(store, delivered(a!), failed(b!, start + 1000))
      assert.deepStrictEqual(yield* store.settle([failed(a!, start), delivered(b!)]), ["a", "b"])
      assert.strictEqual((yield* known(store, "a")).state, "delivered")
      assert.deepInclude(yield* known(store, "b"), { state: "queued", attempts: 1 })
    }))

  promise("never given settles nothing", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [a] = yield* claim(store, start)
      assert.deepStrictEqual(
        yield* store.settle([delivered({ ...a!, lease: "guess" }), delivered({ ...a!, id: "nobody" })]),
        ["a", "nobody"]
      )
      assert.strictEqual((yield* known(store, "a")).state, "leased")
    }))

  promise(
    "of a batch ends for the whole batch, which is handed out again in order",
    ({ store }) =>
      Effect.gen(function*() {
        const customer = "one customer"
        yield* append(
          store,
          impression("i1", { customer }),
          impression("i2", { customer }),
          purchase("p", { customer }),
          impression("i3", { customer })
        )
        yield* claim(store, start, { batch: 100, leaseUntil })
        assert.deepStrictEqual(yield* claimIds(store, leaseUntil, { batch: 100 }), ["i1", "i2"])
      })
  )

  promise("holds the customer's later entries back while it lasts", ({ store }) =>
    Effect.gen(function*() {
      const customer = "one customer"
      yield* append(store, impression("i1", { customer }))
      yield* claim(store, start, { leaseUntil, batch: 100 })
      yield* append(store, impression("i2", { customer }))
      assert.deepStrictEqual(yield* claimIds(store, leaseUntil - 1, { batch: 100 }), [])
      assert.deepStrictEqual(yield* claimIds(store, leaseUntil, { batch: 100 }), ["i1", "i2"])
    }))
}
