import { Effect, Metric } from "effect"

/** Runs an effect and tells how many of the fibers it started are still there. */
export const fibers = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  let active = 0
  return Effect.map(
    Effect.provideService(effect, Metric.FiberRuntimeMetrics, {
      recordFiberStart: () => void active++,
      recordFiberEnd: () => void active--
    }),
    (result) => ({ result, left: Effect.sync(() => active) })
  )
}
