/**
 * What somebody would write for Corrily's answer without a schema: checks of just the members it reads, and the same
 * result as the adapter's.
 */
import type { Paywall, Product, Provenance } from "@priceport/core"

type Members = Record<string, unknown>

const members = (value: unknown, what: string): Members => {
  if (typeof value !== "object" || value === null) throw new TypeError(`${what} is not an object`)
  return value as Members
}

const list = (value: unknown, what: string): ReadonlyArray<unknown> => {
  if (!Array.isArray(value)) throw new TypeError(`${what} is not a list`)
  return value
}

const text = (value: unknown, what: string): string => {
  if (typeof value !== "string") throw new TypeError(`${what} is not a text`)
  return value
}

const optionalText = (value: unknown, what: string): string | undefined => value == null ? undefined : text(value, what)

const integer = (value: unknown, what: string): number => {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${what} is not an integer`)
  return value as number
}

const toFeature = (value: unknown): Product.Feature => {
  const wire = members(value, "feature")
  const feature: { -readonly [K in keyof Product.Feature]: Product.Feature[K] } = {
    id: text(wire["api_id"], "api_id"),
    presentation: {
      id: wire["id"],
      value_id: wire["value_id"],
      status: wire["status"],
      feature_group: wire["feature_group"]
    } as Product.Feature["presentation"] & object
  }
  const name = optionalText(wire["name"], "name")
  if (name !== undefined) feature.name = name
  const type = optionalText(wire["type"], "type")
  if (type !== undefined) feature.type = type
  const worth = wire["value"]
  if (typeof worth === "number" || typeof worth === "string" || typeof worth === "boolean") feature.value = worth
  const unit = optionalText(wire["unit"], "unit")
  if (unit) feature.unit = unit
  const description = optionalText(wire["description"], "description")
  if (description) feature.description = description
  if (wire["feature_group"] != null) {
    feature.group = text(members(wire["feature_group"], "feature_group")["name"], "feature_group.name")
  }
  return feature
}

const toProduct = (value: unknown): Product.Product => {
  const wire = members(value, "product")
  const product: { -readonly [K in keyof Product.Product]: Product.Product[K] } = {
    id: text(wire["api_id"], "api_id"),
    vendorId: String(integer(wire["id"], "id")),
    name: text(wire["name"], "name"),
    offerIds: [],
    price: { display: text(wire["price"], "price"), usd: text(wire["price_usd"], "price_usd") },
    period: { unit: text(wire["interval"], "interval") as "month", count: integer(wire["interval_count"], "count") },
    features: list(wire["features"], "features").map(toFeature),
    presentation: {
      cents: wire["cents"],
      recurrent_horizon: wire["recurrent_horizon"],
      group: wire["group"],
      overrides: wire["overrides"],
      product_metadata: wire["product_metadata"]
    } as Product.Product["presentation"] & object
  }
  if (wire["trial"] != null) {
    const trial = members(wire["trial"], "trial")
    product.trial = {
      id: String(trial["id"]),
      days: integer(trial["trial_days"], "trial_days"),
      type: text(trial["trial_type"], "trial_type")
    }
  }
  const description = optionalText(members(wire["product_metadata"], "product_metadata")["description"], "description")
  if (description) product.description = description
  return product
}

export const toPaywall = (body: unknown, provenance: Provenance.Provenance): Paywall.Paywall => {
  const answer = members(body, "answer")
  if (answer["success"] !== true) throw new TypeError("refused")
  const page = members(answer["pricing_page"], "pricing_page")
  const id = integer(page["id"], "id")
  return {
    provider: "corrily",
    id: String(id),
    placement: "onboarding",
    products: list(answer["products"], "products").map(toProduct),
    experiment: { _tag: "Unknown" },
    design: page as Paywall.Paywall["design"] & object,
    attribution: {
      provider: "corrily",
      placement: "onboarding",
      paywallId: String(id),
      subject: { kind: "user_id", value: "u_1" },
      enrolled: true,
      fetchedAt: provenance.fetchedAt,
      payload: { pricingPageId: id, user_id: "u_1" }
    },
    provenance
  }
}
