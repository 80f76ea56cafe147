/**
 * What an outbox needs of a database: five tables' worth of behaviour, and nothing about vendors.
 *
 * A store keeps entries that were accepted and not yet delivered, in the order they were accepted, hands the ones that are
 * due to one worker at a time, and keeps what came of them. It never sees what it stores: payloads and results are sealed
 * by the outbox, identifiers are keyed hashes. Only lanes, which are provider ids, states, times and reason tags are in
 * clear. Times are milliseconds since 1970, always the caller's: a store reads no clock.
 *
 * The promises of this page are the tests of `test/outbox/store.ts`, which every store passes.
 *
 * @since 0.3.0
 */
import type { ProviderId } from "@priceport/core/domain/Identifier"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/**
 * @category models
 * @since 0.3.0
 */
export type Kind = "impression" | "purchase"

/**
 * What survives when the process is killed, or its machine.
 *
 * - `none`: nothing; for tests and for what may be lost.
 * - `file`: what was accepted is on disk before the call returns.
 * - `server`: what was accepted is committed at the server, and as safe as the server's own settings make it.
 *
 * @category models
 * @since 0.3.0
 */
export type Durability = "none" | "file" | "server"

/**
 * Something that was accepted.
 *
 * - `id`: keyed hash of what makes it the same thing twice: an impression's customer, placement and paywall; a purchase's
 *   store, environment and transaction.
 * - `customer`: keyed hash of the provider and the identity it was asked with. Entries of one customer are delivered in
 *   order.
 * - `digest`: keyed hash of the clear payload; tells the same thing said again from another one under the same id.
 * - `payload`: sealed bytes.
 *
 * @category models
 * @since 0.3.0
 */
export interface Entry {
  readonly id: string
  readonly kind: Kind
  readonly lane: ProviderId
  readonly customer: string
  readonly digest: string
  readonly payload: Uint8Array
  readonly acceptedAt: number
  /** Not to be handed out before this time. An impression waits for others of the same customer to travel with. */
  readonly dueAt: number
  /** From this time on it is given up instead of repeated. */
  readonly expiresAt: number
}

/**
 * What is known of an id.
 *
 * - `queued`: accepted, not settled; `attempts` so far. `leased` while a worker has it.
 * - `delivered`: the vendor has it; `result` is what it said, sealed.
 * - `dead`: given up, see `reason`; `result` is the sealed refusal, where there was one.
 *
 * @category models
 * @since 0.3.0
 */
export interface Known {
  readonly id: string
  readonly kind: Kind
  readonly lane: ProviderId
  readonly customer: string
  readonly digest: string
  readonly acceptedAt: number
  readonly state: "queued" | "leased" | "delivered" | "dead"
  readonly attempts: number
  /**
   * Whether an attempt may have been carried out without anybody hearing what came of it: one that was settled as `lost`,
   * or was not settled before its lease ended.
   */
  readonly uncertain: boolean
  /** When it got into this state, where that is not `queued`. */
  readonly settledAt?: number | undefined
  /** The reason's tag of the last failure, such as `RateLimited`. Never a vendor's text. */
  readonly reason?: string | undefined
  readonly result?: Uint8Array | undefined
}

/**
 * Whether nothing became of an entry between two looks at it.
 *
 * @category predicates
 * @since 0.3.0
 */
export const isAsSeen = (
  now: Pick<Known, "customer" | "digest" | "state" | "settledAt">,
  seen: Pick<Known, "customer" | "digest" | "state" | "settledAt">
): boolean =>
  now.customer === seen.customer && now.digest === seen.digest && now.state === seen.state &&
  now.settledAt === seen.settledAt

/**
 * What became of one entry that was to be stored. `Present`: the id was there, and what is known of it. `Full`: the store
 * holds as many as it may, and this entry was not stored.
 *
 * @category models
 * @since 0.3.0
 */
export type Appended = Data.TaggedEnum<{
  Added: {}
  Present: { readonly known: Known }
  Full: {}
}>

/** @since 0.3.0 */
export const Appended = Data.taggedEnum<Appended>()

/**
 * How much may be held unsettled. Impressions are refused at `impressions`, purchases only at `total`, so that a flood of
 * the first never costs one of the second.
 *
 * @category models
 * @since 0.3.0
 */
export interface Capacity {
  readonly impressions: number
  readonly total: number
}

/**
 * Which entries a worker wants: of one lane, due `now`, at most `limit`, its own until `leaseUntil`.
 *
 * An entry is handed out only when no earlier entry of the same customer is unsettled, except that
 * - impressions of one customer that follow each other are handed out together, up to `batch` of them;
 * - a purchase accepted before `overtakeBefore` passes impressions of its customer that are queued, never one that is
 *   leased.
 *
 * @category models
 * @since 0.3.0
 */
export interface Claim {
  readonly lane: ProviderId
  readonly now: number
  readonly limit: number
  readonly batch: number
  readonly overtakeBefore: number
  readonly leaseUntil: number
}

/**
 * An entry in a worker's hands. `lease` proves that it is: it differs for every time that an entry is handed out.
 *
 * @category models
 * @since 0.3.0
 */
export interface Claimed extends Entry {
  readonly lease: string
  /** How often it was handed out and settled as failed before. */
  readonly attempts: number
  /** See `Known`. */
  readonly uncertain: boolean
}

