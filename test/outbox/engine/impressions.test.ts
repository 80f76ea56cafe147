import { assert, describe, it } from "@effect/vitest"
import { PricingError, PricingProvider } from "@priceport/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { attribution, hour, impression, minute, purchase, second } = Given

/** The ids of the impressions of each request. */
const requests = ({ requests }: Given.Vendor) => requests.map(({ ids }) => ids)

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1))

describe("Outbox impressions", () => {
  it.effect("the same exposure is stored once, before and after it was delivered, and after a restart", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const first = yield* Given.start(vendor)
      const twice = { ...impression("ada", "1"), shownAt: "2026-03-01T12:00:00.000Z" }
      const outcomes = yield* Effect.all([first.outbox.recordImpression(twice), first.outbox.recordImpression(twice)], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["Queued", "Duplicate"])
      yield* TestClock.adjust(second)
      assert.deepStrictEqual(yield* first.outbox.recordImpression(twice), { _tag: "Duplicate" })
      yield* first.stop
      const { outbox } = yield* Given.start(vendor, {}, first)
      assert.deepStrictEqual(yield* outbox.recordImpression(twice), { _tag: "Duplicate" })
      yield* TestClock.adjust(second)
      assert.lengthOf(vendor.requests, 1)
    }))

  it.effect("one that was given up may be reported again", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.rejected) })
      const { outbox } = yield* Given.start(vendor)
      yield* outbox.recordImpression(impression("ada", "1"))
      yield* TestClock.adjust(second)
      vendor.answer = () => Effect.void
      assert.deepStrictEqual(yield* outbox.recordImpression(impression("ada", "1")), { _tag: "Queued" })
      yield* TestClock.adjust(second)
      assert.deepInclude((yield* outbox.status).counts[0], { delivered: 1, dead: 0 })
    }))

  it.effect("what must not be sent is not stored, and says why", () =>
    Effect.gen(function*() {
      const corrily = Given.vendor({ id: "corrily", exposure: "on-fetch" })
      const { outbox } = yield* Given.start([Given.vendor(), corrily])
      const unenrolled = { attribution: { ...attribution("ada", "1"), enrolled: false } }
      assert.strictEqual((yield* outbox.recordImpression({}))._tag, "NotCounted")
      assert.strictEqual((yield* outbox.recordImpression(unenrolled))._tag, "NotCounted")
      assert.deepStrictEqual(
        yield* outbox.recordImpression(impression("ada", "1", "corrily")),
        { _tag: "ImplicitOnFetch" }
      )
      const foreign = yield* Effect.flip(outbox.recordImpression(impression("ada", "1", "another")))
      assert.strictEqual(foreign.reason._tag, "AttributionMismatch")
      const invalid = yield* Effect.flip(
        outbox.recordImpression({ attribution: { ...attribution("ada", "1"), fetchedAt: "yesterday" } })
      )
      assert.deepInclude(invalid.reason, { _tag: "InvalidRequest", field: "attribution.fetchedAt" })
      assert.deepStrictEqual((yield* outbox.status).counts, [])
      assert.lengthOf(corrily.requests, 0)
    }))

  it.effect("over the cap impressions are refused, and purchases only at the total", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: Given.fails(Given.unavailable) })
      const { outbox } = yield* Given.start(vendor, { capacity: { impressions: 5, total: 7 } })
      const record = (id: string) => Effect.result(outbox.recordImpression(impression("ada", id)))
      for (const id of ids(5)) assert.strictEqual((yield* record(id))._tag, "Success")
      const refused = yield* Effect.flip(outbox.recordImpression(impression("ada", "6")))
      assert.strictEqual(refused.reason._tag, "QueueFull")
      for (const id of ["t1", "t2"]) yield* outbox.validatePurchase(purchase("ada", id), { timeout: 0 })
      const full = yield* Effect.flip(outbox.validatePurchase(purchase("ada", "t3")))
      assert.strictEqual(full.reason._tag, "QueueFull")
    }))

  describe("in batches", () => {
    it.effect("those of one customer within a window travel in one request, in their order", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ batches: true })
        const { outbox } = yield* Given.start(vendor)
        for (const id of ids(3)) {
          yield* outbox.recordImpression(impression("ada", id))
          yield* outbox.recordImpression(impression("ben", id))
          yield* TestClock.adjust(90)
        }
        // The window ended 200 ms after its first; this one begins another.
        yield* outbox.recordImpression(impression("ada", "4"))
        yield* TestClock.adjust(200)
        const of = (customer: string) =>
          requests({
            ...vendor,
            requests: vendor.requests.filter((one) => one.customer === customer)
          })
        assert.deepStrictEqual(of("ada"), [["1", "2", "3"], ["4"]])
        assert.deepStrictEqual(of("ben"), [["1", "2", "3"]])
      }))

    it.effect("a window of 0 sends at once", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ batches: true })
        const { outbox } = yield* Given.start(vendor, { window: 0 })
        for (const id of ids(2)) {
          yield* outbox.recordImpression(impression("ada", id))
          yield* TestClock.adjust(0)
        }
        assert.deepStrictEqual(requests(vendor), [["1"], ["2"]])
      }))

    it.effect("no more than a batch travels at once", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ batches: true })
        const { outbox } = yield* Given.start(vendor, { batch: 4 })
        for (const id of ids(10)) yield* outbox.recordImpression(impression("ada", id))
        yield* TestClock.adjust(second)
        assert.deepStrictEqual(requests(vendor).map((sent) => sent.length), [4, 4, 2])
        assert.deepStrictEqual(Given.idsOf(vendor), ids(10))
      }))

    it.effect("a batch that is too large is halved until it fits, and later ones are smaller", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({
          batches: true,
          answer: ({ ids }) => ids.length > 3 ? Effect.fail(new PricingError.Rejected({ status: 413 })) : Effect.void
        })
        const { outbox } = yield* Given.start(vendor)
        for (const id of ids(10)) yield* outbox.recordImpression(impression("ada", id))
        yield* TestClock.adjust(second)
        assert.deepStrictEqual(requests(vendor).map((sent) => sent.length), [10, 5, 3, 2, 5, 3, 2])
        assert.deepInclude((yield* outbox.status).counts[0], { delivered: 10, dead: 0 })
        for (const id of ids(20).slice(10)) yield* outbox.recordImpression(impression("ada", id))
        yield* TestClock.adjust(second)
        assert.deepStrictEqual(requests(vendor).slice(7).map((sent) => sent.length), [3, 3, 3, 1])
      }))

    it.effect("one that alone is too large is given up", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({
          batches: true,
          answer: Given.fails(new PricingError.Rejected({ status: 413 }))
        })
        const { outbox } = yield* Given.start(vendor)
        yield* outbox.recordImpression(impression("ada", "1"))
        yield* TestClock.adjust(second)
        assert.deepInclude((yield* outbox.dead.list())[0], { reason: "Rejected" })
      }))

    it.effect("the one that is refused is found, and the others arrive", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({
          batches: true,
          answer: ({ ids }) => ids.includes("4") ? Effect.fail(Given.rejected) : Effect.void
        })
        const { outbox } = yield* Given.start(vendor)
        for (const id of ids(8)) yield* outbox.recordImpression(impression("ada", id))
        yield* TestClock.adjust(second)
        assert.deepInclude((yield* outbox.status).counts[0], { delivered: 7, dead: 1 })
      }))

    it.effect("what failed together is repeated together, with who came meanwhile behind", () =>
      Effect.gen(function*() {
        const vendor = Given.vendor({ batches: true, answer: Given.fails(Given.unavailable) })
        const { outbox } = yield* Given.start(vendor)
        for (const id of ids(3)) yield* outbox.recordImpression(impression("ada", id))
        yield* TestClock.adjust(400)
        vendor.answer = () => Effect.void
        yield* outbox.recordImpression(impression("ada", "4"))
        yield* TestClock.adjust(minute)
        assert.deepStrictEqual(requests(vendor), [["1", "2", "3"], ["1", "2", "3", "4"]])
      }))
  })

  it.effect("several vendors behind a policy are asked one by one, each for its own", () =>
    Effect.gen(function*() {
      const [botsi, corrily] = [Given.vendor({ batches: true }), Given.vendor({ id: "corrily", exposure: "on-fetch" })]
      const hardened = PricingProvider.transform(Given.registry(botsi, corrily), (call) => call)
      const { outbox } = yield* Given.start({ ...botsi, provider: hardened })
      for (const id of ids(2)) yield* outbox.recordImpression(impression("ada", id))
      assert.deepStrictEqual(yield* outbox.recordImpression(impression("ada", "1", "corrily")), { _tag: "Queued" })
      yield* TestClock.adjust(second)
      assert.deepStrictEqual(requests(botsi), [["1"], ["2"]])
      assert.deepInclude(yield* outbox.flush(), { pending: 0 })
    }))

  it.effect("the last attribution of a customer is recalled, of a product that was bought before any other", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor()
      const first = yield* Given.start(vendor)
      const who = { provider: "botsi", subject: { kind: "customerUserId", value: "ada" } }
      assert.strictEqual(yield* first.outbox.recallAttribution(who), undefined)
      yield* first.outbox.recordImpression(impression("ada", "1"))
      yield* first.outbox.recordImpression(impression("ada", "2"))
      yield* Given.passing(first.outbox.validatePurchase(purchase("ada", "t1")), second)
      yield* first.stop
      const { outbox } = yield* Given.start(vendor, {}, first)
      assert.deepStrictEqual(yield* outbox.recallAttribution(who), attribution("ada", "2"))
      assert.deepStrictEqual(
        yield* outbox.recallAttribution({ ...who, productId: "premium" }),
        attribution("ada", "shown")
      )
      assert.deepStrictEqual(yield* outbox.recallAttribution({ ...who, productId: "other" }), attribution("ada", "2"))
      assert.strictEqual(
        yield* outbox.recallAttribution({ ...who, subject: { kind: "profileId", value: "ada" } }),
        undefined
      )
      yield* TestClock.adjust(hour)
    }))
})
