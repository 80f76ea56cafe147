/**
 * The port: one interface for every pricing vendor.
 *
 * A vendor adapter hands its three operations to `make` and gets a provider that keeps the promises of the port: it
 * refuses what must not be sent, answers within its time budget, opens one span a call, and fails with `PricingError`
 * only. A policy is `Service -> Service` and is written with `transform`.
 *
 * @since 0.1.0
 */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import type { Attribution } from "../domain/Attribution.ts"
import { ProviderId, timestamp } from "../domain/Identifier.ts"
import * as Impression from "../domain/Impression.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { Attempt } from "../domain/Provenance.ts"
import type * as Purchase from "../domain/Purchase.ts"
import * as AttemptMetrics from "../internal/attemptMetrics.ts"
import { invalidImpression, invalidPurchase, invalidRequest } from "../internal/inputs.ts"
import type { Capabilities } from "./Capabilities.ts"
import * as PricingError from "./PricingError.ts"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * `timeout` replaces the provider's time budget for this one call.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallOptions {
  readonly timeout?: Duration.Input | undefined
}

/**
 * One pricing vendor, or several behind one face.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  readonly id: ProviderId
  readonly capabilities: Capabilities

  /** The providers behind this one, whose impressions and purchases it takes. Absent for a vendor, which takes its own. */
  readonly members?: ReadonlyArray<ProviderId>

  /** One of the providers behind this one, as it was given. Absent for a vendor, and behind a policy. */
  readonly member?: (id: ProviderId) => Service | undefined

  /** Asks which paywall to show. On a provider whose exposure is `on-fetch` this enrols the customer. */
  readonly getPaywall: (
    request: PaywallRequest,
    options?: CallOptions
  ) => Effect.Effect<Paywall, PricingError.PricingError>

  /** Reports that a paywall was shown. Takes the paywall itself, or its attribution. */
  readonly recordImpression: (
    impression: Impression.Impression,
    options?: CallOptions
  ) => Effect.Effect<Impression.ImpressionOutcome, PricingError.PricingError>

  /**
   * Reports several impressions of one subject in one request, all of them or none, for who collects them, such as an
   * outbox. Absent where the vendor has no such request, and behind a policy.
   */
  readonly recordImpressions?: (
    impressions: NonEmptyReadonlyArray<Impression.Impression>,
    options?: CallOptions
  ) => Effect.Effect<ReadonlyArray<Impression.ImpressionOutcome>, PricingError.PricingError>

  /** Has a store purchase validated and attributed. Never repeated by itself after an ambiguous failure. */
  readonly validatePurchase: (
    purchase: Purchase.Purchase,
    options?: CallOptions
  ) => Effect.Effect<Purchase.ValidatedPurchase, PricingError.PricingError>
}

/**
 * The provider an application uses.
 *
 * @category services
 * @since 0.1.0
 */
export class PricingProvider extends Context.Service<PricingProvider, Service>()(
  "@priceport/core/provider/PricingProvider"
) {}

/**
 * The operations of the port that an application calls.
 *
 * @category models
 * @since 0.1.0
 */
export type Operation = "getPaywall" | "recordImpression" | "validatePurchase"

/**
 * How long a call may take unless the caller says otherwise: 3 seconds for a paywall, since Botsi takes up to 2, and 10
 * seconds for the others.
 *
 * @category models
 * @since 0.1.0
 */
export const defaultTimeouts: Readonly<Record<Operation, Duration.Duration>> = {
  getPaywall: Duration.seconds(3),
  recordImpression: Duration.seconds(10),
  validatePurchase: Duration.seconds(10)
}

/**
 * How long a call may take by operation: what is set, and the default of the others.
 *
 * @category conversions
 * @since 0.1.0
 */
export const timeoutsOf = (
  set: { readonly [O in Operation]?: Duration.Input | undefined } = {}
): Readonly<Record<Operation, Duration.Duration>> => ({
  getPaywall: Duration.fromInputUnsafe(set.getPaywall ?? defaultTimeouts.getPaywall),
  recordImpression: Duration.fromInputUnsafe(set.recordImpression ?? defaultTimeouts.recordImpression),
  validatePurchase: Duration.fromInputUnsafe(set.validatePurchase ?? defaultTimeouts.validatePurchase)
})

