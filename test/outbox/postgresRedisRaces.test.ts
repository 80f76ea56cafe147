/** Workers that accept, hand out, settle, replace and redrive for the same few customers at the same time. */
import { NodeRedis } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import type { OutboxStore } from "@priceport/outbox"
import * as PostgresStore from "@priceport/outbox/PostgresStore"
import * as RedisStore from "@priceport/outbox/RedisStore"
import { Effect, Layer, Redacted } from "effect"
import { afterAll, beforeAll } from "vitest"
import { ownPostgres, ownRedis, type Server, suite, withoutPostgres, withoutRedis } from "../support/Servers.ts"
import { handle } from "./store.ts"
import { append, claim, delivered, failed, impression, purchase, replace, settle, start } from "./store/Given.ts"

const [callers, each, customers] = [6, 60, 3]

/** Every entry is accepted after the one before it of the same caller and customer, and must be delivered after it. */
const race = (stores: ReadonlyArray<OutboxStore.Service>) =>
  Effect.gen(function*() {
    const order: Array<OutboxStore.Claimed> = []
    const held = new Set<string>()
    const storeOf = (index: number) => stores[index % stores.length]!

    const accept = (caller: number) =>
      Effect.forEach(Array.from({ length: each }, (_, index) => index), (index) =>
        append(
          storeOf(caller),
          (index % 4 === 3 ? purchase : impression)(`${caller}-${String(index).padStart(3, "0")}`, {
            customer: `customer ${index % customers}`
          })
        ))

    const deliver = (worker: number) =>
      Effect.gen(function*() {
        while (order.length < callers * each) {
          const claimed = yield* claim(storeOf(worker), start, { limit: 5, batch: 2 })
          for (const customer of new Set(claimed.map(({ customer }) => customer))) {
            assert.isFalse(held.has(customer), `two workers have ${customer}`)
            held.add(customer)
          }
          yield* Effect.yieldNow
          // The last of each is tried again now and then.
          const again = claimed.filter((entry, at) => at === claimed.length - 1 && entry.attempts === 0 && at % 2 === 1)
          const done = claimed.filter((entry) => !again.includes(entry))
          order.push(...done)
          for (const { customer } of claimed) held.delete(customer)
          yield* settle(
            storeOf(worker),
            ...done.map((entry) => delivered(entry)),
            ...again.map((entry) => failed(entry, start))
          )
        }
      })

    yield* Effect.all(
      [
        ...Array.from({ length: callers }, (_, caller) => accept(caller)),
        ...Array.from({ length: 4 }, (_, worker) => deliver(worker))
      ],
      { concurrency: "unbounded" }
    )

    assert.strictEqual(new Set(order.map(({ id }) => id)).size, callers * each)
    const lines = Map.groupBy(order, ({ customer, id }) => `${customer} ${id.slice(0, 2)}`)
    for (const line of lines.values()) {
      const ids = line.map(({ id }) => id)
      assert.deepStrictEqual(ids, ids.toSorted())
    }
    for (const store of stores) {
      assert.deepStrictEqual(yield* store.lanes, [])
      assert.strictEqual(yield* store.nextDueAt("botsi"), undefined)
    }
  })

/** The last entry of a customer is settled by one worker while another one accepts the next. */
const handOver = ([one, other]: ReadonlyArray<OutboxStore.Service>) =>
  Effect.gen(function*() {
    const entry = (round: number) => purchase(`round ${round}`, { customer: "one customer" })
    yield* append(one!, entry(0))
    for (let round = 0; round < 80; round++) {
      const [claimed] = yield* claim(one!, start)
      assert.strictEqual(claimed?.id, `round ${round}`)
      yield* Effect.all([settle(one!, delivered(claimed!)), append(other!, entry(round + 1))], {
        concurrency: "unbounded"
      })
    }
  })

