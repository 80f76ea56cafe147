/**
 * A paywall was shown.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Attribution } from "./Attribution.ts"
import { Timestamp } from "./Identifier.ts"
import { Provenance } from "./Provenance.ts"

/**
 * Reports that a paywall was shown. A `Paywall` is one as it stands: its other members are not read.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Impression = Schema.Struct({
  attribution: Schema.optional(Attribution),
  provenance: Schema.optional(Provenance),
  shownAt: Schema.optional(Timestamp)
})

/** @since 0.1.0 */
export interface Impression extends Schema.Schema.Type<typeof Impression> {}

/**
 * The vendor took the impression. Vendors count one per user and paywall and do not tell which ones they counted.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Recorded = Schema.TaggedStruct("Recorded", {})

/**
 * Priceport itself had already recorded it; no vendor tells.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Duplicate = Schema.TaggedStruct("Duplicate", {})

/**
 * The vendor counted it when the paywall was fetched; nothing was sent.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ImplicitOnFetch = Schema.TaggedStruct("ImplicitOnFetch", {})

/**
 * It must not count, and nothing was sent.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NotCounted = Schema.TaggedStruct("NotCounted", { why: Schema.String })

/**
 * It is stored and will be sent.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Queued = Schema.TaggedStruct("Queued", {})

/**
 * What became of an impression.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ImpressionOutcome = Schema.Union([Recorded, Duplicate, ImplicitOnFetch, NotCounted, Queued])

/** @since 0.1.0 */
export type ImpressionOutcome = typeof ImpressionOutcome.Type

/**
 * Why an impression must not be counted, whatever the vendor: nothing ties it to a paywall the vendor served, or the
 * customer was not to be enrolled. Undefined when it may count.
 *
 * @category predicates
 * @since 0.1.0
 */
export const whyNotCounted = (impression: Impression): string | undefined => {
  if (impression.attribution === undefined) return "the paywall has no attribution"
  if (impression.provenance?.source === "bundled") return "the paywall was bundled with the application"
  if (!impression.attribution.enrolled) return "the paywall was fetched with enroll: false"
  return undefined
}
