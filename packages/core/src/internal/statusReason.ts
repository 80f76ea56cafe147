import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Headers from "effect/http/Headers"
import * as Result from "effect/Result"
import * as PricingError from "../provider/PricingError.ts"

export interface Said {
  readonly status: number
  readonly code?: string
  readonly detail?: string
}

/** The reason of an HTTP status, by its category alone. `status` is not a success. */
export const fromStatus = (said: Said, retryAfterMs: number | undefined): PricingError.Reason => {
  const wait = retryAfterMs === undefined ? said : { ...said, retryAfterMs }
  switch (said.status) {
    case 401:
      return new PricingError.Unauthorized(said)
    case 403:
      return new PricingError.Forbidden(said)
    case 404:
      return new PricingError.NotFound(said)
    case 429:
      return new PricingError.RateLimited(wait)
    case 408:
    case 425:
    case 500:
    case 502:
    case 503:
    case 504:
      return new PricingError.Unavailable(wait)
    default:
      return new PricingError.Rejected(said)
  }
}

/** A Retry-After header, seconds or an HTTP date, in milliseconds from `now`. Undefined when it says neither. */
export const retryAfterMs = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  const parsed = Result.getOrUndefined(Headers.parseRetryAfter(header))
  if (parsed === undefined) return undefined
  const millis = parsed._tag === "Duration"
    ? Duration.toMillis(parsed.duration)
    : DateTime.toEpochMillis(parsed.dateTime) - now
  return Math.min(Math.max(0, millis), Number.MAX_SAFE_INTEGER)
}
