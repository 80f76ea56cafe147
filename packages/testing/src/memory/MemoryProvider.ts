/**
 * A pricing provider that is its own vendor: for tests of an application.
 *
 * It is made with `PricingProvider.make`, so it refuses, times out and attributes as a real one does. A test says which
 * paywalls there are, lets calls fail or hang, and asks afterwards what arrived.
 *
 * **Example** (Testing that an application reports what it shows)
 *
 * ```ts
 * it.effect("reports that the paywall was shown", () =>
 *   Effect.gen(function*() {
 *     yield* showPaywall({ id: "customer-42" })
 *
 *     const memory = yield* MemoryProvider.MemoryProvider
 *     const { impressions } = yield* memory.state
 *     assert.lengthOf(impressions, 1)
 *   }).pipe(Effect.provide(MemoryProvider.layer())))
 * ```
 *
 * @since 0.1.0
 */
import type { Attribution, Subject } from "@priceport/core/domain/Attribution"
import type { Customer } from "@priceport/core/domain/Customer"
import type { PlacementId, ProviderId } from "@priceport/core/domain/Identifier"
import type { Paywall } from "@priceport/core/domain/Paywall"
import type { Transaction, ValidatedPurchase } from "@priceport/core/domain/Purchase"
import type { Capabilities } from "@priceport/core/provider/Capabilities"
import * as PricingError from "@priceport/core/provider/PricingError"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * What a paywall shows. What is left out is taken from `defaultPaywall`.
 *
 * @category models
 * @since 0.1.0
 */
export type Content = Partial<
  Pick<Paywall, "id" | "externalId" | "name" | "products" | "experiment" | "design" | "remoteConfig">
>

/**
 * - `id`: the name in paywalls and errors, `memory` unless set.
 * - `paywalls`: the paywall of each placement, any other placement is `NotFound`. Without it, every placement has the
 *   default paywall.
 * - `capabilities`: in place of `defaultCapabilities`, one by one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly id?: ProviderId | undefined
  readonly paywalls?: Readonly<Record<PlacementId, Content>> | undefined
  readonly capabilities?: Partial<Capabilities> | undefined
}

/**
 * A call that reached the provider. Calls that it refuses by itself are not among them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Request {
  readonly operation: PricingProvider.Operation
  readonly placement: PlacementId
  readonly subject: Subject
}

/**
 * A purchase, and the paywall it was made on.
 *
 * @category models
 * @since 0.1.0
 */
export interface AttributedPurchase {
  readonly attribution: Attribution
  readonly transaction: Transaction
}

/**
 * What happened so far.
 *
 * @category models
 * @since 0.1.0
 */
export interface State {
  /** Every call that arrived, those that failed or hung included. */
  readonly requests: ReadonlyArray<Request>
  /** The paywalls that were shown, each customer and paywall once. */
  readonly impressions: ReadonlyArray<Attribution>
  /** The purchases that were validated, each transaction once. */
  readonly purchases: ReadonlyArray<AttributedPurchase>
}

/**
 * A pricing provider that a test can direct and ask.
 *
 * @category services
 * @since 0.1.0
 */
export class MemoryProvider extends Context.Service<
  MemoryProvider,
  PricingProvider.Service & {
    /** What happened so far. */
    readonly state: Effect.Effect<State>

    /** Makes the next call that arrives fail for this reason; called twice, the next two. */
    readonly failNext: (reason: PricingError.Reason) => Effect.Effect<void>

    /** Makes the next call that arrives wait for ever, until its time is up. */
    readonly hangNext: Effect.Effect<void>
  }
>()("@priceport/testing/memory/MemoryProvider") {}

/**
 * Counts a customer when the impression is recorded, validates purchases of both stores and credits each once.
 *
 * @category models
 * @since 0.1.0
 */
export const defaultCapabilities: Capabilities = {
  exposure: "on-impression",
  purchases: ["app_store", "play_store"],
  repeatPurchase: "safe"
}

/**
 * One monthly product for $9.99, and no experiment.
 *
 * @category models
 * @since 0.1.0
 */
export const defaultPaywall = {
  id: "default",
  name: "Default paywall",
  products: [{
    id: "premium_monthly",
    name: "Premium, monthly",
    offerIds: [],
    price: { display: "$9.99" },
    period: { unit: "month", count: 1 },
    features: []
  }],
  experiment: { _tag: "None" }
} as const satisfies Content

