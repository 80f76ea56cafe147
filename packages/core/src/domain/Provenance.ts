/**
 * How an answer came to be.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ProviderId, Timestamp } from "./Identifier.ts"

/**
 * One call to one vendor: when it started (ISO 8601), how many milliseconds it took, and `ok` or the tag of the reason
 * it failed with.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Attempt = Schema.Struct({
  provider: ProviderId,
  startedAt: Timestamp,
  ms: Schema.Finite,
  outcome: Schema.String
})

/** @since 0.1.0 */
export interface Attempt extends Schema.Schema.Type<typeof Attempt> {}

/**
 * Something in the vendor's answer that was left out or replaced by nothing, and where.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Note = Schema.Struct({ path: Schema.String, issue: Schema.String })

/** @since 0.1.0 */
export interface Note extends Schema.Schema.Type<typeof Note> {}

/**
 * Where a paywall came from.
 *
 * - `source`: `live` from the vendor, `cache` or `stale` from memory, `bundled` with the application.
 * - `standby`: stands in for an answer of this provider: another one's, or what was kept of its own; `repriced`: the customer had been shown other prices.
 * - `fetchedAt`: when the vendor answered, ISO 8601; `ageMs`: how old that is by now; `reason`: why it is not live.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Provenance = Schema.Struct({
  source: Schema.Literals(["live", "cache", "stale", "bundled"]),
  standby: Schema.optionalKey(Schema.Struct({ for: ProviderId })),
  fetchedAt: Timestamp,
  ageMs: Schema.optionalKey(Schema.Finite),
  repriced: Schema.optionalKey(Schema.Boolean),
  reason: Schema.optionalKey(Schema.String),
  notes: Schema.Array(Note),
  attempts: Schema.Array(Attempt)
})

/** @since 0.1.0 */
export interface Provenance extends Schema.Schema.Type<typeof Provenance> {}
