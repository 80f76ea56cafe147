import type { PurchaseOutcome } from "@priceport/core/domain/Purchase"
import type { PricingError } from "@priceport/core/provider/PricingError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Claimed, OutboxStoreError, type Service, type Settlement } from "../OutboxStore.ts"
import * as GroupCommit from "./groupCommit.ts"
import * as Measures from "./measures.ts"
import type { Waiters } from "./waiters.ts"

type Settled<S> = S extends Settlement ? Omit<S, "id" | "lease"> : never

/** What came of an entry, and for those who wait for a purchase, the vendor's word where there is one. */
export interface Outcome {
  readonly entry: Claimed
  readonly settled: Settled<Settlement>
  readonly word?: Effect.Effect<PurchaseOutcome, PricingError> | undefined
}

export type Settle = (outcomes: ReadonlyArray<Outcome>) => Effect.Effect<void>

/** How many were delivered and given up since the start, or the last flush. */
export interface Tally {
  delivered: number
  dead: number
}

/**
 * Writes down what came of entries, several deliveries at a time. A store that cannot be asked is asked again for a while;
 * after that the leases end by themselves and the entries are delivered once more.
 */
export const make = (options: {
  readonly store: Service
  readonly waiters: Waiters
  readonly tally: Tally
  readonly changed: () => void
  /** False once it shuts down, which does not wait for a store that cannot be asked. */
  readonly isOpen: () => boolean
}): Effect.Effect<Settle, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { changed, isOpen, store, tally, waiters } = options

    const write = (
      settlements: ReadonlyArray<Settlement>,
      attempts: number
    ): Effect.Effect<ReadonlyArray<string>, OutboxStoreError> =>
      store.settle(settlements).pipe(
        Effect.catch((error) =>
          attempts === 0 || !isOpen()
            ? Effect.fail(error)
            : Effect.andThen(Effect.sleep(1_000), write(settlements, attempts - 1))
        )
      )

    const commit = yield* GroupCommit.make<Settlement, boolean, OutboxStoreError>({
      limit: 1_000,
      closed: new OutboxStoreError({ reason: "unavailable", operation: "settle", detail: "the outbox is closed" }),
      commit: (settlements) =>
        Effect.map(write(settlements, 4), (foreign) => {
          const lost = new Set(foreign)
          return settlements.map(({ id }) => !lost.has(id))
        })
    })

    const report = Effect.fnUntraced(function*({ entry, settled, word }: Outcome) {
      const { kind, lane } = entry
      switch (settled._tag) {
        case "Delivered":
          tally.delivered++
          yield* Measures.delivered(lane, kind, 1)
          break
        case "Failed":
          if (settled.counted) yield* Measures.failed(lane, kind, settled.reason, 1)
          return
        case "Dead":
          tally.dead++
          yield* Measures.dead(lane, kind, settled.reason, 1)
          yield* Effect.logWarning("An entry of the outbox was given up").pipe(
            Effect.annotateLogs({ provider: lane, kind, reason: settled.reason })
          )
      }
      if (kind === "impression") return
      for (const waiter of waiters.take(entry.id, entry.customer)) Deferred.doneUnsafe(waiter, word ?? Effect.undefined)
    })

    return (outcomes) =>
      commit(outcomes.map(({ entry: { id, lease }, settled }) => ({ ...settled, id, lease }) as Settlement)).pipe(
        Effect.flatMap((held) =>
          Effect.forEach(outcomes, (outcome, index) => held[index] ? report(outcome) : Effect.void, { discard: true })
        ),
        Effect.catch(({ operation, reason }) =>
          Effect.logWarning("What came of entries could not be written down, they will be delivered again").pipe(
            Effect.annotateLogs({ operation, reason })
          )
        ),
        Effect.andThen(Effect.sync(changed))
      )
  })
