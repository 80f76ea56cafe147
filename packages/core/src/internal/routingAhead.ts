import * as Context from "effect/Context"

/**
 * Whether a paywall is asked for ahead of time, as by a prefetch. Nobody is shown it, so routers answer as they would
 * without remembering or telling anything.
 */
export const Ahead: Context.Reference<boolean> = Context.Reference<boolean>(
  "@priceport/core/internal/routingAhead/Ahead",
  {
    defaultValue: () => false
  }
)

/** Whether nobody will be shown the answer, as of a shadow read: a router then remembers nothing of whose prices it was. */
export const Unseen: Context.Reference<boolean> = Context.Reference<boolean>(
  "@priceport/core/internal/routingAhead/Unseen",
  { defaultValue: () => false }
)
