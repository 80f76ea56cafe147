import { assert, it } from "@effect/vitest"
import type { Product, Purchase } from "@priceport/core"
import * as StorePrice from "@priceport/core/purchase/StorePrice"
import { BigDecimal } from "effect"

const dollars = (text: string) => ({ amount: BigDecimal.fromStringUnsafe(text), currency: "USD" })

const sale = (storePrice: string): Purchase.Purchase => ({
  storePrice: dollars(storePrice),
  transaction: {
    _tag: "AppStoreTransaction",
    transactionId: "1",
    originalTransactionId: "1",
    productId: "premium",
    environment: "production"
  }
})

const premium = (said: string): Product.Product => ({
  id: "premium",
  offerIds: [],
  features: [],
  price: { display: said, money: dollars(said) }
})

it("the same amount is the same in other digits, and another one is told with both", () => {
  assert.isUndefined(StorePrice.difference(sale("9.990"), [premium("9.99")]))
  const difference = StorePrice.difference(sale("10.99"), [premium("9.99")])
  assert.deepStrictEqual(difference, { productId: "premium", paywall: dollars("9.99"), store: dollars("10.99") })
})

it("a paywall that came as JSON says nothing exactly, so nothing differs", () => {
  const parsed: ReadonlyArray<Product.Product> = JSON.parse(JSON.stringify([premium("9.99")]))
  assert.isUndefined(StorePrice.difference(sale("9.99"), parsed))
})
