/**
 * The same for applications without Effect: plain objects in, promises out.
 *
 * A promise is rejected with the `PricingError` itself: `error.reason._tag` says what happened, `error.isRetryable`
 * whether trying again can help.
 *
 * @since 0.2.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Customer } from "../domain/Customer.ts"
import type { PlacementId } from "../domain/Identifier.ts"
import type { ImpressionOutcome } from "../domain/Impression.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PurchaseOutcome } from "../domain/Purchase.ts"
import type { PricingProvider } from "../provider/PricingProvider.ts"
import type { Stats } from "../resilience/PaywallCache.ts"
import type * as Presented from "./Presented.ts"
import * as Pricing from "./Pricing.ts"

/**
 * `signal` gives a call up: the promise is rejected with the signal's reason. What the call started at the vendor may have
 * arrived.
 *
 * @category options
 * @since 0.2.0
 */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeout?: Duration.Input | undefined
}

/**
 * `Pricing` with promises. `close` ends its connections and background work.
 *
 * @category models
 * @since 0.2.0
 */
export interface PricingPromise {
  readonly getPaywall: (
    request: PaywallRequest,
    options?: { readonly within?: Duration.Input | undefined; readonly signal?: AbortSignal | undefined }
  ) => Promise<Paywall>
  readonly prefetch: (
    placements: ReadonlyArray<PlacementId>,
    customer: Customer,
    options?: Pick<PaywallRequest, "enroll" | "options"> & { readonly signal?: AbortSignal | undefined }
  ) => Promise<ReadonlyArray<Pricing.Prefetched>>
  readonly invalidate: (customer: Customer) => Promise<void>
  readonly recordImpression: (
    impression: Presented.PresentedImpression,
    options?: CallOptions
  ) => Promise<ImpressionOutcome>
  readonly validatePurchase: (purchase: Presented.PresentedPurchase, options?: CallOptions) => Promise<PurchaseOutcome>
  readonly stats: () => Promise<Stats>
  readonly close: () => Promise<void>
}

/**
 * Makes the promise form of `Pricing` on a provider's layer, such as
 * `BotsiProvider.layerConfig().pipe(Layer.provide(UndiciHttpClient.layer))`. The layer is built by the first call; what
 * is wrong with its configuration rejects that call and every later one. What else the layer provides is used as `Pricing` does:
 * an outbox, keys for tokens.
 *
 * @category constructors
 * @since 0.2.0
 */
export const make = <E>(
  provider: Layer.Layer<PricingProvider, E>,
  options?: Pricing.Options
): PricingPromise => of(Layer.provide(Pricing.layer(options), provider))

/**
 * The promise form of any layer of `Pricing`, such as that of `RoutedPricing`.
 *
 * @category constructors
 * @since 0.4.0
 */
export const of = <E>(pricing: Layer.Layer<Pricing.Pricing, E>): PricingPromise => {
  const runtime = ManagedRuntime.make(pricing)
  /** What is at hand needs no second fiber to wait for it. */
  const atOnce = <A, F>(call: (pricing: Pricing.Pricing["Service"]) => Effect.Effect<A, F>): Promise<A> => {
    const context = runtime.cachedContext
    if (context === undefined) return runtime.runPromise(Pricing.Pricing.use(call))
    const fiber = runtime.runFork(call(Context.get(context, Pricing.Pricing)))
    const exit = fiber.pollUnsafe()
    return exit !== undefined && exit._tag === "Success"
      ? Promise.resolve(exit.value)
      : runtime.runPromise(Fiber.join(fiber))
  }

  const run = <A, F>(
    call: (pricing: Pricing.Pricing["Service"]) => Effect.Effect<A, F>,
    signal: AbortSignal | undefined
  ): Promise<A> => {
    if (signal === undefined) return atOnce(call)
    if (signal.aborted) return Promise.reject(signal.reason)
    return runtime.runPromise(Pricing.Pricing.use(call), { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error
    })
  }

  return {
    getPaywall: (request, { signal, within } = {}) => run((pricing) => pricing.getPaywall(request, { within }), signal),
    prefetch: (placements, customer, { signal, ...options } = {}) =>
      run((pricing) => pricing.prefetch(placements, customer, options), signal),
    invalidate: (customer) => run((pricing) => pricing.invalidate(customer), undefined),
    recordImpression: (impression, { signal, timeout } = {}) =>
      run((pricing) => pricing.recordImpression(impression, { timeout }), signal),
    validatePurchase: (purchase, { signal, timeout } = {}) =>
      run((pricing) => pricing.validatePurchase(purchase, { timeout }), signal),
    stats: () => run((pricing) => pricing.stats, undefined),
    close: () => runtime.dispose()
  }
}
