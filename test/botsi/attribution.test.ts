import { assert, describe, it } from "@effect/vitest"
import type { BotsiProvider } from "@priceport/botsi"
import { Attribution } from "@priceport/core"
import { Effect, Schema } from "effect"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Botsi from "./Botsi.ts"

const purchase = {
  _tag: "AppStoreTransaction",
  transactionId: "2000000871590381",
  originalTransactionId: "2000000261699248",
  productId: "premium_monthly",
  environment: "sandbox"
} as const

/** What leaves for a paywall with these members: the event, and the purchase. */
const echoOf = (
  data: object,
  options: Partial<BotsiProvider.Options> = {},
  customer: object = Botsi.request.customer
) =>
  Effect.gen(function*() {
    const { provider, sent } = yield* Botsi.provider(options, Botsi.paywallWith(data), Botsi.ok, Botsi.profile)
    const { attribution } = yield* provider.getPaywall({ placement: "ai-placement-id", customer })
    // As an application would keep it: as text.
    const codec = Schema.toCodecJson(Attribution.Attribution)
    const text = JSON.stringify(yield* Schema.encodeEffect(codec)(attribution!))
    const kept = yield* Schema.decodeUnknownEffect(codec)(JSON.parse(text))
    yield* provider.recordImpression({ attribution: kept })
    yield* provider.validatePurchase({ attribution: kept, transaction: purchase })
    const [, events, validation] = sent.map(({ body }) => body)
    return {
      event: (events as ReadonlyArray<Record<string, unknown>>)[0]!,
      purchase: validation as Record<string, unknown>
    }
  })

/** Every pair of values that can come, and what must leave for each setting of `nullModelId`. */
const pairs = [
  { came: { isExperiment: true, aiPricingModelId: 32 } },
  { came: { isExperiment: false, aiPricingModelId: 32 } },
  { came: { isExperiment: false, aiPricingModelId: 0 } },
  { came: { isExperiment: true, aiPricingModelId: 0 } },
  { came: { isExperiment: true, aiPricingModelId: -1 } },
  {
    came: { isExperiment: false, aiPricingModelId: null },
    omit: { isExperiment: false },
    zero: { isExperiment: false, aiPricingModelId: 0 }
  },
  {
    came: { isExperiment: true, aiPricingModelId: null },
    omit: { isExperiment: true },
    zero: { isExperiment: true, aiPricingModelId: 0 }
  },
  { came: { isExperiment: false } },
  { came: { isExperiment: true } },
  { came: { aiPricingModelId: 32 } },
  { came: { isExperiment: null, aiPricingModelId: 32 } },
  { came: {} }
]

const cases = pairs.flatMap(({ came, omit = came, zero = came }) => [
  { came, nullModelId: "echo", leaves: came } as const,
  { came, nullModelId: "omit", leaves: omit } as const,
  { came, nullModelId: "zero", leaves: zero } as const
])

const flags = new Set(["isExperiment", "aiPricingModelId"])

const only = (body: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(body).filter(([name]) => flags.has(name)))

