/**
 * Botsi's web-api in its own words: what goes out, strict, and what comes back, loose.
 *
 * Sources: Botsi's pages "Get Paywall", "Send Profile Event" and "AI Pricing Model API Guide".
 *
 * @since 0.1.0
 */
import { Country, IpAddress, Platform, Store } from "@priceport/core/domain/Customer"
import { Currency } from "@priceport/core/domain/Money"
import { Environment, Micros } from "@priceport/core/domain/Purchase"
import * as Schema from "effect/Schema"

// -----------------------------------------------------------------------------
// Requests
// -----------------------------------------------------------------------------

const optionalText = Schema.optional(Schema.NonEmptyString)

const identity = { profileId: optionalText, customerUserId: optionalText }

/** Botsi's guide asks for at least one id and needs no more; events refuse both. One is right everywhere. */
const oneIdentity = Schema.makeFilter(
  (request: { readonly profileId?: string | undefined; readonly customerUserId?: string | undefined }) =>
    (request.profileId === undefined) !== (request.customerUserId === undefined) ||
    { path: ["profileId"], issue: "Expected exactly one of profileId and customerUserId" }
)

/**
 * Who is meant: exactly one of Botsi's own id and yours.
 *
 * @category models
 * @since 0.1.0
 */
export type Identity =
  | { readonly profileId: string; readonly customerUserId?: undefined }
  | { readonly customerUserId: string; readonly profileId?: undefined }

/**
 * Creates a profile. The first five members are required by Botsi's guide, which also gives the list of platforms.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateProfile = Schema.Struct({
  country: Country,
  device: Schema.NonEmptyString,
  os: Schema.NonEmptyString,
  platform: Platform,
  appVersion: Schema.NonEmptyString,
  customerUserId: optionalText,
  advertisingId: optionalText,
  appBuild: optionalText,
  email: optionalText,
  phone: optionalText,
  gender: optionalText,
  idfa: optionalText,
  username: optionalText,
  locale: optionalText,
  ip: Schema.optional(IpAddress)
})

/** @since 0.1.0 */
export interface CreateProfile extends Schema.Schema.Type<typeof CreateProfile> {}

/**
 * One custom attribute. Values are text.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CustomAttribute = Schema.Struct({ key: Schema.NonEmptyString, value: Schema.String })

/** @since 0.1.0 */
export interface CustomAttribute extends Schema.Schema.Type<typeof CustomAttribute> {}

/**
 * Adds one attribute to a profile.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AddAttribute = Schema.Struct({ ...identity, custom: CustomAttribute }).check(oneIdentity)

/** @since 0.1.0 */
export interface AddAttribute extends Schema.Schema.Type<typeof AddAttribute> {}

/**
 * Replaces the value of an attribute. `attrId` is what adding it returned, and stands at the top level.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UpdateAttribute = Schema.Struct({
  ...identity,
  attrId: Schema.NonEmptyString,
  custom: CustomAttribute
}).check(oneIdentity)

/** @since 0.1.0 */
export interface UpdateAttribute extends Schema.Schema.Type<typeof UpdateAttribute> {}

/**
 * Adds several attributes at once, at least one.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AddAttributes = Schema.Struct({
  ...identity,
  custom: Schema.NonEmptyArray(CustomAttribute)
}).check(oneIdentity)

/** @since 0.1.0 */
export interface AddAttributes extends Schema.Schema.Type<typeof AddAttributes> {}

/**
 * Asks for a paywall in the words of the page "Get Paywall". What is left out falls back to the profile.
 *
 * @category schemas
 * @since 0.1.0
 */
export const GetPaywall = Schema.Struct({
  ...identity,
  placementId: Schema.NonEmptyString,
  locale: optionalText,
  country: Schema.optional(Country),
  ip: Schema.optional(IpAddress),
  storeCountry: Schema.optional(Country)
}).check(oneIdentity)

/** @since 0.1.0 */
export interface GetPaywall extends Schema.Schema.Type<typeof GetPaywall> {}

/**
 * Asks for a paywall in the words of the older guide, which requires `languageLocale`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const GuideGetPaywall = Schema.Struct({
  ...identity,
  placementId: Schema.NonEmptyString,
  languageLocale: Schema.NonEmptyString,
  deviceTypeModel: optionalText,
  osVersion: optionalText,
  attributionSource: optionalText,
  store: Schema.optional(Store)
}).check(oneIdentity)

/** @since 0.1.0 */
export interface GuideGetPaywall extends Schema.Schema.Type<typeof GuideGetPaywall> {}

/**
 * What Botsi asks to have echoed. `isExperiment` and `aiPricingModelId` are sent exactly as given: null stays null,
 * absent stays absent. Integers beyond 2^53 are refused, since they would be rounded.
 */
const experiment = {
  isExperiment: Schema.optional(Schema.NullOr(Schema.Boolean)),
  aiPricingModelId: Schema.optional(Schema.NullOr(Schema.Int))
}

const shown = { placementId: Schema.NonEmptyString, paywallId: Schema.Int, ...experiment }

