/**
 * A client for Botsi's web-api, in Botsi's own words.
 *
 * It covers what Botsi's pages document: profiles, custom attributes, paywalls, events and purchase validation. For
 * server-side use: the secret key must not reach an app or a browser. Every failure is a `PricingError`.
 *
 * @since 0.1.0
 */
import * as PricingError from "@priceport/core/provider/PricingError"
import type { CallOptions } from "@priceport/core/provider/PricingProvider"
import * as VendorClient from "@priceport/core/provider/VendorClient"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as BotsiSchema from "./BotsiSchema.ts"
import { refusal } from "./internal/errors.ts"

/**
 * Where Botsi's web-api lives.
 *
 * @category models
 * @since 0.1.0
 */
export const defaultBaseUrl = "https://app.botsi.com/api/v1/web-api"

/**
 * - `secretKey`: from the app configuration page of the Botsi dashboard, 1 to 512 visible ASCII characters.
 * - `id`: the name in errors and attributions, `botsi` unless set; two Botsi accounts need two.
 * - `tracePropagation`: sends trace headers to Botsi; off unless set.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly secretKey: Redacted.Redacted
  readonly id?: string | undefined
  readonly baseUrl?: string | undefined
  readonly tracePropagation?: boolean | undefined
}

/**
 * Botsi's web-api. `timeout` of a call is 3 seconds for a paywall and 10 seconds for the others unless set.
 *
 * @category services
 * @since 0.1.0
 */
export class BotsiClient extends Context.Service<BotsiClient, {
  readonly id: string

  /** Creates a profile. Not idempotent: do not repeat it after a failure that may have arrived. */
  readonly createProfile: Operation<BotsiSchema.CreateProfile, BotsiSchema.Profile>

  /** Adds a custom attribute to a profile. Not idempotent: each call makes a new attribute. */
  readonly addAttribute: Operation<BotsiSchema.AddAttribute, BotsiSchema.StoredAttribute>

  /** Replaces the value of a custom attribute. */
  readonly updateAttribute: Operation<BotsiSchema.UpdateAttribute, BotsiSchema.StoredAttribute>

  /** Adds several custom attributes. The result is in the order of the request. Not idempotent. */
  readonly addAttributes: Operation<BotsiSchema.AddAttributes, ReadonlyArray<BotsiSchema.StoredAttribute>>

  /** Asks for a paywall, in the words of either page. */
  readonly getPaywall: Operation<BotsiSchema.GetPaywall | BotsiSchema.GuideGetPaywall, BotsiSchema.Paywall>

  /**
   * Reports paywalls that were shown. One request carries the events of one identity, in their order; several identities
   * make several requests, one after the other in the order they first appear. It stops at the first failure; repeating
   * all of it is harmless, since Botsi counts one impression per user and paywall.
   */
  readonly sendEvents: Operation<ReadonlyArray<BotsiSchema.Event>, void>

  /** Validates an App Store purchase. What a repeat does is not documented. */
  readonly validateAppStorePurchase: Operation<BotsiSchema.ValidateAppStore, BotsiSchema.Profile>

  /** Validates a Play Store purchase. What a repeat does is not documented. */
  readonly validatePlayStorePurchase: Operation<BotsiSchema.ValidatePlayStore, BotsiSchema.Profile>
}>()("@priceport/botsi/BotsiClient") {}

/**
 * One operation of the client.
 *
 * @category models
 * @since 0.1.0
 */
export type Operation<Request, A> = (
  request: Request,
  options?: CallOptions
) => Effect.Effect<A, PricingError.PricingError>