/** Workers that take the same purchases from each other, give them up and queue them again. */
const tussle = (stores: ReadonlyArray<OutboxStore.Service>) =>
  Effect.gen(function*() {
    const ids = ["a", "b", "c", "d", "e", "f"]
    yield* append(stores[0]!, ...ids.map((id) => purchase(id, { customer: "first" })))
    const rounds = Array.from({ length: 25 }, (_, index) => index)
    const restless = (worker: number) =>
      Effect.forEach(rounds, (round) =>
        Effect.gen(function*() {
          const store = stores[worker % stores.length]!
          const id = ids[(round + worker) % ids.length]!
          yield* replace(store, purchase(id, { customer: `customer ${(round + worker) % customers}` }))
          yield* store.redrive({}, { now: start, expiresAt: start + 1 })
          const claimed = yield* claim(store, start, { limit: 2 })
          yield* store.settle(claimed.map(({ id, lease }, at) =>
            at === 0
              ? { _tag: "Dead", id, lease, at: start, reason: "Rejected" }
              : { _tag: "Delivered", id, lease, at: start }
          ))
          yield* store.drop({ ids: [`nobody ${round}`] })
        }))
    yield* Effect.all(Array.from({ length: 6 }, (_, worker) => restless(worker)), { concurrency: "unbounded" })

    // Whatever happened, what is there can be handed out, and is counted.
    const [store] = stores
    yield* store!.redrive({}, { now: start, expiresAt: start + 1 })
    for (;;) {
      const claimed = yield* claim(store!, start)
      if (claimed.length === 0) break
      yield* settle(store!, ...claimed.map((entry) => delivered(entry)))
    }
    const known = yield* Effect.forEach(ids, (id) => store!.find(id))
    assert.deepStrictEqual(known.map((one) => one?.state), ids.map(() => "delivered" as const))
    assert.deepStrictEqual(
      (yield* store!.counts).map(({ dead, delivered, leased, queued }) => [queued, leased, delivered, dead]),
      [[0, 0, ids.length, 0]]
    )
    assert.strictEqual(yield* store!.nextDueAt("botsi"), undefined)
  })

let postgres: Server
let redis: Server

suite("PostgresStore under several workers", withoutPostgres, () => {
  beforeAll(async () => {
    postgres = await ownPostgres()
  }, 60_000)
  afterAll(() => postgres.stop())

  const workers = (schema: string) => {
    const worker = handle(PostgresStore.layerUrl({ url: Redacted.make(postgres.url), schema }))
    return Effect.all([worker, worker])
  }

  it.live(
    "delivers each customer's entries once and in their order while more are accepted",
    () => Effect.scoped(Effect.flatMap(workers("race"), race)),
    60_000
  )

  it.live(
    "finds the next entry of a customer that is accepted while the last one is settled",
    () => Effect.scoped(Effect.flatMap(workers("hand_over"), handOver)),
    60_000
  )

  it.live(
    "keeps its books while entries are replaced, given up and queued again",
    () => Effect.scoped(Effect.flatMap(workers("tussle"), tussle)),
    60_000
  )
})

suite("RedisStore under several workers", withoutRedis, () => {
  beforeAll(async () => {
    redis = await ownRedis()
  })
  afterAll(() => redis.stop())

  const workers = (prefix: string) => {
    const worker = handle(RedisStore.layer({ prefix }).pipe(Layer.provide(NodeRedis.layer({ url: redis.url }))))
    return Effect.all([worker, worker])
  }

  it.live(
    "delivers each customer's entries once and in their order while more are accepted",
    () => Effect.scoped(Effect.flatMap(workers("race"), race)),
    60_000
  )

  it.live(
    "finds the next entry of a customer that is accepted while the last one is settled",
    () => Effect.scoped(Effect.flatMap(workers("hand_over"), handOver)),
    60_000
  )

  it.live(
    "keeps its books while entries are replaced, given up and queued again",
    () => Effect.scoped(Effect.flatMap(workers("tussle"), tussle)),
    60_000
  )
})
