import { assert, describe, it } from "@effect/vitest"
import type { BotsiSchema } from "@priceport/botsi"
import { Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Fixtures from "../support/fixtures.ts"
import * as Botsi from "./Botsi.ts"

const shown = { paywallId: 42, placementId: "ai-placement-id", isExperiment: true, aiPricingModelId: 32 }

const genuine = Botsi.attributionOf({ isExperiment: true, aiPricingModelId: 32 })

describe("Botsi recordImpression", () => {
  it.effect("sends the example of the page, an array of one event", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, Botsi.referencePaywall, Botsi.ok)
      const paywall = yield* provider.getPaywall(Botsi.request)
      assert.deepStrictEqual(yield* provider.recordImpression(paywall), { _tag: "Recorded" })
      assert.lengthOf(sent, 2)
      assert.strictEqual(sent[1]?.method, "POST")
      assert.strictEqual(sent[1]?.url, `${Botsi.base}/events`)
      assert.strictEqual(sent[1]?.headers["authorization"], Botsi.key)
      assert.deepStrictEqual(sent[1]?.body, Fixtures.jsonOf("botsi/send-event-request.json"))
    }))

  it.effect("sends the same again when told again: Botsi counts one per user and paywall", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, Botsi.ok)
      const attribution = yield* genuine
      for (const _ of [1, 2]) {
        assert.deepStrictEqual(yield* provider.recordImpression({ attribution }), { _tag: "Recorded" })
      }
      assert.lengthOf(sent, 2)
      assert.strictEqual(sent[0]?.raw, sent[1]?.raw)
    }))

  it.effect.each([
    { what: "200 and ok", answer: () => Response.json({ ok: true }) },
    { what: "201 and nothing", answer: () => new Response("", { status: 201 }) },
    { what: "204", answer: () => new Response(null, { status: 204 }) },
    { what: "200 and a text", answer: () => new Response("thanks") },
    { what: "200 and HTML", answer: () => new Response("<p>ok</p>", { headers: { "content-type": "text/html" } }) },
    { what: "200 and a list", answer: () => Response.json([]) },
    { what: "200 and an empty object", answer: () => Response.json({}) }
  ])("$what is success", ({ answer }) =>
    Effect.gen(function*() {
      const { provider } = yield* Botsi.provider({}, answer)
      assert.deepStrictEqual(yield* provider.recordImpression({ attribution: yield* genuine }), { _tag: "Recorded" })
    }))

  it.effect("ok: false under 200 is none", () =>
    Effect.gen(function*() {
      const { provider } = yield* Botsi.provider({}, FakeHttp.json({ ok: false, message: "no such profile" }))
      const error = yield* Effect.flip(provider.recordImpression({ attribution: yield* genuine }))
      assert.strictEqual(error.reason._tag, "Rejected")
      assert.deepInclude(error, { provider: "botsi", operation: "recordImpression" })
    }))

  it.effect("a bundled or not enrolling paywall is not counted, and nothing is sent", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, Botsi.ok)
      const attribution = yield* genuine
      const notEnrolled = yield* provider.recordImpression({ attribution: { ...attribution, enrolled: false } })
      const bundled = yield* provider.recordImpression({})
      assert.strictEqual(notEnrolled._tag, "NotCounted")
      assert.strictEqual(bundled._tag, "NotCounted")
      assert.isEmpty(sent)
    }))

  it.effect("the whole call has one budget, whatever the client's own would be", () =>
    Effect.gen(function*() {
      const { provider } = yield* Botsi.provider({}, FakeHttp.silence)
      const attribution = yield* genuine
      const fiber = yield* Effect.forkChild(
        Effect.flip(provider.recordImpression({ attribution }, { timeout: "15 seconds" }))
      )
      yield* TestClock.adjust("14 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.deepInclude((yield* Fiber.join(fiber)).reason, { _tag: "Timeout", limitMs: 15_000 })
    }))
})

