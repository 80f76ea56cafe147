import { assert, describe, it } from "@effect/vitest"
import type { BotsiProvider, BotsiSchema } from "@priceport/botsi"
import { Purchase } from "@priceport/core"
import { Effect, Schema } from "effect"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Fixtures from "../support/fixtures.ts"
import * as Botsi from "./Botsi.ts"

const genuine = Botsi.attributionOf({ id: 42, isExperiment: true, aiPricingModelId: 32 })

const shared = {
  placementId: "ai-placement-id",
  paywallId: 42,
  isExperiment: true,
  aiPricingModelId: 32,
  profileId: Botsi.profileId
}

const appStore: Purchase.AppStoreTransaction = {
  _tag: "AppStoreTransaction",
  transactionId: "2000000871590381",
  originalTransactionId: "2000000261699248",
  productId: "accessercise_6_months",
  environment: "sandbox"
}

const freeWeek: Purchase.PricingPhase = {
  amountMicros: 0,
  currency: "USD",
  period: "P1W",
  recurrenceMode: 2,
  cycles: 1
}

const monthly: Purchase.PricingPhase = {
  amountMicros: 9_990_000,
  currency: "USD",
  period: "P1M",
  recurrenceMode: 1,
  cycles: 0
}

const subscription: Purchase.PlayStoreSubscription = {
  _tag: "PlayStoreSubscription",
  token: "a-token",
  productId: "monthly",
  environment: "production",
  offer: { basePlanId: "1month-sub", pricingPhases: [monthly] }
}

const oneTime: Purchase.PlayStoreOneTimePurchase = {
  _tag: "PlayStoreOneTimePurchase",
  token: "another-token",
  productId: "com.example.app.premium",
  environment: "production",
  price: { amountMicros: 9_990_000, currency: "USD" }
}

/** Validates a purchase of a paywall with these members, and what was sent for it. */
const validate = (transaction: Purchase.Transaction, options: {
  readonly paywall?: object
  readonly reply?: FakeHttp.Reply
  readonly provider?: Partial<BotsiProvider.Options>
} = {}) =>
  Effect.gen(function*() {
    const { provider, sent } = yield* Botsi.provider(options.provider ?? {}, options.reply ?? Botsi.profile)
    const attribution = options.paywall === undefined ? yield* genuine : yield* Botsi.attributionOf(options.paywall)
    const validated = yield* provider.validatePurchase({ attribution, transaction })
    assert.lengthOf(sent, 1)
    return { validated, request: sent[0]!, body: sent[0]!.body as Record<string, unknown> }
  })

