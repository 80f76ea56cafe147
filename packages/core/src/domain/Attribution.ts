/**
 * What must travel unchanged from a paywall to its impression and its purchase.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { PlacementId, ProviderId, Timestamp } from "./Identifier.ts"

/**
 * The identity a vendor was asked with: `kind` is the vendor's field (`profileId`, `customerUserId`, `user_id`, `ip`).
 *
 * @category schemas
 * @since 0.1.0
 */
export const Subject = Schema.Struct({ kind: Schema.String, value: Schema.String })

/** @since 0.1.0 */
export interface Subject extends Schema.Schema.Type<typeof Subject> {}

/**
 * Ties an impression or a purchase to the paywall that caused it. Opaque to the application: store it, send it back,
 * never edit it.
 *
 * `payload` holds the vendor's own values exactly as they came; only the adapter of `provider` reads it. `placement` is
 * the application's name for the place. `enrolled` is false when the paywall was asked for with `enroll: false`.
 * `fetchedAt` is ISO 8601.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Attribution = Schema.Struct({
  provider: ProviderId,
  placement: PlacementId,
  paywallId: Schema.String,
  subject: Subject,
  enrolled: Schema.Boolean,
  fetchedAt: Timestamp,
  payload: Schema.Json
})

/** @since 0.1.0 */
export interface Attribution extends Schema.Schema.Type<typeof Attribution> {}
