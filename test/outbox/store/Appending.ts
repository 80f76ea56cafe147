import { assert } from "@effect/vitest"
import { Effect } from "effect"
import {
  append,
  claim,
  claimIds,
  dead,
  delivered,
  impression,
  known,
  plenty,
  type Promised,
  purchase,
  settle,
  start
} from "./Given.ts"

export const promises = (promise: Promised): void => {
  promise(
    "says how safe what it accepted is",
    ({ durability, store }) => Effect.sync(() => assert.strictEqual(store.durability, durability))
  )

  promise("adds new entries, and says so in their order", ({ store }) =>
    Effect.gen(function*() {
      const entries = [impression("a"), purchase("b"), impression("c", { lane: "corrily" })]
      const appended = yield* store.append(entries, plenty)
      assert.deepStrictEqual(appended.map(({ _tag }) => _tag), ["Added", "Added", "Added"])
    }))

  promise("of nothing adds nothing", ({ store }) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* store.append([], plenty), [])
      assert.deepStrictEqual(yield* store.counts, [])
    }))

  promise("leaves an id that is there as it is, and says what is known of it", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, impression("a"), impression("b"))
      const again = impression("a", { digest: "another", customer: "another", payload: new Uint8Array([9]) })
      const [present, added] = yield* store.append([again, impression("c")], plenty)
      assert(present?._tag === "Present")
      assert.deepInclude(present.known, { digest: "digest of a", customer: "customer of a", state: "queued" })
      assert.strictEqual(added?._tag, "Added")
      const [first] = yield* claim(store, start)
      assert.deepStrictEqual(first?.payload, impression("a").payload)
    }))

  promise("adds an id once that comes twice in one call", ({ store }) =>
    Effect.gen(function*() {
      const appended = yield* store.append([impression("a"), impression("b"), impression("a")], plenty)
      assert.deepStrictEqual(appended.map(({ _tag }) => _tag), ["Added", "Added", "Present"])
      assert.deepStrictEqual(yield* claimIds(store, start), ["a", "b"])
    }))

  promise("does not bring back what was delivered or given up", ({ store }) =>
    Effect.gen(function*() {
      yield* append(store, purchase("a"), purchase("b"), purchase("c"))
      const [a, b] = yield* claim(store, start, { limit: 2 })
      yield* settle(store, delivered(a!, start, new Uint8Array([1, 2])), dead(b!))
      const appended = yield* store.append([purchase("a"), purchase("b"), purchase("c")], plenty)
      assert.deepStrictEqual(
        appended.map((one) => one._tag === "Present" ? one.known.state : one._tag),
        ["delivered", "dead", "queued"]
      )
      assert(appended[0]?._tag === "Present" && appended[1]?._tag === "Present")
      assert.deepStrictEqual(appended[0].known.result, new Uint8Array([1, 2]))
      assert.strictEqual(appended[1].known.reason, "Rejected")
      assert.deepStrictEqual(yield* claimIds(store, start), ["c"])
    }))

  promise("and another worker sees it", ({ other, store }) =>
    Effect.gen(function*() {
      yield* append(store, impression("a"))
      assert.strictEqual((yield* known(other, "a")).state, "queued")
      assert.deepStrictEqual(yield* claimIds(other, start), ["a"])
    }))

  for (const size of [0, 1, 511, 100_000]) {
    promise(`gives ${size} sealed bytes back as they were`, ({ store }) =>
      Effect.gen(function*() {
        const bytes = Uint8Array.from({ length: size }, (_, index) => index * 31 % 256)
        // A view into a larger buffer, whose surroundings must not be stored.
        const surrounded = new Uint8Array(size + 16).fill(255)
        surrounded.set(bytes, 8)
        yield* append(store, purchase("a", { payload: surrounded.subarray(8, 8 + size) }))
        const [claimed] = yield* claim(store, start)
        assertBytes(claimed?.payload, bytes)
        yield* settle(store, delivered(claimed!, start, bytes))
        assertBytes((yield* known(store, "a")).result, bytes)
      }))
  }

  promise("keeps each member of an entry, whatever characters its texts have", ({ store }) =>
    Effect.gen(function*() {
      const whole = purchase("it's \"a\" 100% _id_:{\\}\u00e9\u{1f600}", {
        customer: "customer: 'one' $1 ?",
        digest: "digest-_*",
        lane: "Botsi.eu_2-b",
        acceptedAt: start + 1,
        dueAt: start + 2,
        expiresAt: 8_640_000_000_000_000
      })
      yield* append(store, whole)
      const [claimed] = yield* claim(store, start + 2, { lane: whole.lane })
      const { attempts, lease, uncertain, ...entry } = claimed!
      assert.deepStrictEqual({ ...entry, payload: Array.from(entry.payload) }, {
        ...whole,
        payload: Array.from(whole.payload)
      })
      assert.strictEqual(attempts, 0)
      assert.isFalse(uncertain)
      assert.isAbove(lease.length, 0)
      assert.deepInclude(yield* known(store, whole.id), { id: whole.id, customer: whole.customer, lane: whole.lane })
    }))

  promise("takes a thousand entries at once", ({ store }) =>
    Effect.gen(function*() {
      const entries = Array.from({ length: 1000 }, (_, index) => impression(`e${index}`))
      yield* append(store, ...entries)
      assert.deepStrictEqual(yield* claimIds(store, start), entries.map(({ id }) => id))
    }))
}

/** Whether these are plain bytes, and the same ones. */
const assertBytes = (actual: Uint8Array | undefined, expected: Uint8Array): void => {
  assert.instanceOf(actual, Uint8Array)
  assert.deepStrictEqual(Array.from(actual!), Array.from(expected))
}
