import * as Duration from "effect/Duration"
import type * as Exit from "effect/Exit"
import type { PricingError, Reason } from "../provider/PricingError.ts"
import type { CallOptions } from "../provider/PricingProvider.ts"
import type { SharedPaywalls } from "../resilience/SharedPaywalls.ts"

/** Refusals that another call will hardly change. */
type Refusal = "Unauthorized" | "Forbidden" | "NotFound" | "Rejected"

/** What an application may set; see `PaywallCache.Options`. */
export interface Options {
  readonly timeToLive?: Duration.Input | undefined
  readonly staleWhileRevalidate?: Duration.Input | undefined
  readonly staleIfError?: Duration.Input | undefined
  readonly refusals?: Partial<Record<Refusal, Duration.Input>> | undefined
  readonly maxRetryAfter?: Duration.Input | undefined
  readonly refreshPause?: Duration.Input | undefined
  readonly patience?: Duration.Input | undefined
  readonly lookupTimeout?: Duration.Input | undefined
  readonly maxEntries?: number | undefined
  readonly maxBytes?: number | undefined
  readonly generation?: string | undefined
  readonly shared?: SharedPaywalls | undefined
}

/** The options in milliseconds. */
export interface Settings {
  readonly timeToLive: number
  readonly revalidateUntil: number
  readonly usableUntil: number
  readonly refreshPause: number
  readonly patience: number
  readonly lookupTimeout: Duration.Duration
  /** What the provider is told, nothing unless the application set a limit. */
  readonly callOptions: CallOptions | undefined
  readonly generation: string
  readonly maxEntries: number
  readonly maxBytes: number
  readonly shared: SharedPaywalls | undefined
  /** How long a failure stands for the next answer, 0 for not at all. */
  readonly keepFor: (reason: Reason) => number
}

/** Reads the options. Throws a `RangeError` for a bound or a limit that nothing could keep. */
export const settings = (options: Options, lookupTimeout: Duration.Duration): Settings => {
  const millis = (
    name: Exclude<keyof Options, "refusals" | "maxEntries" | "maxBytes" | "generation" | "shared">,
    usual: string
  ) => atLeastZero(name, options[name] ?? (usual as Duration.Input))
  const timeToLive = millis("timeToLive", "5 minutes")
  const maxRetryAfter = millis("maxRetryAfter", "1 minute")
  const refusals: Record<Refusal, number> = {
    Unauthorized: atLeastZero("refusals.Unauthorized", options.refusals?.Unauthorized ?? "10 seconds"),
    Forbidden: atLeastZero("refusals.Forbidden", options.refusals?.Forbidden ?? "10 seconds"),
    NotFound: atLeastZero("refusals.NotFound", options.refusals?.NotFound ?? "30 seconds"),
    Rejected: atLeastZero("refusals.Rejected", options.refusals?.Rejected ?? "10 seconds")
  }
  const limit = options.lookupTimeout === undefined ? lookupTimeout : Duration.fromInputUnsafe(options.lookupTimeout)
  if (!Duration.isFinite(limit) || Duration.toMillis(limit) <= 0) {
    throw new RangeError("PaywallCache: lookupTimeout must be finite and more than nothing")
  }
  return {
    timeToLive,
    revalidateUntil: timeToLive + millis("staleWhileRevalidate", "25 minutes"),
    usableUntil: timeToLive + millis("staleIfError", "1 day"),
    refreshPause: millis("refreshPause", "1 second"),
    patience: millis("patience", "1 second"),
    lookupTimeout: limit,
    callOptions: options.lookupTimeout === undefined ? undefined : { timeout: limit },
    generation: options.generation ?? "",
    shared: options.shared,
    maxEntries: positive("maxEntries", options.maxEntries ?? 10_000),
    maxBytes: positive("maxBytes", options.maxBytes ?? 64 * 1024 * 1024),
    keepFor: (reason) => {
      switch (reason._tag) {
        case "Unauthorized":
        case "Forbidden":
        case "NotFound":
        case "Rejected":
          return refusals[reason._tag]
        case "RateLimited":
        case "Unavailable":
          return Math.min(reason.retryAfterMs ?? 0, maxRetryAfter)
        default:
          return 0
      }
    }
  }
}

const atLeastZero = (name: string, input: Duration.Input): number => {
  const millis = Duration.toMillis(Duration.fromInputUnsafe(input))
  if (millis >= 0) return millis
  throw new RangeError(`PaywallCache: ${name} must not be negative`)
}

const positive = (name: string, value: number): number => {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`PaywallCache: ${name} must be a whole number, 1 or more`)
}

/** The error of a call that failed as expected: neither by a defect nor by an interruption. */
export const failureOf = (exit: Exit.Exit<unknown, PricingError>): PricingError | undefined => {
  if (exit._tag === "Success") return undefined
  const [first, ...others] = exit.cause.reasons
  return first?._tag === "Fail" && others.every((reason) => reason._tag === "Fail") ? first.error : undefined
}
