/**
 * What happened, told to whoever compares vendors: who was assigned to which arm, what each customer was served and saw, and
 * what was bought.
 *
 * Nobody listens unless this reference is set, as `@priceport/compare` does. Routers tell of assignments and of shadow reads;
 * `Pricing` tells of the rest. A listener must not fail and should not wait: it is on the way of the customer's answer.
 *
 * Times are milliseconds since 1970. `unit` is who is assigned: `Assignment.unit` of the customer. `others` are the other
 * `Assignment.units`, where there are any: who was told of under one of them before is the same customer.
 *
 * @since 0.4.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Subject } from "../domain/Attribution.ts"
import type { PlacementId, ProviderId } from "../domain/Identifier.ts"
import type { ImpressionOutcome } from "../domain/Impression.ts"
import type { Provenance } from "../domain/Provenance.ts"
import type { Comparison, Difference } from "./PaywallDifference.ts"

/**
 * A customer was put into an arm, by the hash, by what was kept from before, or by an override. Told each time the arm is
 * asked for.
 *
 * @category models
 * @since 0.4.0
 */
export interface Assigned {
  readonly _tag: "Assigned"
  readonly at: number
  readonly experiment: string
  readonly arm: string
  readonly unit: string
  readonly others?: ReadonlyArray<string> | undefined
  readonly by: "hash" | "kept" | "override"
}

/**
 * A customer was given a paywall, within `ms`. `provider` is whose paywall it is; `variant` the vendor's own treatment, as
 * in `Paywall.experiment`.
 *
 * @category models
 * @since 0.4.0
 */
export interface Served {
  readonly _tag: "Served"
  readonly at: number
  readonly ms: number
  readonly unit?: string | undefined
  readonly others?: ReadonlyArray<string> | undefined
  readonly subject?: Subject | undefined
  readonly provider: ProviderId
  readonly placement: PlacementId
  readonly source: Provenance["source"]
  readonly standbyFor?: ProviderId | undefined
  readonly repriced?: boolean | undefined
  readonly treatment: "Treatment" | "Control" | "None" | "Unknown"
  readonly variant?: string | undefined
}

/**
 * A customer was given none, for a reason's tag.
 *
 * @category models
 * @since 0.4.0
 */
export interface Unserved {
  readonly _tag: "Unserved"
  readonly at: number
  readonly ms: number
  readonly unit?: string | undefined
  readonly provider: ProviderId
  readonly placement: PlacementId
  readonly reason: string
}

/**
 * The application reported that a paywall was shown. One that may not count is told of, too, with its outcome, and so is
 * one that its vendor could not be told: the customer has seen it, and an arm must not lose those.
 *
 * @category models
 * @since 0.4.0
 */
export interface Exposed {
  readonly _tag: "Exposed"
  readonly at: number
  readonly provider?: ProviderId | undefined
  readonly placement?: PlacementId | undefined
  readonly paywallId?: string | undefined
  readonly subject?: Subject | undefined
  readonly source?: Provenance["source"] | undefined
  readonly standbyFor?: ProviderId | undefined
  readonly outcome: ImpressionOutcome["_tag"] | "Failed"
}

/**
 * A vendor validated a purchase. `transaction` is the hash of its natural key, the same each time. `amountMicros` is what the
 * Play Store says is paid first, 0 for a trial; an App Store transaction does not tell.
 *
 * @category models
 * @since 0.4.0
 */
export interface Purchased {
  readonly _tag: "Purchased"
  readonly at: number
  readonly provider: ProviderId
  readonly subject: Subject
  readonly transaction: string
  readonly productId: string
  readonly environment: "production" | "sandbox"
  readonly amountMicros?: number | undefined
  readonly currency?: string | undefined
}

/**
 * A shadow read found what another vendor would have shown, after `ms`. `provider` served the customer; `differences` are
 * what `candidate` would have shown otherwise. It `failed` for a reason's tag, `Interrupted` or `Defect`.
 *
 * @category models
 * @since 0.4.0
 */
export interface Compared {
  readonly _tag: "Compared"
  readonly at: number
  readonly ms: number
  readonly unit?: string | undefined
  readonly placement: PlacementId
  readonly provider: ProviderId
  readonly candidate: ProviderId
  readonly verdict: Comparison["verdict"] | "failed"
  readonly differences: ReadonlyArray<Difference>
  readonly reason?: string | undefined
}

/**
 * @category models
 * @since 0.4.0
 */
export type Event = Assigned | Served | Unserved | Exposed | Purchased | Compared

/**
 * @category models
 * @since 0.4.0
 */
export interface Service {
  readonly tell: (event: Event) => Effect.Effect<void>
}

/**
 * @category references
 * @since 0.4.0
 */
export const Journal: Context.Reference<Service | undefined> = Context.Reference<Service | undefined>(
  "@priceport/core/routing/Journal",
  { defaultValue: () => undefined }
)

/**
 * What tells whoever listens where it is made, as when a layer is built, else where it is called. An event is built only
 * where somebody listens.
 *
 * @category constructors
 * @since 0.4.0
 */
export const teller: Effect.Effect<(event: () => Event) => Effect.Effect<void>> = Effect.map(
  Journal,
  (made) => (event) =>
    made === undefined
      ? Effect.flatMap(Journal, (called) => called === undefined ? Effect.void : called.tell(event()))
      : made.tell(event())
)
