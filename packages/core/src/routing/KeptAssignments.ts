/**
 * The arm each customer was put into, so that it stays theirs when weights change or a log-in gives them another name.
 *
 * Without this service each `Experiment` remembers by itself, in memory; `Routing.reloadable` keeps one memory for all its
 * configurations. A durable store, shared by processes, is another layer of it.
 *
 * @since 0.4.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BoundedMap from "../internal/routingMemory.ts"

/**
 * A store must not fail, and should not wait: it is on the way of every paywall. What it does not know it leaves out, and
 * the hash decides. `unit` is one of `Assignment.units`.
 *
 * @category models
 * @since 0.4.0
 */
export interface Service {
  readonly get: (experiment: string, unit: string) => Effect.Effect<string | undefined>
  readonly put: (experiment: string, unit: string, arm: string) => Effect.Effect<void>
}

/**
 * @category services
 * @since 0.4.0
 */
export class KeptAssignments extends Context.Service<KeptAssignments, Service>()(
  "@priceport/core/routing/KeptAssignments"
) {}

/**
 * - `maxEntries`: how many are remembered, one for each experiment and name of a customer, 100,000 unless set; the one used
 *   least recently goes first, and the hash decides again.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly maxEntries?: number | undefined
}

/**
 * Remembers in this process. Throws a `RangeError` when nothing could be remembered.
 *
 * @category constructors
 * @since 0.4.0
 */
export const makeMemory = (options: Options = {}): Service => {
  const kept = BoundedMap.make<string>("KeptAssignments", options.maxEntries)
  const key = (experiment: string, unit: string) => `${experiment.length}:${experiment}${unit}`
  return {
    get: (experiment, unit) => Effect.sync(() => kept.get(key(experiment, unit))),
    put: (experiment, unit, arm) => Effect.sync(() => kept.set(key(experiment, unit), arm))
  }
}

/**
 * Layer that remembers in this process.
 *
 * @category layers
 * @since 0.4.0
 */
export const layerMemory = (options?: Options): Layer.Layer<KeptAssignments> =>
  Layer.sync(KeptAssignments, () => makeMemory(options))
