/**
 * What the two simulators have in common: how they are set up, and what a test can ask of them.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { Fault, Injection } from "./Fault.ts"
import type { RecordedRequest } from "./RecordedRequest.ts"
import type { Seed } from "./Seeded.ts"

/**
 * What every simulator can be told.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The port on 127.0.0.1; 0 (default) is any free one. */
  readonly port?: number | undefined
  /** The same seed gives every user the same arm and the same prices again; default `"priceport"`. */
  readonly seed?: Seed | undefined
  /** How long answers take, in milliseconds, mostly near the minimum; default 40 to 1500, `{ minMs: 0, maxMs: 0 }` is none. */
  readonly latency?: { readonly minMs: number; readonly maxMs: number } | undefined
  /** Faults from the start. */
  readonly faults?: ReadonlyArray<Injection> | undefined
}

/**
 * What every simulator can do.
 *
 * @category models
 * @since 0.1.0
 */
export interface Simulator {
  /** Where the vendor's endpoints are, without a slash at the end. */
  readonly baseUrl: string
  /** The last 10,000 requests, in order of arrival, those that met a fault included. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  /** Makes the next requests meet a fault: all of them, or as many as `times`, to any path or to `path`. */
  readonly inject: (fault: Fault, options?: Omit<Injection, "fault">) => Effect.Effect<void>
  /** Ends all faults, the initial ones too. */
  readonly clearFaults: Effect.Effect<void>
  /** How many connections are open now: 0 after a client that left none behind. */
  readonly openSockets: Effect.Effect<number>
}
