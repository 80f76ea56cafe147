/**
 * What must have been counted, by the words of the design alone: an exposure once for each person and paywall, a purchase
 * once for each transaction. Plain maps, and nothing of the code under test.
 */
import type { Attribution, Paywall } from "@priceport/core"

/** What an application holds of an answer. */
export interface Shown {
  readonly paywall: Paywall.Paywall
  readonly person: number
}

/** A transaction that somebody has told of. */
export interface Bought {
  readonly shown: Shown
  readonly id: string
  readonly store: "app" | "subscription" | "one-time"
  readonly isTrial: boolean
}

interface Sale {
  readonly person: number
  readonly arm: string
  readonly isTrial: boolean
}

const known = (attribution: Attribution.Attribution) =>
  attribution.payload as { readonly isExperiment?: boolean; readonly aiPricingModelId?: number | null }

const armOf = (attribution: Attribution.Attribution) => {
  const { aiPricingModelId, isExperiment } = known(attribution)
  return `${isExperiment ?? "absent"}/${aiPricingModelId === undefined ? "absent" : aiPricingModelId}`
}

const tally = (arms: Iterable<string>): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const arm of arms) counts[arm] = (counts[arm] ?? 0) + 1
  return counts
}

export const make = () => {
  const assigned = new Map<string, string>()
  const reported = new Map<string, "surely" | "perhaps">()
  const exposures = new Map<string, string>()
  const sales = new Map<string, Sale>()

  return {
    /** Whether the same person is served the same again, whoever answers. */
    isSteady: ({ paywall, person }: Shown): boolean => {
      const { attribution } = paywall
      if (attribution === undefined) return paywall.provenance.source === "bundled"
      const place = `${person} ${paywall.placement}`
      const served = `${attribution.paywallId} ${armOf(attribution)}`
      if (!assigned.has(place)) assigned.set(place, served)
      return assigned.get(place) === served
    },

    /** What may be answered to an impression. `cut`: nobody hears the answer, and nobody knows what became of it. */
    impression: ({ paywall: { attribution }, person }: Shown, cut: boolean): ReadonlyArray<string> => {
      if (attribution === undefined || !attribution.enrolled) return ["NotCounted"]
      const { paywallId, placement, subject } = attribution
      const key = `${subject.kind} ${subject.value} ${placement} ${paywallId}`
      const before = reported.get(key)
      if (cut) {
        reported.set(key, before ?? "perhaps")
        return []
      }
      reported.set(key, "surely")
      exposures.set(`${person} ${paywallId}`, armOf(attribution))
      return before === "surely" ? ["Duplicate"] : before === "perhaps" ? ["Duplicate", "Queued"] : ["Queued"]
    },

    /** What may be answered to a purchase. */
    purchase: ({ id, isTrial, shown: { paywall: { attribution }, person } }: Bought): ReadonlyArray<string> => {
      if (attribution === undefined) return ["Unattributable"]
      sales.set(id, { person, arm: armOf(attribution), isTrial })
      return ["Validated", "Pending"]
    },

    exposures: () => new Set(exposures.keys()),
    exposuresByArm: () => tally(exposures.values()),
    transactions: () => sales.size,
    salesByArm: () => tally(Array.from(sales.values(), ({ arm }) => arm)),
    trialsByArm: () => tally(Array.from(sales.values()).flatMap(({ arm, isTrial }) => isTrial ? [arm] : []))
  }
}

export type Oracle = ReturnType<typeof make>
