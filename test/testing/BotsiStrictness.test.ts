import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Botsi from "./Botsi.ts"

const user = { customerUserId: "u-1" }

const without = (body: object, field: string) =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field))

const refused = (
  name: string,
  path: string,
  body: unknown,
  expected: { readonly status: number; readonly says: string; readonly method?: string }
) =>
  it.live(name, () =>
    Effect.gen(function*() {
      const botsi = yield* Botsi.make({ customers: [user, { customerUserId: "u-2" }] })
      yield* Botsi.call(botsi, "/paywalls", { ...user, placementId: "ai-placement-id" })
      const before = yield* botsi.state
      const answer = yield* Botsi.call(botsi, path, body, expected.method ? { method: expected.method } : {})

      assert.strictEqual(answer.status, expected.status)
      assert.include(answer.body.error, expected.says)
      assert.match(
        answer.body.code,
        expected.status === 422 ? /^(SIMULATOR_|INVALID_TYPE$)/ : /^(MISSING|NOT|INVALID_JSON)/
      )
      assert.deepStrictEqual(yield* botsi.state, before)
    }))

describe("BotsiSimulator refuses", () => {
  describe("headers", () => {
    it.live.each([
      { why: "no key", headers: { authorization: "" }, status: 401 },
      { why: "another key", headers: { authorization: "sk_other.a" }, status: 401 },
      { why: "a Bearer prefix", headers: { authorization: "Bearer sk_simulator.c2ltdWxhdGVkLWJvdHNp" }, status: 401 },
      { why: "b3", headers: { b3: "0" }, status: 422 },
      { why: "traceparent", headers: { traceparent: "00-1-1-01" }, status: 422 },
      { why: "tracestate", headers: { tracestate: "a=b" }, status: 422 },
      { why: "X-API-Key", headers: { "x-api-key": "sk" }, status: 422 },
      { why: "a form", headers: { "content-type": "application/x-www-form-urlencoded" }, status: 422 }
    ])("$why", ({ headers, status }) =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make()
        const answer = yield* Botsi.call(botsi, "/profiles", Botsi.device, { headers })

        assert.strictEqual(answer.status, status)
        assert.hasAllKeys(answer.body, ["error", "code"])
        assert.isEmpty((yield* botsi.state).profiles)
      }))
  })

  describe("addresses", () => {
    const paywall = { ...user, placementId: "onboarding" }
    refused("a path of another API version", "/profiles/p-1/get-paywall", {}, { status: 404, says: "get-paywall" })
    refused("a slash at the end", "/paywalls/", paywall, { status: 404, says: "/paywalls/" })
    refused("a query", "/paywalls?a=b", paywall, { status: 404, says: "a=b" })
    refused("another method", "/paywalls", paywall, { status: 404, says: "PUT", method: "PUT" })
    refused("a body that is not JSON", "/paywalls", "{", { status: 400, says: "body" })
  })

  describe("identities", () => {
    const custom = { key: "k", value: "v" }
    const both = { ...user, profileId: "p" }
    refused("none", "/paywalls", { placementId: "onboarding" }, { status: 400, says: "profileId or customerUserId" })
    refused("both", "/paywalls", { ...both, placementId: "onboarding" }, { status: 422, says: "not both" })
    refused("an empty one", "/paywalls", { customerUserId: "", placementId: "onboarding" }, {
      status: 400,
      says: "customerUserId"
    })
    refused("null for the other", "/paywalls", { ...user, profileId: null, placementId: "onboarding" }, {
      status: 422,
      says: "profileId"
    })
    refused("both on an attribute", "/profiles/custom-attributes", { ...both, custom }, {
      status: 422,
      says: "not both"
    })
    refused("an unknown one", "/profiles/custom-attributes", { customerUserId: "u-3", custom }, {
      status: 404,
      says: "customerUserId"
    })
  })

  describe("profiles", () => {
    for (const field of ["country", "device", "os", "platform", "appVersion"]) {
      refused(`without ${field}`, "/profiles", without(Botsi.device, field), {
        status: 400,
        says: `${field}: is missing`
      })
    }
    refused("of a platform in capitals", "/profiles", { ...Botsi.device, platform: "iOS" }, {
      status: 422,
      says: "platform"
    })
    refused("with a profileId", "/profiles", { ...Botsi.device, profileId: "p" }, { status: 422, says: "profileId" })
  })

  describe("attributes", () => {
    refused("that are not text", "/profiles/custom-attributes", { ...user, custom: { key: "k", value: 3 } }, {
      status: 422,
      says: "custom.value"
    })
    refused("of which there are none", "/profiles/custom-attributes-all", { ...user, custom: [] }, {
      status: 400,
      says: "custom"
    })
    refused("as a list where one is due", "/profiles/custom-attributes", {
      ...user,
      custom: [{ key: "k", value: "v" }]
    }, {
      status: 422,
      says: "custom"
    })
    refused(
      "whose id is inside custom",
      "/profiles/custom-attributes",
      { ...user, custom: { attrId: "a", key: "k", value: "v" } },
      { status: 422, says: "attrId", method: "PUT" }
    )
  })

  describe("paywall requests", () => {
    const request = { ...user, placementId: "onboarding" }
    refused("of no placement", "/paywalls", user, { status: 400, says: "placementId: is missing" })
    refused("of two dialects", "/paywalls", { ...request, locale: "en", languageLocale: "en-US" }, {
      status: 422,
      says: "locale and languageLocale"
    })
    refused("of the guide without its locale", "/paywalls", { ...request, store: "app_store" }, {
      status: 400,
      says: "languageLocale: is missing"
    })
    refused("for an unknown store", "/paywalls", { ...request, languageLocale: "en", store: "play-store" }, {
      status: 422,
      says: "store"
    })
    refused("with a member of no page", "/paywalls", { ...request, currency: "EUR" }, { status: 422, says: "currency" })
  })

  describe("events", () => {
    const event = { ...user, ...Botsi.shown }
    refused("that are no list", "/events", event, { status: 422, says: "body" })
    refused("of which there are none", "/events", [], { status: 400, says: "body: must not be empty" })
    refused("of two users", "/events", [event, { ...event, customerUserId: "u-2" }], { status: 422, says: "one user" })
    refused("of another type", "/events", [{ ...event, eventType: "click" }], { status: 422, says: "[0].eventType" })
    refused("with a paywall id as text", "/events", [{ ...event, paywallId: "42" }], {
      status: 422,
      says: "[0].paywallId"
    })
    refused("of a user who was served nothing", "/events", [{ ...event, customerUserId: "u-2" }], {
      status: 422,
      says: "no paywall was served"
    })
    refused("of another placement", "/events", [{ ...event, placementId: "settings" }], {
      status: 422,
      says: "no paywall was served"
    })
    refused("of another paywall", "/events", [{ ...event, paywallId: 43 }], { status: 422, says: "paywallId: 42" })
    refused("of the other arm", "/events", [{ ...event, isExperiment: false }], { status: 422, says: "isExperiment" })
    refused("of another model", "/events", [{ ...event, aiPricingModelId: 33 }], {
      status: 422,
      says: "aiPricingModelId: 32 was served, 33 came back"
    })
    refused("of a model turned into null", "/events", [{ ...event, aiPricingModelId: null }], {
      status: 422,
      says: "aiPricingModelId"
    })
    refused("without the model", "/events", [without(event, "aiPricingModelId")], {
      status: 400,
      says: "aiPricingModelId"
    })
    refused("without the arm", "/events", [without(event, "isExperiment")], { status: 400, says: "isExperiment" })
    refused("a batch of which one is wrong", "/events", [event, { ...event, paywallId: 1 }], {
      status: 422,
      says: "paywallId"
    })
  })

  describe("App Store purchases", () => {
    const path = "/purchases/apple-store/validate"
    const purchase = { ...user, ...Botsi.appStore }
    for (const field of Object.keys(Botsi.appStore)) {
      refused(`without ${field}`, path, without(purchase, field), { status: 400, says: `${field}: is missing` })
    }
    refused("of another environment", path, { ...purchase, environment: "xcode" }, { status: 422, says: "environment" })
    refused("of another source", path, { ...purchase, source: "restored" }, { status: 422, says: "source" })
    refused("with a transaction id as number", path, { ...purchase, transactionId: 2 }, {
      status: 422,
      says: "transactionId"
    })
    refused("with a Play Store token", path, { ...purchase, token: "t" }, { status: 422, says: "token" })
    refused("of a paywall never served", path, { ...purchase, paywallId: 1 }, { status: 422, says: "paywallId" })
    refused("of a paywall served to somebody else", path, { ...purchase, customerUserId: "u-2" }, {
      status: 422,
      says: "no paywall was served"
    })
  })

  describe("Play Store purchases", () => {
    const path = "/purchases/play-store/validate"
    const purchase = { ...user, ...Botsi.playStore }
    const offer = Botsi.playStore.subscriptionOfferDetails
    const phased = (pricingPhases: ReadonlyArray<unknown>) => ({
      ...purchase,
      subscriptionOfferDetails: { ...offer, pricingPhases }
    })
    for (const field of Object.keys(Botsi.sample).concat("token", "productId", "environment")) {
      refused(`without ${field}`, path, without(purchase, field), { status: 400, says: `${field}: is missing` })
    }
    refused("without an offer", path, without(purchase, "subscriptionOfferDetails"), {
      status: 400,
      says: "OfferDetails"
    })
    refused("with both offers", path, { ...purchase, ...Botsi.oneTime }, { status: 422, says: "not both" })
    refused("without phases", path, phased([]), { status: 400, says: "pricingPhases" })
    refused("with a price in units", path, phased([{ ...Botsi.phase, priceAmountMicros: 9.99 }]), {
      status: 422,
      says: "subscriptionOfferDetails.pricingPhases[0].priceAmountMicros"
    })
    refused("with a period in words", path, phased([{ ...Botsi.phase, billingPeriod: "month" }]), {
      status: 422,
      says: "billingPeriod"
    })
    refused("with a source", path, { ...purchase, source: "purchasing" }, { status: 422, says: "source" })
    refused("with a test id as text", path, { ...purchase, abTestId: "0" }, { status: 422, says: "abTestId" })
    refused("with null for an offer id", path, {
      ...purchase,
      subscriptionOfferDetails: { ...offer, offerId: null }
    }, { status: 422, says: "offerId" })
  })
})
