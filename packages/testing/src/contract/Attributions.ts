/**
 * Promises about what follows a paywall: its impression and its purchases.
 *
 * @since 0.1.0
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Bench, counted, productOf } from "./Bench.ts"
import { throughJson } from "./Paywalls.ts"
import * as Transactions from "./Transactions.ts"

/** Writes them down. */
export const promises = ({ options: { capabilities, id }, promise }: Bench): void => {
  const shown = capabilities.exposure === "on-fetch"
    ? { sentence: "has no impression to send, since the fetch was one", outcome: "ImplicitOnFetch", requests: 0 }
    : { sentence: "takes an impression to the vendor, after JSON too", outcome: "Recorded", requests: 1 }

  promise(shown.sentence, (given) =>
    Effect.gen(function*() {
      const paywall = yield* throughJson(yield* given.provider.getPaywall(given.request))
      const { requests, result } = yield* counted(given, given.provider.recordImpression(paywall))
      assert.strictEqual(result._tag, shown.outcome)
      assert.strictEqual(requests, shown.requests)
    }))

  promise("is all of a paywall that its impression needs", ({ provider, request }) =>
    Effect.gen(function*() {
      const { attribution } = yield* provider.getPaywall(request)
      const outcome = yield* provider.recordImpression({ attribution })
      assert.strictEqual(outcome._tag, shown.outcome)
    }))

  for (const kind of Transactions.all("").filter((_) => capabilities.purchases.includes(Transactions.storeOf(_)))) {
    promise(`takes a purchase to the vendor, after JSON too: ${kind._tag}`, (given) =>
      Effect.gen(function*() {
        const paywall = yield* throughJson(yield* given.provider.getPaywall(given.request))
        const { requests, result } = yield* counted(
          given,
          given.provider.validatePurchase({
            attribution: paywall.attribution,
            transaction: { ...kind, productId: productOf(paywall) }
          })
        )
        assert.strictEqual(result.provider, id)
        assert.strictEqual(result.trial, startsTrial[kind._tag])
        assert.strictEqual(requests, 1)
      }))
  }
}

/** An App Store transaction does not tell; the subscription of the suite starts with a free week. */
const startsTrial = { AppStoreTransaction: undefined, PlayStoreSubscription: true, PlayStoreOneTimePurchase: false }
