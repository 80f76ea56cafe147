/**
 * Whether the store charged what the paywall said.
 *
 * @since 0.3.0
 */
import * as BigDecimal from "effect/BigDecimal"
import type { Product } from "../domain/Product.ts"
import type { PriceDifference, Purchase } from "../domain/Purchase.ts"

/**
 * Both amounts where they differ: what the paywall said exactly (`price.money`) for the product that was bought, and the
 * `storePrice` of the purchase. Nothing where either is unknown, or where several products of the paywall have this id
 * and one of them agrees. Amounts in different currencies differ.
 *
 * @category conversions
 * @since 0.3.0
 */
export const difference = (
  { storePrice, transaction: { productId } }: Purchase,
  products: ReadonlyArray<Product>
): PriceDifference | undefined => {
  if (storePrice === undefined) return undefined
  const said = products.flatMap(({ id, price }) =>
    // Of a paywall that came as JSON the amount is no number any more.
    price?.money !== undefined && id === productId && BigDecimal.isBigDecimal(price.money.amount) ? [price.money] : []
  )
  const agrees = said.some(({ amount, currency }) =>
    currency === storePrice.currency && BigDecimal.equals(amount, storePrice.amount)
  )
  return said[0] === undefined || agrees ? undefined : { productId, paywall: said[0], store: storePrice }
}