/**
 * Makes a client on the `HttpClient` at hand. Fails when the key or the base URL cannot be used.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(
  function*(
    options: Options
  ): Effect.fn.Return<BotsiClient["Service"], Config.ConfigError, VendorClient.Requirements> {
    const vendor = yield* VendorClient.make({
      provider: options.id ?? "botsi",
      baseUrl: options.baseUrl ?? defaultBaseUrl,
      key: options.secretKey,
      keyHeader: "authorization",
      refusal,
      tracePropagation: options.tracePropagation
    })

    const operation = <Request, A>(spec: {
      readonly operation: PricingError.Operation
      readonly method?: "PUT"
      readonly path: `/${string}`
      readonly check: (request: Request) => WireSchema.Violation | undefined
      readonly decode: (body: unknown) => Exit.Exit<A, PricingError.InvalidResponse>
      readonly ids: (request: Request) => ReadonlyArray<string | undefined>
    }): Operation<Request, A> =>
    (request, callOptions) => {
      const violation = spec.check(request)
      return violation === undefined
        ? vendor.call({
          operation: spec.operation,
          method: spec.method ?? "POST",
          path: spec.path,
          body: request,
          ids: spec.ids(request),
          decode: spec.decode
        }, callOptions)
        : vendor.refuse(spec.operation, invalid(violation))
    }

    const addAttributes = operation<BotsiSchema.AddAttributes, ReadonlyArray<BotsiSchema.StoredAttribute>>({
      operation: "addAttributes",
      path: "/profiles/custom-attributes-all",
      check: strict(BotsiSchema.AddAttributes),
      decode: decodeAttributes,
      ids: (request) => [...who(request), ...request.custom.map(({ value }) => value)]
    })

    const sendGroup = (events: ReadonlyArray<BotsiSchema.Event>, callOptions: CallOptions | undefined) =>
      vendor.call({
        operation: "sendEvents",
        method: "POST",
        path: "/events",
        body: events.map((event) => ({ eventType: "paywall_shown", ...event })),
        ids: events.flatMap(who),
        decode: () => Exit.void,
        ignoreBody: true
      }, callOptions)

    return {
      id: vendor.provider,

      createProfile: operation({
        operation: "createProfile",
        path: "/profiles",
        check: strict(BotsiSchema.CreateProfile),
        decode: decodeProfile,
        ids: ({ advertisingId, customerUserId, email, idfa, ip, phone, username }) => [
          customerUserId,
          email,
          phone,
          username,
          ip,
          advertisingId,
          idfa
        ]
      }),

      addAttribute: operation({
        operation: "addAttribute",
        path: "/profiles/custom-attributes",
        check: strict(BotsiSchema.AddAttribute),
        decode: decodeAttribute,
        ids: (request) => [...who(request), request.custom.value]
      }),

      updateAttribute: operation({
        operation: "updateAttribute",
        method: "PUT",
        path: "/profiles/custom-attributes",
        check: strict(BotsiSchema.UpdateAttribute),
        decode: decodeAttribute,
        ids: (request) => [...who(request), request.attrId, request.custom.value]
      }),

      addAttributes: (request, callOptions) =>
        Effect.map(addAttributes(request, callOptions), (stored) => inOrderOf(request.custom, stored)),

      getPaywall: operation({
        operation: "getPaywall",
        path: "/paywalls",
        check: checkGetPaywall,
        decode: decodePaywall,
        ids: (request) => [...who(request), "ip" in request ? request.ip : undefined]
      }),

      sendEvents: (events, callOptions) => {
        const violation = checkEvents(events)
        return violation === undefined
          ? Effect.forEach(byIdentity(events), (group) => sendGroup(group, callOptions), { discard: true })
          : vendor.refuse("sendEvents", invalid(violation))
      },

      validateAppStorePurchase: operation({
        operation: "validatePurchase",
        path: "/purchases/apple-store/validate",
        check: strict(BotsiSchema.ValidateAppStore),
        decode: decodeProfile,
        ids: (request) => [...who(request), request.transactionId, request.originalTransactionId]
      }),

      validatePlayStorePurchase: operation({
        operation: "validatePurchase",
        path: "/purchases/play-store/validate",
        check: strict(BotsiSchema.ValidatePlayStore),
        decode: decodeProfile,
        ids: (request) => [...who(request), request.token]
      })
    }
  }
)

/**
 * Layer that provides a client.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<BotsiClient, Config.ConfigError, VendorClient.Requirements> =>
  Layer.effect(BotsiClient, make(options))

/**
 * What `layerConfig` reads: `BOTSI_SECRET_KEY`, and `BOTSI_BASE_URL` where it is not the default.
 *
 * @category config
 * @since 0.1.0
 */
