/**
 * Where each promise is tried: a provider and a vendor of its own, and the calls they can be given.
 *
 * @since 0.1.0
 */
import { it } from "@effect/vitest"
import type { Paywall } from "@priceport/core/domain/Paywall"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import type { PricingError } from "@priceport/core/provider/PricingError"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as Effect from "effect/Effect"
import { type Fault, type Options, Vendor } from "./Setup.ts"
import * as Transactions from "./Transactions.ts"

/** What one promise is tried on. */
export interface Given {
  readonly provider: PricingProvider.Service
  readonly vendor: Vendor["Service"]
  readonly request: PaywallRequest
}

/** An operation that reaches the vendor. */
export interface Operation {
  readonly name: PricingProvider.Operation
  /** What makes it fail. An answer that nobody reads cannot be undecodable. */
  readonly faults: ReadonlyArray<Fault>
  /** Does what comes before, and gives the call. */
  readonly prepare: (given: Given) => Effect.Effect<Call, PricingError>
}

/** One call, to be made when the time has come. */
type Call = (options?: PricingProvider.CallOptions) => Effect.Effect<unknown, PricingError>

/** How promises are written down. */
export interface Bench {
  readonly options: Options
  /** The operations that reach this vendor. */
  readonly operations: ReadonlyArray<Operation>
  readonly promise: (sentence: string, trial: (given: Given) => Effect.Effect<void, unknown>) => void
}

/** A bench for one provider. */
export const make = (options: Options): Bench => ({
  options,
  operations: [
    getPaywall,
    ...(options.capabilities.exposure === "on-impression" ? [recordImpression] : []),
    ...(options.capabilities.purchases.length > 0 ? [validatePurchase(options)] : [])
  ],
  promise: (sentence, trial) =>
    it.live(sentence, () =>
      Effect.gen(function*() {
        yield* trial({
          provider: yield* PricingProvider.PricingProvider,
          vendor: yield* Vendor,
          request: { placement: options.placement, customer: options.customer }
        })
      }).pipe(Effect.provide(options.layer)), { concurrent: options.concurrent === true, timeout: 30_000 })
})

/** How many requests a vendor has seen while an effect ran, and what came of it. */
export const counted = Effect.fnUntraced(function*<A, E>(given: Given, effect: Effect.Effect<A, E>) {
  const before = yield* given.vendor.requests
  const result = yield* effect
  return { result, requests: (yield* given.vendor.requests) - before }
})

/** A product to buy from a paywall. */
export const productOf = (paywall: Paywall): string => paywall.products[0]?.id ?? "premium_monthly"

const everyFault: ReadonlyArray<Fault> = [
  "unauthorized",
  "forbidden",
  "notFound",
  "rejected",
  "rateLimited",
  "unavailable",
  "undecodable",
  "silence",
  "reset"
]

const getPaywall: Operation = {
  name: "getPaywall",
  faults: everyFault,
  prepare: ({ provider, request }) => Effect.succeed((options) => provider.getPaywall(request, options))
}

const recordImpression: Operation = {
  name: "recordImpression",
  faults: everyFault.filter((fault) => fault !== "undecodable"),
  prepare: ({ provider, request }) =>
    Effect.map(provider.getPaywall(request), (paywall) => (options) => provider.recordImpression(paywall, options))
}

const validatePurchase = ({ capabilities }: Options): Operation => ({
  name: "validatePurchase",
  faults: everyFault,
  prepare: ({ provider, request }) =>
    Effect.map(provider.getPaywall(request), (paywall) => (options) => {
      const { attribution } = paywall
      const transaction = Transactions.all(productOf(paywall))
        .find((transaction) => capabilities.purchases.includes(Transactions.storeOf(transaction)))!
      return provider.validatePurchase({ attribution, transaction }, options)
    })
})