describe("Botsi attribution", () => {
  it.effect.each(cases)(
    "$came leaves as $leaves with $nullModelId",
    ({ came, leaves, nullModelId }) =>
      Effect.gen(function*() {
        const { event, purchase } = yield* echoOf(came, { nullModelId })
        assert.deepStrictEqual(only(event), leaves)
        assert.deepStrictEqual(only(purchase), leaves)
      })
  )

  it.effect("echo is what happens unless told", () =>
    Effect.gen(function*() {
      const { event, purchase } = yield* echoOf({ isExperiment: false, aiPricingModelId: null })
      assert.deepInclude(event, { aiPricingModelId: null })
      assert.deepInclude(purchase, { aiPricingModelId: null })
    }))

  const SafeInt = Schema.Int.check(
    Schema.isGreaterThanOrEqualTo(Number.MIN_SAFE_INTEGER),
    Schema.isLessThanOrEqualTo(Number.MAX_SAFE_INTEGER)
  )

  it.effect.prop(
    "whatever came leaves exactly so, through JSON and back",
    {
      data: Schema.Struct({
        id: SafeInt,
        isExperiment: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
        aiPricingModelId: Schema.optionalKey(Schema.NullOr(SafeInt))
      }),
      customerUserId: Schema.NonEmptyString,
      placement: Schema.NonEmptyString
    },
    ({ customerUserId, data, placement }) =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider(
          {},
          FakeHttp.json({ ok: true, data: { ...data, sourceProducts: [] } }),
          Botsi.ok
        )
        const paywall = yield* provider.getPaywall({ placement, customer: { id: customerUserId } })
        const kept = JSON.parse(JSON.stringify(paywall))
        yield* provider.recordImpression(kept)
        const { id, ...shown } = JSON.parse(JSON.stringify(data))
        assert.deepStrictEqual(sent[1]?.body, [
          { eventType: "paywall_shown", paywallId: id, placementId: placement, ...shown, customerUserId }
        ])
      }),
    { arbitrary: { runs: 50 } }
  )

  it.effect.each([
    {
      kind: "profileId",
      customer: { id: "user-123", profiles: { botsi: "FFF3C120" } },
      sent: { profileId: "FFF3C120" }
    },
    { kind: "customerUserId", customer: { id: "user/12 3" }, sent: { customerUserId: "user/12 3" } }
  ])(
    "the $kind that asked goes on the event and the purchase, and no other",
    ({ customer, kind, sent }) =>
      Effect.gen(function*() {
        const { event, purchase } = yield* echoOf({ isExperiment: true, aiPricingModelId: 32 }, {}, customer)
        const other = kind === "profileId" ? "customerUserId" : "profileId"
        for (const body of [event, purchase]) {
          assert.deepInclude(body, sent)
          assert.notProperty(body, other)
        }
        const attribution = yield* Botsi.attributionOf({}, customer)
        assert.deepStrictEqual(attribution.subject, { kind, value: Object.values(sent)[0]! })
      })
  )

  it.effect("the paywall's id leaves as a number, and the placement as it was sent", () =>
    Effect.gen(function*() {
      const { event, purchase } = yield* echoOf({ isExperiment: true, aiPricingModelId: 32 })
      for (const body of [event, purchase]) {
        assert.deepInclude(body, { paywallId: 7, placementId: "ai-placement-id" })
      }
    }))

  it.effect("the payload is exactly what Botsi wants echoed", () =>
    Effect.gen(function*() {
      const attribution = yield* Botsi.attributionOf({
        externalId: "x",
        name: "y",
        revision: 3,
        isExperiment: true,
        aiPricingModelId: null
      })
      assert.deepStrictEqual(attribution.payload, {
        id: 7,
        placementId: "ai-placement-id",
        isExperiment: true,
        aiPricingModelId: null
      })
    }))

  describe("refuses, before anything is sent,", () => {
    const genuine = Botsi.attributionOf({ isExperiment: true, aiPricingModelId: 32 })

    it.effect.each([
      { why: "an attribution of another provider", change: { provider: "corrily" } },
      { why: "an attribution of another Botsi account", change: { provider: "botsi-eu" } },
      { why: "an identity that Botsi does not have", change: { subject: { kind: "user_id", value: "u" } } },
      {
        why: "an identity named like a member of every object",
        change: { subject: { kind: "constructor", value: "u" } }
      },
      { why: "a payload of another vendor", change: { payload: { pricingPageId: 501, user_id: "u" } } },
      { why: "an empty payload", change: { payload: {} } },
      { why: "null as payload", change: { payload: null } },
      { why: "an id in quotes", change: { payload: { id: "7", placementId: "p" } } },
      { why: "a model beyond 2^53", change: { payload: { id: 7, placementId: "p", aiPricingModelId: 2 ** 53 + 2 } } },
      { why: "a paywall beyond 2^53", change: { payload: { id: 2 ** 53 + 2, placementId: "p" } } },
      { why: "an edited payload", change: { payload: { id: 7, placementId: "p", isExperiment: true, price: 1 } } }
    ])("$why", ({ change }) =>
      Effect.gen(function*() {
        const attribution = { ...(yield* genuine), ...change } as Attribution.Attribution
        const { provider, sent } = yield* Botsi.provider({}, Botsi.ok)
        const impression = yield* Effect.flip(provider.recordImpression({ attribution }))
        const purchased = yield* Effect.flip(provider.validatePurchase({ attribution, transaction: purchase }))
        for (const error of [impression, purchased]) {
          assert.strictEqual(error.reason._tag, "AttributionMismatch")
          assert.deepStrictEqual(error.attempts, [])
        }
        assert.isEmpty(sent)
      }))

    it.effect("an empty identity", () =>
      Effect.gen(function*() {
        const attribution = { ...(yield* genuine), subject: { kind: "profileId", value: "" } }
        const { provider, sent } = yield* Botsi.provider({}, Botsi.ok)
        const error = yield* Effect.flip(provider.recordImpression({ attribution }))
        assert.include(["AttributionMismatch", "InvalidRequest"], error.reason._tag)
        assert.isEmpty(sent)
      }))
  })
})
