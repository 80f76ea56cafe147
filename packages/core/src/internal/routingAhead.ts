import * as Context from "effect/Context"

/**
 * Whether a paywall is asked for ahead of time, as by a prefetch. Nobody is shown it, so routers answer as they would
 * without remembering or telling anything.
 */
export const Ahead: Context.Reference<boolean> = Context.Reference<boolean>("@priceport/core/internal/routingAhead", {
  defaultValue: () => false
})
