import { assert, describe, it } from "@effect/vitest"
import { Attribution, Paywall, Product, Purchase } from "@priceport/core"
import { Effect, Schema } from "effect"
import * as Stub from "./Stub.ts"

/** What is left of a value that travelled as JSON text. */
const travel = <A, E>(schema: Schema.Codec<A, E>, value: A) =>
  Effect.gen(function*() {
    const codec = Schema.toCodecJson(schema)
    const text = JSON.stringify(yield* Schema.encodeEffect(codec)(value))
    const back = yield* Schema.decodeUnknownEffect(codec)(JSON.parse(text))
    return { back, text, again: JSON.stringify(yield* Schema.encodeEffect(codec)(back)) }
  })

describe("Paywall", () => {
  it.effect("crosses JSON intact", () =>
    Effect.gen(function*() {
      const { back } = yield* travel(Paywall.Paywall, Stub.paywall)
      assert.deepStrictEqual(back, Stub.paywall)
    }))

  it.effect.prop(
    "any paywall crosses JSON intact",
    { paywall: Paywall.Paywall },
    ({ paywall }) =>
      Effect.gen(function*() {
        const { again, text } = yield* travel(Paywall.Paywall, paywall)
        assert.strictEqual(again, text)
      })
  )

  it.effect("absent stays absent: no member turns up as null", () =>
    Effect.gen(function*() {
      const { text } = yield* travel(Paywall.Paywall, Stub.paywall)
      const keys = Object.keys(JSON.parse(text))
      for (const absent of ["externalId", "name", "design", "remoteConfig"]) assert.notInclude(keys, absent)
    }))

  it.effect("an exact amount keeps every digit", () =>
    Effect.gen(function*() {
      const price = yield* Schema.decodeUnknownEffect(Schema.toCodecJson(Product.Price))({
        display: "9,99 €",
        money: { amount: "12345678901234567890.123456789", currency: "EUR" }
      })
      const { text } = yield* travel(Product.Price, price)
      assert.include(text, "12345678901234567890.123456789")
    }))
})

describe("Attribution", () => {
  const Payload = Schema.Struct({
    id: Schema.Int,
    placementId: Schema.String,
    isExperiment: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
    aiPricingModelId: Schema.optionalKey(Schema.NullOr(Schema.Int))
  })

  it.effect.prop(
    "its payload crosses JSON letter for letter",
    { payload: Payload },
    ({ payload }) =>
      Effect.gen(function*() {
        const { back } = yield* travel(Attribution.Attribution, { ...Stub.attribution, payload: { ...payload } })
        assert.strictEqual(JSON.stringify(back.payload), JSON.stringify(payload))
      })
  )

  it.effect.each([null, 0, 32, Number.MAX_SAFE_INTEGER])(
    "a model id of %o stays what it is",
    (aiPricingModelId) =>
      Effect.gen(function*() {
        const attribution = { ...Stub.attribution, payload: { aiPricingModelId } }
        const { back } = yield* travel(Attribution.Attribution, attribution)
        assert.deepStrictEqual(back.payload, { aiPricingModelId })
      })
  )
})

describe("Purchase", () => {
  const isPurchase = Schema.is(Purchase.Purchase)

  const isTransaction = Schema.is(Purchase.Transaction)

  const phase = (change: object) => ({ ...Stub.monthly, ...change })

  it("takes a transaction of either store", () => {
    for (const transaction of [Stub.appStore, Stub.subscription, Stub.oneTime]) {
      assert.isTrue(isPurchase({ transaction, attribution: Stub.attribution }))
      assert.isTrue(isPurchase({ transaction }))
    }
  })

  it.effect.prop(
    "any purchase crosses JSON intact",
    { purchase: Purchase.Purchase },
    ({ purchase }) =>
      Effect.gen(function*() {
        const { again, text } = yield* travel(Purchase.Purchase, purchase)
        assert.strictEqual(again, text)
      })
  )

  it.each(["Production", "prod", "xcode", "", null, undefined])("knows no environment %o", (environment) => {
    assert.isFalse(isTransaction({ ...Stub.appStore, environment }))
  })

  it.each(["restored", "purchase", "", null])("knows no source %o", (source) => {
    assert.isFalse(isTransaction({ ...Stub.appStore, source }))
  })

  it.each([0, 1, 9_990_000, Number.MAX_SAFE_INTEGER])("takes %i micros", (amountMicros) => {
    assert.isTrue(Schema.is(Purchase.PricingPhase)(phase({ amountMicros })))
  })

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53, "9990000", null, 9n])("refuses %o micros", (amountMicros) => {
    assert.isFalse(Schema.is(Purchase.PricingPhase)(phase({ amountMicros })))
  })

  it.each(["P1W", "P1M", "P3M", "P1Y", "P7D", "P1Y2M3D", "P2W3D", "PT1H", "P1DT12H"])(
    "takes a period of %s",
    (period) => {
      assert.isTrue(Schema.is(Purchase.PricingPhase)(phase({ period })))
    }
  )

  it.each(["", "P", "PT", "P1DT", "1M", "month", "p1m", "P-1M", "P1M ", "P1M\n", null])(
    "refuses a period of %o",
    (period) => {
      assert.isFalse(Schema.is(Purchase.PricingPhase)(phase({ period })))
    }
  )

  it.each(["usd", "US", "USDT", "", "U$D", null])("refuses a currency of %o", (currency) => {
    assert.isFalse(Schema.is(Purchase.PricingPhase)(phase({ currency })))
  })

  it("a subscription has at least one phase", () => {
    assert.isFalse(isTransaction({ ...Stub.subscription, offer: { basePlanId: "b", pricingPhases: [] } }))
  })
})
