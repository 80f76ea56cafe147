/**
 * Impressions and purchases that survive: stored before any network, and delivered at least once.
 *
 * What an application reports is sealed, written to the store, and only then on its way. Each vendor has a lane of its
 * own, so that one that is down delays nobody else. A customer's entries arrive in their order, each with the same bytes
 * however often it is tried; one that can never arrive is given up with its reason and holds nobody up.
 *
 * Effect's own `PersistedQueue` is not underneath. It keeps no order among the entries of a customer, hands out one entry
 * at a time where a request takes many, gives up after 511 seconds, and stores payloads and error texts in clear; so the
 * store is a small interface of ours, `OutboxStore`.
 *
 * **What is tried again**
 *
 * What may pass (`Transport`, `Timeout`, 429, 5xx, an open circuit), and what is no fault of the entry: a key that the vendor
 * does not accept (`Unauthorized`, `Forbidden`) opens the lane and loses nothing, and what a key of another ring sealed is
 * looked at again each minute. It waits 1 second, doubling to 15
 * minutes, 20 % more or less, and never less than a Retry-After. After five such failures in a row the lane is open: one
 * probe is sent each step, an entry that was tried least, and the first answer closes it. Anything else the vendor says is a refusal, which is final.
 *
 * @since 0.3.0
 */
import type { KeyRing } from "@priceport/core/attribution/KeyRing"
import type { Attribution } from "@priceport/core/domain/Attribution"
import type { ProviderId, Timestamp } from "@priceport/core/domain/Identifier"
import type { Impression, ImpressionOutcome } from "@priceport/core/domain/Impression"
import type { Purchase, PurchaseOutcome } from "@priceport/core/domain/Purchase"
import * as Delivery from "@priceport/core/pricing/Delivery"
import type { PricingError } from "@priceport/core/provider/PricingError"
import type { CallOptions, PricingProvider } from "@priceport/core/provider/PricingProvider"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as Backlog from "./Backlog.ts"
import * as DeadLetters from "./DeadLetters.ts"
import * as Engine from "./internal/engine.ts"
import * as Flush from "./internal/flush.ts"
import * as Impressions from "./internal/impressions.ts"
import type { Place } from "./internal/notes.ts"
import * as Purchases from "./internal/purchases.ts"
import * as Settings from "./internal/settings.ts"
import * as Status_ from "./internal/status.ts"
import type { Durability, OutboxStore, OutboxStoreError } from "./OutboxStore.ts"

/**
 * - `repeatPurchases`: whether a validation whose reply was lost is sent again, true unless set: the vendors' own clients
 *   do, and a vendor knows a transaction by its id. Where it is false, such a purchase is given up with its outcome open,
 *   until it is redriven.
 * - `restore`: what a purchase reported with `source: "restore"` for another customer is: a conflict (`refuse`, unless
 *   set), or that customer's from now on (`move`).
 * - `window`: how long impressions of one customer are collected for one request, 200 ms unless set; 0 sends at once.
 * - `batch`: how many travel in one request at most, 50 unless set.
 * - `concurrency`: how many customers of one vendor are served at the same time, 8 unless set.
 * - `rate`: how many requests a vendor gets in a second at most. No limit unless set.
 * - `timeout`: how long a request may take, 10 seconds unless set. `lease`: how long a worker may keep what it has taken
 *   out of the store, 1 minute unless set; at least 5 seconds more than `timeout`.
 * - `capacity`: how many unsettled entries are held. Impressions are refused at `impressions` (200,000 unless set), purchases
 *   at `total` (220,000).
 * - `horizon`: how long after its acceptance an entry is given up: 72 hours for impressions, 7 days for purchases.
 * - `overtakeAfter`: how old a purchase is when it passes impressions of its customer that do not arrive, 1 minute.
 * - `openAfter`: after how many failures in a row a lane opens, 5 unless set.
 * - `keepResults`: how long the result of a purchase is given again, 30 days unless set.
 * - `keepDead`: how long what was given up is kept for someone to look at, 90 days unless set.
 * - `shutdownWithin`: how long requests under way may take when the scope ends, 10 seconds unless set.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly repeatPurchases?: boolean | undefined
  readonly restore?: "refuse" | "move" | undefined
  readonly window?: Duration.Input | undefined
  readonly batch?: number | undefined
  readonly concurrency?: number | undefined
  readonly rate?: number | undefined
  readonly timeout?: Duration.Input | undefined
  readonly lease?: Duration.Input | undefined
  readonly capacity?: { readonly impressions?: number | undefined; readonly total?: number | undefined } | undefined
  readonly horizon?:
    | { readonly impressions?: Duration.Input | undefined; readonly purchases?: Duration.Input | undefined }
    | undefined
  readonly overtakeAfter?: Duration.Input | undefined
  readonly openAfter?: number | undefined
  readonly keepResults?: Duration.Input | undefined
  readonly keepDead?: Duration.Input | undefined
  readonly shutdownWithin?: Duration.Input | undefined
}

/**
 * What a flush ended with: how many entries were delivered and given up by this process since it started or flushed last,
 * and how many are still to be delivered.
 *
 * @category models
 * @since 0.3.0
 */