/**
 * What came of an entry that was handed out.
 *
 * - `Delivered`: kept with its `result` until it is swept.
 * - `Failed`: to be handed out again from `dueAt` on. `counted` is false where nothing was attempted, as with an open
 *   circuit.
 * - `Dead`: given up, and kept for someone to look at, with its `result`, the sealed refusal, where the vendor gave one.
 *
 * `lost`: the attempt may have been carried out all the same. It makes the entry `uncertain` for good.
 *
 * @category models
 * @since 0.3.0
 */
export type Settlement =
  & { readonly id: string; readonly lease: string }
  & (
    | { readonly _tag: "Delivered"; readonly at: number; readonly result?: Uint8Array | undefined }
    | {
      readonly _tag: "Failed"
      readonly dueAt: number
      readonly reason: string
      readonly counted: boolean
      readonly lost?: boolean | undefined
    }
    | {
      readonly _tag: "Dead"
      readonly at: number
      readonly reason: string
      readonly lost?: boolean | undefined
      readonly result?: Uint8Array | undefined
    }
  )

/**
 * How many entries of one lane and kind are in which state. `oldest` is the `acceptedAt` of the oldest one that is not
 * settled.
 *
 * @category models
 * @since 0.3.0
 */
export interface Count {
  readonly lane: ProviderId
  readonly kind: Kind
  readonly queued: number
  readonly leased: number
  readonly delivered: number
  readonly dead: number
  readonly oldest?: number | undefined
}

/**
 * Which dead entries: those of a lane, or with these ids, or all.
 *
 * @category models
 * @since 0.3.0
 */
export interface Selection {
  readonly lane?: ProviderId | undefined
  readonly ids?: ReadonlyArray<string> | undefined
}

/**
 * The store could not be asked. `in-use` is a file that another process writes.
 *
 * @category errors
 * @since 0.3.0
 */
export class OutboxStoreError extends Data.TaggedError("OutboxStoreError")<{
  readonly reason: "unavailable" | "in-use" | "incompatible"
  readonly operation: string
  readonly detail: string
}> {
  override get message(): string {
    return `${this.operation}: ${this.detail}`
  }
}

/**
 * @category models
 * @since 0.3.0
 */
export interface Service<D extends Durability = Durability> {
  readonly durability: D

  /**
   * Stores entries, all of them durably when it returns, and says of each what became of it, in the same order. Calls
   * that overlap may be written together. An id already there, in whatever state, is left as it is.
   */
  readonly append: (
    entries: ReadonlyArray<Entry>,
    capacity: Capacity
  ) => Effect.Effect<ReadonlyArray<Appended>, OutboxStoreError>

  /** Hands out entries. No other worker gets them before their lease ends. In the order they were accepted. */
  readonly claim: (claim: Claim) => Effect.Effect<ReadonlyArray<Claimed>, OutboxStoreError>

  /** Keeps what came of entries. Leaves alone, and gives back, the ids whose lease is somebody else's by now. */
  readonly settle: (
    settlements: ReadonlyArray<Settlement>
  ) => Effect.Effect<ReadonlyArray<string>, OutboxStoreError>

  /** What is known of an id. */
  readonly find: (id: string) => Effect.Effect<Known | undefined, OutboxStoreError>

  /**
   * Replaces an entry by one with the same id, whoever's it was, and forgets its result. Only where it is not `leased`, and
   * is still what was `seen` of it; says whether it did. This is how a restored purchase moves to another customer.
   * `uncertain` is what the new one begins with, false unless set.
   */
  readonly replace: (entry: Entry, seen: Known, uncertain?: boolean) => Effect.Effect<boolean, OutboxStoreError>

  /** The earliest time at which a lane can have something to hand out: the least `dueAt` or end of a lease. */
  readonly nextDueAt: (lane: ProviderId) => Effect.Effect<number | undefined, OutboxStoreError>

  /** The lanes that have something queued or leased. */
  readonly lanes: Effect.Effect<ReadonlyArray<ProviderId>, OutboxStoreError>

  readonly counts: Effect.Effect<ReadonlyArray<Count>, OutboxStoreError>

  /** Dead entries, oldest death first; `after` is the id of the last one seen. */
  readonly dead: (
    selection: Selection,
    page: { readonly limit: number; readonly after?: string | undefined }
  ) => Effect.Effect<ReadonlyArray<Known>, OutboxStoreError>

  /** Queues dead entries again, as new but for `uncertain`, due `now` and given up at `expiresAt`; says how many. */
  readonly redrive: (
    selection: Selection,
    times: { readonly now: number; readonly expiresAt: number }
  ) => Effect.Effect<number, OutboxStoreError>

  /** Deletes dead entries; says how many. */
  readonly drop: (selection: Selection) => Effect.Effect<number, OutboxStoreError>

  /** Deletes what was delivered before these times, what died before `dead`, notes made before `notes`; says how many. */
  readonly sweep: (
    before: {
      readonly impressions: number
      readonly purchases: number
      readonly dead: number
      readonly notes: number
    }
  ) => Effect.Effect<number, OutboxStoreError>

  /** Keeps a sealed note under a hashed key, over the one that was there: the last attribution of a customer's product. */
  readonly note: (key: string, note: Uint8Array, at: number) => Effect.Effect<void, OutboxStoreError>

  readonly recall: (key: string) => Effect.Effect<Uint8Array | undefined, OutboxStoreError>
}

/**
 * @category services
 * @since 0.3.0
 */
export class OutboxStore extends Context.Service<OutboxStore, Service>()("@priceport/outbox/OutboxStore") {}
