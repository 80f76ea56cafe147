/**
 * An attribution that a client may hold: sealed, so that nobody reads it, changes it, or hands it in for somebody else.
 *
 * A token is `pp1.` and canonical base64url, under 512 characters where no id in it is longer than 64 bytes. The version,
 * the key's id, the tenant and the deployment are authenticated with it; provider, placement, paywall, subject, payload,
 * issue time and expiry are inside. What comes out is what went in, value for value.
 *
 * Every token that is refused is refused in the same words, whatever is wrong with it. Why is counted in
 * `priceport_attribution_refused_total`, by `cause`.
 *
 * @since 0.3.0
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Attribution } from "../domain/Attribution.ts"
import type { PlacementId, ProviderId } from "../domain/Identifier.ts"
import * as CanonicalBase64 from "../internal/canonicalBase64.ts"
import * as TokenContent from "../internal/tokenContent.ts"
import * as TokenRefusal from "../internal/tokenRefusal.ts"
import type { AttributionMismatch } from "../provider/PricingError.ts"
import * as KeyRing from "./KeyRing.ts"

/**
 * - `tenant`, `deployment`: whose token it is and where, such as a customer of your platform, and `production`. A token
 *   opens only where both are the same. Empty unless set.
 * - `timeToLive`: how long it opens, 30 days unless set, since a purchase may follow late; in whole seconds, rounded up.
 * - `skew`: how far the clock of the process that sealed may be ahead, 1 minute unless set.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly tenant?: string | undefined
  readonly deployment?: string | undefined
  readonly timeToLive?: Duration.Input | undefined
  readonly skew?: Duration.Input | undefined
}

/**
 * What the caller knows besides the token, such as the customer who is logged in. A token that says otherwise is refused.
 * A subject without a `kind` is compared by its value alone.
 *
 * Leave out what is not to be compared: a member that is there and undefined fits no token, so that a session without a
 * customer opens nothing.
 *
 * @category models
 * @since 0.3.0
 */
export interface Expected {
  readonly subject?: { readonly kind?: string; readonly value: string }
  readonly placement?: PlacementId
  readonly provider?: ProviderId
}

/**
 * @category services
 * @since 0.3.0
 */
export class AttributionToken extends Context.Service<AttributionToken, {
  /** The token of an attribution: another one each time. */
  readonly seal: (attribution: Attribution) => Effect.Effect<string>

  /** How long a token opens. */
  readonly timeToLive: Duration.Duration

  /** The attribution of a token. `why` is always the same word. */
  readonly open: (token: string, expected?: Expected) => Effect.Effect<Attribution, AttributionMismatch>
}>()("@priceport/core/attribution/AttributionToken") {}