export interface Flushed {
  readonly delivered: number
  readonly pending: number
  readonly dead: number
}

/**
 * How a lane does: while it is `open` only probes are sent, and nothing before `heldUntil`.
 *
 * @category models
 * @since 0.3.0
 */
export interface LaneStatus {
  readonly provider: ProviderId
  readonly state: "open" | "closed"
  readonly heldUntil?: Timestamp
}

/**
 * @category models
 * @since 0.3.0
 */
export interface Status {
  readonly durability: Durability
  readonly counts: ReadonlyArray<Backlog.Count>
  readonly lanes: ReadonlyArray<LaneStatus>
}

/**
 * A customer of a provider, and one of its products.
 *
 * @category models
 * @since 0.3.0
 */
export interface Customer extends Place {}

/**
 * Stores what is reported, and delivers it.
 *
 * @category services
 * @since 0.3.0
 */
export class Outbox extends Context.Service<Outbox, {
  /**
   * Stores that a paywall was shown: `Queued`, or `Duplicate` where the same exposure is known already. What must not be
   * sent is not stored. Fails with `QueueFull` when there is no room, or after `shutdown`, and with `Unavailable` where the
   * store cannot be asked; nothing was stored then.
   */
  readonly recordImpression: (
    impression: Impression,
    options?: CallOptions
  ) => Effect.Effect<ImpressionOutcome, PricingError>

  /**
   * Stores a purchase and waits for the vendor's word, `timeout` at most, 10 seconds unless set; the purchase is pending
   * after that, and the word is given when it is asked for again. `PurchaseConflict` where the same transaction was reported
   * for another customer or with other facts.
   */
  readonly validatePurchase: (purchase: Purchase, options?: CallOptions) => Effect.Effect<PurchaseOutcome, PricingError>

  /**
   * The paywall a customer bought this product on, else the one of the last impression that arrived: what a restore after a
   * reinstall is attributed to.
   */
  readonly recallAttribution: (customer: Customer) => Effect.Effect<Attribution | undefined, OutboxStoreError>

  /**
   * Waits until everything is settled, or until nothing more can be within this time, 30 seconds unless set: what a vendor
   * that is down cannot take is `pending`.
   */
  readonly flush: (within?: Duration.Input) => Effect.Effect<Flushed, OutboxStoreError>

  readonly status: Effect.Effect<Status, OutboxStoreError>

  /** What was given up, to look at, try again or delete. */
  readonly dead: DeadLetters.DeadLetters

  /**
   * Stops accepting and sending, and lets requests under way arrive within this time. Whatever is left stays stored, for the
   * next start. The end of the scope does the same.
   */
  readonly shutdown: (within: Duration.Input) => Effect.Effect<void>
}>()("@priceport/outbox/Outbox") {}

/**
 * Starts an outbox on a store. The provider is a vendor, or a `ProviderRegistry` of vendors, without retries or a breaker
 * round it: those are the outbox's own business. Fails with `incompatible` for a store that was filled under keys of another
 * index: all its ids are hashed under that.
 *
 * Throws a `RangeError` for options that cannot be.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make = Effect.fnUntraced(
  function*(
    options: Options = {}
  ): Effect.fn.Return<
    Outbox["Service"],
    OutboxStoreError,
    PricingProvider | OutboxStore | KeyRing | Scope.Scope
  > {
    const engine = yield* Engine.make(Settings.make(options))
    const { desk, lanes, shutdown, tally, watch } = engine
    const flush = Flush.make({ store: desk.store, lanes, tally, watch })
    return {
      recordImpression: Impressions.make(desk),
      validatePurchase: Purchases.make(desk),
      recallAttribution: desk.notes.recall,
      flush: (within = "30 seconds") => flush(within),
      status: Status_.of(engine),
      dead: DeadLetters.of(desk.store, {
        horizon: desk.settings.horizon,
        onRedriven: (now) => lanes.forEach((lane) => lane.wake(now))
      }),
      shutdown: (within) => shutdown(Duration.toMillis(Duration.fromInputUnsafe(within)))
    }
  }
)

/**
 * The outbox as the way by which `Pricing` delivers.
 *
 * @category conversions
 * @since 0.3.0
 */
export const delivery = ({ recordImpression, validatePurchase }: Outbox["Service"]): Delivery.Service => ({
  recordImpression,
  validatePurchase
})

/**
 * Layer that provides an outbox, and has `Pricing` deliver by it.
 *
 * @category layers
 * @since 0.3.0
 */
export const layer = (
  options?: Options
): Layer.Layer<Outbox, OutboxStoreError, PricingProvider | OutboxStore | KeyRing> =>
  Layer.effectContext(
    Effect.map(
      make(options),
      (outbox) => Context.make(Outbox, outbox).pipe(Context.add(Delivery.Delivery, delivery(outbox)))
    )
  )
