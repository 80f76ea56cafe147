/**
 * The bodies of Botsi's web-api, strict: nothing unknown, nothing null that is not documented so.
 *
 * The field tables are those of the pages "AI Pricing Model API Guide", "Get Paywall" and "Send Profile Event".
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Refusal from "./Refusal.ts"

const Text = Schema.String.check(Schema.isNonEmpty({ message: Refusal.isEmpty }))

const identity = {
  profileId: Schema.optionalKey(Text),
  customerUserId: Schema.optionalKey(Text)
}

const optionalText = Schema.optionalKey(Schema.String)

/** `POST /profiles`. The last six are on the endpoint's own page only. */
export const CreateProfile = Schema.Struct({
  country: Text,
  device: Text,
  os: Text,
  platform: Schema.Literals(["android", "ios", "ipados", "tvos", "macos", "watchos", "visionos", "stripe"]),
  appVersion: Text,
  customerUserId: Schema.optionalKey(Text),
  advertisingId: optionalText,
  appBuild: optionalText,
  email: optionalText,
  phone: optionalText,
  gender: optionalText,
  idfa: optionalText,
  username: optionalText,
  locale: optionalText,
  ip: optionalText,
  currency: optionalText,
  storeCountry: optionalText,
  timezone: optionalText,
  osVersion: optionalText,
  sessionId: optionalText,
  pushToken: optionalText
})

const KeyValue = Schema.Struct({ key: Text, value: Schema.String })

/** `POST /profiles/custom-attributes`. */
export const AddAttribute = Schema.Struct({ ...identity, custom: KeyValue })

/** `PUT /profiles/custom-attributes`. */
export const UpdateAttribute = Schema.Struct({ ...identity, attrId: Text, custom: KeyValue })

/** `POST /profiles/custom-attributes-all`. */
export const AddAttributes = Schema.Struct({
  ...identity,
  custom: Schema.Array(KeyValue).check(Schema.isNonEmpty({ message: Refusal.isEmpty }))
})

/** `POST /paywalls` as the page "Get Paywall" describes it. */
export const GetPaywall = Schema.Struct({
  ...identity,
  placementId: Text,
  locale: Schema.optionalKey(Text),
  country: Schema.optionalKey(Text),
  ip: Schema.optionalKey(Text),
  storeCountry: Schema.optionalKey(Text)
})

/** `POST /paywalls` as the guide describes it. */
export const GetPaywallOfGuide = Schema.Struct({
  ...identity,
  placementId: Text,
  languageLocale: Text,
  deviceTypeModel: Schema.optionalKey(Text),
  osVersion: Schema.optionalKey(Text),
  attributionSource: Schema.optionalKey(Text),
  store: Schema.optionalKey(Schema.Literals(["app_store", "play_store", "stripe"]))
})

const attribution = {
  placementId: Text,
  paywallId: Schema.Int,
  isExperiment: Schema.optionalKey(Schema.Boolean),
  aiPricingModelId: Schema.optionalKey(Schema.NullOr(Schema.Int))
}

/** `POST /events`: all events of one request are one user's. */
export const Events = Schema.Array(
  Schema.Struct({ ...identity, ...attribution, eventType: Schema.Literal("paywall_shown") })
).check(Schema.isNonEmpty({ message: Refusal.isEmpty }))

const environment = Schema.Literals(["sandbox", "production"])

/** `POST /purchases/apple-store/validate`. */
export const AppStorePurchase = Schema.Struct({
  ...identity,
  ...attribution,
  transactionId: Text,
  originalTransactionId: Text,
  productId: Text,
  environment,
  source: Schema.optionalKey(Schema.Literals(["restore", "purchasing", "observing"])),
  isSubscription: Schema.optionalKey(Schema.Boolean)
})

const amount = {
  priceAmountMicros: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  currencyCode: Schema.String.check(Schema.isPattern(/^[A-Z]{3}$/, { expected: "an ISO 4217 code" }))
}

/** `POST /purchases/play-store/validate`. */
export const PlayStorePurchase = Schema.Struct({
  ...identity,
  ...attribution,
  token: Text,
  productId: Text,
  environment,
  abTestId: Schema.optionalKey(Schema.Int),
  isSubscription: Schema.optionalKey(Schema.Boolean),
  subscriptionOfferDetails: Schema.optionalKey(Schema.Struct({
    basePlanId: Text,
    offerId: Schema.optionalKey(Text),
    pricingPhases: Schema.Array(Schema.Struct({
      ...amount,
      billingPeriod: Schema.String.check(
        Schema.isPattern(/^P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$/, { expected: "an ISO 8601 period" })
      ),
      recurrenceMode: Schema.Int,
      billingCycleCount: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
    })).check(Schema.isNonEmpty({ message: Refusal.isEmpty }))
  })),
  oneTimePurchaseOfferDetails: Schema.optionalKey(Schema.Struct(amount))
})

/** Who a request is about. */
export interface Identity {
  readonly kind: "profileId" | "customerUserId"
  readonly value: string
}

/** Exactly one of the two ids. */
export const identityOf = (body: {
  readonly profileId?: string
  readonly customerUserId?: string
}): Effect.Effect<Identity, Refusal.Refusal> => {
  const { customerUserId, profileId } = body
  if (profileId !== undefined && customerUserId !== undefined) {
    return Effect.fail(Refusal.ours("TWO_IDENTITIES", "profileId, customerUserId: send one of them, not both"))
  }
  if (profileId !== undefined) {
    return Effect.succeed({ kind: "profileId", value: profileId })
  }
  return customerUserId === undefined
    ? Effect.fail(Refusal.missing("profileId or customerUserId: is missing"))
    : Effect.succeed({ kind: "customerUserId", value: customerUserId })
}

/** Which of the two descriptions of `POST /paywalls` a body follows. */
export const dialectOf = (body: unknown): Effect.Effect<"reference" | "guide", Refusal.Refusal> => {
  const has = (fields: ReadonlyArray<string>) => fields.filter((field) => Predicate.hasProperty(body, field))
  const reference = has(["locale", "country", "ip", "storeCountry"])
  const guide = has(["languageLocale", "deviceTypeModel", "osVersion", "attributionSource", "store"])
  return reference.length > 0 && guide.length > 0
    ? Effect.fail(Refusal.ours("MIXED_DIALECTS", `${reference.join(", ")} and ${guide.join(", ")} are of two pages`))
    : Effect.succeed(guide.length > 0 ? "guide" : "reference")
}
