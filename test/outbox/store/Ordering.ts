import { assert } from "@effect/vitest"
import { Effect } from "effect"
import {
  append,
  claim,
  claimIds,
  dead,
  delivered,
  failed,
  impression,
  type Promised,
  purchase,
  settle,
  start
} from "./Given.ts"

const customer = "one customer"

export const promises = (promise: Promised): void => {
  promise("has only the first of its entries handed out", ({ store }) =>
    Effect.gen(function*() {
      yield* append(
        store,
        impression("i", { customer }),
        purchase("p1", { customer }),
        purchase("p2", { customer }),
        purchase("other")
      )
      for (const id of ["i", "p1", "p2"]) {
        const [claimed, ...others] = (yield* claim(store, start)).filter((claimed) => claimed.customer === customer)
        assert.strictEqual(claimed?.id, id)
        assert.deepStrictEqual(others, [])
        assert.deepStrictEqual(yield* claimIds(store, start), [])
        yield* settle(store, delivered(claimed!))
      }
    }))

  promise("waits behind an entry that is to be tried again", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("p1", { customer }), purchase("p2", { customer }), impression("i", { customer }))
      const [first] = yield* claim(store, start)
      yield* settle(store, failed(first!, start + 1000))
      assert.deepStrictEqual(yield* claimIds(store, start + 999), [])
      assert.deepStrictEqual(yield* claimIds(store, start + 1000), ["p1"])
    }))

  promise("waits behind an entry that is not due yet", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("p1", { customer, dueAt: start + 1000 }), purchase("p2", { customer }))
      assert.deepStrictEqual(yield* claimIds(store, start), [])
      const [first] = yield* claim(store, start + 1000)
      assert.strictEqual(first?.id, "p1")
      yield* settle(store, delivered(first!))
      assert.deepStrictEqual(yield* claimIds(store, start + 1000), ["p2"])
    }))

  promise("is freed when an entry is given up, and nobody else ever waited", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, impression("poison", { customer }), purchase("p", { customer }), impression("other"))
      const [poison, other] = yield* claim(store, start)
      assert.deepStrictEqual([poison?.id, other?.id], ["poison", "other"])
      yield* settle(store, dead(poison!))
      assert.deepStrictEqual(yield* claimIds(store, start), ["p"])
    }))

  promise("has impressions that follow each other handed out together", ({ store }) =>
    Effect.gen(function*() {
      yield* append(
        store,
        impression("i1", { customer }),
        impression("i2", { customer }),
        impression("i3", { customer }),
        purchase("p", { customer }),
        impression("i4", { customer })
      )
      const batch = 100
      const claimed = yield* claim(store, start, { batch })
      assert.deepStrictEqual(claimed.map(({ id }) => id), ["i1", "i2", "i3"])
      assert.deepStrictEqual(yield* claimIds(store, start, { batch }), [])
      yield* settle(store, ...claimed.map((entry) => delivered(entry)))
      const [p] = yield* claim(store, start, { batch })
      assert.strictEqual(p?.id, "p")
      yield* settle(store, delivered(p!))
      assert.deepStrictEqual(yield* claimIds(store, start, { batch }), ["i4"])
    }))

  promise("has at most a batch of impressions handed out", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, ...["i1", "i2", "i3", "i4", "i5"].map((id) => impression(id, { customer })))
      const claimed = yield* claim(store, start, { batch: 2 })
      assert.deepStrictEqual(claimed.map(({ id }) => id), ["i1", "i2"])
      assert.deepStrictEqual(yield* claimIds(store, start, { batch: 2 }), [])
      yield* settle(store, ...claimed.map((entry) => delivered(entry)))
      assert.deepStrictEqual(yield* claimIds(store, start, { batch: 2 }), ["i3", "i4"])
    }))

  promise("has no purchase handed out together with another entry", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("p1", { customer }), purchase("p2", { customer }), impression("i", { customer }))
      assert.deepStrictEqual(yield* claimIds(store, start, { batch: 100 }), ["p1"])
    }))

  promise(
    "has no impression handed out before it is due, even with one that is",
    ({ store }) =>
      Effect.gen(function*() {
        yield* append(
          store,
          impression("i1", { customer }),
          impression("i2", { customer, dueAt: start + 1000 }),
          impression("i3", { customer })
        )
        const batch = 100
        const claimed = yield* claim(store, start, { batch })
        assert.deepStrictEqual(claimed.map(({ id }) => id), ["i1"])
        yield* settle(store, delivered(claimed[0]!))
        assert.deepStrictEqual(yield* claimIds(store, start, { batch }), [])
        assert.deepStrictEqual(yield* claimIds(store, start + 1000, { batch }), ["i2", "i3"])
      })
  )

  promise("keeps its order when part of a batch failed", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, ...["i1", "i2", "i3"].map((id) => impression(id, { customer })))
      const batch = 100
      const [i1, i2, i3] = yield* claim(store, start, { batch })
      yield* settle(store, failed(i1!, start + 1000), delivered(i2!), failed(i3!, start))
      assert.deepStrictEqual(yield* claimIds(store, start, { batch }), [])
      assert.deepStrictEqual(yield* claimIds(store, start + 1000, { batch }), ["i1", "i3"])
    }))

  promise("holds nobody else up, however much it has waiting", ({ store }) =>
    Effect.gen(function*() {
      const many = Array.from({ length: 500 }, (_, index) => purchase(`p${index}`, { customer }))
      yield* append(store, ...many, purchase("other"))
      assert.deepStrictEqual(yield* claimIds(store, start, { limit: 2 }), ["p0", "other"])
    }))
}
