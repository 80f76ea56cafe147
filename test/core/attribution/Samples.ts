import { type Attribution, AttributionToken, KeyRing } from "@priceport/core"
import { Effect, Redacted } from "effect"

/** What Botsi's adapter gives. */
export const botsi: Attribution.Attribution = {
  provider: "botsi",
  placement: "onboarding",
  paywallId: "42",
  subject: { kind: "customerUserId", value: "user-1" },
  enrolled: true,
  fetchedAt: "2026-03-01T12:00:00.000Z",
  payload: { id: 42, placementId: "onboarding", isExperiment: true, aiPricingModelId: 32 }
}

/** What Corrily's adapter gives of a visitor without a name. */
export const corrily: Attribution.Attribution = {
  provider: "corrily",
  placement: "settings",
  paywallId: "501",
  subject: { kind: "ip", value: "203.0.113.7" },
  enrolled: false,
  fetchedAt: "2026-03-01T12:00:00.5Z",
  payload: { pricingPageId: 501, ip: "203.0.113.7", country: "DE" }
}

/** Text of keys that everybody may know. */
export const keys = Redacted.make(
  "pk1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8.AQID:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"
)

/** Tokens of these keys, or of others. */
export const tokens = (options?: AttributionToken.Options, text: Redacted.Redacted = keys) =>
  Effect.provideServiceEffect(AttributionToken.make(options), KeyRing.KeyRing, KeyRing.make(text))

/** Opens a token that must be refused, and sees that the refusal is the one there is. */
export const refused = Effect.fnUntraced(function*(
  service: AttributionToken.AttributionToken["Service"],
  token: string,
  expected?: AttributionToken.Expected
) {
  const error = yield* Effect.flip(service.open(token, expected))
  if (error._tag !== "AttributionMismatch" || JSON.stringify(error) !== refusal || error.message !== message) {
    return yield* Effect.die(new Error(`refused in words of its own: ${error.message}`))
  }
})

const refusal = JSON.stringify({ _tag: "AttributionMismatch", why: "refused" })
const message = "AttributionMismatch (refused)"
