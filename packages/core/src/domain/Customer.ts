/**
 * Who will see a paywall: your own id, the ids vendors gave, and the facts vendors target by.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { isIP } from "../internal/ip.ts"
import { ProviderId } from "./Identifier.ts"
import { Currency } from "./Money.ts"

/**
 * ISO 3166-1 alpha-2 country code, such as `US`. Lower case is accepted: Corrily is sent upper case,
 * Botsi what you give, and its pages show upper case.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Country = Schema.String.check(
  Schema.isPattern(/^[A-Za-z]{2}$/, { expected: "a two-letter ISO 3166-1 country code" })
)

/** @since 0.1.0 */
export type Country = typeof Country.Type

/**
 * An IPv4 or IPv6 address in text.
 *
 * @category schemas
 * @since 0.1.0
 */
export const IpAddress = Schema.String.check(
  Schema.makeFilter((text) => isIP(text), { expected: "an IPv4 or IPv6 address" })
)

/** @since 0.1.0 */
export type IpAddress = typeof IpAddress.Type

/**
 * The platforms Botsi's Create Profile page lists.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Platform = Schema.Literals([
  "android",
  "ios",
  "ipados",
  "tvos",
  "macos",
  "watchos",
  "visionos",
  "stripe"
])

/** @since 0.1.0 */
export type Platform = typeof Platform.Type

/**
 * The stores a purchase can come from.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Store = Schema.Literals(["app_store", "play_store", "stripe"])

/** @since 0.1.0 */
export type Store = typeof Store.Type

/**
 * The device in the customer's hand: `model` such as `iPhone 15`, `os` name and version such as `iOS 17.0`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Device = Schema.Struct({
  model: Schema.optional(Schema.NonEmptyString),
  os: Schema.optional(Schema.NonEmptyString)
})

/** @since 0.1.0 */
export interface Device extends Schema.Schema.Type<typeof Device> {}

/**
 * One customer.
 *
 * - `id`: your own stable id; `profiles`: ids vendors gave, by provider.
 * - `country`, `storeCountry`: ISO 3166-1 alpha-2; `currency`: ISO 4217; `ip`: IPv4 or IPv6; `locale`: passed on as it is.
 * - `attributes`: your own facts for targeting, text to text.
 *
 * A fact that a vendor has no field for is not sent to it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Customer = Schema.Struct({
  id: Schema.optional(Schema.NonEmptyString),
  profiles: Schema.optional(Schema.Record(ProviderId, Schema.NonEmptyString)),
  country: Schema.optional(Country),
  storeCountry: Schema.optional(Country),
  locale: Schema.optional(Schema.NonEmptyString),
  currency: Schema.optional(Currency),
  ip: Schema.optional(IpAddress),
  platform: Schema.optional(Platform),
  appVersion: Schema.optional(Schema.NonEmptyString),
  device: Schema.optional(Device),
  store: Schema.optional(Store),
  attributionSource: Schema.optional(Schema.NonEmptyString),
  attributes: Schema.optional(Schema.Record(Schema.String, Schema.String))
})

/** @since 0.1.0 */
export interface Customer extends Schema.Schema.Type<typeof Customer> {}