/**
 * What the author of an adapter writes. Failures may be bare reasons: `make` adds the provider and the operation.
 *
 * - `recordImpression` sees only impressions that may count and carry this provider's attribution; leave it out where the
 *   vendor counts the fetch, and the outcome is `ImplicitOnFetch`.
 * - `recordImpressions` sees several such impressions of one subject; leave it out where the vendor takes one a request.
 * - `validatePurchase` sees only purchases of a store in `capabilities` that carry this provider's attribution; leave it
 *   out where the vendor validates none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly id: ProviderId
  readonly capabilities: Capabilities
  readonly timeouts?: { readonly [O in Operation]?: Duration.Input | undefined } | undefined
  readonly getPaywall: (request: PaywallRequest) => Effect.Effect<Paywall, Failure>
  readonly recordImpression?:
    | ((
      attribution: Attribution,
      impression: Impression.Impression
    ) => Effect.Effect<Impression.ImpressionOutcome, Failure>)
    | undefined
  readonly recordImpressions?:
    | ((attributions: NonEmptyReadonlyArray<Attribution>) => Effect.Effect<void, Failure>)
    | undefined
  readonly validatePurchase?:
    | ((
      attribution: Attribution,
      transaction: Purchase.Transaction
    ) => Effect.Effect<Purchase.ValidatedPurchase, Failure>)
    | undefined
}

type Failure = PricingError.Reason | PricingError.PricingError

/**
 * Makes a provider out of a vendor's operations. Throws a `RangeError` for an id that is no `ProviderId`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Service => {
  const { capabilities, id } = options
  if (!Schema.is(ProviderId)(id)) throw new RangeError(`PricingProvider: the id ${JSON.stringify(id)} cannot be used`)
  const timeouts = timeoutsOf(options.timeouts)
  const reportNotes = AttemptMetrics.reportNotes(id)

  const refuse = (operation: Operation, reason: PricingError.Reason) =>
    Effect.fail(new PricingError.PricingError({ provider: id, operation, reason }))

  const call = <A>(
    operation: Operation,
    effect: Effect.Effect<A, Failure>,
    callOptions: CallOptions | undefined,
    onSuccess: (value: A, attempt: () => Attempt) => A,
    report?: AttemptMetrics.Report<A>
  ): Effect.Effect<A, PricingError.PricingError> => {
    const limit = TimeBudget.limit(callOptions?.timeout, timeouts[operation])
    if (limit instanceof PricingError.InvalidRequest) return refuse(operation, limit)
    return Effect.withFiber((fiber) => {
      const clock = fiber.getRef(Clock.Clock)
      const startedAt = clock.currentTimeMillisUnsafe()
      const attempt = (outcome: string): Attempt => ({
        provider: id,
        startedAt: timestamp(startedAt),
        ms: clock.currentTimeMillisUnsafe() - startedAt,
        outcome
      })
      return TimeBudget.within(effect, limit).pipe(
        Effect.matchEffect({
          onSuccess: (value) => Effect.succeed(onSuccess(value, () => attempt("ok"))),
          onFailure: (failure) => {
            const error = asError(operation, failure, attempt)
            return Effect.andThen(Effect.annotateCurrentSpan({ "error.type": error.reason._tag }), Effect.fail(error))
          }
        }),
        (attempted) => AttemptMetrics.counted(attempted, { provider: id, operation, fiber, report }),
        Effect.withSpan(
          `PricingProvider.${operation}`,
          { kind: "client", attributes: { "pricing.provider": id } },
          { captureStackTrace: false }
        )
      )
    })
  }

  const asError = (operation: Operation, failure: Failure, attempt: (outcome: string) => Attempt) => {
    if (failure._tag === "PricingError" && failure.provider === id && failure.operation === operation) return failure
    const [reason, attempts] = failure._tag === "PricingError" ? [failure.reason, failure.attempts] : [failure, []]
    return new PricingError.PricingError({
      provider: id,
      operation,
      reason,
      attempts: attempts.length === 0 && PricingError.wasAttempted(reason) ? [attempt(reason._tag)] : attempts
    })
  }

  const foreign = (attribution: Attribution) =>
    attribution.provider === id ? undefined : new PricingError.AttributionMismatch({
      why: `the paywall was served by ${attribution.provider}, not by ${id}`
    })

  const { recordImpressions } = options

  return {
    id,
    capabilities,

    ...(recordImpressions !== undefined && {
      recordImpressions: (impressions, callOptions) =>
        Effect.suspend(() => {
          const sent: Array<Attribution> = []
          const outcomes: Array<Impression.ImpressionOutcome> = []
          for (const impression of impressions) {
            const refused = invalidImpression(impression) ?? (impression.attribution && foreign(impression.attribution))
            if (refused) return refuse("recordImpression", refused)
            const counted = Impression.countable(impression)
            if (!("why" in counted)) sent.push(counted)
            outcomes.push("why" in counted ? counted : Impression.Recorded.make({}))
          }
          if (!isReadonlyArrayNonEmpty(sent)) return Effect.succeed(outcomes)
          const [{ subject }] = sent
          if (sent.some((other) => other.subject.kind !== subject.kind || other.subject.value !== subject.value)) {
            const issue = "Expected impressions of one subject"
            return refuse("recordImpression", new PricingError.InvalidRequest({ field: "impressions", issue }))
          }
          return call("recordImpression", Effect.as(recordImpressions(sent), outcomes), callOptions, (value) => value)
        })
    } satisfies Pick<Service, "recordImpressions">),

    getPaywall: (request, callOptions) =>
      Effect.suspend(() => {
        const invalid = invalidRequest(request)
        if (invalid !== undefined) return refuse("getPaywall", invalid)
        return call(
          "getPaywall",
          options.getPaywall(request),
          callOptions,
          (paywall, attempt) =>
            paywall.provenance.attempts.length > 0
              ? paywall
              : { ...paywall, provenance: { ...paywall.provenance, attempts: [attempt()] } },
          reportNotes
        )
      }),

    recordImpression: (impression, callOptions) =>
      Effect.suspend(() => {
        const invalid = invalidImpression(impression)
        if (invalid !== undefined) return refuse("recordImpression", invalid)
        const mismatch = impression.attribution && foreign(impression.attribution)
        if (mismatch) return refuse("recordImpression", mismatch)
        const counted = Impression.countable(impression)
        if ("why" in counted) return Effect.succeed(counted)
        return options.recordImpression === undefined
          ? Effect.succeed(Impression.ImplicitOnFetch.make({}))
          : call("recordImpression", options.recordImpression(counted, impression), callOptions, (outcome) => outcome)
      }),

    validatePurchase: (purchase, callOptions) =>
      Effect.suspend(() => {
        const { validatePurchase } = options
        if (validatePurchase === undefined || capabilities.purchases.length === 0) {
          return refuse("validatePurchase", new PricingError.Unsupported({ capability: "validatePurchase" }))
        }
        const invalid = invalidPurchase(purchase)
        if (invalid !== undefined) return refuse("validatePurchase", invalid)
        const { attribution, transaction } = purchase
        const store = transaction._tag === "AppStoreTransaction" ? "app_store" : "play_store"
        if (!capabilities.purchases.includes(store)) {
          return refuse("validatePurchase", new PricingError.Unsupported({ capability: `validatePurchase ${store}` }))
        }
        if (attribution === undefined) return refuse("validatePurchase", PricingError.withoutAttribution())
        const mismatch = foreign(attribution)
        if (mismatch) return refuse("validatePurchase", mismatch)
        return call("validatePurchase", validatePurchase(attribution, transaction), callOptions, (value) => value)
      })
  }
}

/**
 * Wraps every operation of a provider in the same way, and keeps its id and capabilities. This is what a policy is made
 * of. Several impressions at once, and the members, do not pass it, and are gone.
 *
 * @category combinators
 * @since 0.1.0
 */
export const transform: {
  (f: Transform): (self: Service) => Service
  (self: Service, f: Transform): Service
} = dual(2, ({ member: _member, recordImpressions: _batch, ...self }: Service, f: Transform): Service => ({
  ...self,
  getPaywall: (request, options) => f(self.getPaywall(request, options), "getPaywall"),
  recordImpression: (impression, options) => f(self.recordImpression(impression, options), "recordImpression"),
  validatePurchase: (purchase, options) => f(self.validatePurchase(purchase, options), "validatePurchase")
}))

/**
 * What `transform` does with each call.
 *
 * @category models
 * @since 0.1.0
 */
export type Transform = <A>(
  effect: Effect.Effect<A, PricingError.PricingError>,
  operation: Operation
) => Effect.Effect<A, PricingError.PricingError>