describe("Botsi validatePurchase", () => {
  describe("App Store", () => {
    it.effect("sends what the page asks for, with source and kind where they are stated", () =>
      Effect.gen(function*() {
        const { body, request } = yield* validate({ ...appStore, source: "purchasing", isSubscription: true })
        assert.strictEqual(request.method, "POST")
        assert.strictEqual(request.url, `${Botsi.base}/purchases/apple-store/validate`)
        assert.strictEqual(request.headers["authorization"], Botsi.key)
        assert.deepStrictEqual(body, {
          ...shared,
          source: "purchasing",
          productId: "accessercise_6_months",
          isSubscription: true,
          originalTransactionId: "2000000261699248",
          environment: "sandbox",
          transactionId: "2000000871590381"
        })
      }))

    it.effect("has the members of the guide's example, the paywall's id as a number", () =>
      Effect.gen(function*() {
        const { body } = yield* validate({ ...appStore, source: "purchasing", isSubscription: true })
        const example = Fixtures.jsonOf("botsi/guide-validate-apple-request.json")
        assert.hasAllKeys(body, Object.keys(example))
        assert.isNumber(body["paywallId"])
      }))

    it.effect("states neither source nor kind of its own accord", () =>
      Effect.gen(function*() {
        const { body } = yield* validate(appStore)
        assert.deepStrictEqual(body, {
          ...shared,
          productId: "accessercise_6_months",
          originalTransactionId: "2000000261699248",
          environment: "sandbox",
          transactionId: "2000000871590381"
        })
      }))

    it.effect.each(["restore", "purchasing", "observing"] as const)(
      "may come from %s",
      (source) =>
        Effect.gen(function*() {
          assert.deepInclude((yield* validate({ ...appStore, source })).body, { source })
        })
    )

    it.effect("says that it is no subscription, where that is stated", () =>
      Effect.gen(function*() {
        assert.deepInclude((yield* validate({ ...appStore, isSubscription: false })).body, { isSubscription: false })
      }))

    it.effect("sends no abTestId, also where the paywall had one", () =>
      Effect.gen(function*() {
        const { body } = yield* validate(appStore, { paywall: { id: 42, abTestId: 5 } })
        assert.notProperty(body, "abTestId")
      }))

    it.effect("does not tell whether it was a trial", () =>
      Effect.gen(function*() {
        assert.notProperty((yield* validate(appStore)).validated, "trial")
      }))
  })

  describe("Play Store subscriptions", () => {
    it.effect("send every phase in its order, the free one too", () =>
      Effect.gen(function*() {
        const { body, request, validated } = yield* validate({
          ...subscription,
          offer: { basePlanId: "1month-sub", offerId: "free-week", pricingPhases: [freeWeek, monthly] }
        })
        assert.strictEqual(request.method, "POST")
        assert.strictEqual(request.url, `${Botsi.base}/purchases/play-store/validate`)
        assert.deepStrictEqual(body, {
          ...shared,
          token: "a-token",
          productId: "monthly",
          environment: "production",
          isSubscription: true,
          subscriptionOfferDetails: {
            basePlanId: "1month-sub",
            offerId: "free-week",
            pricingPhases: [
              {
                priceAmountMicros: 0,
                currencyCode: "USD",
                billingPeriod: "P1W",
                recurrenceMode: 2,
                billingCycleCount: 1
              },
              {
                priceAmountMicros: 9_990_000,
                currencyCode: "USD",
                billingPeriod: "P1M",
                recurrenceMode: 1,
                billingCycleCount: 0
              }
            ]
          }
        })
        assert.isTrue(validated.trial)
      }))

    it.effect("have the members of the guide's example, but an abTestId only if the paywall had one", () =>
      Effect.gen(function*() {
        const example = Fixtures.jsonOf("botsi/guide-validate-google-subscription-request.json")
        const with0 = yield* validate(subscription, {
          paywall: { id: 569, abTestId: 0, isExperiment: true, aiPricingModelId: 0 }
        })
        assert.hasAllKeys(with0.body, Object.keys(example))
        assert.deepInclude(with0.body, { abTestId: 0, paywallId: 569, aiPricingModelId: 0 })
        assert.hasAllKeys(
          with0.body["subscriptionOfferDetails"],
          Object.keys(example.subscriptionOfferDetails)
        )
        for (const paywall of [{ id: 569 }, { id: 569, abTestId: null }]) {
          assert.notProperty((yield* validate(subscription, { paywall })).body, "abTestId")
        }
      }))

    it.effect("without a free phase are no trial, and never have a source or a one-time price", () =>
      Effect.gen(function*() {
        const { body, validated } = yield* validate(subscription)
        assert.isFalse(validated.trial)
        assert.doesNotHaveAnyKeys(body, ["source", "oneTimePurchaseOfferDetails", "transactionId"])
        assert.notProperty(body["subscriptionOfferDetails"] as object, "offerId")
      }))

    it.effect.each([
      { why: "first", phases: [freeWeek, monthly] },
      { why: "last", phases: [monthly, freeWeek] },
      { why: "alone", phases: [freeWeek] }
    ])("with the free phase $why are a trial", ({ phases }) =>
      Effect.gen(function*() {
        const { validated } = yield* validate({
          ...subscription,
          offer: { basePlanId: "b", pricingPhases: phases as unknown as readonly [Purchase.PricingPhase] }
        })
        assert.isTrue(validated.trial)
      }))

    const Phase = Schema.Struct({
      amountMicros: Purchase.Micros,
      currency: Schema.Literals(["USD", "JPY", "EUR"]),
      period: Schema.Literals(["P1W", "P1M", "P3M", "P1Y"]),
      recurrenceMode: Schema.Int,
      cycles: Schema.Int
    })

    it.effect.prop(
      "phases leave as many as they came, in their order, none changed",
      { phases: Schema.NonEmptyArray(Phase) },
      ({ phases }) =>
        Effect.gen(function*() {
          const { body, validated } = yield* validate({
            ...subscription,
            offer: { basePlanId: "b", pricingPhases: phases }
          })
          const details = body["subscriptionOfferDetails"] as NonNullable<
            BotsiSchema.ValidatePlayStore["subscriptionOfferDetails"]
          >
          assert.deepStrictEqual(
            details.pricingPhases.map((phase) => [
              phase.priceAmountMicros,
              phase.currencyCode,
              phase.billingPeriod,
              phase.recurrenceMode,
              phase.billingCycleCount
            ]),
            phases.map(({ amountMicros, currency, cycles, period, recurrenceMode }) =>
              JSON.parse(JSON.stringify([amountMicros, currency, period, recurrenceMode, cycles]))
            )
          )
          assert.strictEqual(validated.trial, phases.some(({ amountMicros }) => amountMicros === 0))
        }),
      { arbitrary: { runs: 50 } }
    )
  })

  describe("Play Store one-time purchases", () => {
    it.effect("send their price, and that they are no subscription: the guide's example has a slip there", () =>
      Effect.gen(function*() {
        const { body, request, validated } = yield* validate(oneTime)
        assert.strictEqual(request.url, `${Botsi.base}/purchases/play-store/validate`)
        assert.deepStrictEqual(body, {
          ...shared,
          token: "another-token",
          productId: "com.example.app.premium",
          environment: "production",
          isSubscription: false,
          oneTimePurchaseOfferDetails: { priceAmountMicros: 9_990_000, currencyCode: "USD" }
        })
        assert.isFalse(validated.trial)
      }))

    it.effect("keep a price of zero", () =>
      Effect.gen(function*() {
        const { body } = yield* validate({ ...oneTime, price: { amountMicros: 0, currency: "EUR" } })
        assert.deepInclude(body["oneTimePurchaseOfferDetails"] as object, { priceAmountMicros: 0 })
      }))
  })

  describe("refuses, before anything is sent,", () => {
    it.effect.each([
      {
        why: "a subscription that is also a one-time purchase",
        transaction: { ...subscription, price: oneTime.price }
      },
      {
        why: "micros that are no whole number",
        transaction: { ...oneTime, price: { amountMicros: 9.99, currency: "USD" } }
      },
      { why: "micros beyond 2^53", transaction: { ...oneTime, price: { amountMicros: 2 ** 53, currency: "USD" } } },
      { why: "an environment of Xcode", transaction: { ...appStore, environment: "xcode" } },
      { why: "a source `restored`", transaction: { ...appStore, source: "restored" } },
      { why: "a source on the Play Store", transaction: { ...subscription, source: "restore" } },
      { why: "an empty offer id", transaction: { ...subscription, offer: { ...subscription.offer, offerId: "" } } },
      { why: "an abTestId of the caller's", transaction: { ...subscription, abTestId: 1 } }
    ])("$why", ({ transaction }) =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({}, Botsi.profile)
        const attribution = yield* genuine
        const error = yield* Effect.flip(provider.validatePurchase({ attribution, transaction } as never))
        assert.strictEqual(error.reason._tag, "InvalidRequest")
        assert.isEmpty(sent)
      }))

    it.effect("a purchase without attribution", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({}, Botsi.profile)
        const error = yield* Effect.flip(provider.validatePurchase({ transaction: appStore }))
        assert.strictEqual(error.reason._tag, "Unattributable")
        assert.isEmpty(sent)
      }))
  })

  it.effect.each([408, 429, 500, 503])("is sent once, also when the answer is %i", (status) =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, FakeHttp.json({}, status), Botsi.profile)
      yield* Effect.flip(provider.validatePurchase({ attribution: yield* genuine, transaction: appStore }))
      assert.lengthOf(sent, 1)
    }))

  it.effect("goes out with an attribution that was not to be enrolled, too", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, Botsi.profile)
      const attribution = { ...(yield* genuine), enrolled: false }
      yield* provider.validatePurchase({ attribution, transaction: appStore })
      assert.lengthOf(sent, 1)
    }))

  describe("answer", () => {
    it.effect("of the guide reads so, member for member", () =>
      Effect.gen(function*() {
        const { validated } = yield* validate(appStore)
        assert.deepStrictEqual(validated, {
          provider: "botsi",
          customer: {
            profileId: "a373df7c-dbff-42a4-b22f-b6d151971806",
            id: "test.mail@mail.test",
            state: "never-subscribed",
            totalRevenueUsd: 0,
            entitlements: []
          }
        })
      }))

    it.effect("of the guide's template for App Store purchases is read too", () =>
      Effect.gen(function*() {
        const reply = FakeHttp.text(Fixtures.textOf("botsi/guide-validate-apple-response.json"))
        const { validated } = yield* validate(appStore, { reply })
        assert.deepInclude(validated.customer, { profileId: "string", id: "string", state: "string" })
      }))

    it.effect("tells what the customer may use, from the access levels", () =>
      Effect.gen(function*() {
        const accessLevels = {
          premium: {
            id: 5,
            isActive: true,
            sourceProductId: "monthly",
            sourceBasePlanId: "1month-sub",
            store: "play_store",
            activatedAt: "2025-07-19T10:00:00.000Z",
            isLifetime: false,
            isRefund: false,
            willRenew: true,
            expiresAt: "2025-08-19"
          },
          granted: {
            id: 6,
            isActive: false,
            sourceProductId: null,
            store: null,
            expiresAt: null,
            willRenew: null,
            isRefund: null
          },
          odd: "yes",
          constructor: { isActive: true }
        }
        const reply = FakeHttp.json({ ok: true, data: { profileId: "p", totalRevenueUsd: 12.34, accessLevels } })
        const { validated } = yield* validate(appStore, { reply })
        assert.deepStrictEqual(validated.customer, {
          profileId: "p",
          totalRevenueUsd: 12.34,
          entitlements: [
            {
              key: "premium",
              active: true,
              productId: "monthly",
              store: "play_store",
              expiresAt: "2025-08-19",
              willRenew: true,
              refunded: false
            },
            { key: "granted", active: false },
            { key: "odd" },
            { key: "constructor", active: true }
          ]
        })
      }))

    it.effect("fails for no member that nobody needs", () =>
      Effect.gen(function*() {
        const data = {
          profileId: "p",
          customerUserId: null,
          state: 5,
          totalRevenueUsd: "12.34",
          accessLevels: [],
          subscriptions: null,
          custom: "x"
        }
        const { validated } = yield* validate(appStore, { reply: FakeHttp.json({ ok: true, data }) })
        assert.deepStrictEqual(validated.customer, { profileId: "p", entitlements: [] })
      }))

    it.effect("without a profile cannot be read", () =>
      Effect.gen(function*() {
        for (const data of [undefined, null, {}, { profileId: null }, { profileId: 5 }]) {
          const error = yield* Effect.flip(validate(appStore, { reply: FakeHttp.json({ ok: true, data }) }))
          assert.strictEqual(error.reason._tag, "InvalidResponse")
        }
      }))
  })
})

