/**
 * The names that tie a paywall, its impression and its purchase together.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"

/**
 * Names a configured vendor, such as `botsi`. Two instances of one vendor need two names.
 *
 * 1 to 64 letters, digits, `.`, `_` or `-`, starting with a letter or digit.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ProviderId = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    expected: "1 to 64 letters, digits, dots, dashes or underscores"
  })
)

/** @since 0.1.0 */
export type ProviderId = typeof ProviderId.Type

/**
 * Says where in the application a paywall is shown, in the application's own words. An adapter's `placements` option
 * maps it to the vendor's id.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PlacementId = Schema.NonEmptyString

/** @since 0.1.0 */
export type PlacementId = typeof PlacementId.Type

/**
 * An instant as ISO 8601 text in UTC, with or without fractions of a second, such as `2026-03-01T12:00:00.000Z`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Timestamp = Schema.String.check(
  Schema.isPattern(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/, {
    expected: "an ISO 8601 instant in UTC"
  })
)

/** @since 0.1.0 */
export type Timestamp = typeof Timestamp.Type

/**
 * The instant of a number of milliseconds since 1970.
 *
 * @category conversions
 * @since 0.1.0
 */
export const timestamp = (millis: number): Timestamp => DateTime.formatIso(DateTime.makeUnsafe(millis))
