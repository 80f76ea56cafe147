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
 * Reports that a paywall was shown. A `Paywall` is one as it stands: its other members are not read. `shownAt` is for
 * your own records: no vendor has a place for it.
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
 * The attribution an impression counts for, or why it must not count, whatever the vendor: nothing ties it to a paywall
 * that the vendor served, or the customer was not to be enrolled.
 *
 * @category conversions
 * @since 0.1.0
 */
export const countable = (impression: Impression): Attribution | typeof NotCounted.Type => {
  const { attribution, provenance } = impression
  if (attribution === undefined) return NotCounted.make({ why: "the paywall has no attribution" })
  if (provenance?.source === "bundled") return NotCounted.make({ why: "the paywall was bundled with the application" })
  if (!attribution.enrolled) return NotCounted.make({ why: "the paywall was fetched with enroll: false" })
  return attribution
}

/**
 * Whether the impression counts as an exposure: the vendor has it, or will have it, or counted the fetch.
 *
 * @category predicates
 * @since 0.3.0
 */
export const isCounted = (outcome: ImpressionOutcome): boolean =>
  outcome._tag === "Recorded" || outcome._tag === "Queued" || outcome._tag === "ImplicitOnFetch"
