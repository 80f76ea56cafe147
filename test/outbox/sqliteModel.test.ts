/** Random histories on a file and in memory: two stores that know nothing of each other must answer alike. */
import { assert, describe, it } from "@effect/vitest"
import { MemoryStore, type OutboxStore } from "@priceport/outbox"
import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { Effect, Random } from "effect"
import { temporaryFolder } from "./store/Folder.ts"
import { impression, purchase, replace, start } from "./store/Given.ts"

const [histories, steps] = [process.env.PRICEPORT_TEST_LONG ? 200 : 12, 150]

/** A store, and what its worker has in its hands. */
interface Side {
  readonly store: OutboxStore.Service
  hands: ReadonlyArray<OutboxStore.Claimed>
}

/** One thing that is done to both stores. */
type Act = (side: Side) => Effect.Effect<unknown, OutboxStore.OutboxStoreError>

const below = (limit: number) => Random.nextIntBetween(0, limit, { halfOpen: true })

/** An entry of one of twenty ids, six customers and two lanes. */
const drawEntry = Effect.fnUntraced(function*(now: number) {
  const number = yield* below(20)
  const customer = number % 6
  const kind = number % 3 === 0 ? purchase : impression
  return kind(`e${number}`, {
    customer: `c${customer}`,
    lane: ["a", "b"][customer % 2]!,
    acceptedAt: now,
    dueAt: now + (yield* below(3)),
    payload: new Uint8Array([yield* below(256)])
  })
})

const acts: Record<string, (now: number) => Effect.Effect<Act>> = {
  append: Effect.fnUntraced(function*(now) {
    const entries = [yield* drawEntry(now), yield* drawEntry(now), yield* drawEntry(now)]
    const capacity = { impressions: 8, total: 10 }
    return ({ store }) => store.append(entries, capacity)
  }),
  claim: Effect.fnUntraced(function*(now) {
    const claim = {
      lane: ["a", "b"][yield* below(2)]!,
      now,
      limit: 100,
      batch: 1 + (yield* below(3)),
      overtakeBefore: now - 4,
      leaseUntil: now + 2 + (yield* below(4))
    }
    return (side) =>
      Effect.tap(
        side.store.claim(claim),
        (claimed) => Effect.sync(() => side.hands = [...side.hands, ...claimed].slice(-12))
      )
  }),
  settle: Effect.fnUntraced(function*(now) {
    const [at, dueIn, outcome, counted] = [
      yield* below(12),
      yield* below(8),
      yield* below(3),
      yield* Random.nextBoolean
    ]
    return ({ hands, store }) => {
      const entries = hands.slice(at, at + 3)
      return store.settle(entries.map(({ id, lease }) =>
        [
          { _tag: "Delivered", id, lease, at: now, result: new Uint8Array([at]) } as const,
          { _tag: "Failed", id, lease, dueAt: now + dueIn, reason: "Timeout", counted } as const,
          { _tag: "Dead", id, lease, at: now, reason: "Rejected" } as const
        ][outcome]!
      ))
    }
  }),
  replace: Effect.fnUntraced(function*(now) {
    const entry = yield* drawEntry(now)
    return ({ store }) => replace(store, entry)
  }),
  redrive: Effect.fnUntraced(function*(now) {
    const lane = ["a", "b"][yield* below(2)]!
    return ({ store }) => store.redrive({ lane }, { now, expiresAt: now + 1000 })
  }),
  drop: Effect.fnUntraced(function*() {
    const ids = [`e${yield* below(20)}`, `e${yield* below(20)}`]
    return ({ store }) => store.drop({ ids })
  }),
  sweep: Effect.fnUntraced(function*(now) {
    const back = yield* below(20)
    return ({ store }) => store.sweep({ impressions: now - back, purchases: now - 10, dead: now - 3 * back, notes: 0 })
  }),
  find: Effect.fnUntraced(function*() {
    const id = `e${yield* below(20)}`
    return ({ store }) => Effect.map(store.find(id), (known) => known ?? "unknown")
  }),
  dead: () =>
    Effect.succeed(({ store }: Side) =>
      Effect.map(store.dead({}, { limit: 100 }), (dead) => Object.fromEntries(dead.map((known) => [known.id, known])))
    ),
  counts: () =>
    Effect.succeed(({ store }: Side) =>
      Effect.map(
        store.counts,
        (counts) => Object.fromEntries(counts.map((count) => [`${count.lane} ${count.kind}`, count]))
      )
    )
}

/** What is done how often. */
const deck = Object.entries({
  append: 6,
  claim: 6,
  settle: 6,
  replace: 1,
  redrive: 1,
  drop: 1,
  sweep: 1,
  find: 3,
  dead: 1,
  counts: 1
}).flatMap(([name, times]) => Array.from({ length: times }, () => name))

describe("SqliteStore", () => {
  it.live(`answers like MemoryStore in ${histories} histories of ${steps} steps`, () =>
    Effect.gen(function*() {
      const answers: Record<string, Set<string>> = {}
      for (let seed = 0; seed < histories; seed++) {
        yield* Effect.scoped(Effect.gen(function*() {
          const folder = yield* temporaryFolder
          const memory: Side = { store: yield* MemoryStore.make, hands: [] }
          const file: Side = { store: yield* SqliteStore.make({ filename: `${folder}/outbox.db` }), hands: [] }
          let now = start
          for (let step = 0; step < steps; step++) {
            now += yield* below(3)
            const name = deck[yield* below(deck.length)]!
            const act = yield* acts[name]!(now)
            const [expected, actual] = [plain(yield* act(memory)), plain(yield* act(file))]
            assert.deepStrictEqual(actual, expected, `seed ${seed}, step ${step}, ${name}`)
            const seen = answers[name] ??= new Set()
            seen.add(JSON.stringify(actual))
          }
        })).pipe(Random.withSeed(`history ${seed}`))
      }
      for (const [name, seen] of Object.entries(answers)) assert.isAtLeast(seen.size, 2, name)
      assert.sameMembers(Object.keys(answers), Object.keys(acts))
    }), 60_000)
})

/** Without leases, which are each store's own, and in a form that can be compared. */
const plain = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer, (key, value: unknown) =>
      key === "lease" ? undefined : value instanceof Uint8Array ? Array.from(value) : value)
  )
