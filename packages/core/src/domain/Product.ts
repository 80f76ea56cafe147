/**
 * What a paywall offers: products with their store ids, price texts, periods, trials and features.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Currency, Money } from "./Money.ts"

/**
 * A price as the vendor worded it.
 *
 * `display` and `usd` are the vendor's texts, verbatim. `currency` is there only when it is certain, `money` only when
 * the vendor gave an exact amount.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Price = Schema.Struct({
  display: Schema.String,
  usd: Schema.optionalKey(Schema.String),
  currency: Schema.optionalKey(Currency),
  money: Schema.optionalKey(Money)
})

/** @since 0.1.0 */
export interface Price extends Schema.Schema.Type<typeof Price> {}

/**
 * How long one payment lasts. `vendor` keeps the vendor's own word where ours differs from it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Period = Schema.Struct({
  unit: Schema.Literals(["day", "week", "month", "year", "once", "unknown"]),
  count: Schema.Int,
  vendor: Schema.optionalKey(Schema.String)
})

/** @since 0.1.0 */
export interface Period extends Schema.Schema.Type<typeof Period> {}

/**
 * A trial before the first payment, in days. `type` is the vendor's own word.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Trial = Schema.Struct({
  id: Schema.optionalKey(Schema.String),
  days: Schema.Int,
  type: Schema.optionalKey(Schema.String)
})

/** @since 0.1.0 */
export interface Trial extends Schema.Schema.Type<typeof Trial> {}

/**
 * One line of a feature comparison. `presentation` holds the vendor's fields we have no word for, verbatim.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Feature = Schema.Struct({
  id: Schema.String,
  name: Schema.optionalKey(Schema.String),
  type: Schema.optionalKey(Schema.String),
  value: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])),
  unit: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String),
  group: Schema.optionalKey(Schema.String),
  presentation: Schema.optionalKey(Schema.Json)
})

/** @since 0.1.0 */
export interface Feature extends Schema.Schema.Type<typeof Feature> {}

/**
 * One product of a paywall.
 *
 * `id` is the store's or merchant's product id, the one to buy; `vendorId` is the vendor's internal one. The
 * documented members that we have no word for are in `presentation`, as they came.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Product = Schema.Struct({
  id: Schema.String,
  vendorId: Schema.optionalKey(Schema.String),
  name: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String),
  basePlanId: Schema.optionalKey(Schema.String),
  offerIds: Schema.Array(Schema.String),
  promotionalOfferId: Schema.optionalKey(Schema.String),
  discountId: Schema.optionalKey(Schema.String),
  winBackOfferId: Schema.optionalKey(Schema.String),
  appStoreOfferType: Schema.optionalKey(Schema.String),
  consumable: Schema.optionalKey(Schema.Boolean),
  price: Schema.optionalKey(Price),
  period: Schema.optionalKey(Period),
  trial: Schema.optionalKey(Trial),
  features: Schema.Array(Feature),
  presentation: Schema.optionalKey(Schema.Json)
})

/** @since 0.1.0 */
export interface Product extends Schema.Schema.Type<typeof Product> {}
