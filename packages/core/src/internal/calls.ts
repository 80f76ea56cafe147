import * as Effect from "effect/Effect"
import type { Impression } from "../domain/Impression.ts"
import { countable } from "../domain/Impression.ts"
import type { Attempt } from "../domain/Provenance.ts"
import type { Purchase } from "../domain/Purchase.ts"
import type { PricingError } from "../provider/PricingError.ts"
import type { CallOptions, Operation, Service } from "../provider/PricingProvider.ts"
import { invalidImpression, invalidPurchase, invalidRequest } from "./inputs.ts"
import { overrides } from "./ownRequest.ts"

/** One call as a policy sees it. */
export interface Call<A> {
  readonly operation: Operation
  readonly options: CallOptions | undefined
  readonly run: (options: CallOptions | undefined) => Effect.Effect<A, PricingError>
  /** Whether the vendor hears nothing of it, whatever its state: it is refused here, or needs no request. */
  readonly staysHere: () => boolean
  /** Whether the same request may be sent again after a failure that does not tell what became of it. */
  readonly mayRepeat: () => boolean
  /** Whether the vendor was asked for this value just now. */
  readonly wasSent: (value: A) => boolean
  /** Puts the attempts that failed before it into a value that has a place for them. */
  readonly after: (value: A, earlier: ReadonlyArray<Attempt>) => A
}

/** Wraps every operation of a provider, with the call at hand. */
export const transform = (
  { member: _member, recordImpressions: _batch, ...self }: Service,
  f: <A>(call: Call<A>) => Effect.Effect<A, PricingError>
): Service => ({
  ...self,
  getPaywall: (request, options) =>
    Effect.suspend(() =>
      f({
        operation: "getPaywall",
        options,
        run: (options) => self.getPaywall(request, options),
        staysHere: () => invalidRequest(request) !== undefined,
        mayRepeat: () => !overrides(request),
        wasSent: ({ provenance }) => provenance.source === "live",
        after: (paywall, earlier) => ({
          ...paywall,
          provenance: { ...paywall.provenance, attempts: [...earlier, ...paywall.provenance.attempts] }
        })
      })
    ),
  recordImpression: (impression, options) =>
    Effect.suspend(() =>
      f({
        operation: "recordImpression",
        options,
        run: (options) => self.recordImpression(impression, options),
        staysHere: () => isUnsentImpression(self, impression),
        mayRepeat: () => true,
        wasSent: ({ _tag }) => _tag === "Recorded",
        after: (outcome) => outcome
      })
    ),
  validatePurchase: (purchase, options) =>
    Effect.suspend(() =>
      f({
        operation: "validatePurchase",
        options,
        run: (options) => self.validatePurchase(purchase, options),
        staysHere: () => isUnsentPurchase(self, purchase),
        mayRepeat: () => false,
        wasSent: () => true,
        after: (validated) => validated
      })
    )
})

const isUnsentImpression = (self: Service, impression: Impression): boolean => {
  if (invalidImpression(impression) !== undefined) return true
  const counted = countable(impression)
  if ("why" in counted || isForeign(self, counted.provider)) return true
  return self.members === undefined && self.capabilities.exposure === "on-fetch"
}

const isUnsentPurchase = (self: Service, purchase: Purchase): boolean => {
  if (invalidPurchase(purchase) !== undefined) return true
  const { attribution, transaction } = purchase
  const store = transaction._tag === "AppStoreTransaction" ? "app_store" : "play_store"
  return attribution === undefined || isForeign(self, attribution.provider) ||
    !self.capabilities.purchases.includes(store)
}

const isForeign = ({ id, members }: Service, provider: string): boolean => !(members ?? [id]).includes(provider)
