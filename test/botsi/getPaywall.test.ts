import { assert, describe, it } from "@effect/vitest"
import { BotsiProvider } from "@priceport/botsi"
import type { Customer } from "@priceport/core"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Fixtures from "../support/fixtures.ts"
import * as Botsi from "./Botsi.ts"

/** The body that goes out for a customer. */
const bodyFor = (
  customer: Customer.Customer,
  options: Partial<BotsiProvider.Options> = {},
  placement = "ai-placement-id"
) =>
  Effect.gen(function*() {
    const { provider, sent } = yield* Botsi.provider(options, Botsi.referencePaywall)
    yield* provider.getPaywall({ placement, customer })
    assert.lengthOf(sent, 1)
    return sent[0]?.body
  })

const knownOf = { profiles: { botsi: Botsi.profileId } }

const everything: Customer.Customer = {
  id: "user-123",
  country: "GB",
  storeCountry: "gb",
  locale: "en_GB",
  currency: "GBP",
  ip: "2001:db8::7",
  platform: "ios",
  appVersion: "2.3.4",
  device: { model: "iPhone 13", os: "iOS 16.0" },
  store: "app_store",
  attributionSource: "Facebook Ads",
  attributes: { user_level: "premium" }
}

describe("Botsi getPaywall", () => {
  describe("request", () => {
    it.effect("is the one of the page, header for header", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({}, Botsi.referencePaywall)
        yield* provider.getPaywall(Botsi.request)
        assert.lengthOf(sent, 1)
        const [request] = sent
        assert.strictEqual(request?.method, "POST")
        assert.strictEqual(request?.url, "https://app.botsi.com/api/v1/web-api/paywalls")
        assert.strictEqual(request?.headers["authorization"], Botsi.key)
        assert.match(request?.headers["content-type"] ?? "", /^application\/json\b/)
        assert.doesNotHaveAnyKeys(request?.headers, ["x-api-key", "traceparent", "b3", "tracestate"])
        assert.deepStrictEqual(request?.body, Fixtures.jsonOf("botsi/get-paywall-request.json"))
      }))

    it.effect("with your own id carries that alone", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* bodyFor({ id: "user-123" }), {
          customerUserId: "user-123",
          placementId: "ai-placement-id"
        })
      }))

    it.effect("with both ids carries Botsi's alone", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* bodyFor({ id: "user-123", ...knownOf }), {
          profileId: Botsi.profileId,
          placementId: "ai-placement-id"
        })
      }))

    it.effect("carries the facts of the page and no others", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* bodyFor(everything), {
          customerUserId: "user-123",
          placementId: "ai-placement-id",
          locale: "en_GB",
          country: "GB",
          ip: "2001:db8::7",
          storeCountry: "gb"
        })
      }))

    it.effect("in the guide's dialect carries the facts of the guide and no others", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* bodyFor(everything, { dialect: "guide" }), {
          customerUserId: "user-123",
          placementId: "ai-placement-id",
          languageLocale: "en_GB",
          deviceTypeModel: "iPhone 13",
          osVersion: "iOS 16.0",
          attributionSource: "Facebook Ads",
          store: "app_store"
        })
      }))

    it.effect("in the guide's dialect is the example of the guide", () =>
      Effect.gen(function*() {
        const customer: Customer.Customer = {
          profiles: { botsi: "123-abc" },
          locale: "en-US",
          device: { model: "iPhone 13", os: "iOS 16.0" },
          attributionSource: "Facebook Ads",
          store: "app_store"
        }
        assert.deepStrictEqual(
          yield* bodyFor(customer, { dialect: "guide" }),
          Fixtures.jsonOf("botsi/guide-get-paywall-request.json")
        )
      }))

    it.effect("of the guide with a locale alone has no empty members", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ dialect: "guide" }, Botsi.guidePaywall)
        yield* provider.getPaywall({ placement: "p", customer: { id: "u", locale: "en" } })
        assert.deepStrictEqual(sent[0]?.body, { customerUserId: "u", placementId: "p", languageLocale: "en" })
      }))

    it.effect("never holds null or undefined", () =>
      Effect.gen(function*() {
        const customer = { id: "u", locale: undefined, country: undefined, ip: undefined, storeCountry: undefined }
        const { provider, sent } = yield* Botsi.provider({}, Botsi.referencePaywall)
        yield* provider.getPaywall({ placement: "p", customer, options: undefined, enroll: undefined })
        assert.strictEqual(sent[0]?.raw.includes("null"), false)
        assert.deepStrictEqual(sent[0]?.body, { customerUserId: "u", placementId: "p" })
      }))

    it.effect.each([
      { what: "slashes and spaces", id: "a/b c\\d" },
      { what: "quotes", id: `"first" 'user'` },
      { what: "emoji", id: "😀🏴󠁧󠁢󠁳󠁣󠁴󠁿" },
      { what: "256 characters", id: "x".repeat(256) },
      { what: "an upper-case UUID", id: "FFF3C120-0CA8-480F-9819-3955A5428E39" },
      { what: "a control character", id: "a\u0000b\n" },
      { what: "a lone surrogate", id: "a\ud800b" },
      { what: "a decomposed letter", id: "e\u0301" },
      { what: "a space at each end", id: " u " },
      { what: "a number in text", id: "007" },
      { what: "the name of a member of every object", id: "__proto__" }
    ])("carries ids and placements with $what untouched", ({ id }) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* bodyFor({ id }, {}, id), { customerUserId: id, placementId: id })
        assert.deepStrictEqual(yield* bodyFor({ profiles: { botsi: id } }, {}, id), { profileId: id, placementId: id })
      }))

    it.effect("names the placement as Botsi does, where the application says how", () =>
      Effect.gen(function*() {
        const placements = { onboarding: "ai-placement-id" }
        const mapped = yield* bodyFor({ id: "u" }, { placements }, "onboarding")
        const other = yield* bodyFor({ id: "u" }, { placements }, "settings")
        assert.deepInclude(mapped as object, { placementId: "ai-placement-id" })
        assert.deepInclude(other as object, { placementId: "settings" })
      }))

    it.effect.each(["__proto__", "constructor", "toString", "valueOf"])(
      "a placement named %s is not looked up in every object",
      (placement) =>
        Effect.gen(function*() {
          const body = yield* bodyFor({ id: "u" }, { placements: { other: "x" } }, placement)
          assert.deepInclude(body as object, { placementId: placement })
        })
    )

    it.effect("of a second account goes with that account's id of the customer", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ id: "botsi-eu" }, Botsi.referencePaywall)
        const customer = { id: "u", profiles: { botsi: "wrong", "botsi-eu": "right" } }
        const paywall = yield* provider.getPaywall({ placement: "p", customer })
        assert.deepStrictEqual(sent[0]?.body, { profileId: "right", placementId: "p" })
        assert.strictEqual(paywall.provider, "botsi-eu")
        assert.strictEqual(paywall.attribution?.provider, "botsi-eu")
      }))

    it.effect.each(["constructor", "toString"])("a second account may be named %s", (id) =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ id }, Botsi.referencePaywall)
        yield* provider.getPaywall({
          placement: "p",
          customer: { id: "u", profiles: { botsi: "x" } },
          options: { corrily: {} }
        })
        assert.deepStrictEqual(sent[0]?.body, { customerUserId: "u", placementId: "p" })
      }))
  })

  describe("refuses, before anything is sent,", () => {
    it.effect.each(
      [
        { why: "no identity", field: "customer.id", change: { customer: {} }, options: {} },
        {
          why: "another vendor's identity",
          field: "customer.id",
          change: { customer: { profiles: { corrily: "x" } } },
          options: {}
        },
        {
          why: "an address as the only identity",
          field: "customer.id",
          change: { customer: { ip: "1.2.3.4" } },
          options: {}
        },
        {
          why: "extras, since Botsi has none",
          field: "options.botsi",
          change: { options: { botsi: { a: 1 } } },
          options: {}
        },
        { why: "extras that are no object", field: "options.botsi", change: { options: { botsi: [] } }, options: {} },
        { why: "a guide without a locale", field: "customer.locale", change: {}, options: { dialect: "guide" } },
        { why: "a wrong address", field: "customer.ip", change: { customer: { id: "u", ip: "1.2.3" } }, options: {} },
        {
          why: "a wrong country",
          field: "customer.country",
          change: { customer: { id: "u", country: "USA" } },
          options: {}
        }
      ] as const
    )("$why", ({ change, field, options }) =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider(options, Botsi.referencePaywall)
        const error = yield* Effect.flip(
          provider.getPaywall({ placement: "p", customer: { id: "u" }, ...change } as never)
        )
        assert.deepInclude(error.reason, { _tag: "InvalidRequest", field })
        assert.deepStrictEqual(error.attempts, [])
        assert.isEmpty(sent)
      }))

    it.effect("but does not read other vendors' extras", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({}, Botsi.referencePaywall)
        const options = { corrily: { anything: [null] }, botsi: {} }
        yield* provider.getPaywall({ ...Botsi.request, options })
        assert.lengthOf(sent, 1)
      }))
  })

  describe("answer", () => {
    it.effect("of the page reads so, member for member", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2026, 2, 1, 12))
        const { provider } = yield* Botsi.provider({}, Botsi.referencePaywall)
        assert.deepStrictEqual(yield* provider.getPaywall(Botsi.request), {
          provider: "botsi",
          id: "42",
          externalId: "paywall_premium_v2",
          name: "Premium Paywall",
          placement: "ai-placement-id",
          products: [
            { id: "premium_monthly", basePlanId: "monthly-base", offerIds: ["intro-offer-7d"], features: [] }
          ],
          experiment: { _tag: "Treatment", variant: "32" },
          attribution: {
            provider: "botsi",
            placement: "ai-placement-id",
            paywallId: "42",
            subject: { kind: "profileId", value: Botsi.profileId },
            enrolled: true,
            fetchedAt: "2026-03-01T12:00:00.000Z",
            payload: { id: 42, placementId: "ai-placement-id", isExperiment: true, aiPricingModelId: 32 }
          },
          provenance: {
            source: "live",
            fetchedAt: "2026-03-01T12:00:00.000Z",
            notes: [],
            attempts: [{ provider: "botsi", startedAt: "2026-03-01T12:00:00.000Z", ms: 0, outcome: "ok" }]
          }
        })
      }))

    it.effect("of the guide reads so, member for member", () =>
      Effect.gen(function*() {
        const { provider } = yield* Botsi.provider({}, Botsi.guidePaywall)
        const paywall = yield* provider.getPaywall(Botsi.request)
        assert.deepInclude(paywall, { id: "1", externalId: "110007", name: "Free" })
        assert.deepStrictEqual(paywall.products, [
          {
            id: "free.app.store.p.id",
            vendorId: "1",
            offerIds: [],
            promotionalOfferId: "app_store_offer_free",
            appStoreOfferType: "promotional",
            consumable: false,
            features: []
          }
        ])
        assert.deepInclude(paywall.design as object, { revision: 1 })
        assert.notProperty(paywall, "remoteConfig")
        assert.deepStrictEqual(paywall.attribution?.payload, {
          id: 1,
          placementId: "ai-placement-id",
          isExperiment: true,
          aiPricingModelId: 32
        })
      }))

    it.effect("of the guide's template reads with every member filled", () =>
      Effect.gen(function*() {
        const { provider } = yield* Botsi.provider(
          {},
          FakeHttp.text(Fixtures.textOf("botsi/guide-get-paywall-response-template.json"))
        )
        const paywall = yield* provider.getPaywall(Botsi.request)
        assert.deepInclude(paywall, { id: "0", remoteConfig: "string" })
        assert.deepStrictEqual(paywall.products, [
          {
            id: "string",
            vendorId: "0",
            basePlanId: "string",
            offerIds: ["string"],
            promotionalOfferId: "string",
            winBackOfferId: "string",
            appStoreOfferType: "string",
            consumable: true,
            features: []
          }
        ])
        assert.deepStrictEqual(paywall.experiment, { _tag: "Treatment", variant: "0" })
      }))

    it.effect("the application's name stays on the paywall, Botsi's goes into the payload", () =>
      Effect.gen(function*() {
        const placements = { onboarding: "ai-placement-id" }
        const { provider } = yield* Botsi.provider({ placements }, Botsi.guidePaywall)
        const paywall = yield* provider.getPaywall({ ...Botsi.request, placement: "onboarding" })
        assert.strictEqual(paywall.placement, "onboarding")
        assert.strictEqual(paywall.attribution?.placement, "onboarding")
        assert.deepInclude(paywall.attribution?.payload as object, { placementId: "ai-placement-id" })
      }))

    it.effect("the placement that was sent is echoed, not the one that came back", () =>
      Effect.gen(function*() {
        const attribution = yield* Botsi.attributionOf({ placementId: "another-one" })
        assert.deepInclude(attribution.payload as object, { placementId: "ai-placement-id" })
      }))

    it.effect.each([
      { data: { isExperiment: true, aiPricingModelId: 32 }, experiment: { _tag: "Treatment", variant: "32" } },
      { data: { isExperiment: true, aiPricingModelId: 0 }, experiment: { _tag: "Treatment", variant: "0" } },
      { data: { isExperiment: true, aiPricingModelId: null }, experiment: { _tag: "Treatment" } },
      { data: { isExperiment: true }, experiment: { _tag: "Treatment" } },
      { data: { isExperiment: false, aiPricingModelId: 32 }, experiment: { _tag: "Control", variant: "32" } },
      { data: { isExperiment: false, aiPricingModelId: 0 }, experiment: { _tag: "Control", variant: "0" } },
      { data: { isExperiment: false, aiPricingModelId: null }, experiment: { _tag: "None" } },
      { data: { isExperiment: false }, experiment: { _tag: "None" } },
      { data: { aiPricingModelId: 32 }, experiment: { _tag: "Unknown" } },
      { data: { isExperiment: null, aiPricingModelId: 32 }, experiment: { _tag: "Unknown" } },
      { data: {}, experiment: { _tag: "Unknown" } }
    ])("$data is the experiment $experiment", ({ data, experiment }) =>
      Effect.gen(function*() {
        const { provider } = yield* Botsi.provider({}, Botsi.paywallWith(data))
        assert.deepStrictEqual((yield* provider.getPaywall(Botsi.request)).experiment, experiment as never)
      }))

    it.effect("nulls and absent members are nothing, and nothing is invented", () =>
      Effect.gen(function*() {
        const data = {
          id: 7,
          externalId: null,
          name: null,
          remoteConfigs: null,
          revision: null,
          isExperiment: false,
          aiPricingModelId: null,
          sourceProducts: []
        }
        const { provider } = yield* Botsi.provider({}, FakeHttp.json({ ok: true, data }))
        const { attribution, provenance: _, ...paywall } = yield* provider.getPaywall(Botsi.request)
        assert.deepStrictEqual(paywall, {
          provider: "botsi",
          id: "7",
          placement: "ai-placement-id",
          products: [],
          experiment: { _tag: "None" }
        })
        assert.deepStrictEqual(attribution?.payload, {
          id: 7,
          placementId: "ai-placement-id",
          isExperiment: false,
          aiPricingModelId: null
        })
      }))

    it.effect("unknown members are ignored at every level", () =>
      Effect.gen(function*() {
        const data = {
          id: 42,
          isExperiment: true,
          aiPricingModelId: 32,
          whatever: { deep: [1] },
          sourceProducts: [{ productId: "a", offerId: "o", price: 9.99, nested: {} }]
        }
        const { provider } = yield* Botsi.provider({}, FakeHttp.json({ ok: true, trace: "x", data }))
        const paywall = yield* provider.getPaywall(Botsi.request)
        assert.deepStrictEqual(paywall.products, [{ id: "a", offerIds: ["o"], features: [] }])
        assert.isEmpty(paywall.provenance.notes)
      }))

    it.effect("remote configs stay as they came, text or not", () =>
      Effect.gen(function*() {
        for (const remoteConfigs of [`{"a":1}`, "", { a: [1, null] }, [1]]) {
          const { provider } = yield* Botsi.provider({}, Botsi.paywallWith({ remoteConfigs }))
          assert.deepStrictEqual((yield* provider.getPaywall(Botsi.request)).remoteConfig, remoteConfigs)
        }
      }))

    it.effect("one broken product costs only itself, and is noted", () =>
      Effect.gen(function*() {
        const sourceProducts = [
          { productId: "a" },
          { offerId: "o" },
          { productId: "b", basePlanId: 5 },
          null,
          "c",
          { sourceProductId: "d", botsiProductId: "7" },
          { productId: "e", offerIds: ["x", 1] },
          { productId: "" },
          { productId: null, sourceProductId: "f", offerIds: null, offerId: null, isConsumable: null }
        ]
        const { provider } = yield* Botsi.provider({}, Botsi.paywallWith({ sourceProducts }))
        const paywall = yield* provider.getPaywall(Botsi.request)
        assert.deepStrictEqual(paywall.products.map(({ id }) => id), ["a", "f"])
        assert.deepStrictEqual(
          paywall.provenance.notes.map(({ path }) => path.match(/^data\.sourceProducts\[(\d)\]/)?.[1]),
          ["1", "2", "3", "4", "5", "6", "7"]
        )
        for (const { issue, path } of paywall.provenance.notes) {
          assert.isNotEmpty(issue)
          assert.notMatch(path, /\.$/)
        }
      }))

    it.effect("all products broken is no paywall", () =>
      Effect.gen(function*() {
        const { provider } = yield* Botsi.provider({}, Botsi.paywallWith({ sourceProducts: [{}, null] }))
        const error = yield* Effect.flip(provider.getPaywall(Botsi.request))
        assert.strictEqual(error.reason._tag, "InvalidResponse")
        assert.isFalse(error.isRetryable)
        assert.deepInclude(error.attempts[0], { outcome: "InvalidResponse" })
      }))

    it.effect("no products at all is a paywall without products", () =>
      Effect.gen(function*() {
        for (const sourceProducts of [[], null, undefined]) {
          const { provider } = yield* Botsi.provider({}, Botsi.paywallWith({ sourceProducts }))
          assert.isEmpty((yield* provider.getPaywall(Botsi.request)).products)
        }
      }))

    it.effect.each([
      { why: "no data", path: "data", body: { ok: true } },
      { why: "null as data", path: "data", body: { ok: true, data: null } },
      { why: "a list as data", path: "data", body: { ok: true, data: [] } },
      { why: "no id", path: "data.id", body: { ok: true, data: { isExperiment: true } } },
      { why: "an id in quotes", path: "data.id", body: { ok: true, data: { id: "42" } } },
      { why: "half an id", path: "data.id", body: { ok: true, data: { id: 4.2 } } },
      {
        why: "a flag that is a text",
        path: "data.isExperiment",
        body: { ok: true, data: { id: 1, isExperiment: "true" } }
      },
      {
        why: "a model that is a text",
        path: "data.aiPricingModelId",
        body: { ok: true, data: { id: 1, aiPricingModelId: "32" } }
      },
      {
        why: "half a model",
        path: "data.aiPricingModelId",
        body: { ok: true, data: { id: 1, aiPricingModelId: 0.5 } }
      },
      {
        why: "products that are no list",
        path: "data.sourceProducts",
        body: { ok: true, data: { id: 1, sourceProducts: {} } }
      },
      { why: "a list", path: "", body: [] }
    ])("$why cannot be read, and the place is named", ({ body, path }) =>
      Effect.gen(function*() {
        const { provider } = yield* Botsi.provider({}, FakeHttp.json(body))
        const error = yield* Effect.flip(provider.getPaywall(Botsi.request))
        assert.deepInclude(error.reason, { _tag: "InvalidResponse", path })
      }))

    it.effect.each([
      { member: "id", text: "9007199254740993" },
      { member: "id", text: "-9007199254740993" },
      { member: "id", text: "1e400" },
      { member: "aiPricingModelId", text: "9007199254740993" },
      { member: "aiPricingModelId", text: "123456789012345678901234567890" },
      { member: "aiPricingModelId", text: "1e400" },
      { member: "abTestId", text: "9007199254740993" }
    ])("$text as $member is refused, never rounded", ({ member, text }) =>
      Effect.gen(function*() {
        const members = { id: "1", [member]: text }
        const data = Object.entries(members).map(([name, value]) => `"${name}":${value}`).join(",")
        const { provider } = yield* Botsi.provider({}, FakeHttp.text(`{"ok":true,"data":{${data}}}`))
        const error = yield* Effect.flip(provider.getPaywall(Botsi.request))
        assert.deepInclude(error.reason, { _tag: "InvalidResponse", path: `data.${member}` })
      }))

    it.effect("the largest safe integer is exact", () =>
      Effect.gen(function*() {
        const attribution = yield* Botsi.attributionOf({ id: 9007199254740991, aiPricingModelId: -9007199254740991 })
        assert.strictEqual(attribution.paywallId, "9007199254740991")
        assert.deepInclude(attribution.payload as object, {
          id: 9007199254740991,
          aiPricingModelId: -9007199254740991
        })
      }))

    it.effect("204 is no paywall", () =>
      Effect.gen(function*() {
        const { provider } = yield* Botsi.provider({}, () => new Response(null, { status: 204 }))
        const error = yield* Effect.flip(provider.getPaywall(Botsi.request))
        assert.strictEqual(error.reason._tag, "InvalidResponse")
      }))

    it.effect("without enrolment says so, and asks no other question", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({}, Botsi.referencePaywall)
        const paywall = yield* provider.getPaywall({ ...Botsi.request, enroll: false })
        assert.isFalse(paywall.attribution?.enrolled)
        assert.deepStrictEqual(sent[0]?.body, Fixtures.jsonOf("botsi/get-paywall-request.json"))
      }))
  })

  it.effect("customers who ask at the same time never share an attribution", () =>
    Effect.gen(function*() {
      const reply: FakeHttp.Reply = ({ body }) => {
        const id = Number((body as { readonly customerUserId: string }).customerUserId)
        return Effect.delay(
          Effect.sync(() => Response.json({ ok: true, data: { id, aiPricingModelId: id, isExperiment: true } })),
          100 - id
        )
      }
      const { provider } = yield* Botsi.provider({}, reply)
      const ids = Array.from({ length: 20 }, (_, index) => index)
      const fiber = yield* Effect.forkChild(
        Effect.forEach(ids, (id) => provider.getPaywall({ placement: "p", customer: { id: String(id) } }), {
          concurrency: "unbounded"
        })
      )
      yield* TestClock.adjust("1 second")
      for (const [id, { attribution }] of (yield* Fiber.join(fiber)).entries()) {
        assert.strictEqual(attribution?.subject.value, String(id))
        assert.deepInclude(attribution?.payload as object, { id, aiPricingModelId: id })
      }
    }))

  it("says what Botsi can do", () => {
    assert.deepStrictEqual(BotsiProvider.capabilities, {
      exposure: "on-impression",
      purchases: ["app_store", "play_store"],
      repeatPurchase: "unknown"
    })
  })
})