/**
 * Makes a provider.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Effect.Effect<MemoryProvider["Service"]> =>
  Effect.sync(() => {
    const provider = options.id ?? "memory"
    const { paywalls } = options
    const capabilities = { ...defaultCapabilities, ...options.capabilities }
    const requests: Array<Request> = []
    const impressions = new Map<string, Attribution>()
    const purchases = new Map<string, AttributedPurchase>()
    const disturbances: Array<Effect.Effect<never, PricingError.Reason>> = []

    const arrive = (
      operation: PricingProvider.Operation,
      { placement, subject }: Pick<Attribution, "placement" | "subject">
    ): Effect.Effect<void, PricingError.Reason> =>
      Effect.suspend(() => {
        requests.push({ operation, placement, subject })
        return disturbances.shift() ?? Effect.void
      })

    const count = (attribution: Attribution) => {
      const { kind, value } = attribution.subject
      impressions.set(JSON.stringify([kind, value, attribution.paywallId]), attribution)
    }

    return {
      ...PricingProvider.make({
        id: provider,
        capabilities,

        getPaywall: Effect.fnUntraced(function*({ customer, enroll, placement }) {
          const subject = subjectOf(customer, provider)
          if (subject === undefined) {
            return yield* new PricingError.InvalidRequest({
              field: "customer.id",
              issue: `Expected an identity: customer.id, customer.profiles.${provider} or customer.ip`
            })
          }
          yield* arrive("getPaywall", { placement, subject })
          const content = paywalls === undefined || Object.hasOwn(paywalls, placement)
            ? { ...defaultPaywall, ...paywalls?.[placement] }
            : yield* new PricingError.NotFound({ detail: "there is no paywall for this placement" })
          const fetchedAt = DateTime.formatIso(yield* DateTime.now)
          const enrolled = enroll !== false
          const attribution: Attribution = {
            provider,
            placement,
            paywallId: content.id,
            subject,
            enrolled,
            fetchedAt,
            payload: {}
          }
          if (enrolled && capabilities.exposure === "on-fetch") count(attribution)
          return {
            ...content,
            provider,
            placement,
            attribution,
            provenance: { source: "live", fetchedAt, notes: [], attempts: [] }
          }
        }),

        recordImpression: (attribution) =>
          capabilities.exposure === "on-fetch"
            ? Effect.succeed({ _tag: "ImplicitOnFetch" })
            : Effect.map(arrive("recordImpression", attribution), () => {
              count(attribution)
              return { _tag: "Recorded" }
            }),

        validatePurchase: (attribution, transaction) =>
          Effect.map(arrive("validatePurchase", attribution), () => {
            purchases.set(keyOf(transaction), { attribution, transaction })
            return toValidated(attribution, transaction)
          })
      }),

      state: Effect.sync(() => ({
        requests: requests.slice(),
        impressions: Array.from(impressions.values()),
        purchases: Array.from(purchases.values())
      })),
      failNext: (reason) => Effect.sync(() => void disturbances.push(Effect.fail(reason))),
      hangNext: Effect.sync(() => void disturbances.push(Effect.never))
    }
  })

/**
 * Layer that provides a provider, as the pricing provider of the application and as what a test directs.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<PricingProvider.PricingProvider | MemoryProvider> =>
  Layer.effectContext(
    Effect.map(
      make(options),
      (provider) => Context.make(PricingProvider.PricingProvider, provider).pipe(Context.add(MemoryProvider, provider))
    )
  )

const subjectOf = ({ id, ip, profiles }: Customer, provider: ProviderId): Subject | undefined => {
  const profileId = profiles?.[provider]
  if (profileId !== undefined) return { kind: "profileId", value: profileId }
  if (id !== undefined) return { kind: "id", value: id }
  return ip === undefined ? undefined : { kind: "ip", value: ip }
}

const keyOf = (transaction: Transaction): string =>
  transaction._tag === "AppStoreTransaction"
    ? `app_store/${transaction.transactionId}`
    : `play_store/${transaction.token}`

const toValidated = ({ provider, subject }: Attribution, transaction: Transaction): ValidatedPurchase => ({
  provider,
  customer: {
    ...(subject.kind === "profileId" && { profileId: subject.value }),
    ...(subject.kind === "id" && { id: subject.value }),
    entitlements: [{ key: "premium", active: true, productId: transaction.productId }]
  },
  ...(transaction._tag !== "AppStoreTransaction" && {
    trial: transaction._tag === "PlayStoreSubscription" &&
      transaction.offer.pricingPhases.some(({ amountMicros }) => amountMicros === 0)
  })
})
