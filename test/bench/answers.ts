/** Answers of the sizes the benchmarks name, made from the vendors' published forms. */

export const botsi = {
  ok: true,
  data: {
    id: 42,
    externalId: "paywall_premium_v2",
    name: "Premium Paywall",
    isExperiment: true,
    aiPricingModelId: 32,
    sourceProducts: ["weekly", "monthly", "yearly"].map((period) => ({
      productId: `premium_${period}`,
      basePlanId: `${period}-base`,
      offerId: "intro-offer-7d",
      promotionalOfferId: null,
      discountId: null
    }))
  }
}

const feature = (index: number) => ({
  id: index,
  api_id: `feature_${index}`,
  type: "boolean",
  name: `Feature ${index}`,
  value: 1,
  value_id: index,
  unit: "",
  description: `What feature ${index} does`,
  status: "active",
  feature_group: { id: 5, name: "Core" }
})

const product = (index: number) => ({
  id: 7000 + index,
  api_id: `pro.${index}`,
  name: `Pro ${index}`,
  interval: "month",
  interval_count: 1,
  cents: true,
  recurrent_horizon: "",
  group: 3,
  price: "€9,49",
  price_usd: "$10",
  trial: { id: 44, trial_days: 7, trial_type: "free" },
  product_metadata: { description: "All features" },
  features: Array.from({ length: 20 }, (_, at) => feature(at)),
  overrides: {
    button_caption: "Try",
    button_color: "",
    description: "",
    badge: "Best",
    card_color: "",
    button_url: "",
    price_is_hidden: "false",
    price_override_text: ""
  }
})

export const corrily = {
  success: true,
  pricing_page: {
    id: 501,
    is_default: true,
    buttons_caption: "Go",
    buttons_color: "#112233",
    background_color: "#ffffff",
    collapse_features: false,
    show_product_description: true,
    header: "Plans",
    description: "Pick one",
    show_header: true,
    show_annual_discount_percentage: false,
    show_feature_comparison_table: false,
    feature_comparison_table_text: "",
    features_badges: {}
  },
  products: Array.from({ length: 10 }, (_, index) => product(index))
}
