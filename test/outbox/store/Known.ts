import { assert } from "@effect/vitest"
import type { OutboxStore } from "@priceport/outbox"
import { Effect } from "effect"
import {
  append,
  claim,
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
  promise("of an id that never came is nothing", ({ store }) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* store.find("nobody"), undefined)
    }))

  promise("of an id follows it from acceptance to the end", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a", { acceptedAt: start - 5 }))
      const { digest, id, kind, lane, customer, acceptedAt } = purchase("a", { acceptedAt: start - 5 })
      const whole = { id, kind, lane, customer, digest, acceptedAt }
      const queued = yield* known(store, "a")
      assert.deepInclude(queued, { ...whole, state: "queued", attempts: 0 })
      assert.strictEqual(queued.reason, undefined)
      assert.strictEqual(queued.settledAt, undefined)
      assert.strictEqual(queued.result, undefined)
      const [first] = yield* claim(store, start)
      assert.deepInclude(yield* known(store, "a"), { ...whole, state: "leased", attempts: 0 })
      yield* settle(store, failed(first!, start))
      assert.deepInclude(yield* known(store, "a"), { ...whole, state: "queued", attempts: 1, reason: "Unavailable" })
      const [again] = yield* claim(store, start)
      yield* settle(store, delivered(again!, start + 1, new Uint8Array([7])))
      assert.deepInclude(yield* known(store, "a"), { ...whole, state: "delivered", attempts: 1, settledAt: start + 1 })
    }))

  promise("of the lanes is which have something to deliver", ({ store }) =>
    Effect.gen(function*() {
      const lanes = Effect.map(store.lanes, (lanes) => lanes.toSorted())
      yield* append(store, impression("a"), impression("b", { lane: "corrily" }), purchase("c", { lane: "third" }))
      assert.deepStrictEqual(yield* lanes, ["botsi", "corrily", "third"])
      const [a] = yield* claim(store, start)
      assert.deepStrictEqual(yield* lanes, ["botsi", "corrily", "third"])
      const [b] = yield* claim(store, start, { lane: "corrily" })
      yield* settle(store, delivered(a!), dead(b!))
      assert.deepStrictEqual(yield* lanes, ["third"])
    }))

  promise("of a lane is when it can have something to hand out", ({ store }) =>
    Effect.gen(function*() {
      const next = store.nextDueAt("botsi")
      yield* append(store, impression("a", { dueAt: start + 300 }), impression("c", { lane: "corrily" }))
      assert.strictEqual(yield* next, start + 300)
      yield* append(store, purchase("b", { dueAt: start + 200 }))
      assert.strictEqual(yield* next, start + 200)
      const [b] = yield* claim(store, start + 200, { leaseUntil: start + 900 })
      assert.strictEqual(yield* next, start + 300)
      const [a] = yield* claim(store, start + 300, { leaseUntil: start + 800 })
      assert.strictEqual(yield* next, start + 800)
      yield* settle(store, failed(b!, start + 700))
      assert.strictEqual(yield* next, start + 700)
      yield* settle(store, delivered(a!))
      const [again] = yield* claim(store, start + 700)
      yield* settle(store, dead(again!))
      assert.strictEqual(yield* next, undefined)
    }))

  promise("in numbers is how many of each lane and kind are in which state", ({ store }) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* store.counts, [])
      yield* append(
        store,
        impression("a", { acceptedAt: start - 3 }),
        impression("b", { acceptedAt: start - 2 }),
        impression("c", { acceptedAt: start - 1 }),
        purchase("d"),
        impression("e", { lane: "corrily" })
      )
      assert.deepStrictEqual(yield* tally(store), {
        "botsi impression": { queued: 3, leased: 0, delivered: 0, dead: 0, oldest: start - 3 },
        "botsi purchase": { queued: 1, leased: 0, delivered: 0, dead: 0, oldest: start },
        "corrily impression": { queued: 1, leased: 0, delivered: 0, dead: 0, oldest: start }
      })
      const [a, b, , d] = yield* claim(store, start)
      yield* settle(store, delivered(a!), dead(b!), failed(d!, start + 1000))
      assert.deepStrictEqual(yield* tally(store), {
        "botsi impression": { queued: 0, leased: 1, delivered: 1, dead: 1, oldest: start - 1 },
        "botsi purchase": { queued: 1, leased: 0, delivered: 0, dead: 0, oldest: start },
        "corrily impression": { queued: 1, leased: 0, delivered: 0, dead: 0, oldest: start }
      })
    }))

  promise("in numbers has no oldest where everything is settled", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, impression("a"))
      const [a] = yield* claim(store, start)
      yield* settle(store, delivered(a!))
      const [count] = yield* store.counts
      assert.deepInclude(count, { queued: 0, leased: 0, delivered: 1, dead: 0 })
      assert.strictEqual(count?.oldest, undefined)
    }))
}

/** The counts by lane and kind. */
const tally = (store: OutboxStore.Service) =>
  Effect.map(store.counts, (counts) =>
    Object.fromEntries(
      counts.map(({ dead, delivered, kind, lane, leased, oldest, queued }) => [
        `${lane} ${kind}`,
        { queued, leased, delivered, dead, oldest }
      ])
    ))
