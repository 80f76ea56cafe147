/**
 * What a Botsi simulator served to whom, and what came of it: impressions and sales, by arm.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Arm, ServedPaywall } from "./BotsiCatalogue.ts"
import * as Refusal from "./Refusal.ts"

/**
 * The sales of one arm.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sales {
  /** Validated purchases, trials included, each transaction once. */
  readonly count: number
  readonly trials: number
  /** In US dollars, rounded to cents. */
  readonly revenueUsd: number
}

/** The part of an event or a purchase that says which paywall it belongs to. */
export interface Attribution {
  readonly placementId: string
  readonly paywallId: number
  readonly isExperiment?: boolean
  readonly aiPricingModelId?: number | null
}

/** The books, one line a user. */
export interface BotsiLedger {
  readonly serve: (profileId: string, placementId: string, paywall: ServedPaywall) => void
  /** The paywall this attribution came with, or a refusal: it must be what this very user was served. */
  readonly served: (profileId: string, attribution: Attribution) => Effect.Effect<ServedPaywall, Refusal.Refusal>
  /** Counts an impression once for each user and paywall. */
  readonly impression: (profileId: string, paywall: ServedPaywall) => void
  /** Books a sale once for each transaction; true when it was new. */
  readonly sale: (
    transaction: string,
    arm: Arm,
    sale: { readonly isTrial: boolean; readonly revenueUsd: number }
  ) => boolean
  readonly totals: () => {
    readonly impressions: {
      readonly received: number
      readonly counted: number
      readonly byArm: Readonly<Record<string, number>>
    }
    readonly sales: Readonly<Record<string, Sales>>
    readonly validations: { readonly received: number; readonly credited: number }
  }
}

/** How an arm is written as a key: `true/32`, `false/null`; `absent` for a member that was not in the answer. */
const armKey = (arm: Arm): string =>
  `${arm.isExperiment ?? "absent"}/${arm.aiPricingModelId === undefined ? "absent" : arm.aiPricingModelId}`

/** Empty books. */
export const make = (): BotsiLedger => {
  const paywalls = new Map<string, ServedPaywall>()
  const seen = new Set<string>()
  const impressions = new Map<string, number>()
  const transactions = new Set<string>()
  const sales = new Map<string, Sales>()
  let received = 0
  let validations = 0

  return {
    serve: (profileId, placementId, paywall) => {
      paywalls.set(JSON.stringify([profileId, placementId]), paywall)
    },
    served: (profileId, attribution) => {
      const paywall = paywalls.get(JSON.stringify([profileId, attribution.placementId]))
      return paywall === undefined
        ? Effect.fail(Refusal.ours("NEVER_SERVED", "placementId: no paywall was served to this user there"))
        : Effect.as(compare(attribution, paywall), paywall)
    },
    impression: (profileId, paywall) => {
      received += 1
      const key = JSON.stringify([profileId, paywall.id])
      if (!seen.has(key)) {
        seen.add(key)
        const arm = armKey(paywall.arm)
        impressions.set(arm, (impressions.get(arm) ?? 0) + 1)
      }
    },
    sale: (transaction, arm, { isTrial, revenueUsd }) => {
      validations += 1
      if (transactions.has(transaction)) {
        return false
      }
      transactions.add(transaction)
      const key = armKey(arm)
      const old = sales.get(key) ?? { count: 0, trials: 0, revenueUsd: 0 }
      sales.set(key, {
        count: old.count + 1,
        trials: old.trials + (isTrial ? 1 : 0),
        revenueUsd: cents(old.revenueUsd + revenueUsd)
      })
      return true
    },
    totals: () => ({
      impressions: { received, counted: seen.size, byArm: Object.fromEntries(impressions) },
      sales: Object.fromEntries(sales),
      validations: { received: validations, credited: transactions.size }
    })
  }
}

/** Rounds to cents. */
export const cents = (usd: number): number => Math.round(usd * 100) / 100

const compare = (attribution: Attribution, { arm, id }: ServedPaywall): Effect.Effect<void, Refusal.Refusal> => {
  if (attribution.paywallId !== id) {
    return mismatch("paywallId", id, attribution.paywallId)
  }
  if (arm.isExperiment !== undefined && attribution.isExperiment === undefined) {
    return Effect.fail(Refusal.missing("isExperiment: is missing"))
  }
  if ((arm.isExperiment ?? false) !== (attribution.isExperiment ?? false)) {
    return mismatch("isExperiment", arm.isExperiment, attribution.isExperiment)
  }
  if (arm.aiPricingModelId === undefined || arm.aiPricingModelId === null) {
    return (attribution.aiPricingModelId ?? 0) === 0
      ? Effect.void
      : mismatch("aiPricingModelId", null, attribution.aiPricingModelId)
  }
  if (attribution.aiPricingModelId === undefined) {
    return Effect.fail(Refusal.missing("aiPricingModelId: is missing"))
  }
  return attribution.aiPricingModelId === arm.aiPricingModelId
    ? Effect.void
    : mismatch("aiPricingModelId", arm.aiPricingModelId, attribution.aiPricingModelId)
}

const mismatch = (field: string, served: unknown, received: unknown): Effect.Effect<never, Refusal.Refusal> =>
  Effect.fail(Refusal.ours("ATTRIBUTION_MISMATCH", `${field}: ${served} was served, ${received} came back`))
