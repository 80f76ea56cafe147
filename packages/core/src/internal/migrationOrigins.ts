import * as Effect from "effect/Effect"
import type { Service } from "../provider/PricingProvider.ts"
import type { Settings } from "./migrationConfig.ts"
import type { Count } from "./migrationCount.ts"
import * as Twins from "./migrationTwins.ts"
import * as Members from "./routingMembers.ts"
import type { Result } from "./shadowRead.ts"

export interface Origins {
  /** The provider, with its reports watched, and those of each vendor behind it. */
  readonly watched: (provider: Service) => Service
  /** Whether conversions are the purchases that pass through here. */
  readonly countsPurchases: boolean
  readonly found: (result: Result) => Effect.Effect<void>
}

/** Watches what is reported to the two vendors. */
export const make = Effect.fnUntraced(function*({ count, from, settings, to }: {
  readonly settings: Settings
  readonly from: Service
  readonly to: Service
  readonly count: () => Count
}) {
  const scope = yield* Effect.scope
  const countsPurchases = [from, to].every(({ capabilities }) => capabilities.purchases.length > 0)
  const twins = settings.impressions === "both"
    ? Twins.make(to, settings.shadow.concurrency ?? 8, scope)
    : undefined

  const purchases = (self: Service): Pick<Service, "validatePurchase"> => ({
    validatePurchase: (purchase, options) =>
      Effect.tap(self.validatePurchase(purchase, options), () =>
        Effect.sync(() => {
          const { attribution, transaction } = purchase
          if (!countsPurchases || attribution === undefined || transaction.environment === "sandbox") return
          count().converted(Members.serves(to, attribution.provider) ? "to" : "from")
        }))
  })

  const impressions = (self: Service): Partial<Pick<Service, "recordImpression" | "recordImpressions">> => {
    if (twins === undefined || Members.serves(to, self.id)) return {}
    const { recordImpressions } = self
    return {
      recordImpression: (impression, options) =>
        Effect.tap(
          self.recordImpression(impression, options),
          (outcome) => twins.recorded(impression.attribution, outcome)
        ),
      ...(recordImpressions !== undefined && {
        recordImpressions: (impressions, options) =>
          Effect.tap(recordImpressions(impressions, options), (outcomes) =>
            Effect.forEach(
              outcomes,
              (outcome, index) => twins.recorded(impressions[index]?.attribution, outcome),
              { discard: true }
            ))
      })
    }
  }

  const watched = (self: Service): Service => {
    const { member } = self
    return {
      ...self,
      ...purchases(self),
      ...impressions(self),
      ...(member !== undefined && {
        member: (id) => {
          const found = member(id)
          return found && watched(found)
        }
      })
    }
  }

  const origins: Origins = { watched, countsPurchases, found: (result) => twins?.found(result) ?? Effect.void }
  return origins
})
