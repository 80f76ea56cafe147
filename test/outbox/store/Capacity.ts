import { assert } from "@effect/vitest"
import type { OutboxStore } from "@priceport/outbox"
import { Effect } from "effect"
import { claim, dead, delivered, failed, impression, type Promised, purchase, settle, start } from "./Given.ts"

const tags = (appended: ReadonlyArray<OutboxStore.Appended>) => appended.map(({ _tag }) => _tag)

export const promises = (promise: Promised): void => {
  promise("refuses impressions before purchases", ({ store }) =>
    Effect.gen(function*() {
      const capacity = { impressions: 2, total: 4 }
      const entries = [
        impression("i1"),
        impression("i2"),
        impression("i3"),
        purchase("p1"),
        purchase("p2"),
        purchase("p3"),
        impression("i4")
      ]
      assert.deepStrictEqual(
        tags(yield* store.append(entries, capacity)),
        ["Added", "Added", "Full", "Added", "Added", "Full", "Full"]
      )
      assert.strictEqual(yield* store.find("i3"), undefined)
      assert.strictEqual(yield* store.find("p3"), undefined)
    }))

  promise("counts purchases too when an impression asks for room", ({ store }) =>
    Effect.gen(function*() {
      const capacity = { impressions: 2, total: 4 }
      yield* store.append([purchase("p1"), purchase("p2")], capacity)
      assert.deepStrictEqual(tags(yield* store.append([impression("i1"), purchase("p3")], capacity)), ["Full", "Added"])
    }))

  promise(
    "counts every lane, and what a worker has in its hands or has to try again",
    ({ store }) =>
      Effect.gen(function*() {
        const capacity = { impressions: 3, total: 3 }
        yield* store.append([impression("a"), impression("b"), impression("c", { lane: "corrily" })], capacity)
        const [a] = yield* claim(store, start)
        yield* settle(store, failed(a!, start + 1000))
        assert.deepStrictEqual(tags(yield* store.append([impression("d")], capacity)), ["Full"])
      })
  )

  promise("has room again when something is settled", ({ store }) =>
    Effect.gen(function*() {
      const capacity = { impressions: 2, total: 2 }
      yield* store.append([impression("a"), impression("b")], capacity)
      const [a, b] = yield* claim(store, start)
      yield* settle(store, delivered(a!))
      assert.deepStrictEqual(tags(yield* store.append([impression("c"), impression("d")], capacity)), ["Added", "Full"])
      yield* settle(store, dead(b!))
      assert.deepStrictEqual(tags(yield* store.append([impression("d"), impression("e")], capacity)), ["Added", "Full"])
    }))

  promise("knows an id that is there even when it is full", ({ store }) =>
    Effect.gen(function*() {
      const capacity = { impressions: 1, total: 1 }
      yield* store.append([impression("a")], capacity)
      assert.deepStrictEqual(tags(yield* store.append([impression("a"), impression("b")], capacity)), [
        "Present",
        "Full"
      ])
    }))

  promise("is each call's own", ({ store }) =>
    Effect.gen(function*() {
      yield* store.append([impression("a")], { impressions: 1, total: 1 })
      assert.deepStrictEqual(tags(yield* store.append([impression("b")], { impressions: 2, total: 2 })), ["Added"])
      assert.deepStrictEqual(tags(yield* store.append([purchase("c")], { impressions: 0, total: 0 })), ["Full"])
    }))
}
