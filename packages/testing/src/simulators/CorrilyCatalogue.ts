/**
 * What Corrily's dashboard would hold: paywalls and the products on them, and the answer made of both.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import * as CorrilyPrice from "./CorrilyPrice.ts"

/**
 * A paywall of the dashboard.
 *
 * @category models
 * @since 0.1.0
 */
export interface Paywall {
  /** A number here and in the answer, its decimal text in a request's `paywall_id`. */
  readonly id: number
  readonly header?: string
  readonly products?: ReadonlyArray<Product>
  /** The same prices for everybody; without it the seed draws an arm for each visitor. */
  readonly arm?: CorrilyPrice.Arm
}

/**
 * A product on a paywall.
 *
 * @category models
 * @since 0.1.0
 */
export interface Product {
  readonly id: number
  readonly apiId: string
  readonly name: string
  readonly interval: "day" | "week" | "month" | "year" | "one_time"
  readonly intervalCount?: number
  /** The baseline arm's price in the United States, in US dollars. */
  readonly baseUsd: number
  /** Days of a free trial; without it `trial` is null. */
  readonly trialDays?: number
}

const defaultProducts: ReadonlyArray<Product> = [
  { id: 7001, apiId: "pro.monthly", name: "Pro Monthly", interval: "month", baseUsd: 9.99, trialDays: 7 },
  { id: 7002, apiId: "pro.annual", name: "Pro Annual", interval: "year", baseUsd: 59.99 }
]

/** The paywalls of a simulator that was told none; the first is everybody's. */
export const defaultPaywalls: ReadonlyArray<Paywall> = [
  { id: 501, header: "Plans" },
  { id: 502, header: "One plan", products: defaultProducts.slice(0, 1) }
]

/**
 * The answer: the page's whole shape, with null where the only real answer in public has null, and that answer's further
 * members.
 */
export const answer = (paywall: Paywall, isDefault: boolean, quote: CorrilyPrice.Quote): Schema.Json => ({
  success: true,
  prices_raw_response: null,
  trace_id: null,
  pricing_page: {
    id: paywall.id,
    is_default: isDefault,
    buttons_caption: "Continue",
    buttons_color: "#112233",
    background_color: "#ffffff",
    collapse_features: false,
    show_product_description: true,
    header: paywall.header ?? `Paywall ${paywall.id}`,
    description: "",
    show_header: true,
    show_annual_discount_percentage: false,
    show_feature_comparison_table: false,
    feature_comparison_table_text: "",
    features_badges: {},
    annual_discount_percentage: "",
    type: "pricing_page",
    channel: "web",
    header_image: null,
    footer_description: null
  },
  products: (paywall.products ?? defaultProducts).map((product, index) => answerProduct(product, index, quote))
})

const answerProduct = (product: Product, index: number, quote: CorrilyPrice.Quote): Schema.Json => ({
  id: product.id,
  api_id: product.apiId,
  name: product.name,
  interval: product.interval,
  interval_count: product.intervalCount ?? 1,
  cents: true,
  recurrent_horizon: "",
  group: index === 0 ? 3 : null,
  price: CorrilyPrice.display(product.baseUsd, quote),
  price_usd: CorrilyPrice.displayUsd(product.baseUsd, quote),
  trial: product.trialDays === undefined
    ? null
    : { id: product.id * 10, trial_days: product.trialDays, trial_type: "free" },
  product_metadata: { description: `${product.name}, with everything` },
  features: [index === 0 ? sync : exports],
  overrides: index === 0 ? overrides : null
})

const sync: Schema.Json = {
  id: 90,
  api_id: "sync",
  type: "boolean",
  name: "Sync",
  value: 1,
  value_id: 91,
  unit: "",
  description: "Sync devices",
  status: "active",
  feature_group: { id: 5, name: "Core" }
}

const exports: Schema.Json = {
  id: 92,
  api_id: "exports",
  type: "boolean",
  name: "Exports",
  value: null,
  value_id: 93,
  unit: null,
  description: "Exports",
  status: "active",
  feature_group: null
}

const overrides: Schema.Json = {
  button_caption: "Try",
  button_color: "",
  description: "",
  badge: "Best",
  card_color: "",
  button_url: "",
  price_is_hidden: "false",
  price_override_text: ""
}
