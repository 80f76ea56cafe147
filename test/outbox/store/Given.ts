/** Where each promise is tried: an empty store of its own, entries to put into it, and the clock that it is told. */
import { assert, it } from "@effect/vitest"
import * as OutboxStore from "@priceport/outbox/OutboxStore"
import { Context, Effect, Layer, type Scope } from "effect"

export interface Options {
  readonly durability: OutboxStore.Durability
  /**
   * Opens an empty store, and gives its handles: each as another worker's process would have it. One where only one
   * process may write. Run anew for every test.
   */
  readonly open: Effect.Effect<ReadonlyArray<OutboxStore.Service>, unknown, Scope.Scope>
  /** Whether tests may run at the same time. */
  readonly concurrent?: boolean
}

interface Given {
  readonly store: OutboxStore.Service
  /** Another worker's handle on the same data; the same where there is only one. */
  readonly other: OutboxStore.Service
  readonly durability: OutboxStore.Durability
}

/** Writes a promise down. */
export type Promised = (sentence: string, trial: (given: Given) => Effect.Effect<void, unknown>) => void

export const bench = ({ concurrent, durability, open }: Options): Promised => (sentence, trial) =>
  it.live(sentence, () =>
    Effect.scoped(Effect.gen(function*() {
      const [store, other] = yield* open
      assert(store !== undefined)
      yield* trial({ store, other: other ?? store, durability })
    })), { concurrent: concurrent === true, timeout: 60_000 })

/** One handle of a store, open until the test ends. */
export const handle = <E, R>(layer: Layer.Layer<OutboxStore.OutboxStore, E, R>) =>
  Effect.map(Layer.build(layer), (context) => Context.get(context, OutboxStore.OutboxStore))

/** When the tests begin, in milliseconds since 1970. */
export const start = 1_772_366_400_000

export const hour = 3_600_000

const entry = (
  kind: OutboxStore.Kind,
  id: string,
  members: Partial<OutboxStore.Entry> = {}
): OutboxStore.Entry => {
  const acceptedAt = members.acceptedAt ?? start
  return {
    id,
    kind,
    lane: "botsi",
    customer: `customer of ${id}`,
    digest: `digest of ${id}`,
    payload: new TextEncoder().encode(`payload of ${id}`),
    acceptedAt,
    dueAt: acceptedAt,
    expiresAt: acceptedAt + 72 * hour,
    ...members
  }
}

/** An impression, due as soon as it is accepted, of a customer of its own. */
export const impression = (id: string, members?: Partial<OutboxStore.Entry>) => entry("impression", id, members)

/** The same for a purchase. */
export const purchase = (id: string, members?: Partial<OutboxStore.Entry>) => entry("purchase", id, members)

export const plenty: OutboxStore.Capacity = { impressions: 1_000_000, total: 2_000_000 }

/** Appends entries, all of which must be new. */
export const append = Effect.fnUntraced(
  function*(store: OutboxStore.Service, ...entries: ReadonlyArray<OutboxStore.Entry>) {
    const appended = yield* store.append(entries, plenty)
    assert.deepStrictEqual(appended.map(({ _tag }) => _tag), entries.map(() => "Added" as const))
  }
)

/** Claims of the lane `botsi`, without overtaking, as many as there are. */
export const claim = (store: OutboxStore.Service, now: number, members: Partial<OutboxStore.Claim> = {}) =>
  store.claim({
    lane: "botsi",
    now,
    limit: 1000,
    batch: 1,
    overtakeBefore: 0,
    leaseUntil: now + 30_000,
    ...members
  })

/** The ids of what is claimed, in the order of the answer. */
export const claimIds = (store: OutboxStore.Service, now: number, members?: Partial<OutboxStore.Claim>) =>
  Effect.map(claim(store, now, members), idsOf)

export const idsOf = (rows: ReadonlyArray<{ readonly id: string }>) => rows.map(({ id }) => id)

/** What came of a claimed entry. */
export const delivered = ({ id, lease }: OutboxStore.Claimed, at = start, result?: Uint8Array) =>
  ({ _tag: "Delivered", id, lease, at, ...(result && { result }) }) as const

export const failed = ({ id, lease }: OutboxStore.Claimed, dueAt: number, counted = true) =>
  ({ _tag: "Failed", id, lease, dueAt, reason: "Unavailable", counted }) as const

export const dead = ({ id, lease }: OutboxStore.Claimed, at = start) =>
  ({ _tag: "Dead", id, lease, at, reason: "Rejected" }) as const

/** Replaces an entry as it is now. */
export const replace = (store: OutboxStore.Service, entry: OutboxStore.Entry, uncertain?: boolean) =>
  Effect.flatMap(
    store.find(entry.id),
    (seen) => seen === undefined ? Effect.succeed(false) : store.replace(entry, seen, uncertain)
  )

/** Settles what is still this worker's. */
export const settle = Effect.fnUntraced(
  function*(store: OutboxStore.Service, ...settlements: ReadonlyArray<OutboxStore.Settlement>) {
    assert.deepStrictEqual(yield* store.settle(settlements), [])
  }
)

/** Appends entries and gives them all up: the first at `start`, each other a millisecond later. */
export const bury = Effect.fnUntraced(
  function*(store: OutboxStore.Service, ...entries: ReadonlyArray<OutboxStore.Entry>) {
    yield* append(store, ...entries)
    const order = new Map(entries.map(({ id }, index) => [id, index]))
    for (const lane of new Set(entries.map(({ lane }) => lane))) {
      for (;;) {
        const claimed = yield* claim(store, start, { lane, limit: 5000 })
        if (claimed.length === 0) break
        yield* settle(store, ...claimed.map((entry) => dead(entry, start + order.get(entry.id)!)))
      }
    }
  }
)

/** What a store must know of an id. */
export const known = (store: OutboxStore.Service, id: string) =>
  Effect.map(store.find(id), (known) => known ?? assert.fail(`${id} is not known`))
