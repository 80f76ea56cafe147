/**
 * What an application presents when it reports an impression or a purchase: a paywall, its attribution, or the token that
 * a client held for it.
 *
 * @since 0.3.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type AttributionToken, checked, type Expected } from "../attribution/AttributionToken.ts"
import type { Attribution } from "../domain/Attribution.ts"
import type { Impression } from "../domain/Impression.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { Purchase } from "../domain/Purchase.ts"
import { type AttributionMismatch, InvalidRequest } from "../provider/PricingError.ts"

/**
 * An attribution in its sealed form, as a client sent it back. Where it is present it is what counts, and a readable
 * `attribution` beside it is not looked at. `expected` is what the application knows of the session the token came with,
 * such as the customer who is logged in: a token of somebody else is refused.
 *
 * @category models
 * @since 0.3.0
 */
export interface Sealed {
  readonly attributionToken?: string | undefined
  readonly expected?: Expected | undefined
}

/**
 * @category models
 * @since 0.3.0
 */
export interface PresentedImpression extends Impression, Sealed {}

/**
 * A purchase, with the paywall it was made on, or with that paywall's attribution or token.
 *
 * @category models
 * @since 0.3.0
 */
export interface PresentedPurchase extends Purchase, Sealed {
  readonly paywall?: Pick<Paywall, "attribution" | "attributionToken" | "products"> | undefined
}

type Tokens = AttributionToken["Service"] | undefined

/**
 * Adds the token to a paywall that has an attribution. One token serves an attribution that is served again, until half of
 * its life is over: a paywall that was held for long must not come with a token that ends tomorrow.
 *
 * @category combinators
 * @since 0.3.0
 */
export const sealing = (tokens: AttributionToken["Service"]) => {
  const made = new WeakMap<Attribution, { readonly token: string; readonly until: number }>()
  const half = Duration.toMillis(tokens.timeToLive) / 2
  return (paywall: Paywall): Effect.Effect<Paywall> => {
    const { attribution } = paywall
    if (attribution === undefined) return Effect.succeed(paywall)
    return Clock.clockWith((clock) => {
      const now = clock.currentTimeMillisUnsafe()
      const kept = made.get(attribution)
      if (kept !== undefined && now < kept.until) return Effect.succeed({ ...paywall, attributionToken: kept.token })
      return Effect.map(tokens.seal(attribution), (token) => {
        made.set(attribution, { token, until: now + half })
        return { ...paywall, attributionToken: token }
      })
    })
  }
}

/**
 * The impression itself. Fails with `AttributionMismatch` for a token that cannot be opened, and with `InvalidRequest`
 * for any token where there are no keys.
 *
 * @category conversions
 * @since 0.3.0
 */
export const impression = (
  presented: PresentedImpression,
  tokens: Tokens
): Effect.Effect<Impression, AttributionMismatch | InvalidRequest> => {
  const { attribution, attributionToken, expected } = presented
  return attributionToken === undefined
    ? attribution === undefined || expected === undefined
      ? Effect.succeed(presented)
      : Effect.as(checked(attribution, expected), presented)
    : Effect.map(open(attributionToken, expected, tokens), (attribution) => ({ ...presented, attribution }))
}

/**
 * The purchase itself, with the attribution of what was presented. Fails as `impression` does.
 *
 * @category conversions
 * @since 0.3.0
 */
export const purchase = (
  presented: PresentedPurchase,
  tokens: Tokens
): Effect.Effect<Purchase, AttributionMismatch | InvalidRequest> => {
  const { attributionToken, expected, paywall, ...purchase } = presented
  const token = attributionToken ?? (purchase.attribution === undefined ? paywall?.attributionToken : undefined)
  if (token !== undefined) {
    return Effect.map(open(token, expected, tokens), (attribution) => ({ ...purchase, attribution }))
  }
  const attribution = purchase.attribution ?? paywall?.attribution
  if (attribution === undefined) return Effect.succeed(purchase)
  const attributed = { ...purchase, attribution }
  return expected === undefined ? Effect.succeed(attributed) : Effect.as(checked(attribution, expected), attributed)
}

const open = (
  token: string,
  expected: Expected | undefined,
  tokens: Tokens
): Effect.Effect<Attribution, AttributionMismatch | InvalidRequest> =>
  tokens === undefined
    ? Effect.fail(
      new InvalidRequest({
        field: "attributionToken",
        issue: "Expected a layer with keys, see AttributionToken.layerConfig"
      })
    )
    : tokens.open(token, expected)
