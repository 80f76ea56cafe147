/**
 * Has a ledger told what `Pricing` and the routers do.
 *
 * Telling costs the customer's answer nothing: events go to a list in memory, and a fiber writes them down in batches. While
 * the ledger cannot be written they wait; what is more than `capacity` is dropped and counted, and a report says so.
 *
 * ```ts
 * Pricing.layer().pipe(Layer.provide(LedgerJournal.layer()), Layer.provide(SqliteLedger.layer({ filename })))
 * ```
 *
 * @since 0.4.0
 */
import { type Event, Journal, type Service } from "@priceport/core/routing/Journal"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Ledger } from "./Ledger.ts"

/**
 * - `flushEvery`: how long an event waits for others, 1 second unless set.
 * - `batch`: how many are written in one go, 500 unless set; with so many waiting, they do not wait longer.
 * - `capacity`: how many wait at most while the ledger cannot be written, 100,000 unless set.
 * - `purchases`: whether a validated purchase is an outcome by itself, unless set to false: as where the application reports
 *   the same purchases under the store's own ids.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly flushEvery?: Duration.Input | undefined
  readonly batch?: number | undefined
  readonly capacity?: number | undefined
  readonly purchases?: boolean | undefined
}

/**
 * Writes until the scope ends, and then what is left.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = Effect.fnUntraced(
  function*(options: Options = {}): Effect.fn.Return<Service, never, Ledger | Scope.Scope> {
    const ledger = yield* Ledger
    const flushEvery = Duration.fromInputUnsafe(options.flushEvery ?? "1 second")
    const { batch = 500, capacity = 100_000, purchases = true } = options
    const isMany = Latch.makeUnsafe()
    let waiting: Array<Event> = []
    let lost = 0

    /** One batch; what could not be written goes back to the front. */
    const write = Effect.suspend(() => {
      const [events, dropped] = [waiting.slice(0, batch), lost]
      waiting = waiting.slice(batch)
      lost = 0
      return Effect.onExit(
        ledger.append(events, dropped),
        (exit) =>
          exit._tag === "Success" ? Effect.void : Effect.sync(() => {
            waiting = [...events, ...waiting]
            lost += dropped
          })
      )
    })

    const writeAll = Effect.whileLoop({
      while: () => waiting.length > 0 || lost > 0,
      body: () => Effect.andThen(Effect.yieldNow, write),
      step: () => {}
    }).pipe(
      Effect.catchTag("LedgerError", (error) =>
        Effect.logWarning("The ledger cannot be written, events wait").pipe(
          Effect.annotateLogs({ waiting: waiting.length, lost, detail: error.message })
        ))
    )

    const flusher = isMany.await.pipe(
      Effect.timeoutOption(flushEvery),
      Effect.andThen(Effect.sync(() => isMany.closeUnsafe())),
      Effect.andThen(writeAll),
      Effect.forever
    )
    yield* Effect.addFinalizer(() => writeAll)
    yield* Effect.forkScoped(flusher)

    return {
      tell: (event) =>
        Effect.sync(() => {
          if (event._tag === "Purchased" && !purchases) return
          if (waiting.length >= capacity) {
            lost += 1
            return
          }
          waiting.push(event)
          if (waiting.length === batch) isMany.openUnsafe()
        })
    }
  }
)

/**
 * Layer that sets the journal. What makes `Pricing`, the routers and an outbox must be built on it.
 *
 * @category layers
 * @since 0.4.0
 */
export const layer = (options?: Options): Layer.Layer<never, never, Ledger> => Layer.effect(Journal, make(options))