describe("Botsi client, purchases", () => {
  const details = {
    ...shared,
    token: "t",
    productId: "p",
    environment: "production",
    subscriptionOfferDetails: {
      basePlanId: "b",
      pricingPhases: [
        {
          priceAmountMicros: 0,
          currencyCode: "USD",
          billingPeriod: "P1W",
          recurrenceMode: 2,
          billingCycleCount: 1
        }
      ]
    }
  } as const

  const price = { priceAmountMicros: 1, currencyCode: "USD" }

  it.effect("sends either kind of offer", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.profile)
      const { subscriptionOfferDetails: _, ...rest } = details
      yield* client.validatePlayStorePurchase(details)
      yield* client.validatePlayStorePurchase({ ...rest, oneTimePurchaseOfferDetails: price })
      assert.deepStrictEqual(sent.map(({ body }) => body), [details, { ...rest, oneTimePurchaseOfferDetails: price }])
    }))

  it.effect.each([
    { why: "both kinds of offer", change: { oneTimePurchaseOfferDetails: price } },
    { why: "neither kind of offer", change: { subscriptionOfferDetails: undefined } },
    { why: "both identities", change: { customerUserId: "u" } },
    { why: "no identity", change: { profileId: undefined } },
    { why: "a source", change: { source: "restore" } },
    { why: "no environment", change: { environment: undefined } },
    { why: "no phases", change: { subscriptionOfferDetails: { basePlanId: "b", pricingPhases: [] } } }
  ])("refuses $why", ({ change }) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.profile)
      const error = yield* Effect.flip(client.validatePlayStorePurchase({ ...details, ...change } as never))
      assert.strictEqual(error.reason._tag, "InvalidRequest")
      assert.deepInclude(error, { provider: "botsi", operation: "validatePurchase" })
      assert.isEmpty(sent)
    }))

  it.effect("removes tokens and transaction ids from error texts", () =>
    Effect.gen(function*() {
      const words = "bad a-long-token 2000000871590381 2000000261699248"
      const { client } = yield* Botsi.client(FakeHttp.json({ error: words, code: "BAD" }, 400))
      const play = yield* Effect.flip(client.validatePlayStorePurchase({ ...details, token: "a-long-token" }))
      const apple = yield* Effect.flip(client.validateAppStorePurchase({
        ...shared,
        productId: "p",
        environment: "sandbox",
        transactionId: "2000000871590381",
        originalTransactionId: "2000000261699248"
      }))
      assert.deepInclude(play.reason, { detail: "bad [redacted] 2000000871590381 2000000261699248" })
      assert.deepInclude(apple.reason, { detail: "bad a-long-token [redacted] [redacted]" })
    }))
})
