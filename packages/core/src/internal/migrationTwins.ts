import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Attribution } from "../domain/Attribution.ts"
import * as Impression from "../domain/Impression.ts"
import type { Service } from "../provider/PricingProvider.ts"
import { apart } from "./routingApart.ts"
import * as BoundedMap from "./routingMemory.ts"
import type { Result } from "./shadowRead.ts"

/**
 * Tells the new vendor of impressions, too, where its own paywall for the very customer means the same: so much the
 * customer has seen of it. Whichever comes first, the shadow read or the impression, waits for the other. Nobody waits for
 * the second report, and nobody learns of its failure.
 */
export const make = (to: Service, concurrency: number, scope: Scope.Scope) => {
  const twins = BoundedMap.make<Attribution>("Migration", 10_000)
  const shown = BoundedMap.make<true>("Migration", 10_000)
  let underWay = 0

  const report = (attribution: Attribution) =>
    Effect.suspend(() => {
      if (underWay >= concurrency) return Effect.void
      underWay++
      return apart(Effect.suspend(() => to.recordImpression({ attribution }))).pipe(
        Effect.ensuring(Effect.sync(() => underWay--)),
        Effect.ignoreCause,
        Effect.forkIn(scope),
        Effect.asVoid
      )
    })

  return {
    found: ({ candidate, compared: { verdict }, served }: Result): Effect.Effect<void> =>
      Effect.suspend(() => {
        const twin = candidate?.attribution
        if (served.attribution === undefined || twin === undefined || !twin.enrolled) return Effect.void
        if (verdict !== "equal" && verdict !== "benign") return Effect.void
        const key = keyOf(served.attribution)
        twins.set(key, twin)
        return shown.get(key) === undefined ? Effect.void : report(twin)
      }),

    recorded: (attribution: Attribution | undefined, outcome: Impression.ImpressionOutcome): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (attribution === undefined || !Impression.isCounted(outcome)) return Effect.void
        const key = keyOf(attribution)
        const twin = twins.get(key)
        shown.set(key, true)
        return twin === undefined ? Effect.void : report(twin)
      })
  }
}

const keyOf = ({ fetchedAt, paywallId, placement, provider, subject: { kind, value } }: Attribution): string =>
  JSON.stringify([provider, placement, paywallId, kind, value, fetchedAt])
