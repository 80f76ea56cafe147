/**
 * How much an outbox holds, and in which state.
 *
 * @since 0.3.0
 */
import type { ProviderId } from "@priceport/core/domain/Identifier"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Kind, OutboxStore, type OutboxStoreError, type Service } from "./OutboxStore.ts"

/**
 * How many entries of a provider and kind are in which state. `oldestMs` is the age of the oldest that is not settled.
 *
 * @category models
 * @since 0.3.0
 */
export interface Count {
  readonly provider: ProviderId
  readonly kind: Kind
  readonly queued: number
  readonly inFlight: number
  readonly delivered: number
  readonly dead: number
  readonly oldestMs?: number
}

/**
 * Counts what a store holds.
 *
 * @category constructors
 * @since 0.3.0
 */
export const of = (store: Service): Effect.Effect<ReadonlyArray<Count>, OutboxStoreError> =>
  Effect.zipWith(
    store.counts,
    Clock.currentTimeMillis,
    (counts, now) =>
      counts.map(({ dead, delivered, kind, lane, leased, oldest, queued }) => ({
        provider: lane,
        kind,
        queued,
        inFlight: leased,
        delivered,
        dead,
        ...(oldest !== undefined && { oldestMs: Math.max(0, now - oldest) })
      }))
  )

/**
 * Counts what the store at hand holds.
 *
 * @category constructors
 * @since 0.3.0
 */
export const count: Effect.Effect<ReadonlyArray<Count>, OutboxStoreError, OutboxStore> = Effect.flatMap(OutboxStore, of)
