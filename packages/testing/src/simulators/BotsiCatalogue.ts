/**
 * What Botsi's dashboard would hold: placements, their paywalls and products, and the model that chooses.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Seeded from "./Seeded.ts"

/**
 * Who chose a paywall, exactly as the answer says it; an absent member is left out of the answer.
 *
 * @category models
 * @since 0.1.0
 */
export interface Arm {
  readonly isExperiment?: boolean
  readonly aiPricingModelId?: number | null
}

/**
 * A product on a paywall, with the members of both pages.
 *
 * @category models
 * @since 0.1.0
 */
export interface Product {
  readonly productId: string
  readonly basePlanId?: string
  readonly offerId?: string
  readonly promotionalOfferId?: string
  readonly discountId?: string
  readonly appStoreOfferType?: string
  readonly winBackOfferId?: string
  readonly isConsumable?: boolean
  /** What an App Store purchase of it earns, in US dollars; default 9.99. */
  readonly priceUsd?: number
}

/**
 * A placement of the dashboard.
 *
 * @category models
 * @since 0.1.0
 */
export interface Placement {
  readonly id: string
  /** The same arm for everybody; without it the seed draws one for each user: model 32 or its control group. */
  readonly arm?: Arm
  /** The same products for everybody; without them they follow from the arm. */
  readonly products?: ReadonlyArray<Product>
  readonly paywallId?: number
  readonly externalId?: string | null
  readonly name?: string
  /** A JSON text, sent by the guide's answer only. */
  readonly remoteConfigs?: string | null
  /** Sent when it is set. */
  readonly abTestId?: number
}

/** A paywall for one user. */
export interface ServedPaywall {
  readonly id: number
  readonly externalId: string | null
  readonly name: string
  readonly arm: Arm
  readonly products: ReadonlyArray<Product>
}

/** The placements of a simulator that was told none: one drawn, one without a model, and the sample of "Get Paywall". */
export const defaultPlacements: ReadonlyArray<Placement> = [
  { id: "onboarding" },
  { id: "settings", arm: { isExperiment: false, aiPricingModelId: null } },
  {
    id: "ai-placement-id",
    arm: { isExperiment: true, aiPricingModelId: 32 },
    paywallId: 42,
    externalId: "paywall_premium_v2",
    name: "Premium Paywall",
    products: [{ productId: "premium_monthly", basePlanId: "monthly-base", offerId: "intro-offer-7d" }]
  }
]

/** The paywall of this user: a function of the seed, the placement and the user, whoever asked before. */
export const choose = Effect.fnUntraced(function*(
  seed: Seeded.Seed,
  placement: Placement,
  order: number,
  user: string
): Effect.fn.Return<ServedPaywall> {
  const isTreated = (yield* Seeded.draw(seed, "arm", placement.id, user)) < 0.5
  const arm = placement.arm ?? { isExperiment: isTreated, aiPricingModelId: 32 }
  const variant = arm.isExperiment === true
    ? 1 + Math.floor((yield* Seeded.draw(seed, "variant", placement.id, user)) * (tiers.length - 1))
    : 0
  const tier = tiers[variant] ?? baseline
  return {
    id: placement.paywallId ?? 100 * (order + 1) + variant,
    externalId: placement.externalId === undefined ? `${placement.id}_${tier.name}` : placement.externalId,
    name: placement.name ?? `${placement.id}, ${tier.name} prices`,
    arm,
    products: placement.products ?? [
      { productId: `premium_monthly${tier.suffix}`, basePlanId: "monthly", priceUsd: tier.monthlyUsd },
      {
        productId: `premium_yearly${tier.suffix}`,
        basePlanId: "yearly",
        offerId: "trial-7d",
        promotionalOfferId: "yearly_promo",
        appStoreOfferType: "promotional",
        priceUsd: tier.monthlyUsd * 6
      }
    ]
  }
})

const baseline = { name: "baseline", suffix: "", monthlyUsd: 9.99 }

const tiers = [
  baseline,
  { name: "lower", suffix: "_lower", monthlyUsd: 6.99 },
  { name: "higher", suffix: "_higher", monthlyUsd: 12.99 }
]
