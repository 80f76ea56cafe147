/**
 * Corrily's `/v1/paywall` in its own words: what goes out, strict, and what comes back, loose.
 *
 * Source: Corrily's page "Get paywall".
 *
 * @since 0.1.0
 */
import { Country, IpAddress } from "@priceport/core/domain/Customer"
import { Currency } from "@priceport/core/domain/Money"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

// -----------------------------------------------------------------------------
// Request
// -----------------------------------------------------------------------------

/**
 * Coupons to apply, by product id (`api_id`). Corrily takes several for one product as one text with commas, so that an
 * id cannot hold one.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Coupons = Schema.Record(
  Schema.NonEmptyString,
  Schema.NonEmptyArray(Schema.String.check(
    Schema.isPattern(/^[^,]+$/, { expected: "a coupon id without a comma" })
  ))
)

/** @since 0.1.0 */
export type Coupons = typeof Coupons.Type

/**
 * Asks for a paywall. At least one of `user_id` and `ip` is needed: without, Corrily would tie the answer to the address
 * of your server and give all such customers one price. `override_currency` needs `currency`. `override` throws a saved
 * assignment away and draws a new one.
 *
 * @category schemas
 * @since 0.1.0
 */
export const GetPaywall = Schema.Struct({
  user_id: Schema.optional(Schema.NonEmptyString),
  ip: Schema.optional(IpAddress),
  country: Schema.optional(Country),
  paywall_id: Schema.optional(Schema.NonEmptyString),
  coupons: Schema.optional(Coupons),
  currency: Schema.optional(Currency),
  override_currency: Schema.optional(Schema.Boolean),
  features: Schema.optional(Schema.Record(Schema.String, Schema.String)),
  run_experiment: Schema.optional(Schema.Boolean),
  override: Schema.optional(Schema.Boolean)
}).check(
  Schema.makeFilter((request) =>
    request.user_id !== undefined || request.ip !== undefined ||
    { path: ["user_id"], issue: "Expected an identity: user_id or ip" }
  ),
  Schema.makeFilter((request) =>
    request.override_currency !== true || request.currency !== undefined ||
    { path: ["currency"], issue: "Expected a currency: override_currency needs one" }
  )
)

/** @since 0.1.0 */
export interface GetPaywall extends Schema.Schema.Type<typeof GetPaywall> {}

// -----------------------------------------------------------------------------
// Response
// -----------------------------------------------------------------------------

/** A member that is handed on as it is, whatever it holds. */
const verbatim = Schema.optionalKey(Schema.Any)

/**
 * The design of a paywall: its `id`, and whatever else Corrily sends, kept as it is.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PricingPage = Schema.Any.check(
  Schema.makeFilter((page: unknown) =>
    Predicate.hasProperty(page, "id") && Number.isSafeInteger(page.id) ||
    { path: ["id"], issue: "Expected an integer" }
  )
)

/**
 * The answer. Products are read one by one, so that a broken one costs only itself.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PaywallAnswer = Schema.Struct({
  success: Schema.optionalKey(Schema.Literal(true)),
  pricing_page: PricingPage,
  products: Schema.Array(Schema.Any)
})

/** @since 0.1.0 */
export interface PaywallAnswer extends Schema.Schema.Type<typeof PaywallAnswer> {}

/**
 * A line of a product's feature list. Not to be mixed up with the `features` of a request, which are facts about the
 * customer. Nothing in it decides a sale, so every member is read where it has the documented type and left out where it
 * has not.
 *
 * @category models
 * @since 0.1.0
 */
export interface Feature {
  readonly id?: unknown
  readonly api_id?: unknown
  readonly type?: unknown
  readonly name?: unknown
  readonly value?: unknown
  readonly value_id?: unknown
  readonly unit?: unknown
  readonly description?: unknown
  readonly status?: unknown
  readonly feature_group?: { readonly name?: unknown } | null
}

/**
 * A product: what it takes to sell it is required, and a trial must say how long it is. `price` and `price_usd` are
 * formatted texts, not amounts, and `cents` is about their look.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Product = Schema.Struct({
  id: Schema.Int,
  api_id: Schema.NonEmptyString,
  name: Schema.String,
  interval: verbatim,
  interval_count: verbatim,
  cents: verbatim,
  recurrent_horizon: verbatim,
  group: verbatim,
  price: Schema.String,
  price_usd: verbatim,
  trial: Schema.optionalKey(Schema.NullOr(Schema.Struct({
    id: verbatim,
    trial_id: verbatim,
    trial_days: Schema.Int,
    trial_type: verbatim
  }))),
  product_metadata: verbatim,
  features: verbatim,
  overrides: verbatim
})

/** @since 0.1.0 */
export interface Product extends Schema.Schema.Type<typeof Product> {}
