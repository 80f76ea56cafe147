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
  known,
  type Promised,
  purchase,
  settle,
  start
} from "./Given.ts"

export const promises = (promise: Promised): void => {
  promise("of nothing settles nothing", ({ store }) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* store.settle([]), [])
    }))

  promise("as delivered keeps the result and takes the entry off the queue", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"), impression("b"))
      const [a, b] = yield* claim(store, start)
      yield* settle(store, delivered(a!, start + 7, new Uint8Array([1, 2, 3])), delivered(b!, start + 8))
      assert.deepInclude(yield* known(store, "a"), { state: "delivered", settledAt: start + 7 })
      assert.deepStrictEqual((yield* known(store, "a")).result, new Uint8Array([1, 2, 3]))
      assert.strictEqual((yield* known(store, "b")).result, undefined)
      assert.deepStrictEqual(yield* claimIds(store, start + 1_000_000), [])
    }))

  promise(
    "as failed hands the entry out again when it is due, one attempt older",
    ({ store }) =>
      Effect.gen(function*() {
        yield* append(store, purchase("a"))
        let now = start
        for (const attempts of [0, 1, 2]) {
          const [a] = yield* claim(store, now)
          assert.deepInclude(a, { id: "a", attempts, dueAt: now, acceptedAt: start })
          assert.deepStrictEqual(a!.payload, purchase("a").payload)
          now += 1000
          yield* settle(store, failed(a!, now))
          assert.deepInclude(yield* known(store, "a"), {
            state: "queued",
            attempts: attempts + 1,
            reason: "Unavailable"
          })
          assert.deepStrictEqual(yield* claimIds(store, now - 1), [])
        }
      })
  )

  promise(
    "as lost makes the entry uncertain, whatever it is settled as afterwards",
    ({ store }) =>
      Effect.gen(function*() {
        yield* append(store, purchase("a"), purchase("b"), purchase("c"))
        const [a, b, c] = yield* claim(store, start)
        yield* settle(store, { ...failed(a!, start + 1), lost: true }, { ...dead(b!), lost: true }, {
          ...failed(c!, start + 1),
          lost: false
        })
        assert.deepInclude(yield* known(store, "b"), { state: "dead", uncertain: true })
        const [again, still] = yield* claim(store, start + 1)
        assert.deepStrictEqual([again?.uncertain, still?.uncertain], [true, false])
        yield* settle(store, dead(again!), delivered(still!))
        assert.deepInclude(yield* known(store, "a"), { state: "dead", uncertain: true })
        assert.deepInclude(yield* known(store, "c"), { state: "delivered", uncertain: false })
        yield* store.redrive({}, { now: start + 2, expiresAt: start + 1000 })
        for (const { uncertain } of yield* claim(store, start + 2)) assert.isTrue(uncertain)
      })
  )

  promise("as failed without an attempt does not count", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [a] = yield* claim(store, start)
      yield* settle(store, failed(a!, start + 1000, false))
      assert.deepInclude(yield* known(store, "a"), { state: "queued", attempts: 0 })
      const [again] = yield* claim(store, start + 1000)
      assert.deepInclude(again, { id: "a", attempts: 0 })
    }))

  promise("as dead keeps the entry aside with the reason", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [first] = yield* claim(store, start)
      yield* settle(store, failed(first!, start))
      const [again] = yield* claim(store, start)
      yield* settle(store, dead(again!, start + 9))
      assert.deepInclude(yield* known(store, "a"), {
        state: "dead",
        settledAt: start + 9,
        reason: "Rejected",
        attempts: 1
      })
      assert.deepStrictEqual(yield* claimIds(store, start + 1_000_000), [])
    }))

  promise("as dead keeps the sealed refusal, until it is redriven", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"))
      const [a] = yield* claim(store, start)
      yield* settle(store, { ...dead(a!), result: new Uint8Array([7]) })
      assert.deepStrictEqual((yield* known(store, "a")).result, new Uint8Array([7]))
      yield* store.redrive({}, { now: start, expiresAt: start + 1 })
      assert.isUndefined((yield* known(store, "a")).result)
    }))

  promise("takes many at once, of different customers and outcomes", ({ store }) =>
    Effect.gen(function*() {
      const entries = Array.from({ length: 300 }, (_, index) => impression(`e${index}`))
      yield* append(store, ...entries)
      const claimed = yield* claim(store, start)
      yield* settle(
        store,
        ...claimed.map((entry, index) =>
          [delivered(entry), failed(entry, start + 1000), dead(entry)][index % 3] ?? delivered(entry)
        )
      )
      assert.deepInclude((yield* store.counts)[0], { queued: 100, leased: 0, delivered: 100, dead: 100 })
      assert.lengthOf(yield* claimIds(store, start + 1000), 100)
    }))
}
