/**
 * The time one call may take.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { InvalidRequest, Timeout } from "./PricingError.ts"

/**
 * The limit a caller set, never below zero, or the usual one. A limit that is no duration is an `InvalidRequest`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const limit = (
  timeout: Duration.Input | undefined,
  usual: Duration.Duration
): Duration.Duration | InvalidRequest =>
  timeout === undefined
    ? usual
    : Option.getOrElse(
      Option.map(Number.isNaN(timeout) ? Option.none() : Duration.fromInput(timeout), Duration.max(Duration.zero)),
      () => new InvalidRequest({ field: "timeout", issue: "Expected a duration, such as 2 seconds or milliseconds" })
    )

/**
 * Interrupts an effect and fails with `Timeout` once it has run for `limit`. An infinite limit adds nothing.
 *
 * @category combinators
 * @since 0.1.0
 */
export const within = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  limit: Duration.Duration
): Effect.Effect<A, E | Timeout, R> =>
  Duration.isFinite(limit)
    ? Effect.timeoutOrElse(effect, {
      duration: limit,
      orElse: () => Effect.fail(new Timeout({ limitMs: Duration.toMillis(limit) }))
    })
    : effect
