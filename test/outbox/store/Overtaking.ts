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
const minute = 60_000

/** Claims as the outbox does: purchases pass once they are a minute old. */
const passing = (now: number) => ({ overtakeBefore: now - minute, batch: 100 })

export const promises = (promise: Promised): void => {
  /** An impression that failed and waits for an hour, and what was accepted after it. */
  const behindAnImpression = Effect.fnUntraced(
    function*(store: Parameters<typeof claim>[0], ...entries: ReadonlyArray<ReturnType<typeof purchase>>) {
      yield* append(store, impression("i", { customer }), ...entries)
      const [i] = yield* claim(store, start)
      assert.strictEqual(i?.id, "i")
      yield* settle(store, failed(i!, start + 60 * minute))
    }
  )

  promise("passes impressions of its customer that wait, when it is old enough", ({ store }) =>
    Effect.gen(function*() {
      yield* behindAnImpression(store, impression("i2", { customer }), purchase("p", { customer }))
      assert.deepStrictEqual(yield* claimIds(store, start, passing(start)), [])
      const early = start + minute
      assert.deepStrictEqual(yield* claimIds(store, early, passing(early)), [])
      const late = start + minute + 1
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), ["p"])
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), [])
    }))

  promise("has its lane looked at before the impressions are due", ({ store }) =>
    Effect.gen(function*() {
      yield* behindAnImpression(store, purchase("p", { customer }))
      assert.isAtMost((yield* store.nextDueAt("botsi"))!, start + minute)
    }))

  promise("does not pass a purchase", ({ store }) =>
    Effect.gen(function*() {
      yield* behindAnImpression(store, purchase("p1", { customer }), purchase("p2", { customer }))
      const late = start + 2 * minute
      const [p1, ...others] = yield* claim(store, late, passing(late))
      assert.strictEqual(p1?.id, "p1")
      assert.deepStrictEqual(others, [])
      yield* settle(store, failed(p1!, late + minute))
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), [])
    }))

  promise("is followed by the next purchase when it is settled", ({ store }) =>
    Effect.gen(function*() {
      yield* behindAnImpression(
        store,
        purchase("p1", { customer }),
        purchase("p2", { customer }),
        purchase("p3", { customer })
      )
      const late = start + 2 * minute
      const [p1] = yield* claim(store, late, passing(late))
      yield* settle(store, delivered(p1!))
      const [p2] = yield* claim(store, late, passing(late))
      assert.strictEqual(p2?.id, "p2")
      yield* settle(store, dead(p2!))
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), ["p3"])
    }))

  promise("does not pass an impression that a worker has", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, impression("i", { customer }), purchase("p", { customer }))
      const late = start + 2 * minute
      const [i, ...others] = yield* claim(store, late, passing(late))
      assert.strictEqual(i?.id, "i")
      assert.deepStrictEqual(others, [])
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), [])
      yield* settle(store, failed(i!, late + 60 * minute))
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), ["p"])
    }))

  promise("does not pass a batch of which a worker still has a part", ({ store }) =>
    Effect.gen(function*() {
      yield* append(
        store,
        impression("i1", { customer }),
        impression("i2", { customer }),
        purchase("p", { customer })
      )
      const late = start + 2 * minute
      const [i1, i2] = yield* claim(store, late, passing(late))
      yield* settle(store, failed(i1!, late + 60 * minute))
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), [])
      yield* settle(store, failed(i2!, late + 60 * minute))
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), ["p"])
    }))

  promise("waits until it is due itself", ({ store }) =>
    Effect.gen(function*() {
      yield* behindAnImpression(store, purchase("p", { customer, dueAt: start + 10 * minute }))
      const late = start + 10 * minute
      assert.deepStrictEqual(yield* claimIds(store, late - 1, passing(late)), [])
      assert.deepStrictEqual(yield* claimIds(store, late, passing(late)), ["p"])
    }))

  promise("is tried again when it is due, still ahead of the impressions", ({ store }) =>
    Effect.gen(function*() {
      yield* behindAnImpression(store, purchase("p", { customer }))
      const late = start + 2 * minute
      const [p] = yield* claim(store, late, passing(late))
      yield* settle(store, failed(p!, late + minute))
      assert.deepStrictEqual(yield* claimIds(store, late + minute - 1, passing(late + minute - 1)), [])
      const [again] = yield* claim(store, late + minute, passing(late + minute))
      assert.deepInclude(again, { id: "p", attempts: 1 })
    }))

  promise("leaves the impressions to be handed out together when they are due", ({ store }) =>
    Effect.gen(function*() {
      yield* behindAnImpression(
        store,
        impression("i2", { customer }),
        purchase("p", { customer }),
        impression("i3", { customer })
      )
      const late = start + 2 * minute
      const [p] = yield* claim(store, late, passing(late))
      yield* settle(store, delivered(p!))
      const due = start + 60 * minute
      assert.deepStrictEqual(yield* claimIds(store, due, passing(due)), ["i", "i2", "i3"])
    }))

  promise("comes after the impressions when they are due as well", ({ store }) =>
    Effect.gen(function*() {
      yield* behindAnImpression(store, purchase("p", { customer }))
      const due = start + 60 * minute
      const [i, ...others] = yield* claim(store, due, passing(due))
      assert.strictEqual(i?.id, "i")
      assert.deepStrictEqual(others, [])
    }))
}
