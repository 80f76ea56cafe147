/** Random histories on a server and in memory: stores that share no line must answer alike. */
import { NodeRedis } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { MemoryStore, type OutboxStore } from "@priceport/outbox"
import * as PostgresStore from "@priceport/outbox/PostgresStore"
import * as RedisStore from "@priceport/outbox/RedisStore"
import { Effect, Layer, Random, Redacted } from "effect"
import { afterAll, beforeAll } from "vitest"
import { ownPostgres, ownRedis, type Server, suite, withoutPostgres, withoutRedis } from "../support/Servers.ts"
import { handle } from "./store.ts"
import { impression, purchase, replace, start } from "./store/Given.ts"

const [histories, steps] = process.env["PRICEPORT_TEST_LONG"] === "1" ? [100, 400] : [8, 150]

interface Hands {
  readonly store: OutboxStore.Service
  /** What was handed out and not settled, by id. */
  readonly leases: Map<string, string>
}

type Act = (hands: Hands) => Effect.Effect<unknown, OutboxStore.OutboxStoreError>

const among = <A>(values: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, values.length - 1), (at) => values[at]!)

const ids = Array.from({ length: 14 }, (_, index) => `entry ${index}`)
const lanes = ["a", "b"]

const anEntry = Effect.fnUntraced(function*(now: number) {
  const lane = yield* among(lanes)
  return (yield* among([impression, purchase]))(yield* among(ids), {
    lane,
    customer: `${lane} ${yield* among([1, 2, 3])}`,
    acceptedAt: now,
    dueAt: now + (yield* among([0, 0, 3])),
    payload: Uint8Array.of(yield* Random.nextIntBetween(0, 255))
  })
})

const aSettlement = Effect.fnUntraced(function*(now: number) {
  const how = yield* among(["Delivered", "Failed", "Failed", "Dead"] as const)
  const result = yield* among([undefined, Uint8Array.of(1, 2)])
  const [dueAt, counted] = [now + (yield* among([0, 2, 9])), yield* among([true, false])]
  return (id: string, lease: string): OutboxStore.Settlement =>
    how === "Failed"
      ? { _tag: how, id, lease, dueAt, reason: "Unavailable", counted }
      : how === "Dead"
      ? { _tag: how, id, lease, at: now, reason: "Rejected", result }
      : { _tag: how, id, lease, at: now, result }
})

const aSelection = Effect.gen(function*(): Effect.fn.Return<OutboxStore.Selection> {
  const [lane, some] = [yield* among([undefined, ...lanes]), yield* among([true, false])]
  return { lane, ids: some ? [yield* among(ids), yield* among(ids)] : undefined }
})

/** One thing to do to each store alike. Leases are each store's own, and left out of what is compared. */
const anAct = Effect.fnUntraced(function*(now: number): Effect.fn.Return<Act> {
  const what = yield* among(
    ["append", "append", "claim", "claim", "settle", "settle", "settle", "replace", "dead", "redrive", "drop", "sweep"]
  )
  switch (what) {
    case "append": {
      const entries = yield* Effect.forEach([1, 2, 3], () => anEntry(now))
      const capacity = yield* among([{ impressions: 6, total: 9 }, { impressions: 99, total: 99 }])
      return ({ store }) => store.append(entries, capacity)
    }
    case "claim": {
      const [lane, batch] = [yield* among(lanes), yield* among([1, 2, 100])]
      const [overtakeBefore, leaseUntil] = [now - (yield* among([2, 100])), now + (yield* among([1, 5]))]
      return ({ leases, store }) =>
        Effect.map(
          store.claim({ lane, now, limit: 1000, batch, overtakeBefore, leaseUntil }),
          (claimed) =>
            claimed.map(({ lease, ...entry }) => {
              leases.set(entry.id, lease)
              return { ...entry, payload: Array.from(entry.payload) }
            })
        )
    }
    case "settle": {
      const chosen = [yield* Random.nextInt, yield* Random.nextInt]
      const settlements = [yield* aSettlement(now), yield* aSettlement(now)]
      return ({ leases, store }) => {
        const open = Array.from(leases.keys()).toSorted()
        const which = new Set(open.length === 0 ? [] : chosen.map((number) => open[Math.abs(number) % open.length]!))
        return store.settle(Array.from(which, (id, index) => {
          const lease = leases.get(id)!
          leases.delete(id)
          return settlements[index]!(id, lease)
        }))
      }
    }
    case "replace": {
      const entry = yield* anEntry(now)
      return ({ store }) => replace(store, entry)
    }
    case "dead": {
      const selection = yield* aSelection
      return ({ store }) => Effect.map(store.dead(selection, { limit: 100 }), sorted)
    }
    case "redrive": {
      const selection = yield* aSelection
      return ({ store }) => store.redrive(selection, { now, expiresAt: now + 1000 })
    }
    case "drop": {
      const selection = yield* aSelection
      return ({ store }) => store.drop(selection)
    }
    default: {
      const before = { impressions: now - 3, purchases: now - 9, dead: now - 20, notes: 0 }
      return ({ store }) => store.sweep(before)
    }
  }
})

