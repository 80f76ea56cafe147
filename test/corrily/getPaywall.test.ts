import { assert, describe, it } from "@effect/vitest"
import { Paywall } from "@priceport/core"
import type { CorrilyProvider } from "@priceport/corrily"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Fixtures from "../support/fixtures.ts"
import * as Corrily from "./Corrily.ts"

/** What a request becomes, and what becomes of the answer. */
const ask = (request: object, options: Partial<CorrilyProvider.Options> = {}, reply = Corrily.R1) =>
  Effect.gen(function*() {
    const { provider, sent } = yield* Corrily.provider(options, reply)
    const paywall = yield* provider.getPaywall({ placement: "onboarding", customer: { id: "u_1" }, ...request })
    assert.lengthOf(sent, 1)
    return { paywall, request: sent[0]!, body: sent[0]!.body }
  })

const u1 = { id: "u_1", country: "US" }

/** The answer R1 with one product changed. */
const withProduct = (change: object) =>
  FakeHttp.json({ ...Corrily.full, products: [{ ...Corrily.full.products[0], ...change }] })

const productWith = (change: object) =>
  Effect.map(ask({}, {}, withProduct(change)), ({ paywall }) => paywall.products[0]!)

describe("Corrily getPaywall", () => {
  describe("request", () => {
    it.effect("1: of a known user carries id and country", () =>
      Effect.gen(function*() {
        const { body, request } = yield* ask({ customer: u1 })
        assert.strictEqual(request.method, "POST")
        assert.strictEqual(request.url, "https://client.corrily.com/v1/paywall")
        assert.strictEqual(request.headers["x-api-key"], Corrily.key)
        assert.match(request.headers["content-type"] ?? "", /^application\/json\b/)
        assert.doesNotHaveAnyKeys(request.headers, ["authorization", "api_key", "traceparent", "b3"])
        assert.deepStrictEqual(body, { user_id: "u_1", country: "US" })
      }))

    it.effect.each([501, "501"])("2: the paywall id %o goes out as text", (paywallId) =>
      Effect.gen(function*() {
        const { body, paywall } = yield* ask({ customer: u1, options: { corrily: { paywallId } } })
        assert.deepStrictEqual(body, { user_id: "u_1", country: "US", paywall_id: "501" })
        assert.strictEqual(paywall.id, "501")
      }))

    it.effect("5: a forced currency is known", () =>
      Effect.gen(function*() {
        const { body, paywall } = yield* ask({
          customer: { ...u1, currency: "EUR" },
          options: { corrily: { overrideCurrency: true } }
        })
        assert.deepStrictEqual(body, { user_id: "u_1", country: "US", currency: "EUR", override_currency: true })
        assert.deepStrictEqual(paywall.products[0]?.price, { display: "€9,49", usd: "$10", currency: "EUR" })
      }))

    it.effect.each([{}, { overrideCurrency: false }])(
      "6: a preferred currency is no fact, with %o",
      (corrily) =>
        Effect.gen(function*() {
          const customer = { id: "u_1", country: "CA", currency: "CAD" }
          const { body, paywall } = yield* ask({ customer, options: { corrily } }, {}, Corrily.R2)
          const override = "overrideCurrency" in corrily ? { override_currency: false } : {}
          assert.deepStrictEqual(body, { user_id: "u_1", country: "CA", currency: "CAD", ...override })
          assert.deepStrictEqual(paywall.products[0]?.price, { display: "$9.99", usd: "$10" })
        })
    )

    it.effect("8: attributes go out as features, and never mix with a product's features", () =>
      Effect.gen(function*() {
        const attributes = { platform: "ios", cohort: "b" }
        const { body, paywall } = yield* ask({ customer: { id: "u_1", attributes } })
        assert.deepStrictEqual(body, { user_id: "u_1", features: { platform: "ios", cohort: "b" } })
        assert.deepStrictEqual(paywall.products[0]?.features.map(({ id }) => id), ["sync"])
      }))

    it.effect("8: no attributes, no features", () =>
      Effect.gen(function*() {
        const { body } = yield* ask({ customer: { id: "u_1", attributes: {} } })
        assert.deepStrictEqual(body, { user_id: "u_1" })
      }))

    it.effect("is the page's example of features", () =>
      Effect.gen(function*() {
        const features = Fixtures.jsonOf("corrily/paywall-request-features.json")
        const { body } = yield* ask({ customer: { id: "u_1", attributes: features } })
        assert.deepStrictEqual((body as { readonly features: unknown }).features, features)
      }))

    it.effect("has no members but those of the page, address and override", () =>
      Effect.gen(function*() {
        const everything = {
          id: "u_1",
          profiles: { botsi: "x" },
          country: "US",
          storeCountry: "US",
          locale: "en",
          currency: "USD",
          ip: "1.2.3.4",
          platform: "ios",
          appVersion: "1",
          device: { model: "m", os: "o" },
          store: "app_store",
          attributionSource: "Referral",
          attributes: { a: "b" }
        }
        const corrily = {
          paywallId: "501",
          coupons: { p: ["c"] },
          overrideCurrency: true,
          runExperiment: true,
          override: true
        }
        const { body } = yield* ask({ customer: everything, options: { corrily } })
        const page = Object.keys(Fixtures.jsonOf("corrily/paywall-request-curl.json"))
        assert.sameMembers(Object.keys(body as object), [...page, "ip", "override"])
        for (const [name, sample] of Object.entries(Fixtures.jsonOf("corrily/paywall-request-curl.json"))) {
          assert.strictEqual(typeof (body as Record<string, unknown>)[name], typeof sample, name)
        }
      }))

    it.effect("9: an experiment is run unless told, and then nothing is said of it", () =>
      Effect.gen(function*() {
        for (const enroll of [undefined, true]) {
          const { body, paywall } = yield* ask({ enroll })
          assert.deepStrictEqual(body, { user_id: "u_1" })
          assert.deepStrictEqual(paywall.experiment, { _tag: "Unknown" })
          assert.isTrue(paywall.attribution?.enrolled)
        }
      }))

    it.effect.each([
      { how: "enroll: false", request: { enroll: false } },
      { how: "runExperiment: false", request: { options: { corrily: { runExperiment: false } } } },
      { how: "both", request: { enroll: false, options: { corrily: { runExperiment: false } } } }
    ])("9: with $how none is run, and that is known", ({ request }) =>
      Effect.gen(function*() {
        const { body, paywall } = yield* ask(request)
        assert.deepStrictEqual(body, { user_id: "u_1", run_experiment: false })
        assert.deepStrictEqual(paywall.experiment, { _tag: "None" })
        assert.isFalse(paywall.attribution?.enrolled)
      }))

    it.effect("10: an anonymous visitor is their address", () =>
      Effect.gen(function*() {
        const customer = { ip: "2001:db8::7", country: "DE" }
        const { body, paywall, request } = yield* ask({ customer }, {}, Corrily.R2)
        assert.deepStrictEqual(body, { ip: "2001:db8::7", country: "DE" })
        assert.notInclude(request.raw, "null")
        assert.deepStrictEqual(paywall.attribution?.subject, { kind: "ip", value: "2001:db8::7" })
        assert.deepStrictEqual(paywall.attribution?.payload, { pricingPageId: 502, ip: "2001:db8::7", country: "DE" })
      }))

    it.effect("with id and address carries both, so that Corrily can link them", () =>
      Effect.gen(function*() {
        const { body, paywall } = yield* ask({ customer: { id: "u_1", ip: "1.2.3.4" } })
        assert.deepStrictEqual(body, { user_id: "u_1", ip: "1.2.3.4" })
        assert.deepStrictEqual(paywall.attribution?.subject, { kind: "user_id", value: "u_1" })
        assert.deepStrictEqual(paywall.attribution?.payload, { pricingPageId: 501, user_id: "u_1", ip: "1.2.3.4" })
      }))

    it.effect("with sendIp: anonymous the address stays here, unless it is all there is", () =>
      Effect.gen(function*() {
        const known = yield* ask({ customer: { id: "u_1", ip: "1.2.3.4" } }, { sendIp: "anonymous" })
        const anonymous = yield* ask({ customer: { ip: "1.2.3.4" } }, { sendIp: "anonymous" })
        assert.deepStrictEqual(known.body, { user_id: "u_1" })
        assert.notProperty(known.paywall.attribution?.payload, "ip")
        assert.deepStrictEqual(anonymous.body, { ip: "1.2.3.4" })
      }))

    it.effect("a country goes out in upper case", () =>
      Effect.gen(function*() {
        const { body, paywall } = yield* ask({ customer: { id: "u_1", country: "de" } })
        assert.deepStrictEqual(body, { user_id: "u_1", country: "DE" })
        assert.deepInclude(paywall.attribution?.payload as object, { country: "DE" })
      }))

    it.effect.each([
      { coupons: { product_id_1: ["coupon_id_1"] }, example: "paywall-request-coupon" },
      { coupons: { product_id_1: ["coupon_id_1", "coupon_id2"] }, example: "paywall-request-coupons" }
    ])("coupons go out as the page writes them: $example", ({ coupons, example }) =>
      Effect.gen(function*() {
        const { body } = yield* ask({ options: { corrily: { coupons } } })
        assert.deepStrictEqual(body, { user_id: "u_1", coupons: Fixtures.jsonOf(`corrily/${example}.json`) })
      }))

    it.effect("coupons of several products stay apart, and none are no member", () =>
      Effect.gen(function*() {
        const coupons = { "pro.monthly": ["a", "b"], constructor: ["c"] }
        const some = yield* ask({ options: { corrily: { coupons } } })
        const none = yield* ask({ options: { corrily: { coupons: {} } } })
        assert.deepStrictEqual(some.body, { user_id: "u_1", coupons: { "pro.monthly": "a,b", constructor: "c" } })
        assert.deepStrictEqual(none.body, { user_id: "u_1" })
      }))

    it.effect("a member named __proto__ is data like any other", () =>
      Effect.gen(function*() {
        const attributes = JSON.parse(`{"__proto__":"x"}`)
        const coupons = JSON.parse(`{"__proto__":["c"]}`)
        const { request } = yield* ask({ customer: { id: "u_1", attributes }, options: { corrily: { coupons } } })
        assert.include(request.raw, `"features":{"__proto__":"x"}`)
        assert.include(request.raw, `"coupons":{"__proto__":"c"}`)
      }))

    it.effect("override is sent only where it is asked for", () =>
      Effect.gen(function*() {
        assert.notProperty((yield* ask({})).body, "override")
        assert.deepInclude((yield* ask({ options: { corrily: { override: true } } })).body as object, {
          override: true
        })
      }))

    it.effect.each([400, 408, 429, 500, 503])("override is not repeated after %i", (status) =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Corrily.provider({}, FakeHttp.json({}, status), Corrily.R1)
        const request = { placement: "p", customer: { id: "u_1" }, options: { corrily: { override: true } } }
        yield* Effect.flip(provider.getPaywall(request))
        assert.lengthOf(sent, 1)
      }))

    it.effect("placements become paywall ids where the application says so, and nothing elsewhere", () =>
      Effect.gen(function*() {
        const placements = { onboarding: "501" }
        const mapped = yield* ask({}, { placements })
        const forced = yield* ask({ options: { corrily: { paywallId: 502 } } }, { placements })
        assert.deepInclude(mapped.body as object, { paywall_id: "501" })
        assert.deepInclude(forced.body as object, { paywall_id: "502" })
        assert.strictEqual(mapped.paywall.placement, "onboarding")
        for (const placement of ["settings", "constructor", "__proto__", "toString"]) {
          assert.notProperty((yield* ask({ placement }, { placements })).body, "paywall_id")
        }
      }))

    it.effect.each([
      { what: "slashes", id: "a/b c" },
      { what: "quotes", id: `"x"` },
      { what: "emoji", id: "😀" },
      { what: "256 characters", id: "x".repeat(256) },
      { what: "a lone surrogate", id: "\udc00x" }
    ])("ids with $what go out untouched", ({ id }) =>
      Effect.gen(function*() {
        assert.deepStrictEqual((yield* ask({ customer: { id } })).body, { user_id: id })
      }))

    it.effect("an address as Corrily's own SDKs make them up is one", () =>
      Effect.gen(function*() {
        const ip = "1A2B:3C:D4E5:F:60:7:89AB:CD"
        assert.deepStrictEqual((yield* ask({ customer: { ip } })).body, { ip })
      }))

    it.effect.each(["corrily-eu", "constructor", "toString"])(
      "a second account may be named %s",
      (id) =>
        Effect.gen(function*() {
          const options = { botsi: {}, corrily: { runExperiment: false } }
          const { body, paywall } = yield* ask({ options }, { id })
          assert.deepStrictEqual(body, { user_id: "u_1" })
          assert.strictEqual(paywall.provider, id)
          const own = yield* ask({ options: { [id]: { paywallId: 9 } } }, { id })
          assert.deepStrictEqual(own.body, { user_id: "u_1", paywall_id: "9" })
        })
    )
  })

  describe("refuses, before anything is sent,", () => {
    it.effect.each([
      {
        why: "4: a forced currency without one",
        field: "customer.currency",
        change: { options: { corrily: { overrideCurrency: true } } }
      },
      {
        why: "8: a number as attribute",
        field: "customer.attributes.level",
        change: { customer: { id: "u", attributes: { level: 3 } } }
      },
      {
        why: "8: null as attribute",
        field: "customer.attributes.a",
        change: { customer: { id: "u", attributes: { a: null } } }
      },
      { why: "10: a malformed address", field: "customer.ip", change: { customer: { ip: "300.1.1.1" } } },
      { why: "11: no identity", field: "customer.id", change: { customer: { country: "US" } } },
      { why: "another vendor's identity", field: "customer.id", change: { customer: { profiles: { corrily: "x" } } } },
      {
        why: "enroll: false beside an experiment",
        field: "options.corrily.runExperiment",
        change: { enroll: false, options: { corrily: { runExperiment: true } } }
      },
      {
        why: "a misspelt option",
        field: "options.corrily.overide",
        change: { options: { corrily: { overide: true } } }
      },
      {
        why: "an option in Corrily's spelling",
        field: "options.corrily.run_experiment",
        change: { options: { corrily: { run_experiment: false } } }
      },
      {
        why: "a flag as text",
        field: "options.corrily.override",
        change: { options: { corrily: { override: "true" } } }
      },
      {
        why: "a null flag",
        field: "options.corrily.runExperiment",
        change: { options: { corrily: { runExperiment: null } } }
      },
      {
        why: "an empty paywall id",
        field: "options.corrily.paywallId",
        change: { options: { corrily: { paywallId: "" } } }
      },
      {
        why: "half a paywall id",
        field: "options.corrily.paywallId",
        change: { options: { corrily: { paywallId: 1.5 } } }
      },
      {
        why: "a coupon that is no list",
        field: "options.corrily.coupons.p",
        change: { options: { corrily: { coupons: { p: "c" } } } }
      },
      {
        why: "a product without coupons",
        field: "options.corrily.coupons.p",
        change: { options: { corrily: { coupons: { p: [] } } } }
      },
      {
        why: "a coupon with a comma",
        field: "options.corrily.coupons.p[1]",
        change: { options: { corrily: { coupons: { p: ["a", "b,c"] } } } }
      },
      {
        why: "an empty coupon",
        field: "options.corrily.coupons.p[0]",
        change: { options: { corrily: { coupons: { p: [""] } } } }
      },
      { why: "options that are no object", field: "options.corrily", change: { options: { corrily: "x" } } },
      { why: "options that are a list", field: "options.corrily", change: { options: { corrily: [] } } },
      { why: "null as options", field: "options.corrily", change: { options: { corrily: null } } }
    ])("$why", ({ change, field }) =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Corrily.provider({}, Corrily.R1)
        const error = yield* Effect.flip(
          provider.getPaywall({ placement: "p", customer: { id: "u_1" }, ...change } as never)
        )
        assert.strictEqual(error.reason._tag, "InvalidRequest")
        assert.isTrue((error.reason as { readonly field: string }).field.startsWith(field), error.message)
        assert.isEmpty(sent)
      }))
  })

  describe("answer", () => {
    it.effect("1: of the page's shape reads so, member for member", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2026, 2, 1, 12))
        const { paywall } = yield* ask({ customer: u1 })
        const { products, ...rest } = paywall
        assert.deepStrictEqual(rest, {
          provider: "corrily",
          id: "501",
          placement: "onboarding",
          experiment: { _tag: "Unknown" },
          design: Corrily.full.pricing_page,
          attribution: {
            provider: "corrily",
            placement: "onboarding",
            paywallId: "501",
            subject: { kind: "user_id", value: "u_1" },
            enrolled: true,
            fetchedAt: "2026-03-01T12:00:00.000Z",
            payload: { pricingPageId: 501, user_id: "u_1", country: "US" }
          },
          provenance: {
            source: "live",
            fetchedAt: "2026-03-01T12:00:00.000Z",
            notes: [],
            attempts: [{ provider: "corrily", startedAt: "2026-03-01T12:00:00.000Z", ms: 0, outcome: "ok" }]
          }
        })
        assert.lengthOf(products, 1)
        const { features, presentation, ...product } = products[0]!
        assert.deepStrictEqual(product, {
          id: "pro.monthly",
          vendorId: "7001",
          name: "Pro Monthly",
          description: "All features",
          offerIds: [],
          price: { display: "€9,49", usd: "$10" },
          period: { unit: "month", count: 1 },
          trial: { id: "44", days: 7, type: "free" }
        })
        assert.lengthOf(features, 1)
        assert.deepInclude(features[0], {
          id: "sync",
          name: "Sync",
          type: "boolean",
          value: 1,
          description: "Sync devices",
          group: "Core"
        })
        const [wire] = Corrily.full.products
        assert.deepInclude(presentation as object, { cents: true, group: 3, overrides: wire!.overrides })
        assert.deepInclude(features[0]?.presentation as object, { value_id: 91, status: "active" })
      }))

    it.effect("12: with the nulls of real ones reads too, and nothing is invented", () =>
      Effect.gen(function*() {
        const { paywall } = yield* ask({}, {}, Corrily.R2)
        assert.strictEqual(paywall.id, "502")
        assert.isEmpty(paywall.provenance.notes)
        const [product] = paywall.products
        assert.deepInclude(product, {
          id: "basic.annual",
          vendorId: "7002",
          name: "Basic Annual",
          price: { display: "$9.99", usd: "$10" },
          period: { unit: "year", count: 1 },
          offerIds: []
        })
        assert.doesNotHaveAnyKeys(product, ["trial", "description", "consumable", "basePlanId"])
        const [feature] = product!.features
        assert.deepInclude(feature, { id: "a", name: "A", type: "boolean", description: "A" })
        assert.doesNotHaveAnyKeys(feature, ["value", "unit", "group"])
        assert.deepInclude(product?.presentation as object, { cents: false, group: null, overrides: null })
      }))

    it.effect("the page's own example is read, though it holds types for values", () =>
      Effect.gen(function*() {
        const reply = FakeHttp.text(Fixtures.textOf("corrily/paywall-response.json"))
        const { paywall } = yield* ask({}, {}, reply)
        assert.strictEqual(paywall.id, "123")
        assert.deepInclude(paywall.products[0], { id: "<string>", name: "<string>", vendorId: "123" })
        assert.deepInclude(paywall.products[0]?.period, { unit: "unknown", count: 123 })
        assert.deepInclude(paywall.products[0]?.features[0], { id: "<string>", value: 123, unit: "<string>" })
        assert.deepStrictEqual(paywall.design, Fixtures.jsonOf("corrily/paywall-response.json").pricing_page)
      }))

    it.effect("crosses JSON intact", () =>
      Effect.gen(function*() {
        const codec = Schema.toCodecJson(Paywall.Paywall)
        for (const reply of [Corrily.R1, Corrily.R2, FakeHttp.text(Fixtures.textOf("corrily/paywall-response.json"))]) {
          const { paywall } = yield* ask({}, {}, reply)
          const text = JSON.stringify(yield* Schema.encodeEffect(codec)(paywall))
          assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(codec)(JSON.parse(text)), paywall)
        }
      }))

    it.effect("of numbers no JSON could give back is still a paywall that crosses JSON", () =>
      Effect.gen(function*() {
        const text = JSON.stringify(Corrily.full).replace(`"value":1,`, `"value":1e400,`).replace(
          `"group":3`,
          `"group":1e400`
        )
        const { paywall } = yield* ask({}, {}, FakeHttp.text(text))
        yield* Schema.encodeEffect(Schema.toCodecJson(Paywall.Paywall))(paywall)
      }))

    it.effect("price texts stay letter for letter, and are never read", () =>
      Effect.gen(function*() {
        for (const price of ["1.234,56 €", "US$9.99", "¥500", "free", "", " $9 ", "-1", "٩٫٩٩ ر.س"]) {
          const product = yield* productWith({ price, price_usd: price, cents: false })
          assert.strictEqual(product.price?.display, price)
          assert.notProperty(product.price, "money")
          assert.notProperty(product.price, "currency")
        }
      }))

    it.effect.each([
      { interval: "day", period: { unit: "day", count: 1 } },
      { interval: "week", period: { unit: "week", count: 1 } },
      { interval: "month", period: { unit: "month", count: 1 } },
      { interval: "year", period: { unit: "year", count: 1 } },
      { interval: "monthly", period: { unit: "month", count: 1, vendor: "monthly" } },
      { interval: "one_time", period: { unit: "once", count: 1, vendor: "one_time" } },
      { interval: "one-time", period: { unit: "once", count: 1, vendor: "one-time" } },
      { interval: "fortnight", period: { unit: "unknown", count: 1, vendor: "fortnight" } },
      { interval: "constructor", period: { unit: "unknown", count: 1, vendor: "constructor" } }
    ])("the interval $interval is the period $period", ({ interval, period }) =>
      Effect.gen(function*() {
        assert.deepStrictEqual((yield* productWith({ interval })).period, period as never)
      }))

    it.effect("a period that is not there is not there", () =>
      Effect.gen(function*() {
        for (
          const change of [{ interval: null, interval_count: null }, { interval: undefined, interval_count: undefined }]
        ) {
          assert.notProperty(yield* productWith(change), "period")
        }
      }))

    it.effect("a trial's id may have either name, or be missing", () =>
      Effect.gen(function*() {
        const trialOf = (trial: object) => Effect.map(productWith({ trial }), (product) => product.trial)
        assert.deepStrictEqual(yield* trialOf({ trial_id: 5, trial_days: 3, trial_type: "paid" }), {
          id: "5",
          days: 3,
          type: "paid"
        })
        assert.deepStrictEqual(yield* trialOf({ trial_days: 0 }), { days: 0 })
      }))

    it.effect("an id to buy stays as it is, plus signs too", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* productWith({ api_id: "pro+monthly" })).id, "pro+monthly")
      }))

    it.effect.each([0, false, "many", true, 2.5])(
      "a feature may have the value %o",
      (value) =>
        Effect.gen(function*() {
          const [feature] = Corrily.full.products[0]!.features
          const product = yield* productWith({ features: [{ ...feature, value }] })
          assert.strictEqual(product.features[0]?.value, value)
        })
    )

    it.effect("features may be missing or null", () =>
      Effect.gen(function*() {
        for (const features of [undefined, null, []]) {
          assert.deepStrictEqual((yield* productWith({ features })).features, [])
        }
      }))

    it.effect("unknown members are ignored at every level of what is ours", () =>
      Effect.gen(function*() {
        const reply = FakeHttp.json({
          ...Corrily.full,
          someday: 1,
          products: [{ ...Corrily.full.products[0], someday: { a: 1 } }]
        })
        const { paywall } = yield* ask({}, {}, reply)
        assert.lengthOf(paywall.products, 1)
        assert.notProperty(paywall.products[0], "someday")
        assert.isEmpty(paywall.provenance.notes)
      }))

    it.effect("one broken product costs only itself, and is noted", () =>
      Effect.gen(function*() {
        const [good] = Corrily.full.products
        const products = [
          { ...good, api_id: null },
          { ...good, api_id: "b" },
          null,
          { ...good, price: 9.99 },
          { ...good, id: "7001" },
          { ...good, name: undefined },
          "x",
          { ...good, api_id: "" },
          { ...good, api_id: "c" }
        ]
        const { paywall } = yield* ask({}, {}, FakeHttp.json({ ...Corrily.full, products }))
        assert.deepStrictEqual(paywall.products.map(({ id }) => id), ["b", "c"])
        assert.deepStrictEqual(
          paywall.provenance.notes.map(({ path }) => path.match(/^products\[(\d)\]/)?.[1]),
          ["0", "2", "3", "4", "5", "6", "7"]
        )
        for (const { issue, path } of paywall.provenance.notes) {
          assert.isNotEmpty(issue)
          assert.notMatch(path, /\.$/)
        }
      }))

    it.effect("a broken feature does not cost a product that can be sold", () =>
      Effect.gen(function*() {
        const [feature] = Corrily.full.products[0]!.features
        const { paywall } = yield* ask({}, {}, withProduct({ features: [null, feature, { name: 5 }] }))
        assert.deepStrictEqual(paywall.products[0]?.features.map(({ id }) => id), ["sync"])
        assert.lengthOf(paywall.provenance.notes, 2)
      }))

    it.effect("all products broken is no paywall", () =>
      Effect.gen(function*() {
        const { provider } = yield* Corrily.provider({}, FakeHttp.json({ ...Corrily.full, products: [{}, null] }))
        const error = yield* Effect.flip(provider.getPaywall({ placement: "p", customer: { id: "u_1" } }))
        assert.strictEqual(error.reason._tag, "InvalidResponse")
        assert.isFalse(error.isRetryable)
      }))

    it.effect("no products is a paywall without products", () =>
      Effect.gen(function*() {
        const { paywall } = yield* ask({}, {}, FakeHttp.json({ ...Corrily.full, products: [] }))
        assert.isEmpty(paywall.products)
      }))

    it.effect.each([
      { why: "nothing", body: undefined, path: "" },
      { why: "a list", body: [], path: "" },
      { why: "no page", body: { success: true, products: [] }, path: "pricing_page" },
      { why: "null as page", body: { success: true, pricing_page: null, products: [] }, path: "pricing_page" },
      { why: "a page without id", body: { success: true, pricing_page: {}, products: [] }, path: "pricing_page.id" },
      {
        why: "an id in quotes",
        body: { success: true, pricing_page: { id: "501" }, products: [] },
        path: "pricing_page.id"
      },
      { why: "no products", body: { success: true, pricing_page: { id: 501 } }, path: "products" },
      { why: "null as products", body: { success: true, pricing_page: { id: 501 }, products: null }, path: "products" },
      {
        why: "products that are no list",
        body: { success: true, pricing_page: { id: 501 }, products: {} },
        path: "products"
      }
    ])("$why cannot be read, and the place is named", ({ body, path }) =>
      Effect.gen(function*() {
        const { provider } = yield* Corrily.provider({}, FakeHttp.text(body === undefined ? "" : JSON.stringify(body)))
        const error = yield* Effect.flip(provider.getPaywall({ placement: "p", customer: { id: "u_1" } }))
        assert.strictEqual(error.reason._tag, "InvalidResponse")
        assert.isTrue((error.reason as { readonly path: string }).path.startsWith(path))
      }))

    it.effect("a page id beyond 2^53 is refused, never rounded", () =>
      Effect.gen(function*() {
        for (const id of ["9007199254740993", "1e400", "5.5"]) {
          const body = JSON.stringify(Corrily.full).replace(`"id":501`, `"id":${id}`)
          const { provider } = yield* Corrily.provider({}, FakeHttp.text(body))
          const error = yield* Effect.flip(provider.getPaywall({ placement: "p", customer: { id: "u_1" } }))
          assert.deepInclude(error.reason, { _tag: "InvalidResponse", path: "pricing_page.id" })
        }
      }))
  })
})
