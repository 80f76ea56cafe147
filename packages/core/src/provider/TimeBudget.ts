/**
 * The time one call may take.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Timeout } from "./PricingError.ts"

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
