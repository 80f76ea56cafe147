/**
 * Who was shown whose prices, for as long as it is remembered.
 *
 * Without this service each `Failover` remembers by itself, in memory; `Routing.reloadable` keeps one memory for all its
 * configurations. A durable store, shared by processes, is another layer of it.
 *
 * @since 0.4.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Customer } from "../domain/Customer.ts"
import type { PlacementId, ProviderId } from "../domain/Identifier.ts"
import * as BoundedMap from "../internal/routingMemory.ts"
import * as Assignment from "./Assignment.ts"

/**
 * A store must not fail, and should not wait: it is on the way of every paywall. What it does not know it leaves out.
 *
 * @category models
 * @since 0.4.0
 */
export interface Service {
  /** Whose prices were shown last under this name at this placement. */
  readonly get: (name: string, placement: PlacementId) => Effect.Effect<ProviderId | undefined>
  readonly put: (name: string, placement: PlacementId, provider: ProviderId) => Effect.Effect<void>
}

/**
 * @category services
 * @since 0.4.0
 */
export class ShownPrices extends Context.Service<ShownPrices, Service>()("@priceport/core/routing/ShownPrices") {}

/**
 * The names a customer is remembered under: those of `Assignment.units`, or the address of one who has none. Who is taken
 * for another behind the same address is at worst marked `repriced` without need.
 *
 * @category conversions
 * @since 0.4.0
 */
export const names = (customer: Customer): ReadonlyArray<string> => {
  const units = Assignment.units(customer)
  return units.length === 0 && customer.ip !== undefined ? [`ip:${customer.ip}`] : units
}

/**
 * - `maxEntries`: how many are remembered, one for each name and placement, 100,000 unless set; the one used least recently
 *   goes first.
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
  const shown = BoundedMap.make<ProviderId>("ShownPrices", options.maxEntries)
  const key = (name: string, placement: PlacementId) => `${name.length}:${name}${placement}`
  return {
    get: (name, placement) => Effect.sync(() => shown.get(key(name, placement))),
    put: (name, placement, provider) => Effect.sync(() => shown.set(key(name, placement), provider))
  }
}

/**
 * Layer that remembers in this process.
 *
 * @category layers
 * @since 0.4.0
 */
export const layerMemory = (options?: Options): Layer.Layer<ShownPrices> =>
  Layer.sync(ShownPrices, () => makeMemory(options))