export const config: Config.Config<{ readonly secretKey: Redacted.Redacted; readonly baseUrl: string }> = Config.all({
  secretKey: Config.schema(VendorClient.SecretKey, "BOTSI_SECRET_KEY"),
  baseUrl: Config.schema(VendorClient.BaseUrl, "BOTSI_BASE_URL").pipe(Config.withDefault(defaultBaseUrl))
})

/**
 * Layer that provides a client whose key and base URL come from `config`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options: Omit<Options, "secretKey" | "baseUrl"> = {}
): Layer.Layer<BotsiClient, Config.ConfigError, VendorClient.Requirements> =>
  Layer.effect(BotsiClient, Effect.flatMap(config, (read) => make({ ...options, ...read })))

const who = (request: { readonly profileId?: string | undefined; readonly customerUserId?: string | undefined }) => [
  request.profileId,
  request.customerUserId
]

const invalid = ({ issue, path }: WireSchema.Violation) => new PricingError.InvalidRequest({ field: path, issue })

const strict = <S extends Schema.Constraint>(schema: S): (request: S["Type"]) => WireSchema.Violation | undefined =>
  WireSchema.check(schema, { unknownMembers: "refuse" })

const checkReference = strict(BotsiSchema.GetPaywall)

const checkGuide = strict(BotsiSchema.GuideGetPaywall)

const checkGetPaywall = (request: BotsiSchema.GetPaywall | BotsiSchema.GuideGetPaywall) =>
  Predicate.hasProperty(request, "languageLocale") ? checkGuide(request) : checkReference(request)

const checkEvent = strict(BotsiSchema.Event)

const checkEvents = (events: ReadonlyArray<BotsiSchema.Event>): WireSchema.Violation | undefined => {
  if (!Array.isArray(events)) return { path: "events", issue: "Expected a list" }
  for (const [index, event] of events.entries()) {
    const violation = checkEvent(event)
    if (violation !== undefined) return WireSchema.under(`[${index}]`, violation)
  }
  return undefined
}

const data = <A>(decode: (body: unknown) => Exit.Exit<{ readonly data: A }, PricingError.InvalidResponse>) =>
(
  body: unknown
): Exit.Exit<A, PricingError.InvalidResponse> => Exit.map(decode(body), (answer) => answer.data)

const decodePaywall = data(WireSchema.reader(BotsiSchema.PaywallAnswer))

const decodeProfile = data(WireSchema.reader(BotsiSchema.ProfileAnswer))

const readAttribute = data(WireSchema.reader(BotsiSchema.AttributeAnswer))

const decodeAttribute = (body: unknown) => Exit.map(readAttribute(body), toStored)

const readAttributes = data(WireSchema.reader(BotsiSchema.AttributesAnswer))

const decodeAttributes = (body: unknown) => Exit.map(readAttributes(body), (stored) => stored.map(toStored))

const toStored = ({ id, key, value }: BotsiSchema.StoredAttribute): BotsiSchema.StoredAttribute => ({ id, key, value })

/** Events of one identity together, identities in the order they first appear. */
const byIdentity = (events: ReadonlyArray<BotsiSchema.Event>) =>
  Map.groupBy(events, (event) => JSON.stringify(who(event))).values()

/** Botsi's page shows the order of the request but does not promise it, so attributes are matched by key. */
const inOrderOf = (
  wanted: BotsiSchema.AddAttributes["custom"],
  stored: ReadonlyArray<BotsiSchema.StoredAttribute>
): ReadonlyArray<BotsiSchema.StoredAttribute> => {
  const position = new Map(wanted.map(({ key }, index) => [key, index]))
  return stored.toSorted((a, b) => (position.get(a.key) ?? wanted.length) - (position.get(b.key) ?? wanted.length))
}
