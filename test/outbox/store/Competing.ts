import { assert } from "@effect/vitest"
import type { OutboxStore } from "@priceport/outbox"
import { Effect } from "effect"
import {
  append,
  claim,
  claimIds,
  dead,
  delivered,
  failed,
  idsOf,
  impression,
  plenty,
  type Promised,
  purchase,
  start
} from "./Given.ts"

export const promises = (promise: Promised): void => {
  promise("never have the same entry", ({ other, store }) =>
    Effect.gen(function*() {
      const entries = Array.from({ length: 400 }, (_, index) => impression(`e${index}`))
      yield* append(store, ...entries)
      const claims = yield* Effect.all(
        Array.from({ length: 40 }, (_, index) => claimIds(index % 2 ? store : other, start, { limit: 10 })),
        { concurrency: "unbounded" }
      )
      const ids = claims.flat()
      assert.strictEqual(new Set(ids).size, ids.length)
      const rest = yield* claimIds(store, start)
      assert.sameMembers([...ids, ...rest], idsOf(entries))
    }))

  promise("that append the same id at once have it added once", ({ other, store }) =>
    Effect.gen(function*() {
      const appended = yield* Effect.all(
        Array.from({ length: 50 }, (_, index) =>
          (index % 2 ? store : other).append(
            [purchase(`p${index % 5}`, { customer: `customer ${index}`, digest: `digest ${index}` })],
            plenty
          )),
        { concurrency: "unbounded" }
      )
      const tags = appended.flat().map(({ _tag }) => _tag)
      assert.strictEqual(tags.filter((tag) => tag === "Added").length, 5)
      assert.strictEqual(tags.filter((tag) => tag === "Present").length, 45)
      const winners = appended.flatMap(([one], index) => one?._tag === "Added" ? [`customer ${index}`] : [])
      const claimed = yield* claim(store, start)
      assert.sameMembers(claimed.map(({ customer }) => customer), winners)
    }))

  promise(
    "that append at once do not exceed the capacity by more than what they append at once",
    ({ other, store }) =>
      Effect.gen(function*() {
        const appended = yield* Effect.all(
          Array.from(
            { length: 40 },
            (_, index) => (index % 2 ? store : other).append([impression(`i${index}`)], { impressions: 10, total: 20 })
          ),
          { concurrency: "unbounded" }
        )
        const added = appended.flat().filter(({ _tag }) => _tag === "Added").length
        assert.isAtLeast(added, 10)
        const late = yield* store.append([impression("late")], { impressions: 10, total: 20 })
        assert.strictEqual(late[0]?._tag, "Full")
      })
  )

  promise(
    "deliver a thousand entries of sixty customers, each once and each customer's in order",
    ({ other, store }) =>
      Effect.gen(function*() {
        const entries = Array.from({ length: 1000 }, (_, index) =>
          (index % 3 === 0 ? purchase : impression)(`e${String(index).padStart(4, "0")}`, {
            customer: `customer ${index * 7 % 60}`
          }))
        yield* append(store, ...entries)
        const inFlight = new Map<string, number>()
        const settled: Array<OutboxStore.Claimed> = []
        const failures = new Set<string>()

        const work = (worker: number): Effect.Effect<void, OutboxStore.OutboxStoreError> =>
          Effect.gen(function*() {
            const handle = worker % 2 ? store : other
            while (settled.length < entries.length) {
              const claimed = yield* claim(handle, start, { limit: 7, batch: 3, leaseUntil: start + 1 })
              for (
                const customer of new Set(claimed.map(({ customer }) =>
                  customer
                ))
              ) {
                assert.isFalse(inFlight.has(customer), `two workers have ${customer}`)
                inFlight.set(customer, worker)
              }
              yield* Effect.yieldNow
              const settlements = claimed.map((entry, index) => {
                // One in five fails at first, one in seven is given up.
                const number = Number(entry.id.slice(1))
                if (number % 5 === 0 && !failures.has(entry.id) && index === claimed.length - 1) {
                  failures.add(entry.id)
                  return failed(entry, start)
                }
                settled.push(entry)
                return number % 7 === 0 ? dead(entry) : delivered(entry)
              })
              for (const { customer } of claimed) inFlight.delete(customer)
              assert.deepStrictEqual(yield* handle.settle(settlements), [])
              yield* Effect.yieldNow
            }
          })

        yield* Effect.all(Array.from({ length: 8 }, (_, worker) => work(worker)), { concurrency: "unbounded" })
        assert.deepStrictEqual(idsOf(settled).toSorted(), idsOf(entries))
        assert.isAbove(failures.size, 0)
        for (const customer of new Set(entries.map(({ customer }) => customer))) {
          const order = idsOf(settled.filter((entry) => entry.customer === customer))
          assert.deepStrictEqual(order, order.toSorted())
        }
        assert.deepStrictEqual(yield* store.lanes, [])
      })
  )
}
