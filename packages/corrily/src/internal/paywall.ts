import type { Paywall } from "@priceport/core/domain/Paywall"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import type { Feature, Period, Price, Product, Trial } from "@priceport/core/domain/Product"
import type { Note } from "@priceport/core/domain/Provenance"
import { InvalidResponse } from "@priceport/core/provider/PricingError"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import type { Mutable } from "effect/Types"
import * as CorrilySchema from "../CorrilySchema.ts"
import type { Encoded } from "./request.ts"

/**
 * Corrily's paywall in the words of the port. Price texts stay as they are; their currency is known only where it was
 * forced, and an amount never.
 */
export const toPaywall = (wire: CorrilySchema.PaywallAnswer, about: {
  readonly provider: string
  readonly request: PaywallRequest
  readonly encoded: Encoded
  readonly fetchedAt: string
}): Paywall | InvalidResponse => {
  const { encoded: { body, enrolled, subject }, fetchedAt, provider, request } = about
  const currency = body.override_currency === true ? body.currency : undefined
  const notes: Array<Note> = []
  const products: Array<Product> = []
  for (const [index, item] of wire.products.entries()) {
    const path = `products[${index}]`
    const exit = readProduct(item)
    if (Exit.isSuccess(exit)) {
      products.push(toProduct(exit.value, currency, path, notes))
    } else {
      notes.push(WireSchema.under(path, WireSchema.violationOf(exit)))
    }
  }
  const broken = notes.at(-1)
  if (products.length === 0 && wire.products.length > 0 && broken !== undefined) {
    return new InvalidResponse({ path: broken.path, detail: `no product can be read: ${broken.issue}` })
  }
  const pricingPageId: number = wire.pricing_page.id
  return {
    provider,
    id: String(pricingPageId),
    placement: request.placement,
    products,
    experiment: { _tag: body.run_experiment === false ? "None" : "Unknown" },
    design: wire.pricing_page,
    attribution: {
      provider,
      placement: request.placement,
      paywallId: String(pricingPageId),
      subject,
      enrolled,
      fetchedAt,
      payload: {
        pricingPageId,
        ...(body.user_id !== undefined && { user_id: body.user_id }),
        ...(body.ip !== undefined && { ip: body.ip }),
        ...(body.country !== undefined && { country: body.country.toUpperCase() })
      }
    },
    provenance: { source: "live", fetchedAt, notes, attempts: [] }
  }
}

const readProduct = WireSchema.reader(CorrilySchema.Product)

// Assignments instead of spreads: a page can hold hundreds of features, and spreads take several times as long.

const toProduct = (
  wire: CorrilySchema.Product,
  currency: string | undefined,
  path: string,
  notes: Array<Note>
): Product => {
  const { price_usd, product_metadata, trial } = wire
  const price: Mutable<Price> = { display: wire.price }
  if (isText(price_usd)) price.usd = price_usd
  if (currency !== undefined) price.currency = currency
  const product: Mutable<Product> = {
    id: wire.api_id,
    vendorId: String(wire.id),
    name: wire.name,
    offerIds: [],
    price,
    features: toFeatures(wire.features, path, notes),
    presentation: designOf(wire)
  }
  const description = Predicate.hasProperty(product_metadata, "description") ? product_metadata.description : undefined
  if (isText(description)) product.description = description
  const period = toPeriod(wire, path, notes)
  if (period !== undefined) product.period = period
  if (trial != null) product.trial = toTrial(trial)
  return product
}

const designOf = (wire: CorrilySchema.Product): Product["presentation"] & object => {
  const rest: Record<string, unknown> = {}
  if (wire.cents !== undefined) rest["cents"] = wire.cents
  if (wire.recurrent_horizon !== undefined) rest["recurrent_horizon"] = wire.recurrent_horizon
  if (wire.group !== undefined) rest["group"] = wire.group
  if (wire.overrides !== undefined) rest["overrides"] = wire.overrides
  if (wire.product_metadata !== undefined) rest["product_metadata"] = wire.product_metadata
  return rest as Product["presentation"] & object
}

const toTrial = (wire: CorrilySchema.Product["trial"] & object): Trial => {
  const id = wire.id ?? wire.trial_id
  const trial: Mutable<Trial> = { days: wire.trial_days }
  if (id != null) trial.id = String(id)
  if (isText(wire.trial_type)) trial.type = wire.trial_type
  return trial
}

const toFeatures = (wires: unknown, path: string, notes: Array<Note>): ReadonlyArray<Feature> => {
  if (wires == null) return []
  if (!Array.isArray(wires)) {
    notes.push({ path: `${path}.features`, issue: "not a list, left out" })
    return []
  }
  const features: Array<Feature> = []
  for (let index = 0; index < wires.length; index++) {
    const feature = toFeature(wires[index])
    if (feature === undefined) notes.push({ path: `${path}.features[${index}]`, issue: "has no id, left out" })
    else features.push(feature)
  }
  return features
}

const toFeature = (wire: CorrilySchema.Feature | null): Feature | undefined => {
  if (wire === null || typeof wire !== "object") return undefined
  const { api_id, description, feature_group, name, type, unit, value } = wire
  const id = isText(api_id) ? api_id : typeof wire.id === "number" ? String(wire.id) : undefined
  if (id === undefined) return undefined
  const feature: Mutable<Feature> = { id }
  if (isText(name)) feature.name = name
  if (isText(type)) feature.type = type
  if (isText(value) || typeof value === "boolean" || isFinite(value)) feature.value = value
  if (isText(unit)) feature.unit = unit
  if (isText(description)) feature.description = description
  if (isText(feature_group?.name)) feature.group = feature_group.name
  const rest: Record<string, unknown> = {}
  if (wire.id !== undefined) rest["id"] = wire.id
  if (wire.value_id !== undefined) rest["value_id"] = wire.value_id
  if (wire.status !== undefined) rest["status"] = wire.status
  if (feature_group !== undefined) rest["feature_group"] = feature_group
  feature.presentation = rest as Feature["presentation"] & object
  return feature
}

/** Corrily's pages spell the units in several ways. */
const units: Readonly<Record<string, Period["unit"]>> = {
  day: "day",
  week: "week",
  month: "month",
  monthly: "month",
  year: "year",
  one_time: "once",
  "one-time": "once"
}

const toPeriod = (
  { interval, interval_count }: CorrilySchema.Product,
  path: string,
  notes: Array<Note>
): Period | undefined => {
  if (interval == null && interval_count == null) return undefined
  if (!Number.isSafeInteger(interval_count)) {
    notes.push({ path: `${path}.interval_count`, issue: "not an integer, the period is left out" })
    return undefined
  }
  if (typeof interval !== "string") return { unit: "unknown", count: interval_count }
  const unit = Object.hasOwn(units, interval) ? units[interval]! : "unknown"
  return { unit, count: interval_count, ...(unit !== interval && { vendor: interval }) }
}

const isFinite = (value: unknown): value is number => Number.isFinite(value)

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""