const sorted = (known: ReadonlyArray<OutboxStore.Known>) => known.toSorted((a, b) => a.id < b.id ? -1 : 1)

/** What a store says of everything. */
const whole = (store: OutboxStore.Service) =>
  Effect.all({
    known: Effect.forEach(ids, (id) => store.find(id)),
    lanes: Effect.map(store.lanes, (lanes) => lanes.toSorted()),
    counts: Effect.map(store.counts, (counts) =>
      counts.toSorted((a, b) => `${a.lane} ${a.kind}` < `${b.lane} ${b.kind}` ? -1 : 1))
  })

/** Results as lists of numbers, so that one kind of bytes equals another. */
const plain = (value: unknown) =>
  JSON.parse(JSON.stringify(value ?? null, (_, member) => member instanceof Uint8Array ? Array.from(member) : member))

const compare = <R>(open: (seed: number) => Effect.Effect<OutboxStore.Service, unknown, R>) =>
  Effect.gen(function*() {
    for (let seed = 0; seed < histories; seed++) {
      yield* Effect.gen(function*() {
        const model: Hands = { store: yield* MemoryStore.make, leases: new Map() }
        const real: Hands = { store: yield* open(seed), leases: new Map() }
        let now = start
        for (let step = 0; step < steps; step++) {
          now += yield* Random.nextIntBetween(0, 3)
          const act = yield* anAct(now)
          const where = `seed ${seed}, step ${step}`
          const expected = plain(yield* act(model))
          assert.deepStrictEqual(plain(yield* act(real)), expected, where)
          if (step % 5 > 0) continue
          assert.deepStrictEqual(plain(yield* whole(real.store)), plain(yield* whole(model.store)), where)
        }
      }).pipe(Random.withSeed(seed))
    }
  })

let postgres: Server
let redis: Server

suite("PostgresStore", withoutPostgres, () => {
  beforeAll(async () => {
    postgres = await ownPostgres()
  }, 60_000)
  afterAll(() => postgres.stop())

  it.live(
    `answers like MemoryStore in ${histories} histories of ${steps} steps`,
    () =>
      Effect.scoped(
        compare((seed) =>
          handle(PostgresStore.layerUrl({ url: Redacted.make(postgres.url), schema: `history_${seed}` }))
        )
      ),
    600_000
  )
})

suite("RedisStore", withoutRedis, () => {
  beforeAll(async () => {
    redis = await ownRedis()
  })
  afterAll(() => redis.stop())

  it.live(
    `answers like MemoryStore in ${histories} histories of ${steps} steps`,
    () =>
      compare((seed) => RedisStore.make({ prefix: `history ${seed}` })).pipe(
        Effect.provide(Layer.suspend(() => NodeRedis.layer({ url: redis.url })))
      ),
    600_000
  )
})
