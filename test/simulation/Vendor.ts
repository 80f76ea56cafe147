import { type Attribution, type Paywall, type PaywallRequest, PricingError, PricingProvider } from "@priceport/core"
import { Effect, Exit, Option } from "effect"
import * as Fault from "./Fault.ts"
import * as Original from "./Original.ts"
import type * as Prng from "./Prng.ts"
import * as Question from "./Question.ts"

/** One request that reached the vendor. */
export interface Attempt {
  readonly number: number
  readonly digest: string
  readonly names: ReadonlyArray<string>
  readonly keyless: boolean
  readonly startedAt: number
  /** `running`, `answered`, `cut`, `died` or the tag of its reason. */
  outcome: string
}

/** What the vendor tells the world while it happens. */
export interface Watcher {
  readonly now: () => number
  readonly onAttempt: (attempt: Attempt) => void
  readonly onEnd: (attempt: Attempt) => void
  /** An impression or a purchase came with this attribution. */
  readonly onAttribution: (attribution: Attribution.Attribution) => void
  readonly onPurchase: (attribution: Attribution.Attribution) => void
}

/** What the vendor itself remembers of an answer: all that must come through unchanged. */
interface Answered {
  readonly text: string
  readonly askedAt: number
  readonly answeredAt: number
}

export interface Vendor {
  readonly provider: PricingProvider.Service
  /** What it does with the attempts to come. */
  kind: Fault.Kind
  prices: number
  attempts: number
  readonly running: Set<Attempt>
  /** By the id of the paywall. */
  readonly answers: Map<string, Answered>
  /** When an attempt at a question last died or was cut off, by question. */
  readonly lastDeath: Map<string, number>
  readonly lastCut: Map<string, number>
  /** When it asked not to be called, and until when. */
  readonly askedToWait: Array<{ readonly at: number; readonly until: number }>
}

/** A vendor that enrols on impression, as Botsi does, or on fetch, as Corrily does. */
export const make = (
  exposure: "on-fetch" | "on-impression",
  gateAtMost: number,
  random: Prng.Prng,
  watcher: Watcher
): Vendor => {
  const id = exposure === "on-fetch" ? "corrily" : "botsi"

  const begin = (request: PaywallRequest.PaywallRequest): Attempt => {
    const attempt: Attempt = {
      number: ++vendor.attempts,
      digest: Question.digest(request),
      names: Question.namesOf(request.customer),
      keyless: Question.overrides(request),
      startedAt: watcher.now(),
      outcome: "running"
    }
    vendor.running.add(attempt)
    watcher.onAttempt(attempt)
    return attempt
  }

  const end = (attempt: Attempt, exit: Exit.Exit<unknown, PricingError.Reason>) => {
    const reason = Option.getOrUndefined(Exit.findErrorOption(exit))
    if (Exit.isSuccess(exit)) attempt.outcome = "answered"
    else attempt.outcome = reason?._tag ?? (Exit.hasDies(exit) ? "died" : "cut")
    if (attempt.outcome === "died") vendor.lastDeath.set(attempt.digest, watcher.now())
    if (attempt.outcome === "cut") vendor.lastCut.set(attempt.digest, watcher.now())
    vendor.running.delete(attempt)
    listen(reason)
    watcher.onEnd(attempt)
  }

  /** What a caller who listens would heed. */
  const listen = (reason: PricingError.Reason | undefined) => {
    if (reason === undefined || !("retryAfterMs" in reason) || reason.retryAfterMs === undefined) return
    vendor.askedToWait.push({ at: watcher.now(), until: watcher.now() + Math.min(reason.retryAfterMs, gateAtMost) })
  }

  const answer = (request: PaywallRequest.PaywallRequest, attempt: Attempt): Paywall.Paywall => {
    const paywall = Original.paywall(id, request, attempt.number, attempt.digest, vendor.prices, watcher.now())
    vendor.answers.set(paywall.id, {
      text: Original.textOf(paywall),
      askedAt: attempt.startedAt,
      answeredAt: watcher.now()
    })
    return paywall
  }

  const behave = Effect.suspend(() => Fault.behave(vendor.kind, random))

  const vendor: Vendor = {
    kind: "healthy",
    prices: 9,
    attempts: 0,
    running: new Set(),
    answers: new Map(),
    lastDeath: new Map(),
    lastCut: new Map(),
    askedToWait: [],
    provider: PricingProvider.make({
      id,
      capabilities: {
        exposure,
        purchases: exposure === "on-fetch" ? [] : ["app_store"],
        repeatPurchase: "unknown"
      },
      getPaywall: (request) =>
        Effect.suspend(() => {
          const { id: user, ip, profiles } = request.customer
          if (
            user === undefined && profiles?.[id] === undefined && (exposure === "on-impression" || ip === undefined)
          ) {
            return Effect.fail(new PricingError.InvalidRequest({ field: "customer", issue: "Expected an identity" }))
          }
          const attempt = begin(request)
          return Effect.onExit(
            Effect.map(behave, () => answer(request, attempt)),
            (exit) => Effect.sync(() => end(attempt, exit))
          )
        }),
      ...(exposure === "on-impression" && {
        recordImpression: (attribution) =>
          Effect.as(
            Effect.tapError(
              Effect.andThen(Effect.sync(() => watcher.onAttribution(attribution)), behave),
              (reason) => Effect.sync(() => listen(reason))
            ),
            { _tag: "Recorded" } as const
          ),
        validatePurchase: (attribution) =>
          Effect.sync(() => watcher.onAttribution(attribution)).pipe(
            Effect.andThen(behave),
            Effect.tapError((reason) => Effect.sync(() => listen(reason))),
            Effect.andThen(Effect.sync(() => watcher.onPurchase(attribution))),
            Effect.as({ provider: id, customer: { entitlements: [] } })
          )
      })
    })
  }
  return vendor
}
