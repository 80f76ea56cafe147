import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { AttributionToken } from "../attribution/AttributionToken.ts"
import type { Attribution } from "../domain/Attribution.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import { isPending } from "../domain/Purchase.ts"
import * as Exposure from "../exposure/Exposure.ts"
import { Delivery } from "../pricing/Delivery.ts"
import * as Presented from "../pricing/Presented.ts"
import type { Options, Pricing } from "../pricing/Pricing.ts"
import { type AttributionMismatch, type InvalidRequest, PricingError } from "../provider/PricingError.ts"
import type { CallOptions, Operation } from "../provider/PricingProvider.ts"
import * as PurchaseLedger from "../purchase/PurchaseLedger.ts"
import * as StorePrice from "../purchase/StorePrice.ts"
import type { PaywallCache } from "../resilience/PaywallCache.ts"
import { Journal } from "../routing/Journal.ts"
import * as Told from "./told.ts"

/** The application's service over what remembers paywalls: one hardened vendor, or several behind routers. */
export const over = Effect.fnUntraced(
  function*(
    { invalidate, invalidateSubject, prefetch, provider, stats }: PaywallCache,
    options: Options
  ): Effect.fn.Return<Pricing["Service"], never, Scope.Scope> {
    const delivery = yield* Delivery
    const tokens = Option.getOrUndefined(yield* Effect.serviceOption(AttributionToken))
    const { recordImpression } = Exposure.once(options.exposure)({
      ...provider,
      ...delivery && { recordImpression: delivery.recordImpression }
    })
    const validatePurchase = delivery?.validatePurchase ?? (yield* PurchaseLedger.make(options.purchase)(provider))

    const sealing = tokens && Presented.sealing(tokens)
    const journal = yield* Journal
    const told = journal && Told.make(journal)
    const getPaywall = told === undefined
      ? provider.getPaywall
      : (request: PaywallRequest, options?: CallOptions) =>
        told.getPaywall(provider.getPaywall(request, options), request)

    const refused = (operation: Operation) => (reason: AttributionMismatch | InvalidRequest) =>
      new PricingError({ provider: provider.id, operation, reason })

    /** The provider does so itself for the purchases that pass through it. */
    const forget = (attribution: Attribution) => delivery === undefined ? Effect.void : invalidateSubject(attribution)

    return {
      getPaywall: sealing === undefined
        ? (request, options) => getPaywall(request, { timeout: options?.within })
        : (request, options) => Effect.flatMap(getPaywall(request, { timeout: options?.within }), sealing),
      prefetch: (placements, customer, options) =>
        Effect.forEach(placements, (placement) =>
          Effect.map(
            Effect.result(prefetch({ ...options, placement, customer })),
            (result) => Result.isFailure(result) ? { placement, error: result.failure } : { placement }
          ), { concurrency: "unbounded" }),
      invalidate,
      recordImpression: (presented, options) =>
        Presented.impression(presented, tokens).pipe(
          Effect.mapError(refused("recordImpression")),
          Effect.flatMap((impression) => {
            const call = recordImpression(impression, options)
            return told === undefined ? call : told.recordImpression(call, impression)
          })
        ),
      validatePurchase: (presented, options) =>
        Presented.purchase(presented, tokens).pipe(
          Effect.mapError(refused("validatePurchase")),
          Effect.flatMap((purchase) => {
            const call = Effect.tap(validatePurchase(purchase, options), (outcome) =>
              isPending(outcome) || purchase.attribution === undefined ? Effect.void : forget(purchase.attribution))
            return told === undefined ? call : told.validatePurchase(call, purchase)
          }),
          Effect.map((outcome) => {
            const priceDifference = StorePrice.difference(presented, presented.paywall?.products ?? [])
            return priceDifference === undefined ? outcome : { ...outcome, priceDifference }
          })
        ),
      stats
    }
  }
)