describe("Botsi sendEvents", () => {
  it.effect("sends the example of the guide", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      const [{ eventType: _, ...event }] = Fixtures.jsonOf("botsi/guide-send-event-request.json")
      yield* client.sendEvents([event])
      assert.deepStrictEqual(sent[0]?.body, Fixtures.jsonOf("botsi/guide-send-event-request.json"))
    }))

  it.effect("events of one identity are one request, in their order", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      yield* client.sendEvents([3, 1, 2].map((paywallId) => ({ ...shown, paywallId, customerUserId: "u-1" })))
      assert.lengthOf(sent, 1)
      assert.deepStrictEqual(
        sent[0]?.body,
        [3, 1, 2].map((paywallId) => ({
          eventType: "paywall_shown",
          ...shown,
          paywallId,
          customerUserId: "u-1"
        }))
      )
    }))

  it.effect("each identity has a request of its own, in the order they first appear", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      yield* client.sendEvents([
        { ...shown, paywallId: 1, customerUserId: "b" },
        { ...shown, paywallId: 2, customerUserId: "a" },
        { ...shown, paywallId: 3, profileId: "b" },
        { ...shown, paywallId: 4, customerUserId: "b" }
      ])
      const requests = sent.map(({ body }) =>
        (body as ReadonlyArray<BotsiSchema.Event>).map(({ paywallId }) => paywallId)
      )
      assert.deepStrictEqual(requests, [[1, 4], [2], [3]])
    }))

  it.effect("ids that differ only in where they are cut are two identities", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      yield* client.sendEvents([`a","b`, `a`, `["a"]`, "A"].map((customerUserId) => ({ ...shown, customerUserId })))
      assert.lengthOf(sent, 4)
    }))

  it.effect("no events are no request", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      yield* client.sendEvents([])
      assert.isEmpty(sent)
    }))

  it.effect("stops at the first failure", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok, FakeHttp.json({}, 503), Botsi.ok)
      const events = ["a", "b", "c"].map((customerUserId) => ({ ...shown, customerUserId }))
      const error = yield* Effect.flip(client.sendEvents(events))
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.lengthOf(sent, 2)
    }))

  const Ids = Schema.Array(Schema.Literals(["a", "b", "c", "d"]))

  it.effect.prop(
    "no event is lost or sent twice, and no request mixes identities",
    { ids: Ids },
    ({ ids }) =>
      Effect.gen(function*() {
        const { client, sent } = yield* Botsi.client(Botsi.ok)
        yield* client.sendEvents(ids.map((customerUserId, paywallId) => ({ ...shown, paywallId, customerUserId })))
        const requests = sent.map(({ body }) => body as ReadonlyArray<BotsiSchema.Event>)
        for (const request of requests) assert.lengthOf(new Set(request.map(({ customerUserId }) => customerUserId)), 1)
        assert.deepStrictEqual(
          requests.flat().map(({ paywallId }) => paywallId).toSorted((a, b) => a - b),
          Array.from(ids.keys())
        )
      })
  )

  it.effect.each([
    { why: "no identity", event: shown, field: "profileId" },
    { why: "both identities", event: { ...shown, profileId: "p", customerUserId: "u" }, field: "profileId" },
    { why: "an id in quotes", event: { ...shown, paywallId: "42", customerUserId: "u" }, field: "paywallId" },
    { why: "no placement", event: { ...shown, placementId: undefined, customerUserId: "u" }, field: "placementId" },
    { why: "an empty placement", event: { ...shown, placementId: "", customerUserId: "u" }, field: "placementId" },
    { why: "another event", event: { ...shown, eventType: "purchase", customerUserId: "u" }, field: "eventType" },
    { why: "a flag as text", event: { ...shown, isExperiment: "true", customerUserId: "u" }, field: "isExperiment" },
    {
      why: "a model beyond 2^53",
      event: { ...shown, aiPricingModelId: 2 ** 53, customerUserId: "u" },
      field: "aiPricingModelId"
    },
    { why: "NaN as model", event: { ...shown, aiPricingModelId: NaN, customerUserId: "u" }, field: "aiPricingModelId" }
  ])("refuses $why, names the place, and sends none of them", ({ event, field }) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      const error = yield* Effect.flip(client.sendEvents([{ ...shown, customerUserId: "u" }, event as never]))
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field: `[1].${field}` })
      assert.strictEqual(error.operation, "sendEvents")
      assert.isEmpty(sent)
    }))

  it.effect.each([
    { why: "nothing", events: undefined },
    { why: "null", events: null },
    { why: "a text", events: "events" },
    { why: "an object", events: {} },
    { why: "a list of null", events: [null] },
    { why: "a list of nothing", events: [undefined] },
    { why: "a list of texts", events: ["event"] }
  ])("refuses $why as events, without a defect", ({ events }) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      const error = yield* Effect.flip(Effect.suspend(() => client.sendEvents(events as never)))
      assert.strictEqual(error.reason._tag, "InvalidRequest")
      assert.notMatch((error.reason as { readonly field: string }).field, /\.$/)
      assert.isEmpty(sent)
    }))
})
