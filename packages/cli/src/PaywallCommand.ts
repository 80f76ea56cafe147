/**
 * `priceport paywall`: asks one vendor which paywall to show.
 */
import type { AttributionToken } from "@priceport/core/attribution/AttributionToken"
import type { Customer } from "@priceport/core/domain/Customer"
import type { Paywall } from "@priceport/core/domain/Paywall"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Command, Flag } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Output from "./Output.ts"
import * as Results from "./Results.ts"
import * as SealingKeys from "./SealingKeys.ts"
import * as Syntax from "./Syntax.ts"
import * as Vendors from "./Vendors.ts"

const fact = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

const flags = {
  provider: Flag.Literals("provider", Vendors.ids).pipe(
    Flag.withMetavar("VENDOR"),
    Flag.withDescription("Required. The vendor to ask")
  ),
  placement: Flag.String("placement").pipe(
    Flag.withMetavar("P"),
    Flag.withDescription(
      "Required. Where in the app the paywall is shown: Botsi's placement id; Corrily has none and chooses"
    )
  ),
  customer: fact("customer", "ID", "Your own id of the customer"),
  profileId: fact("profile-id", "ID", "The vendor's id of the customer; Botsi prefers it to yours"),
  country: fact("country", "CC", "Country, two letters (ISO 3166-1)"),
  storeCountry: fact("store-country", "CC", "Country of the customer's store account"),
  locale: fact("locale", "LOCALE", "Language and region, such as en-US"),
  currency: fact("currency", "CUR", "Currency, three letters (ISO 4217)"),
  ip: fact("ip", "ADDRESS", "IP address; identifies anonymous customers at Corrily"),
  attributes: Flag.String("attribute").pipe(
    Flag.withMetavar("K=V"),
    Flag.withDescription("A fact of your own for targeting, as key=value; may be given several times"),
    Flag.filterMap(Syntax.keyValue, () => "key=value"),
    Flag.atLeast(0)
  ),
  options: Flag.String("options").pipe(
    Flag.withMetavar("JSON"),
    Flag.withDescription(
      "The vendor's own extras. Corrily: paywallId, coupons, overrideCurrency, runExperiment, override; Botsi: none"
    ),
    Flag.filterMap(Syntax.json, () => "JSON, such as '{\"paywallId\":\"501\"}'"),
    Flag.optional
  ),
  noEnroll: Flag.Boolean("no-enroll").pipe(
    Flag.withoutNegation,
    Flag.withDescription("Only look: do not let the vendor put this customer into an experiment"),
    Flag.withDefault(false)
  ),
  timeout: Vendors.timeout("The most it may take, such as \"2 seconds\" or \"500 millis\"; 3 seconds unless set"),
  json: Output.json
}

export const command = Command.make(
  "paywall",
  flags,
  Effect.fnUntraced(function*(input) {
    const { noEnroll, options, placement, provider, timeout } = input
    // The texts are what the user typed: the domain judges them.
    const customer = {
      id: Option.getOrUndefined(input.customer),
      profiles: Option.getOrUndefined(Option.map(input.profileId, (id) => ({ [provider]: id }))),
      country: Option.getOrUndefined(input.country),
      storeCountry: Option.getOrUndefined(input.storeCountry),
      locale: Option.getOrUndefined(input.locale),
      currency: Option.getOrUndefined(input.currency),
      ip: Option.getOrUndefined(input.ip),
      attributes: input.attributes.length === 0 ? undefined : Object.fromEntries(input.attributes)
    } satisfies Customer
    const request: PaywallRequest = {
      placement,
      customer,
      enroll: noEnroll ? false : undefined,
      options: Option.getOrUndefined(Option.map(options, (extras) => ({ [provider]: extras })))
    }
    // Before the vendor is asked: asking may enrol, and an answer without its token would be lost.
    yield* SealingKeys.tokens("getPaywall").pipe(
      Effect.flatMap((tokens) =>
        Vendors.provider(provider, "getPaywall").pipe(
          Effect.flatMap((vendor) => vendor.getPaywall(request, { timeout: Option.getOrUndefined(timeout) })),
          Effect.flatMap((paywall) => withToken(paywall, tokens))
        )
      ),
      Effect.provide(Vendors.layerHttp),
      Failure.telling(input),
      Effect.flatMap(Output.print(Results.paywall, input))
    )
  })
).pipe(
  Command.withShortDescription("Ask a vendor which paywall to show"),
  Command.withDescription(
    `Asks a vendor which paywall to show to a customer at a placement.

  On Corrily asking is what enrols a customer into an experiment, for good; --no-enroll only looks. Keep what --json
  prints: impressions and purchases of this paywall need it.

  With PRICEPORT_SEALING_KEYS set it prints an attributionToken in place of the attribution: a text that your app's client
  may hold, and cannot read or change. \`impression\` and \`purchase\` take it as it is.`
  ),
  Command.withExamples([
    {
      command: "priceport paywall --provider botsi --placement onboarding --customer user-1 --json > paywall.json",
      description: "Ask Botsi and keep the answer"
    },
    {
      command: "priceport paywall --provider corrily --placement onboarding --ip 203.0.113.7 --country DE --no-enroll",
      description: "See what an anonymous visitor from Germany would be shown by Corrily"
    }
  ])
)

/** The paywall with a token in place of its attribution, where there are keys to seal it. */
const withToken = (
  paywall: Paywall,
  tokens: AttributionToken["Service"] | undefined
): Effect.Effect<Paywall> => {
  const { attribution, ...rest } = paywall
  return attribution === undefined || tokens === undefined
    ? Effect.succeed(paywall)
    : Effect.map(tokens.seal(attribution), (attributionToken) => ({ ...rest, attributionToken }))
}
