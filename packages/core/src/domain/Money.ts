/**
 * Exact amounts of money.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * ISO 4217 currency code in upper case, such as `EUR`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Currency = Schema.String.check(
  Schema.isPattern(/^[A-Z]{3}$/, { expected: "a three-letter upper-case ISO 4217 currency code" })
)

/** @since 0.1.0 */
export type Currency = typeof Currency.Type

/**
 * An exact decimal amount in a known currency. Never computed from a formatted price text.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Money = Schema.Struct({ amount: Schema.BigDecimal, currency: Currency })

/** @since 0.1.0 */
export interface Money extends Schema.Schema.Type<typeof Money> {}
