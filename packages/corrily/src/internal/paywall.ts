import type { Paywall } from "@priceport/core/domain/Paywall"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import type { Feature, Period, Product } from "@priceport/core/domain/Product"
import type { Note } from "@priceport/core/domain/Provenance"
import { InvalidResponse } from "@priceport/core/provider/PricingError"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
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
    const exit = decodeProduct(item)
    if (Exit.isSuccess(exit)) {
      products.push(toProduct(exit.value, currency, path, notes))
    } else {
      const reason = exit.cause.reasons[0]
      const broken = reason?._tag === "Fail" ? reason.error : { path: "", detail: "cannot be read" }
      notes.push({ path: broken.path === "" ? path : `${path}.${broken.path}`, issue: broken.detail })
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

const decodeProduct = WireSchema.decoder(CorrilySchema.Product)

const toProduct = (
  wire: CorrilySchema.Product,
  currency: string | undefined,
  path: string,
  notes: Array<Note>
): Product => {
  const { cents, group, overrides, product_metadata, recurrent_horizon, trial } = wire
  const description = Predicate.hasProperty(product_metadata, "description") ? product_metadata.description : undefined
  const trialId = trial?.id ?? trial?.trial_id
  const period = toPeriod(wire, path, notes)
  const features: Array<Feature> = []
  for (const [index, feature] of (wire.features ?? []).entries()) {
    const id = feature.api_id ?? (feature.id == null ? undefined : String(feature.id))
    if (id === undefined) notes.push({ path: `${path}.features[${index}].api_id`, issue: "missing" })
    else features.push(toFeature(id, feature))
  }
  return {
    id: wire.api_id,
    vendorId: String(wire.id),
    name: wire.name,
    ...(isText(description) && { description }),
    offerIds: [],
    price: {
      display: wire.price,
      ...(wire.price_usd != null && { usd: wire.price_usd }),
      ...(currency !== undefined && { currency })
    },
    ...(period !== undefined && { period }),
    ...(trial != null && {
      trial: {
        ...(trialId != null && { id: String(trialId) }),
        days: trial.trial_days,
        ...(trial.trial_type != null && { type: trial.trial_type })
      }
    }),
    features,
    presentation: present({ cents, recurrent_horizon, group, overrides, product_metadata })
  }
}

const toFeature = (id: string, wire: CorrilySchema.Feature): Feature => {
  const { description, feature_group, name, status, type, unit, value, value_id } = wire
  const group = Predicate.hasProperty(feature_group, "name") ? feature_group.name : undefined
  return {
    id,
    ...(name != null && { name }),
    ...(isText(type) && { type }),
    ...(typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? { value } : undefined),
    ...(isText(unit) && { unit }),
    ...(isText(description) && { description }),
    ...(isText(group) && { group }),
    presentation: present({ id: wire.id, value_id, status, feature_group })
  }
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

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const present = (members: Record<string, unknown>): Product["presentation"] & object => {
  for (const key in members) if (members[key] === undefined) delete members[key]
  return members as Product["presentation"] & object
}