/**
 * Makes the service on the key ring at hand.
 *
 * Throws a `RangeError` for a time to live that is not positive and finite, or a skew that is negative or infinite.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make = (options: Options = {}): Effect.Effect<AttributionToken["Service"], never, KeyRing.KeyRing> => {
  const { deployment = "", skew = "1 minute", tenant = "", timeToLive = "30 days" } = options
  const lifeMs = Duration.toMillis(Duration.fromInputUnsafe(timeToLive))
  const skewMs = Duration.toMillis(Duration.fromInputUnsafe(skew))
  if (!(lifeMs > 0) || !Number.isFinite(lifeMs)) throw new RangeError("AttributionToken: timeToLive must be positive")
  if (!(skewMs >= 0) || !Number.isFinite(skewMs)) throw new RangeError("AttributionToken: skew must not be negative")
  const context = JSON.stringify(["attribution", version, tenant, deployment])

  return Effect.map(KeyRing.KeyRing, (ring) => ({
    timeToLive: Duration.millis(lifeMs),

    seal: (attribution) =>
      Clock.clockWith((clock) => {
        const now = clock.currentTimeMillisUnsafe()
        const issuedAt = Math.floor(now / 1000)
        const expiresAt = Math.ceil((now + lifeMs) / 1000)
        const content = TokenContent.encode({ attribution, issuedAt, expiresAt })
        return Effect.map(ring.seal(content, context), (sealed) => prefix + CanonicalBase64.encode(sealed))
      }),

    open: (token, expected = {}) => {
      const sealed = sealedIn(token)
      if (sealed === undefined) return TokenRefusal.refuse("malformed")
      return Effect.matchEffect(ring.open(sealed, context), {
        onFailure: ({ cause }) => TokenRefusal.refuse(cause),
        onSuccess: (bytes) =>
          Clock.clockWith((clock) => {
            const content = TokenContent.decode(bytes)
            if (Option.isNone(content)) return TokenRefusal.refuse("malformed")
            const { attribution, expiresAt, issuedAt } = content.value
            const now = clock.currentTimeMillisUnsafe()
            if (now >= expiresAt * 1000) return TokenRefusal.refuse("expired")
            if (issuedAt * 1000 > now + skewMs) return TokenRefusal.refuse("future")
            return checked(attribution, expected)
          })
      })
    }
  }))
}

/**
 * Layer that provides the service on the key ring at hand.
 *
 * @category layers
 * @since 0.3.0
 */
export const layer = (options?: Options): Layer.Layer<AttributionToken, never, KeyRing.KeyRing> =>
  Layer.effect(AttributionToken, make(options))

/**
 * Layer that provides the service and its key ring, with keys from `PRICEPORT_SEALING_KEYS`, and tenant and deployment from
 * `PRICEPORT_TENANT` and `PRICEPORT_DEPLOYMENT` where they are set.
 *
 * @category layers
 * @since 0.3.0
 */
export const layerConfig = (
  options: Options = {}
): Layer.Layer<AttributionToken | KeyRing.KeyRing, Config.ConfigError> =>
  Layer.effect(
    AttributionToken,
    Effect.flatMap(scope, ({ deployment, tenant }) =>
      make({
        ...options,
        tenant: Option.getOrElse(tenant, () => options.tenant),
        deployment: Option.getOrElse(deployment, () => options.deployment)
      }))
  ).pipe(Layer.provideMerge(KeyRing.layerConfig))

const scope = Config.all({
  tenant: Config.option(Config.String("PRICEPORT_TENANT")),
  deployment: Config.option(Config.String("PRICEPORT_DEPLOYMENT"))
})

const version = "pp1"
const prefix = `${version}.`

/** No attribution is that long; whoever sends more is not to cost more. */
const maxLength = 65_536

/** What a client sends may be anything, whatever its type says. */
const sealedIn = (token: unknown): Uint8Array | undefined =>
  typeof token === "string" && token.length <= maxLength && token.startsWith(prefix)
    ? CanonicalBase64.decode(token.slice(prefix.length))
    : undefined

/**
 * The attribution, if it is what the caller expects; refused in a token's words otherwise.
 *
 * @category combinators
 * @since 0.3.0
 */
export const checked = (
  attribution: Attribution,
  expected: Expected
): Effect.Effect<Attribution, AttributionMismatch> => {
  const foreign = foreignMember(attribution, expected)
  return foreign === undefined ? Effect.succeed(attribution) : TokenRefusal.refuse(foreign)
}

const foreignMember = (
  attribution: Attribution,
  expected: Expected
): "provider" | "placement" | "subject" | undefined =>
  "provider" in expected && expected.provider !== attribution.provider
    ? "provider"
    : "placement" in expected && expected.placement !== attribution.placement
    ? "placement"
    : "subject" in expected && !isSubject(attribution.subject, expected.subject)
    ? "subject"
    : undefined

const isSubject = (subject: Attribution["subject"], expected: Expected["subject"]): boolean =>
  expected?.value === subject.value &&
  (!("kind" in expected) || expected.kind === subject.kind)
