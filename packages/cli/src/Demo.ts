/**
 * The main job end to end, at both vendors through one interface, against simulators.
 */
import * as BotsiProvider from "@priceport/botsi/BotsiProvider"
import type { Paywall } from "@priceport/core/domain/Paywall"
import type * as Purchase from "@priceport/core/domain/Purchase"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as ProviderRegistry from "@priceport/core/provider/ProviderRegistry"
import * as CorrilyProvider from "@priceport/corrily/CorrilyProvider"
import { BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { chapter, count, refusal, type Shown, step } from "./DemoStage.ts"
import * as Results from "./Results.ts"
import type { Style } from "./Style.ts"

const customer = { id: "demo-customer", country: "DE", currency: "EUR", locale: "de-DE" }

const request = { placement: "upgrade", customer }

/** Starts both simulators, does the whole job at each, and fails when anything comes out otherwise than it must. */
export const run = Effect.gen(function*() {
  const latency = { minMs: 5, maxMs: 60 }
  const botsiVendor = yield* Effect.orDie(BotsiSimulator.make({
    latency,
    customers: [{ customerUserId: customer.id }],
    placements: [{ id: "onboarding", arm: { isExperiment: true, aiPricingModelId: 32 } }]
  }))
  const corrilyVendor = yield* Effect.orDie(CorrilySimulator.make({ latency }))

  const botsiOptions = { secretKey: Redacted.make(botsiVendor.secretKey), baseUrl: botsiVendor.baseUrl }
  const botsi = yield* Effect.orDie(BotsiProvider.make({ ...botsiOptions, placements: { upgrade: "onboarding" } }))
  const corrily = yield* Effect.orDie(
    CorrilyProvider.make({
      apiKey: Redacted.make(corrilyVendor.apiKey),
      baseUrl: corrilyVendor.baseUrl,
      placements: { upgrade: "501" }
    })
  )
  const pricing = ProviderRegistry.make([botsi, corrily])

  yield* chapter("Botsi: counts when it is told that the paywall was shown")
  const botsiPaywall = yield* paywallOf(botsi, "Treatment")
  yield* impressionOf(pricing, "impression", "Recorded", botsiPaywall)
  yield* impressionOf(pricing, "the same impression again", "Recorded", botsiPaywall)
  const { impressions } = yield* botsiVendor.state
  yield* count("impressions that reached Botsi", impressions.received, 2)
  yield* count("impressions that Botsi counted", impressions.counted, 1)
  const [monthly, yearly] = botsiPaywall.products.map(({ id }) => id)
  yield* purchaseOf(pricing, "App Store purchase", botsiPaywall, appStore(monthly ?? ""))
  yield* purchaseOf(pricing, "Play Store subscription with a trial", botsiPaywall, subscription(yearly ?? ""))
  yield* purchaseOf(pricing, "Play Store one-time purchase", botsiPaywall, oneTime)
  const { sales, validations } = yield* botsiVendor.state
  yield* count("purchases that Botsi credited", validations.credited, 3)
  yield* count("of these trials", sales["true/32"]?.trials ?? 0, 1)

  yield* chapter("Corrily: counts when the paywall is fetched, and validates no purchase")
  const corrilyPaywall = yield* paywallOf(corrily, "Unknown")
  yield* impressionOf(pricing, "impression", "ImplicitOnFetch", corrilyPaywall)
  yield* refusal(
    "App Store purchase",
    "Unsupported",
    pricing.validatePurchase({ attribution: corrilyPaywall.attribution, transaction: appStore("pro.monthly") })
  )
  yield* count("requests that reached Corrily", (yield* corrilyVendor.requests).length, 1)
  yield* count("customers that Corrily counted", (yield* corrilyVendor.state).exposures, 1)

  yield* chapter("When it goes wrong: every failure is typed and says what to do")
  const stranger = yield* Effect.orDie(
    BotsiProvider.make({ ...botsiOptions, secretKey: Redacted.make("sk_of-somebody-else") })
  )
  yield* refusal("a wrong key", "Unauthorized", stranger.getPaywall(request))
  yield* refusal("an unknown placement", "NotFound", botsi.getPaywall({ ...request, placement: "nowhere" }))
  yield* corrilyVendor.inject(Fault.Silence(), { times: 1 })
  yield* refusal("a vendor that is silent", "Timeout", corrily.getPaywall(request, { timeout: "500 millis" }))
  yield* botsiVendor.inject(Fault.Status({ status: 429, retryAfter: "3" }), { times: 1 })
  yield* refusal("a vendor that is overrun", "RateLimited", botsi.getPaywall(request))
}).pipe(Effect.scoped)

const paywallOf = (provider: PricingProvider.Service, expected: Paywall["experiment"]["_tag"]) =>
  step("paywall", expected, provider.getPaywall(request), (style, paywall): Shown => ({
    tag: paywall.experiment._tag,
    text: Results.paywall.toText(style, paywall)
  }))

const impressionOf = (pricing: PricingProvider.Service, title: string, expected: string, paywall: Paywall) =>
  step(title, expected, pricing.recordImpression(paywall), (style, outcome): Shown => ({
    tag: outcome._tag,
    text: Results.impression.toText(style, outcome)
  }))

const purchaseOf = (
  pricing: PricingProvider.Service,
  title: string,
  { attribution }: Paywall,
  transaction: Purchase.Transaction
) =>
  step(
    title,
    "Validated",
    pricing.validatePurchase({ attribution, transaction }),
    (style: Style, validated): Shown => ({
      tag: "Validated",
      text: Results.purchase.toText(style, validated)
    })
  )

const appStore = (productId: string): Purchase.AppStoreTransaction => ({
  _tag: "AppStoreTransaction",
  transactionId: "2000000871590381",
  originalTransactionId: "2000000871590381",
  productId,
  environment: "sandbox",
  isSubscription: true
})

const subscription = (productId: string): Purchase.PlayStoreSubscription => ({
  _tag: "PlayStoreSubscription",
  token: "demo-subscription",
  productId,
  environment: "sandbox",
  offer: {
    basePlanId: "yearly",
    offerId: "trial-7d",
    pricingPhases: [
      { amountMicros: 0, currency: "EUR", period: "P1W", recurrenceMode: 2, cycles: 1 },
      { amountMicros: 59_990_000, currency: "EUR", period: "P1Y", recurrenceMode: 1, cycles: 0 }
    ]
  }
})

const oneTime: Purchase.PlayStoreOneTimePurchase = {
  _tag: "PlayStoreOneTimePurchase",
  token: "demo-one-time",
  productId: "coins_500",
  environment: "sandbox",
  price: { amountMicros: 4_500_000, currency: "EUR" }
}