/**
 * A paywall was shown. The event type, `paywall_shown`, is added by the client: Botsi's guide knows no other.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Event = Schema.Struct({ ...identity, ...shown }).check(oneIdentity)

/** @since 0.1.0 */
export interface Event extends Schema.Schema.Type<typeof Event> {}

/**
 * Validates an App Store purchase.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ValidateAppStore = Schema.Struct({
  ...identity,
  ...shown,
  productId: Schema.NonEmptyString,
  transactionId: Schema.NonEmptyString,
  originalTransactionId: Schema.NonEmptyString,
  environment: Environment,
  source: Schema.optional(Schema.Literals(["restore", "purchasing", "observing"])),
  isSubscription: Schema.optional(Schema.Boolean)
}).check(oneIdentity)

/** @since 0.1.0 */
export interface ValidateAppStore extends Schema.Schema.Type<typeof ValidateAppStore> {}

const price = { priceAmountMicros: Micros, currencyCode: Currency }

/**
 * Validates a Play Store purchase: a subscription or a one-time purchase, never both.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ValidatePlayStore = Schema.Struct({
  ...identity,
  ...shown,
  abTestId: Schema.optional(Schema.Int),
  productId: Schema.NonEmptyString,
  token: Schema.NonEmptyString,
  environment: Environment,
  isSubscription: Schema.optional(Schema.Boolean),
  subscriptionOfferDetails: Schema.optional(Schema.Struct({
    basePlanId: Schema.NonEmptyString,
    offerId: optionalText,
    pricingPhases: Schema.NonEmptyArray(Schema.Struct({
      ...price,
      billingPeriod: Schema.NonEmptyString,
      recurrenceMode: Schema.Int,
      billingCycleCount: Schema.Int
    }))
  })),
  oneTimePurchaseOfferDetails: Schema.optional(Schema.Struct(price))
}).check(
  oneIdentity,
  Schema.makeFilter((request) =>
    (request.subscriptionOfferDetails === undefined) !== (request.oneTimePurchaseOfferDetails === undefined) ||
    {
      path: ["subscriptionOfferDetails"],
      issue: "Expected exactly one of subscriptionOfferDetails and oneTimePurchaseOfferDetails"
    }
  )
)

/** @since 0.1.0 */
export interface ValidatePlayStore extends Schema.Schema.Type<typeof ValidatePlayStore> {}

// -----------------------------------------------------------------------------
// Responses
// -----------------------------------------------------------------------------

const text = Schema.optionalKey(Schema.NullOr(Schema.String))

const enveloped = <S extends Schema.Constraint>(data: S) =>
  Schema.Struct({ ok: Schema.optionalKey(Schema.Literal(true)), data })

/**
 * A paywall, in either published form. Products are read one by one, so that a broken one costs only itself.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Paywall = Schema.Struct({
  id: Schema.Int,
  externalId: text,
  name: text,
  isExperiment: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  aiPricingModelId: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  abTestId: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  remoteConfigs: Schema.optionalKey(Schema.Any),
  revision: Schema.optionalKey(Schema.Any),
  sourceProducts: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Any)))
})

/** @since 0.1.0 */
export interface Paywall extends Schema.Schema.Type<typeof Paywall> {}

/**
 * The answer of Get Paywall.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PaywallAnswer = enveloped(Paywall)

/**
 * One product: `productId`, `offerId` and `discountId` of the page "Get Paywall", or `sourceProductId`, `offerIds` and
 * `botsiProductId` of the guide.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Product = Schema.Struct({
  productId: text,
  sourceProductId: text,
  botsiProductId: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  basePlanId: text,
  offerId: text,
  offerIds: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String))),
  promotionalOfferId: text,
  discountId: text,
  winBackOfferId: text,
  appStoreOfferType: text,
  isConsumable: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
})

/** @since 0.1.0 */
export interface Product extends Schema.Schema.Type<typeof Product> {}

/**
 * A profile. Only its id is required; all else is read where it has the documented type and left alone where it has
 * not, since a validated purchase must not look failed because of a field that nobody needs.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Profile = Schema.StructWithRest(
  Schema.Struct({ profileId: Schema.String }),
  [Schema.Record(Schema.String, Schema.Any)]
)

/** @since 0.1.0 */
export interface Profile extends Schema.Schema.Type<typeof Profile> {}

/**
 * The answer of Create Profile and of both validations.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ProfileAnswer = enveloped(Profile)

/**
 * An attribute as Botsi keeps it. `id` is what updating it needs.
 *
 * @category schemas
 * @since 0.1.0
 */
export const StoredAttribute = Schema.Struct({ id: Schema.String, key: Schema.String, value: Schema.String })

/** @since 0.1.0 */
export interface StoredAttribute extends Schema.Schema.Type<typeof StoredAttribute> {}

/**
 * The answer of adding or updating one attribute.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AttributeAnswer = enveloped(StoredAttribute)

/**
 * The answer of adding several attributes.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AttributesAnswer = enveloped(Schema.Array(StoredAttribute))
