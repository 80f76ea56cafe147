import { assert, describe, it } from "@effect/vitest"
import { AttributionToken, KeyRing, Pricing, Purchase } from "@priceport/core"
import { MemoryProvider } from "@priceport/testing/memory"
import { BigDecimal, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

const request = { placement: "onboarding", customer: { id: "customer-42" } }

const transaction: Purchase.AppStoreTransaction = {
  _tag: "AppStoreTransaction",
  transactionId: "1",
  originalTransactionId: "1",
  productId: "premium_monthly",
  environment: "sandbox"
}

const sealing = AttributionToken.layer().pipe(Layer.provide(KeyRing.layerEphemeral))

const bare = Pricing.layer().pipe(Layer.provideMerge(MemoryProvider.layer()))
const sealed = Pricing.layer().pipe(Layer.provide(sealing), Layer.provideMerge(MemoryProvider.layer()))

const token = Effect.gen(function*() {
  const { attributionToken } = yield* (yield* Pricing.Pricing).getPaywall(request)
  assert.isDefined(attributionToken)
  return attributionToken
})

const vendor = Effect.flatMap(MemoryProvider.MemoryProvider, (memory) => memory.state)

describe("Pricing with sealing keys", () => {
  it.effect("gives each paywall a token, the same one for as long as it is remembered", () =>
    Effect.gen(function*() {
      const first = yield* token
      assert.isTrue(first.startsWith("pp1."))
      assert.strictEqual(yield* token, first)
    }).pipe(Effect.provide(sealed)))

  it.effect("gives none without keys", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      assert.notProperty(yield* pricing.getPaywall(request), "attributionToken")
    }).pipe(Effect.provide(bare)))

  it.effect("takes a token alone for an impression and for a purchase", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const attributionToken = yield* token
      const expected = { subject: { value: "customer-42" }, placement: "onboarding" }
      assert.deepStrictEqual(yield* pricing.recordImpression({ attributionToken, expected }), { _tag: "Recorded" })
      const outcome = yield* pricing.validatePurchase({ attributionToken, expected, transaction })
      assert.isFalse(Purchase.isPending(outcome))
      const { impressions, purchases } = yield* vendor
      assert.lengthOf(impressions, 1)
      assert.lengthOf(purchases, 1)
    }).pipe(Effect.provide(sealed)))

  it.effect("takes the paywall itself for both, and believes its token before its readable attribution", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const paywall = yield* pricing.getPaywall(request)
      const edited = { ...paywall, attribution: { ...paywall.attribution!, paywallId: "another" } }
      assert.strictEqual((yield* pricing.recordImpression(edited))._tag, "Recorded")
      assert.strictEqual((yield* pricing.recordImpression(paywall))._tag, "Duplicate")
      yield* pricing.validatePurchase({ paywall: edited, transaction })
      yield* pricing.validatePurchase({ paywall, transaction })
      assert.lengthOf((yield* vendor).purchases, 1)
    }).pipe(Effect.provide(sealed)))

  it.effect("refuses the token of another customer, and one that was changed, in the same words", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const attributionToken = yield* token
      const foreign = yield* Effect.flip(
        pricing.recordImpression({ attributionToken, expected: { subject: { value: "customer-43" } } })
      )
      const changed = yield* Effect.flip(
        pricing.validatePurchase({ attributionToken: `${attributionToken.slice(0, -2)}AA`, transaction })
      )
      assert.strictEqual(foreign.reason._tag, "AttributionMismatch")
      assert.deepStrictEqual(changed.reason, foreign.reason)
      const { impressions, purchases } = yield* vendor
      assert.deepStrictEqual([impressions.length, purchases.length], [0, 0])
    }).pipe(Effect.provide(sealed)))

  it.effect("refuses a token that is older than 30 days", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const attributionToken = yield* token
      yield* TestClock.adjust("30 days")
      const error = yield* Effect.flip(pricing.recordImpression({ attributionToken }))
      assert.strictEqual(error.reason._tag, "AttributionMismatch")
    }).pipe(Effect.provide(sealed)))

  it.effect("says what is missing where a token comes and there are no keys", () =>
    Effect.gen(function*() {
      const pricing = yield* Pricing.Pricing
      const error = yield* Effect.flip(pricing.recordImpression({ attributionToken: "pp1.abc" }))
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field: "attributionToken" })
    }).pipe(Effect.provide(bare)))
})

describe("a purchase", () => {
  const euros = (amount: string) => ({ amount: BigDecimal.fromStringUnsafe(amount), currency: "EUR" })

  const bought = Effect.fnUntraced(function*(storePrice: ReturnType<typeof euros>) {
    const pricing = yield* Pricing.Pricing
    const paywall = yield* pricing.getPaywall(request)
    const [product] = paywall.products
    assert.isDefined(product)
    const exact = { ...paywall, products: [{ ...product, price: { display: "4,99 €", money: euros("4.99") } }] }
    return yield* pricing.validatePurchase({
      paywall: exact,
      transaction: { ...transaction, productId: product.id },
      storePrice
    })
  })

  it.effect("says so, with both amounts, where the store charged something else than the paywall said", () =>
    Effect.gen(function*() {
      const { priceDifference } = yield* bought(euros("5.99"))
      assert.deepStrictEqual(priceDifference?.paywall, euros("4.99"))
      assert.deepStrictEqual(priceDifference?.store, euros("5.99"))
    }).pipe(Effect.provide(bare)))

  it.effect("says nothing where the amounts are the same, however they are written", () =>
    Effect.gen(function*() {
      assert.notProperty(yield* bought(euros("4.990")), "priceDifference")
    }).pipe(Effect.provide(bare)))

  it.effect("says so where the currency is another", () =>
    Effect.gen(function*() {
      assert.property(yield* bought({ ...euros("4.99"), currency: "USD" }), "priceDifference")
    }).pipe(Effect.provide(bare)))
})
