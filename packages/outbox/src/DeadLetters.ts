/**
 * What an outbox gave up: to look at, to try again, to delete. Works on a store alone, so that a command can do it without
 * vendors, keys, or an outbox running.
 *
 * @since 0.3.0
 */
import { type ProviderId, type Timestamp, timestamp } from "@priceport/core/domain/Identifier"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Settings from "./internal/settings.ts"
import { type Kind, type Known, OutboxStore, type OutboxStoreError, type Service } from "./OutboxStore.ts"

/**
 * An entry that was given up, and why: the tag of the reason, or `Expired`, `Unreadable` (not what was sealed), `Defect`,
 * `Interrupted` (a purchase that was under way when its process ended, and must not be repeated).
 *
 * @category models
 * @since 0.3.0
 */
export interface DeadEntry {
  readonly id: string
  readonly kind: Kind
  readonly provider: ProviderId
  readonly reason: string
  readonly attempts: number
  readonly acceptedAt: Timestamp
  readonly diedAt: Timestamp
}

/**
 * Which dead entries: those of a provider, or with these ids, or all.
 *
 * @category models
 * @since 0.3.0
 */
export interface Selection {
  readonly provider?: ProviderId | undefined
  readonly ids?: ReadonlyArray<string> | undefined
}

/**
 * @category models
 * @since 0.3.0
 */
export interface DeadLetters {
  /** Oldest death first, 100 unless `limit` is set; `after` is the id of the last one seen. */
  readonly list: (
    page?: Selection & { readonly limit?: number | undefined; readonly after?: string | undefined }
  ) => Effect.Effect<ReadonlyArray<DeadEntry>, OutboxStoreError>

  /** Tries them again, as if they were accepted now; says how many. */
  readonly redrive: (selection: Selection) => Effect.Effect<number, OutboxStoreError>

  /** Deletes them; says how many. */
  readonly drop: (selection: Selection) => Effect.Effect<number, OutboxStoreError>
}

/**
 * - `horizon`: how long after being redriven an entry is given up again, in milliseconds; an outbox's usual times unless set.
 * - `onRedriven`: called with the time when entries were queued again.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly horizon?: { readonly [K in Kind]: number } | undefined
  readonly onRedriven?: ((now: number) => void) | undefined
}

/**
 * The dead letters of a store. Entries are redriven kind by kind, since each kind has a horizon of its own, impressions
 * before purchases.
 *
 * @category constructors
 * @since 0.3.0
 */
export const of = (store: Service, { horizon = Settings.make({}).horizon, onRedriven }: Options = {}): DeadLetters => {
  const selection = ({ ids, provider }: Selection) => ({ ids, lane: provider })

  return {
    list: ({ after, limit = 100, ...select } = {}) =>
      Effect.map(store.dead(selection(select), { limit, after }), (dead) => dead.map(toDeadEntry)),

    redrive: Effect.fnUntraced(function*(select) {
      const byKind: { readonly [K in Kind]: Array<string> } = { impression: [], purchase: [] }
      let after: string | undefined
      do {
        const page: ReadonlyArray<Known> = yield* store.dead(selection(select), { limit: 500, after })
        for (const { id, kind } of page) byKind[kind].push(id)
        after = page.at(-1)?.id
      } while (after !== undefined)
      const now = yield* Clock.currentTimeMillis
      let redriven = 0
      for (const kind of ["impression", "purchase"] as const) {
        const ids = byKind[kind]
        for (let from = 0; from < ids.length; from += 500) {
          const times = { now, expiresAt: now + horizon[kind] }
          redriven += yield* store.redrive({ ids: ids.slice(from, from + 500) }, times)
        }
      }
      onRedriven?.(now)
      return redriven
    }),

    drop: (select) => store.drop(selection(select))
  }
}

/**
 * The dead letters of the store at hand.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make = (options?: Options): Effect.Effect<DeadLetters, never, OutboxStore> =>
  Effect.map(OutboxStore, (store) => of(store, options))

const toDeadEntry = (known: Known): DeadEntry => ({
  id: known.id,
  kind: known.kind,
  provider: known.lane,
  reason: known.reason ?? "Unknown",
  attempts: known.attempts,
  acceptedAt: timestamp(known.acceptedAt),
  diedAt: timestamp(known.settledAt ?? known.acceptedAt)
})
