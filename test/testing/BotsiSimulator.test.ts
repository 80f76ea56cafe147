import { assert, describe, it } from "@effect/vitest"
import { BotsiSimulator } from "@priceport/testing/simulators"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import * as Botsi from "./Botsi.ts"

const fixture = (name: string) => JSON.parse(readFileSync(`test/fixtures/botsi/${name}.json`, "utf8"))

const keys = (value: object) => Object.keys(value).toSorted()

const user = { customerUserId: "u-1" }

const started = Effect.fnUntraced(function*(options: BotsiSimulator.Options = {}) {
  const botsi = yield* Botsi.make(options)
  const { body } = yield* Botsi.call(botsi, "/profiles", { ...Botsi.device, ...user })
  yield* Botsi.call(botsi, "/paywalls", { ...user, placementId: "ai-placement-id" })
  return { botsi, profileId: String(body.data.profileId) }
})

describe("BotsiSimulator", () => {
  it.live("is a layer too", () =>
    Effect.gen(function*() {
      const botsi = yield* BotsiSimulator.BotsiSimulator
      assert.match(botsi.baseUrl, /^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/web-api$/)
    }).pipe(Effect.provide(BotsiSimulator.layer())))

  describe("profiles", () => {
    it.live("takes the guide's sample and answers with the guide's members", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make()
        const { body, status } = yield* Botsi.call(botsi, "/profiles", fixture("guide-create-profile-request"))

        assert.strictEqual(status, 201)
        assert.deepStrictEqual(keys(body.data), keys(fixture("guide-create-profile-response").data))
        assert.strictEqual(body.data.state, "never-subscribed")
      }))

    it.live("gives a customerUserId one profile, however often it is created", () =>
      Effect.gen(function*() {
        const { botsi, profileId } = yield* started()
        const again = yield* Botsi.call(botsi, "/profiles", { ...Botsi.device, ...user, country: "DE" })

        assert.strictEqual(again.status, 200)
        assert.strictEqual(again.body.data.profileId, profileId)
        assert.strictEqual(again.body.data.country, "DE")
      }))

    it.live("gives every anonymous profile an id of its own", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make()
        const first = yield* Botsi.call(botsi, "/profiles", Botsi.device)
        const second = yield* Botsi.call(botsi, "/profiles", Botsi.device)

        assert.notStrictEqual(first.body.data.profileId, second.body.data.profileId)
        assert.match(first.body.data.profileId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }))

    it.live("knows no user that nobody created", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make()
        const { body, status } = yield* Botsi.call(botsi, "/paywalls", { ...user, placementId: "onboarding" })

        assert.strictEqual(status, 404)
        assert.deepStrictEqual(keys(body), ["code", "error"])
      }))

    it.live("knows every customerUserId, and no profileId, when profiles are implicit", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make({ profiles: "implicit" })
        const known = yield* Botsi.call(botsi, "/paywalls", { ...user, placementId: "onboarding" })
        const unknown = yield* Botsi.call(botsi, "/paywalls", { profileId: "p-1", placementId: "onboarding" })

        assert.strictEqual(known.status, 200)
        assert.strictEqual(unknown.status, 404)
      }))

    it.live("knows the customers it was started with by both ids", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make({ customers: [{ profileId: "FFF3-upper", customerUserId: "u-9" }] })
        const byProfile = yield* Botsi.call(botsi, "/paywalls", { profileId: "FFF3-upper", placementId: "onboarding" })
        const byCustomer = yield* Botsi.call(botsi, "/paywalls", { customerUserId: "u-9", placementId: "onboarding" })

        assert.strictEqual(byProfile.status, 200)
        assert.deepStrictEqual(byProfile, byCustomer)
      }))
  })

  describe("attributes", () => {
    it.live("are added, updated by id and kept with the profile", () =>
      Effect.gen(function*() {
        const { botsi } = yield* started()
        const added = yield* Botsi.call(botsi, "/profiles/custom-attributes", {
          ...user,
          custom: { key: "user_level", value: "premium" }
        })
        const updated = yield* Botsi.call(botsi, "/profiles/custom-attributes", {
          ...user,
          attrId: added.body.data.id,
          custom: { key: "user_level", value: "vip" }
        }, { method: "PUT" })

        assert.deepStrictEqual(keys(added.body.data), keys(fixture("guide-add-attribute-response").data))
        assert.deepStrictEqual(updated.body.data, { id: added.body.data.id, key: "user_level", value: "vip" })
        assert.deepStrictEqual((yield* botsi.state).profiles[0]?.custom, [updated.body.data])
      }))

    it.live("are added many at once, each with its own id, in the order of the request", () =>
      Effect.gen(function*() {
        const { botsi } = yield* started()
        const custom = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: `v${index}` }))
        const { body } = yield* Botsi.call(botsi, "/profiles/custom-attributes-all", { ...user, custom })

        assert.deepStrictEqual(body.data.map(({ key }: { key: string }) => key), custom.map(({ key }) => key))
        assert.strictEqual(new Set(body.data.map(({ id }: { id: string }) => id)).size, 50)
      }))

    it.live("that do not exist cannot be updated", () =>
      Effect.gen(function*() {
        const { botsi } = yield* started()
        const { status } = yield* Botsi.call(botsi, "/profiles/custom-attributes", {
          ...user,
          attrId: "abc123",
          custom: { key: "user_level", value: "vip" }
        }, { method: "PUT" })

        assert.strictEqual(status, 404)
      }))
  })

  describe("paywalls", () => {
    it.live("answers the page's request with the page's sample", () =>
      Effect.gen(function*() {
        const { profileId } = fixture("get-paywall-request")
        const botsi = yield* Botsi.make({ customers: [{ profileId }] })
        const { body } = yield* Botsi.call(botsi, "/paywalls", fixture("get-paywall-request"))

        assert.deepStrictEqual(body, fixture("get-paywall-response"))
      }))

    it.live("answers the guide's request in the guide's shape, without what a product does not have", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make({
          customers: [{ profileId: "123-abc" }],
          placements: [{
            id: "ai-placement-id",
            arm: { isExperiment: true, aiPricingModelId: 32 },
            products: [{ productId: "free", appStoreOfferType: "promotional", promotionalOfferId: "offer" }]
          }]
        })
        const { body } = yield* Botsi.call(botsi, "/paywalls", fixture("guide-get-paywall-request"))

        assert.deepStrictEqual(keys(body.data), keys(fixture("guide-get-paywall-response").data))
        assert.deepStrictEqual(
          keys(body.data.sourceProducts[0]),
          keys(fixture("guide-get-paywall-response").data.sourceProducts[0])
        )
      }))

    it.live.each([
      { isExperiment: true, aiPricingModelId: 32 },
      { isExperiment: false, aiPricingModelId: 32 },
      { isExperiment: false, aiPricingModelId: 0 },
      { isExperiment: false, aiPricingModelId: null },
      { isExperiment: false },
      {}
    ])("serves a pinned arm exactly as it is: $isExperiment, $aiPricingModelId", (arm) =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make({ profiles: "implicit", placements: [{ id: "here", arm, abTestId: 7 }] })
        const { body } = yield* Botsi.call(botsi, "/paywalls", { ...user, placementId: "here" })
        const { aiPricingModelId, isExperiment } = body.data

        assert.deepStrictEqual(JSON.parse(JSON.stringify({ isExperiment, aiPricingModelId })), arm)
        assert.strictEqual(body.data.abTestId, 7)
      }))

    it.live("draws the same arm for the same seed and user, whoever asks first", () =>
      Effect.gen(function*() {
        const users = Array.from({ length: 60 }, (_, index) => `user-${index}`)
        const armsOf = Effect.fnUntraced(function*(seed: string, order: ReadonlyArray<string>) {
          const botsi = yield* Botsi.make({ profiles: "implicit", seed })
          const answers = yield* Effect.forEach(order, (customerUserId) =>
            Effect.map(
              Botsi.call(botsi, "/paywalls", { customerUserId, placementId: "onboarding" }),
              ({ body }) => [customerUserId, body.data] as const
            ))
          return Object.fromEntries(answers)
        })
        const forwards = yield* armsOf("one", users)
        const backwards = yield* armsOf("one", users.toReversed())
        const other = yield* armsOf("two", users)

        assert.deepStrictEqual(forwards, backwards)
        assert.notDeepEqual(forwards, other)
        const treated = Object.values(forwards).filter(({ isExperiment }) => isExperiment).length
        assert.isAbove(treated, 15)
        assert.isBelow(treated, 45)
        assert.strictEqual(new Set(Object.values(forwards).map(({ id }) => id)).size, 3)
      }))

    it.live("keeps to the dashboard's placements", () =>
      Effect.gen(function*() {
        const { botsi } = yield* started()
        const { status } = yield* Botsi.call(botsi, "/paywalls", { ...user, placementId: "nowhere" })
        assert.strictEqual(status, 404)
      }))
  })

  describe("events", () => {
    it.live("takes the page's sample", () =>
      Effect.gen(function*() {
        const [event] = fixture("send-event-request")
        const botsi = yield* Botsi.make({ customers: [{ profileId: event.profileId }] })
        yield* Botsi.call(botsi, "/paywalls", { profileId: event.profileId, placementId: event.placementId })
        const { body } = yield* Botsi.call(botsi, "/events", [event])

        assert.deepStrictEqual(body, fixture("send-event-response"))
      }))

    it.live("counts an impression once for each user and paywall, by whichever id", () =>
      Effect.gen(function*() {
        const { botsi, profileId } = yield* started()
        yield* Botsi.call(botsi, "/events", [{ ...user, ...Botsi.shown }, { ...user, ...Botsi.shown }])
        yield* Botsi.call(botsi, "/events", [{ profileId, ...Botsi.shown }])

        const { impressions } = yield* botsi.state
        assert.deepStrictEqual(impressions, { received: 3, counted: 1, byArm: { "true/32": 1 } })
      }))

    it.live.each([{}, { aiPricingModelId: null }, { aiPricingModelId: 0 }])(
      "takes a served null model back as %o",
      (echo) =>
        Effect.gen(function*() {
          const botsi = yield* Botsi.make({ profiles: "implicit" })
          const { body } = yield* Botsi.call(botsi, "/paywalls", { ...user, placementId: "settings" })
          const { status } = yield* Botsi.call(botsi, "/events", [{
            ...user,
            ...echo,
            eventType: "paywall_shown",
            placementId: "settings",
            paywallId: body.data.id,
            isExperiment: false
          }])

          assert.strictEqual(status, 200)
          assert.deepStrictEqual((yield* botsi.state).impressions.byArm, { "false/null": 1 })
        })
    )
  })

  describe("purchases", () => {
    it.live("credits an App Store transaction once", () =>
      Effect.gen(function*() {
        const { botsi } = yield* started()
        const purchase = { ...user, ...Botsi.appStore, source: "purchasing", isSubscription: true }
        const first = yield* Botsi.call(botsi, "/purchases/apple-store/validate", purchase)
        const second = yield* Botsi.call(botsi, "/purchases/apple-store/validate", { ...purchase, source: "restore" })

        assert.strictEqual(first.status, 200)
        assert.deepStrictEqual(keys(first.body.data), keys(fixture("guide-validate-apple-response").data))
        assert.deepStrictEqual(second.body, first.body)
        assert.strictEqual(first.body.data.state, "subscribed")
        assert.strictEqual(first.body.data.totalRevenueUsd, 9.99)
        assert.isTrue(first.body.data.accessLevels.premium.isActive)
        assert.strictEqual(first.body.data.subscriptions.premium_monthly.store, "app_store")
        const { sales, validations } = yield* botsi.state
        assert.deepStrictEqual(sales, { "true/32": { count: 1, trials: 0, revenueUsd: 9.99 } })
        assert.deepStrictEqual(validations, { received: 2, credited: 1 })
      }))

    it.live("books a free phase as a trial, and the same purchase without it as revenue", () =>
      Effect.gen(function*() {
        const { botsi, profileId } = yield* started()
        const trial = {
          profileId,
          ...Botsi.playStore,
          isSubscription: true,
          abTestId: 0,
          subscriptionOfferDetails: { basePlanId: "b", offerId: "o", pricingPhases: [Botsi.freePhase, Botsi.phase] }
        }
        const first = yield* Botsi.call(botsi, "/purchases/play-store/validate", trial)
        const second = yield* Botsi.call(botsi, "/purchases/play-store/validate", {
          ...trial,
          ...Botsi.playStore,
          token: "t2"
        })

        assert.strictEqual(first.body.data.state, "active-trial")
        assert.strictEqual(first.body.data.totalRevenueUsd, 0)
        assert.strictEqual(second.body.data.state, "subscribed")
        assert.deepStrictEqual((yield* botsi.state).sales, { "true/32": { count: 2, trials: 1, revenueUsd: 9.99 } })
      }))

    it.live("takes the guide's sample of a subscription", () =>
      Effect.gen(function*() {
        const purchase = fixture("guide-validate-google-subscription-request")
        const { aiPricingModelId, isExperiment, paywallId, placementId, profileId } = purchase
        const botsi = yield* Botsi.make({
          customers: [{ profileId }],
          placements: [{ id: placementId, paywallId, arm: { isExperiment, aiPricingModelId } }]
        })
        yield* Botsi.call(botsi, "/paywalls", { profileId, placementId })
        const { status } = yield* Botsi.call(botsi, "/purchases/play-store/validate", purchase)

        assert.strictEqual(status, 200)
        assert.deepStrictEqual((yield* botsi.state).sales, { "true/0": { count: 1, trials: 0, revenueUsd: 9 } })
      }))

    it.live("books a one-time purchase in US dollars, beside the subscriptions", () =>
      Effect.gen(function*() {
        const { botsi } = yield* started()
        const { body } = yield* Botsi.call(botsi, "/purchases/play-store/validate", { ...user, ...Botsi.oneTime })

        assert.strictEqual(body.data.totalRevenueUsd, 5)
        assert.strictEqual(body.data.nonSubscriptions.coins.transactionId, "another-token")
        assert.deepStrictEqual(body.data.subscriptions, {})
      }))
  })
})
