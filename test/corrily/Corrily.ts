import { CorrilyClient, CorrilyProvider } from "@priceport/corrily"
import { Effect, Redacted } from "effect"
import * as FakeHttp from "../support/FakeHttp.ts"

export const key = "test_key-with.dashes"

type Replies = readonly [FakeHttp.Reply, ...ReadonlyArray<FakeHttp.Reply>]

/** A client on a vendor that replies so, and what it sent. */
export const client = (...replies: Replies) => {
  const { layer, sent } = FakeHttp.make(...replies)
  return Effect.map(
    Effect.orDie(Effect.provide(CorrilyClient.make({ apiKey: Redacted.make(key) }), layer)),
    (client) => ({ client, sent })
  )
}

/** A provider on a vendor that replies so, and what it sent. */
export const provider = (options: Partial<CorrilyProvider.Options>, ...replies: Replies) => {
  const { layer, sent } = FakeHttp.make(...replies)
  return Effect.map(
    Effect.orDie(Effect.provide(CorrilyProvider.make({ apiKey: Redacted.make(key), ...options }), layer)),
    (provider) => ({ provider, sent })
  )
}

/** A full answer, in the shape of the page. */
export const full = {
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
  products: [
    {
      id: 7001,
      api_id: "pro.monthly",
      name: "Pro Monthly",
      interval: "month",
      interval_count: 1,
      cents: true,
      recurrent_horizon: "",
      group: 3,
      price: "€9,49",
      price_usd: "$10",
      trial: { id: 44, trial_days: 7, trial_type: "free" },
      product_metadata: { description: "All features" },
      features: [
        {
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
      ],
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
    }
  ]
}

/** An answer with all the nulls and extra members of real ones. */
const sparse = {
  success: true,
  prices_raw_response: null,
  trace_id: null,
  pricing_page: {
    id: 502,
    buttons_caption: "",
    header_image: null,
    footer_description: null,
    type: "pricing_page",
    channel: "web",
    annual_discount_percentage: ""
  },
  products: [
    {
      id: 7002,
      api_id: "basic.annual",
      name: "Basic Annual",
      features: [
        {
          id: 1,
          name: "A",
          value: null,
          value_id: 2,
          unit: null,
          description: "A",
          api_id: "a",
          status: "active",
          type: "boolean",
          feature_group: null
        }
      ],
      interval: "year",
      interval_count: 1,
      cents: false,
      recurrent_horizon: "",
      group: null,
      price: "$9.99",
      price_usd: "$10",
      trial: null,
      product_metadata: { description: "" },
      overrides: null
    }
  ]
}

export const R1 = FakeHttp.json(full)

export const R2 = FakeHttp.json(sparse)
