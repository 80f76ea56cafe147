import type { Paywall } from "@priceport/core"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"

/** A paywall as a vendor serves it, with one product to sell. */
export const live: Paywall.Paywall = {
  ...Stub.paywall,
  name: "Premium",
  products: [{ id: "premium_monthly", offerIds: ["intro"], price: { display: "$9.99" }, features: [] }],
  experiment: { _tag: "Treatment", variant: "32" }
}

const { fetchedAt } = live.provenance

/** Moves the clock this long after the paywall was fetched. */
export const after = (days: number) => TestClock.setTime(Date.parse(fetchedAt) + days * 86_400_000)

/** The JSON of a bundle of the live paywall, with other members. */
export const json = (
  members: Record<string, unknown> = {},
  sources: Parameters<typeof FallbackBundle.fromPaywalls>[0] = [{ paywall: live }]
): Record<string, unknown> => ({
  ...JSON.parse(FallbackBundle.toText(FallbackBundle.fromPaywalls(sources))),
  ...members
})

/** One entry of a bundle's JSON, with other members. */
export const entry = (members: Record<string, unknown> = {}, paywall: Record<string, unknown> = {}) => {
  const [first] = Schema.decodeUnknownSync(Schema.Struct({ paywalls: Schema.Array(Schema.Any) }))(json()).paywalls
  return { ...first, ...members, paywall: { ...first.paywall, ...paywall } }
}

/** A bundle that passed. */
export const load = (input: unknown) => Effect.andThen(after(1), FallbackBundle.load(input, { file: "fallback.json" }))
