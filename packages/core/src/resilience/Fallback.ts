/**
 * Answers with a bundled paywall when the provider cannot, and says so.
 *
 * It is the outermost policy: what it catches has been retried, refused by a breaker or cut off by a budget before. The
 * answer's provenance is `bundled`, with the reason of the failure and its attempts, so that a wrong key does not hide
 * behind a paywall that works. It has no attribution: its impression is `NotCounted`, its purchase `Unattributable`, and
 * nothing is sent for either.
 *
 * @since 0.2.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Paywall } from "../domain/Paywall.ts"
import { isSellable } from "../internal/bundleCheck.ts"
import * as MetricSeries from "../internal/metricSeries.ts"
import * as PromptAnswer from "../internal/promptAnswer.ts"
import * as PricingError from "../provider/PricingError.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import type { FallbackBundle } from "./FallbackBundle.ts"

/**
 * - `when`: which failures are answered from the bundle, `onOutage` unless set. Never asked about what the application
 *   did wrong itself, such as `InvalidRequest`: that always fails.
 *
 * @category models
 * @since 0.2.0
 */
export interface Options {
  readonly when?: ((reason: PricingError.Reason) => boolean) | undefined
}

/**
 * Every failure but a definite refusal in the vendor's own words.
 *
 * A refusal is a `NotFound` or `Rejected` that came with a code or a text of the vendor: it looked at this request and
 * turned it down, as for an unknown placement, and a bundled paywall would hide that. The same status without a word, as a
 * proxy sends it, a redirect and a 5xx are outages. So are `Unauthorized` and `Forbidden`: a revoked key must not cost
 * every sale, and provenance names it.
 *
 * @category predicates
 * @since 0.2.0
 */
export const onOutage = (reason: PricingError.Reason): boolean => onFailure(reason) && !isRefusal(reason)

/**
 * Every failure of the vendor or of the way to it, refusals too: for an application that would rather show its bundled
 * paywall to a customer or at a placement the vendor does not know.
 *
 * @category predicates
 * @since 0.2.0
 */
export const onFailure = (reason: PricingError.Reason): boolean =>
  PricingError.wasAttempted(reason) || reason._tag === "CircuitOpen"

/**
 * Answers `getPaywall` from a bundle when the provider fails. A placement that is not bundled fails as before.
 *
 * A bundle that expires while the application runs is still served, with a note in its provenance: an old paywall is
 * better than none. The paywall's `provider` is the one the bundle was pulled from.
 *
 * @category combinators
 * @since 0.2.0
 */
export const bundled = (bundle: FallbackBundle, options: Options = {}) => {
  const { when = onOutage } = options
  return (self: PricingProvider.Service): PricingProvider.Service => {
    const report = reporter(self.id)
    const ask = PromptAnswer.of(self)
    return {
      ...self,
      getPaywall: PromptAnswer.make((request, callOptions, caller) => {
        const asked = ask(request, callOptions, caller)
        if (PromptAnswer.isReady(asked)) return asked
        // What was asked for is settled now: callers may change their objects while they wait.
        const placement = request?.placement
        const locale = request?.customer?.locale
        return asked.pipe(Effect.catch((error) => {
          if (!onFailure(error.reason) || !when(error.reason)) return Effect.fail(error)
          const entry = bundle.find(placement, locale)
          return entry === undefined ? Effect.fail(error) : Clock.clockWith((clock) => {
            const now = clock.currentTimeMillisUnsafe()
            return Effect.as(report(error.reason, now), answer(bundle, entry, error, now))
          })
        }))
      })
    }
  }
}

/** Counts each answer, and warns of the first for a reason, and again a minute after, so that an outage floods no log. */
const reporter = (provider: ProviderId) => {
  const warnedAt = new Map<string, number>()
  return ({ _tag: reason }: PricingError.Reason, now: number): Effect.Effect<void> => {
    const counted = MetricSeries.update(PricingMetrics.paywalls, { provider, source: "bundled", reason })
    if (now - (warnedAt.get(reason) ?? -Infinity) < 60_000) return counted
    warnedAt.set(reason, now)
    return counted.pipe(
      Effect.andThen(Effect.logWarning("bundled paywalls are shown")),
      Effect.annotateLogs({ "pricing.provider": provider, "pricing.reason": reason })
    )
  }
}

const answer = (
  { contents, expiresAtMs, pulledAtMs }: FallbackBundle,
  { paywall, placement }: NonNullable<ReturnType<FallbackBundle["find"]>>,
  { attempts, reason }: PricingError.PricingError,
  nowMs: number
): Paywall => {
  const notes = paywall.products.flatMap((product, index) =>
    isSellable(product) ? [] : [{ path: `products[${index}].id`, issue: "empty, the product is left out" }]
  )
  return {
    ...paywall,
    placement,
    products: notes.length === 0 ? paywall.products : paywall.products.filter(isSellable),
    // Nobody was put into an experiment for this answer.
    experiment: { _tag: "None" },
    provenance: {
      source: "bundled",
      fetchedAt: contents.pulledAt,
      ageMs: Math.max(0, nowMs - pulledAtMs),
      reason: reason._tag,
      notes: nowMs < expiresAtMs
        ? notes
        : [...notes, { path: "", issue: `the bundle expired at ${contents.expiresAt}` }],
      attempts
    }
  }
}

const isRefusal = (reason: PricingError.Reason): boolean => {
  if (reason._tag !== "NotFound" && reason._tag !== "Rejected") return false
  const { code, detail, status = 200 } = reason
  const isVerdict = status < 300 || (status >= 400 && status < 500)
  return isVerdict && (code !== undefined || (detail !== undefined && detail !== ""))
}
