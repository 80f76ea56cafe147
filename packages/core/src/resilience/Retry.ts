/**
 * Repeats calls that may succeed the next time, without making an outage worse.
 *
 * The error says whether repeating can help, never the vendor. Waits grow and are spread at random, so that many callers
 * do not come back at once; what a vendor asks to wait is a minimum; no wait outlives the budget of the call; and a
 * provider that keeps failing is sent a fifth more requests at most.
 *
 * @since 0.2.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as AttemptLog from "../internal/attemptLog.ts"
import * as Calls from "../internal/calls.ts"
import * as MetricSeries from "../internal/metricSeries.ts"
import * as RetryQuota from "../internal/retryQuota.ts"
import { PricingError } from "../provider/PricingError.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import * as Budget from "./Budget.ts"

/**
 * - `times`: how often one call is repeated at most; 2 unless set.
 * - `base`: the most that the first wait takes, 100 milliseconds unless set. It doubles with each retry.
 * - `cap`: the most that any wait takes, 2 seconds unless set. A vendor's Retry-After may ask for more.
 * - `quota`: how many retries the provider may see in all: `ratio` of the first attempts, 0.2 unless set, and `floor`
 *   more, 3 unless set.
 *
 * @category options
 * @since 0.2.0
 */
export interface Options {
  readonly times?: number | undefined
  readonly base?: Duration.Input | undefined
  readonly cap?: Duration.Input | undefined
  readonly quota?: { readonly ratio?: number | undefined; readonly floor?: number | undefined } | undefined
}

/**
 * Repeats a call that failed for a reason that may pass, after a random wait between nothing and the backoff.
 *
 * It fails at once with the last error where no retry is left, or where the wait would not end within the budget. A call
 * without a budget gets one as from `Budget.grant`: its own timeout, or the usual one of its operation. Every attempt is
 * listed in `PricingError.attempts` or `Provenance.attempts`.
 *
 * Two kinds of calls are never repeated: `validatePurchase`, which may have been credited, and `getPaywall` with
 * `override: true` among any provider's options, which asks the vendor to change what it has decided for the customer.
 *
 * Throws a `RangeError` for a number that is none of its kind.
 *
 * @category combinators
 * @since 0.2.0
 */
export const transient = (options: Options = {}): (self: PricingProvider.Service) => PricingProvider.Service => {
  const times = atLeastZero("times", options.times ?? 2)
  const base = Duration.toMillis(Duration.fromInputUnsafe(options.base ?? "100 millis"))
  const cap = Duration.toMillis(Duration.fromInputUnsafe(options.cap ?? "2 seconds"))
  const ratio = atLeastZero("quota.ratio", options.quota?.ratio ?? 0.2)
  const floor = atLeastZero("quota.floor", options.quota?.floor ?? 3)

  return (self) => {
    const quota = RetryQuota.make({ floor, ratio })

    const retrying = <A>(call: Calls.Call<A>): Effect.Effect<A, PricingError> =>
      AttemptLog.under(self.id, ({ ended }) => {
        const once = AttemptLog.under(self.id, () => call.run(call.options))

        const attempt = (retries: number): Effect.Effect<A, PricingError> =>
          Effect.matchEffect(once, {
            onSuccess: (value) => {
              if (retries === 0 && call.wasSent(value)) quota.deposit()
              return Effect.succeed(ended.length === 0 ? value : call.after(value, ended))
            },
            onFailure: (error) => {
              if (retries === 0 && error.attempts.length > 0) quota.deposit()
              const failed = ended.length === error.attempts.length ? error : withAttempts(error, ended)
              if (!error.isRetryable || retries >= times || !call.mayRepeat()) return Effect.fail(failed)
              return Effect.flatMap(waitAfter(error, retries), (until) => {
                if (until === undefined) return Effect.andThen(decided(call.operation, "budget"), Effect.fail(failed))
                if (!quota.take()) return Effect.andThen(decided(call.operation, "quota"), Effect.fail(failed))
                const again = Effect.andThen(sleepUntil(until), attempt(retries + 1))
                return Effect.andThen(decided(call.operation, "sent"), again)
              })
            }
          })

        return attempt(0)
      })

    const decided = (operation: PricingProvider.Operation, decision: PricingMetrics.Labels["decision"]) => {
      const counted = MetricSeries.update(PricingMetrics.retries, { provider: self.id, operation, decision })
      return decision !== "quota" ? counted : counted.pipe(
        Effect.andThen(Effect.logDebug("no retry: the provider's quota is used up")),
        Effect.annotateLogs({ "pricing.provider": self.id, "pricing.operation": operation })
      )
    }

    /** The instant of the next attempt, in milliseconds; none where the budget has ended by then. */
    const waitAfter = (error: PricingError, retries: number) =>
      Clock.clockWith((clock) =>
        Effect.zipWith(Random.next, Budget.Current, (random, budget) => {
          const backoff = Math.round(random * Math.min(cap, base * 2 ** retries))
          const asked = error.retryAfter === undefined ? 0 : Duration.toMillis(error.retryAfter)
          const until = clock.currentTimeMillisUnsafe() + Math.max(backoff, asked)
          return until < budget.endsAt ? until : undefined
        })
      )

    return Budget.ensure()(Calls.transform(self, retrying))
  }
}

const withAttempts = ({ operation, provider, reason }: PricingError, attempts: PricingError["attempts"]) =>
  new PricingError({ provider, operation, reason, attempts: [...attempts] })

/** A timer may go off a little early; a vendor that said when would refuse. */
const sleepUntil = (until: number): Effect.Effect<void> =>
  Clock.clockWith((clock) => {
    const now = clock.currentTimeMillisUnsafe()
    return now >= until ? Effect.void : Effect.andThen(Effect.sleep(until - now), sleepUntil(until))
  })

const atLeastZero = (option: string, value: number): number => {
  if (value >= 0) return value
  throw new RangeError(`Retry.transient: ${option} must be a number of at least 0, got ${value}`)
}
