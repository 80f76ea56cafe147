/**
 * Prefetch and fallback: a paywall that is there when it is needed, also on the day the vendor is down.
 */
import { BotsiProvider } from "@priceport/botsi"
import { type Customer, FallbackBundle, Pricing, PricingProvider } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { Console, Effect, Layer } from "effect"
import * as Vendors from "./vendors.ts"

/** Early in the journey, such as at log-in: nobody waits for it. */
const onLogIn = Effect.fn("onLogIn")(function*(customer: Customer.Customer) {
  const pricing = yield* Pricing.Pricing
  return yield* pricing.prefetch(["onboarding"], customer)
})

/** When the paywall is due: the best there is within 300 milliseconds. `provenance` says what that is. */
const onPaywallDue = Effect.fn("onPaywallDue")(function*(customer: Customer.Customer) {
  const pricing = yield* Pricing.Pricing
  const paywall = yield* pricing.getPaywall({ placement: "onboarding", customer }, { within: "300 millis" })
  const impression = yield* pricing.recordImpression(paywall)
  return { paywall, impression }
})

/** Botsi with retries, a breaker, a cache, and a bundle for when all of them have nothing. */
const withBundle = (bundle: FallbackBundle.FallbackBundle) => Pricing.layer({ fallback: { bundle } })

const Botsi = BotsiProvider.layerConfig().pipe(Layer.provide(UndiciHttpClient.layer))

const customer = { id: "customer-42", country: "US" }

/** What `priceport fallback pull` writes to a file, and an application loads at its start. */
const pull = Effect.gen(function*() {
  const provider = yield* PricingProvider.PricingProvider
  const paywall = yield* provider.getPaywall({ placement: "onboarding", customer, enroll: false })
  const text = FallbackBundle.toText(FallbackBundle.fromPaywalls([{ paywall }]))
  return yield* FallbackBundle.load(text, { file: "fallback.json", placements: ["onboarding"] })
})

const show = Effect.gen(function*() {
  yield* onLogIn(customer)
  const { impression, paywall } = yield* onPaywallDue(customer)
  const { reason, source } = paywall.provenance
  yield* Console.log(`${Vendors.summaryOf(paywall)}\n  source: ${source}${reason ? ` (${reason})` : ""}`)
  yield* Console.log(`  impression: ${impression._tag}`)
})

const main = Effect.gen(function*() {
  const bundle = yield* Effect.provide(pull, Vendors.connect(Botsi))
  const on = <E>(vendor: Layer.Layer<PricingProvider.PricingProvider, E>) => Layer.provide(withBundle(bundle), vendor)
  yield* Effect.provide(show, on(Vendors.connect(Botsi)))
  yield* Effect.provide(show, on(Vendors.connect(Botsi, { BOTSI_BASE_URL: "http://127.0.0.1:9" })))
})

Vendors.run(main)
