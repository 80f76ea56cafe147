/**
 * What a cache counts, as metrics.
 *
 * Serving a paywall updates none of them, which would cost a good part of the answer. The numbers are read from
 * `PaywallCache.stats` when an exporter looks.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type { ProviderId } from "../domain/Identifier.ts"
import * as MetricSeries from "../internal/metricSeries.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"

/**
 * Reports the counts of a cache, for as long as the scope lives. `Resilience.harden` does so for its own.
 *
 * `stats` must be at hand at once. Of its numbers, `entries`, `bytes` and `inFlight` are what the cache holds now, and
 * every other one is an event of its name; `hits` and `stale` count as paywalls by source too. Several caches of one
 * provider are added up. What one has counted when its scope is closed stays.
 *
 * @category constructors
 * @since 0.3.0
 */
export const observe = (
  provider: ProviderId,
  stats: Effect.Effect<object>
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.context(), (context) =>
    Effect.suspend(() => {
      const read = readerOf(stats)
      const pull = <L extends PricingMetrics.Label>(
        definition: PricingMetrics.Definition<L>,
        labels: Pick<PricingMetrics.Labels, L>,
        name: string
      ) => MetricSeries.pull(context, definition, labels, () => read()[name] ?? 0)

      const ends = Object.keys(read()).flatMap((name) => {
        const gauge = gauges[name]
        if (gauge !== undefined) return [pull(gauge, { provider }, name)]
        const source = sources[name]
        const event = pull(PricingMetrics.cacheEvents, { provider, event: name }, name)
        return source === undefined
          ? [event]
          : [event, pull(PricingMetrics.paywalls, { provider, source, reason: "none" }, name)]
      })
      return Effect.addFinalizer(() => Effect.sync(() => ends.forEach((end) => end())))
    }))

const gauges: Readonly<Record<string, PricingMetrics.Definition<"provider">>> = {
  entries: PricingMetrics.cacheEntries,
  bytes: PricingMetrics.cacheBytes,
  inFlight: PricingMetrics.cacheLookups
}

const sources: Readonly<Record<string, PricingMetrics.Labels["source"]>> = { hits: "cache", stale: "stale" }

/** The numbers among what is counted, as they are now. */
const readerOf = (stats: Effect.Effect<object>) => {
  let last: Readonly<Record<string, number>> = {}
  return () => {
    const exit = Effect.runSyncExit(stats)
    if (Exit.isSuccess(exit)) {
      last = Object.fromEntries(Object.entries(exit.value).filter(([, value]) => typeof value === "number"))
    }
    return last
  }
}
