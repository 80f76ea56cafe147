/**
 * A policy that counts an impression once.
 *
 * The exposure of record is what the application itself reports: that a customer saw a paywall. It counts once for each
 * provider, subject, placement, paywall and variant, whatever the vendor's way of counting; where the vendor counted the
 * fetch (`ImplicitOnFetch`), the first report is still the exposure, and the next one a `Duplicate`.
 *
 * What is remembered is bounded, and ends with the process; the vendors count once per user and paywall for good.
 *
 * @since 0.3.0
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Impression from "../domain/Impression.ts"
import { invalidImpression } from "../internal/inputs.ts"
import * as PricingError from "../provider/PricingError.ts"
import * as PricingProvider from "../provider/PricingProvider.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"
import * as ExposureKey from "./ExposureKey.ts"

/**
 * - `maxEntries`: how many exposures are remembered, 10,000 unless set; the one that was asked for least recently goes first.
 * - `maxStale`: how old a paywall shown as `stale` may be to count, 1 day unless set: what the vendor would serve by then
 *   may be another variant.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly maxEntries?: number | undefined
  readonly maxStale?: Duration.Input | undefined
}

/**
 * Makes a provider count each exposure once. While a report is on its way, another one of the same exposure waits for it,
 * no longer than its own `timeout`: a `Duplicate` if that one was counted, else it is sent itself.
 *
 * Throws a `RangeError` when nothing could be remembered.
 *
 * @category combinators
 * @since 0.3.0
 */
export const once = (options: Options = {}) => {
  const maxStale = Duration.toMillis(Duration.fromInputUnsafe(options.maxStale ?? "1 day"))
  const maxEntries = options.maxEntries ?? 10_000
  if (!(maxEntries >= 1)) throw new RangeError(`Exposure: maxEntries must be at least 1, got ${maxEntries}`)

  return (
    { member: _member, recordImpressions: _batch, ...self }: PricingProvider.Service
  ): PricingProvider.Service => {
    const counted = new Set<string>()
    const underway = new Map<string, Deferred.Deferred<void>>()

    const remember = (key: string) => {
      counted.delete(key)
      counted.add(key)
      if (counted.size > maxEntries) counted.delete(counted.values().next().value!)
    }

    const send = (key: string, impression: Impression.Impression, callOptions?: PricingProvider.CallOptions) =>
      Effect.uninterruptibleMask((restore) => {
        const done = Deferred.makeUnsafe<void>()
        underway.set(key, done)
        return restore(self.recordImpression(impression, callOptions)).pipe(
          Effect.tap((outcome) => Effect.sync(() => Impression.isCounted(outcome) && remember(key))),
          Effect.ensuring(Effect.suspend(() => {
            underway.delete(key)
            return Deferred.succeed(done, undefined)
          }))
        )
      })

    const record = (
      key: string,
      impression: Impression.Impression,
      callOptions?: PricingProvider.CallOptions
    ): Effect.Effect<Impression.ImpressionOutcome, PricingError.PricingError> =>
      Effect.suspend(() => {
        if (counted.has(key)) {
          remember(key)
          return Effect.succeed(Impression.Duplicate.make({}))
        }
        const other = underway.get(key)
        if (other === undefined) return send(key, impression, callOptions)
        return Effect.andThen(awaiting(other, callOptions), record(key, impression, callOptions))
      })

    const awaiting = (other: Deferred.Deferred<void>, callOptions?: PricingProvider.CallOptions) => {
      const limit = TimeBudget.limit(callOptions?.timeout, PricingProvider.defaultTimeouts.recordImpression)
      const waiting: Effect.Effect<void, PricingError.Reason> = limit instanceof PricingError.InvalidRequest
        ? Effect.fail(limit)
        : TimeBudget.within(Deferred.await(other), limit)
      return Effect.mapError(
        waiting,
        (reason) => new PricingError.PricingError({ provider: self.id, operation: "recordImpression", reason })
      )
    }

    return {
      ...self,
      recordImpression: (impression, callOptions) =>
        Effect.suspend(() => {
          const attribution = invalidImpression(impression) === undefined ? Impression.countable(impression) : undefined
          if (attribution === undefined || "why" in attribution) return self.recordImpression(impression, callOptions)
          const { provenance } = impression
          if (provenance?.source === "stale" && (provenance.ageMs ?? 0) > maxStale) {
            return Effect.succeed(Impression.NotCounted.make({ why: "the paywall was too old when it was shown" }))
          }
          return record(JSON.stringify(ExposureKey.parts(attribution)), impression, callOptions)
        })
    }
  }
}
