import { assert, describe, it } from "@effect/vitest"
import { CorrilySimulator } from "@priceport/testing/simulators"
import { Effect } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import * as Wire from "./Wire.ts"

const make = (options: CorrilySimulator.Options = {}) =>
  CorrilySimulator.make({ latency: { minMs: 0, maxMs: 0 }, ...options })

const fetchPaywall = (
  corrily: CorrilySimulator.CorrilySimulator["Service"],
  body: unknown,
  headers: Record<string, string> = {}
) =>
  Effect.map(
    Wire.send({
      url: `${corrily.baseUrl}/v1/paywall`,
      headers: { "x-api-key": corrily.apiKey, ...headers },
      body
    }),
    ({ status, text }) => ({ status, body: JSON.parse(text) })
  )

const pricesOf = (answer: { readonly body: { readonly products: ReadonlyArray<{ readonly price: string }> } }) =>
  answer.body.products.map(({ price }) => Buffer.from(price, "latin1").toString("utf8").replace(/\s/g, " "))

describe("CorrilySimulator", () => {
  it.live("is a layer too, at the origin", () =>
    Effect.gen(function*() {
      const corrily = yield* CorrilySimulator.CorrilySimulator
      assert.match(corrily.baseUrl, /^http:\/\/127\.0\.0\.1:\d+$/)
    }).pipe(Effect.provide(CorrilySimulator.layer())))

  describe("answers", () => {
    it.live("have every member of the vendor's page", () =>
      Effect.gen(function*() {
        const folder = "test/fixtures/corrily"
        const page = readdirSync(folder).find((name) => name.endsWith("response.json"))
        assert.isTrue(existsSync(`${folder}/${page}`))
        const expected = JSON.parse(readFileSync(`${folder}/${page}`, "utf8"))
        const { body } = yield* fetchPaywall(yield* make(), { user_id: "u-1" })

        assert.containsAllKeys(body, Object.keys(expected))
        assert.containsAllKeys(body.pricing_page, Object.keys(expected.pricing_page))
        assert.containsAllKeys(body.products[0], Object.keys(expected.products[0]))
        assert.containsAllKeys(body.products[0].trial, Object.keys(expected.products[0].trial))
        assert.containsAllKeys(body.products[0].overrides, Object.keys(expected.products[0].overrides))
        assert.containsAllKeys(body.products[0].features[0], Object.keys(expected.products[0].features[0]))
      }))

    it.live("have null where the vendor's real ones do", () =>
      Effect.gen(function*() {
        const { body } = yield* fetchPaywall(yield* make(), { user_id: "u-1" })
        const second = body.products[1]

        assert.isNull(body.trace_id)
        assert.isNull(body.pricing_page.header_image)
        assert.deepStrictEqual([second.trial, second.overrides, second.group], [null, null, null])
        assert.deepStrictEqual([second.features[0].value, second.features[0].unit], [null, null])
      }))

    it.live.each([
      { country: "US", price: "$9.99" },
      { country: "DE", price: "8,99 €" },
      { country: "GB", price: "£7.99" },
      { country: "JP", price: "￥1,500" }
    ])("format prices for $country", ({ country, price }) =>
      Effect.gen(function*() {
        const corrily = yield* make({ paywalls: [{ id: 1, arm: "baseline" }] })
        const [first] = pricesOf(yield* fetchPaywall(corrily, { user_id: "u-1", country }))
        assert.strictEqual(first?.normalize("NFKC"), price.normalize("NFKC"))
      }))

    it.live("draw the same prices for the same seed and user, whoever asks first", () =>
      Effect.gen(function*() {
        const users = Array.from({ length: 60 }, (_, index) => `user-${index}`)
        const pricesFor = Effect.fnUntraced(function*(seed: number, order: ReadonlyArray<string>) {
          const corrily = yield* make({ seed })
          const answers = yield* Effect.forEach(order, (user_id) =>
            Effect.map(fetchPaywall(corrily, { user_id }), (answer) => [user_id, pricesOf(answer)] as const))
          return Object.fromEntries(answers)
        })
        const forwards = yield* pricesFor(1, users)

        assert.deepStrictEqual(yield* pricesFor(1, users.toReversed()), forwards)
        assert.notDeepEqual(yield* pricesFor(2, users), forwards)
        assert.strictEqual(
          new Set(
            Object.values(forwards).map(([price]) =>
              price
            )
          ).size,
          3
        )
      }))
  })

  describe("visitors", () => {
    it.live("keep paywall and prices, wherever they are later", () =>
      Effect.gen(function*() {
        const corrily = yield* make()
        const first = yield* fetchPaywall(corrily, { user_id: "u-1", country: "US", paywall_id: "502" })
        const second = yield* fetchPaywall(corrily, { user_id: "u-1", country: "DE", currency: "GBP" })

        assert.strictEqual(second.body.pricing_page.id, 502)
        assert.deepStrictEqual(pricesOf(second), pricesOf(first))
        const { exposures, visitors } = yield* corrily.state
        assert.strictEqual(exposures, 2)
        assert.deepStrictEqual(visitors.map(({ exposures, id }) => ({ exposures, id })), [{ exposures: 2, id: "u-1" }])
      }))

    it.live("take the prices of their address with them when they sign in", () =>
      Effect.gen(function*() {
        const corrily = yield* make({ seed: "link" })
        const addresses = Array.from({ length: 20 }, (_, index) => `2001:db8::${index + 1}`)
        for (const ip of addresses) {
          const anonymous = yield* fetchPaywall(corrily, { ip, country: "DE" })
          yield* fetchPaywall(corrily, { ip, user_id: `user of ${ip}`, country: "US" })
          const known = yield* fetchPaywall(corrily, { user_id: `user of ${ip}` })
          assert.deepStrictEqual(pricesOf(known), pricesOf(anonymous))
        }
        const linked = (yield* corrily.state).visitors.filter(({ linkedFrom }) => linkedFrom !== undefined)
        assert.deepStrictEqual(linked.map(({ linkedFrom }) => linkedFrom), addresses)
      }))

    it.live("see the baseline and are not enrolled when no experiment may run", () =>
      Effect.gen(function*() {
        const corrily = yield* make({ paywalls: [{ id: 1, arm: "higher" }] })
        const outside = yield* fetchPaywall(corrily, { user_id: "u-1", run_experiment: false })
        const state = yield* corrily.state
        const inside = yield* fetchPaywall(corrily, { user_id: "u-1" })

        assert.strictEqual(pricesOf(outside)[0], "$9.99")
        assert.strictEqual(pricesOf(inside)[0], "$12.49")
        assert.deepStrictEqual(state, { visitors: [], exposures: 0, arms: {}, unenrolled: 1, connectionKeyed: 0 })
        assert.deepStrictEqual((yield* corrily.state).arms, { higher: 1 })
      }))

    it.live("are drawn anew by override, and keep the new arm", () =>
      Effect.gen(function*() {
        const corrily = yield* make()
        const seen = new Set<string>()
        for (let draw = 0; draw < 20; draw++) {
          const drawn = pricesOf(yield* fetchPaywall(corrily, { user_id: "u-1", override: true }))
          const kept = pricesOf(yield* fetchPaywall(corrily, { user_id: "u-1" }))
          assert.deepStrictEqual(kept, drawn)
          seen.add(String(drawn[0]))
        }
        assert.strictEqual(seen.size, 3)
      }))

    it.live("see the same amount in another currency for one call", () =>
      Effect.gen(function*() {
        const corrily = yield* make({ paywalls: [{ id: 1, arm: "baseline" }] })
        const own = yield* fetchPaywall(corrily, { user_id: "u-1", country: "US" })
        const other = yield* fetchPaywall(corrily, { user_id: "u-1", currency: "EUR", override_currency: true })
        const again = yield* fetchPaywall(corrily, { user_id: "u-1" })

        assert.deepStrictEqual([pricesOf(own)[0], pricesOf(other)[0]], ["$9.99", "€9.99"])
        assert.deepStrictEqual(pricesOf(again), pricesOf(own))
      }))

    it.live("that nobody names are all one, and that is on record", () =>
      Effect.gen(function*() {
        const corrily = yield* make()
        yield* fetchPaywall(corrily, { country: "US" })
        yield* fetchPaywall(corrily, { country: "DE" })

        const { connectionKeyed, visitors } = yield* corrily.state
        assert.strictEqual(connectionKeyed, 2)
        assert.deepStrictEqual(visitors.map(({ id, kind }) => ({ id, kind })), [{
          kind: "connection",
          id: "127.0.0.1"
        }])
      }))
  })

  describe("refuses", () => {
    it.live.each([
      { why: "another key", body: {}, headers: { "x-api-key": "other" }, status: 401, says: "x-api-key" },
      { why: "an Authorization header", body: {}, headers: { authorization: "a" }, status: 422, says: "authorization" },
      { why: "trace headers", body: {}, headers: { traceparent: "00-1-1-01" }, status: 422, says: "traceparent" },
      { why: "text", body: {}, headers: { "content-type": "text/plain" }, status: 422, says: "content-type" },
      { why: "no JSON", body: "{", status: 422, says: "body" },
      { why: "an unknown paywall", body: { paywall_id: "9" }, status: 400, says: "Unknown paywall" },
      { why: "a paywall id as number", body: { paywall_id: 501 }, status: 422, says: "paywall_id" },
      { why: "camel case", body: { userId: "u" }, status: 422, says: "userId" },
      { why: "null", body: { user_id: null }, status: 422, says: "user_id" },
      { why: "a country in words", body: { country: "Germany" }, status: 422, says: "country" },
      { why: "no address", body: { ip: "300.1.1.1" }, status: 422, says: "ip" },
      { why: "a currency override without currency", body: { override_currency: true }, status: 422, says: "currency" },
      { why: "coupons as lists", body: { coupons: { p: ["a"] } }, status: 422, says: "coupons.p" },
      { why: "coupons with spaces", body: { coupons: { p: "a, b" } }, status: 422, says: "coupons.p" },
      { why: "traits that are no text", body: { features: { level: 3 } }, status: 422, says: "features.level" },
      { why: "a body key of old clients", body: { api_id: "k" }, status: 422, says: "api_id" }
    ])("$why", ({ body, headers, says, status }) =>
      Effect.gen(function*() {
        const corrily = yield* make()
        const answer = yield* fetchPaywall(corrily, body, headers)

        assert.strictEqual(answer.status, status)
        assert.isFalse(answer.body.success)
        assert.include(answer.body.error_message, says)
        assert.match(answer.body.code, /^SIMULATOR_/)
        assert.isEmpty((yield* corrily.state).visitors)
      }))

    it.live("any other path", () =>
      Effect.gen(function*() {
        const corrily = yield* make()
        const answer = yield* Wire.send({
          url: `${corrily.baseUrl}/v1/prices`,
          headers: { "x-api-key": corrily.apiKey },
          body: {}
        })
        assert.strictEqual(answer.status, 404)
      }))
  })

  it.live("takes every member of the vendor's page at once", () =>
    Effect.gen(function*() {
      const { status } = yield* fetchPaywall(yield* make(), {
        user_id: "u-1",
        country: "US",
        paywall_id: "501",
        coupons: { "pro.monthly": "coupon_id_1,coupon_id2" },
        override_currency: true,
        features: { platform: "ios" },
        run_experiment: true,
        currency: "EUR"
      })
      assert.strictEqual(status, 200)
    }))
})
