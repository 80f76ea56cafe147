/**
 * Paywalls that several processes share: the second level of `PaywallCache`, in memory, Redis or SQL, as the layer of
 * `effect/persistence/Persistence` says: `layerBackingMemory`, `layerBackingRedis`, `layerBackingSql`.
 *
 * - Keys are hashed, so the store's keys hold no id. Values hold the paywall with its attribution, and that the customer's
 *   id: in clear, unless `sealing` is given.
 * - Forgetting a customer leaves a mark beside the entries, and an entry counts only under the marks that stood before it
 *   was asked for. So what another process is still fetching is forgotten too, whatever the clocks say.
 *
 * **Example** (In Redis, sealed with the key ring at hand)
 *
 * ```ts
 * const cached = Effect.gen(function*() {
 *   const shared = yield* SharedPaywalls.make({ sealing: yield* KeyRing.KeyRing })
 *   return yield* PaywallCache.make({ shared })(vendor)
 * }).pipe(Effect.provide(Persistence.layerBackingRedis))
 * ```
 *
 * @since 0.3.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Persistence from "effect/persistence/Persistence"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type { Paywall } from "../domain/Paywall.ts"
import { sha256 } from "../internal/sha256.ts"
import * as SharedEntry from "../internal/sharedEntry.ts"

/**
 * Encrypts values, as a `KeyRing` does. `context` is the value's place, which must be the same to open it.
 *
 * @category models
 * @since 0.3.0
 */
export interface Sealing {
  readonly seal: (plaintext: Uint8Array, context: string) => Effect.Effect<Uint8Array>
  readonly open: (sealed: Uint8Array, context: string) => Effect.Effect<Uint8Array, unknown>
}

/**
 * - `storeId`: the name of the table or the prefix of the keys, `priceport_paywalls` unless set.
 * - `timeout`: how long the store may take before it is passed over, 100 milliseconds unless set.
 * - `sealing`: without it values are stored in clear.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly storeId?: string | undefined
  readonly timeout?: Duration.Input | undefined
  readonly sealing?: Sealing | undefined
}

/**
 * What the store has for a key: the paywall, when it came (milliseconds since 1970), and where to put a newer one.
 *
 * @category models
 * @since 0.3.0
 */
export interface Place {
  readonly entry: { readonly paywall: Paywall; readonly storedAt: number } | undefined
  readonly put: (paywall: Paywall, storedAt: number, lifeMs: number) => Effect.Effect<void, unknown>
}

/**
 * A store as the cache uses it. Every failure means the same: the store is of no use just now.
 *
 * @category models
 * @since 0.3.0
 */
export interface SharedPaywalls {
  /** Looks for the entry of a key that belongs to a customer of these names. */
  readonly find: (key: string, names: ReadonlyArray<string>) => Effect.Effect<Place, unknown>
  /** Makes entries of each of these names count no longer, for as long as there may be any. */
  readonly forget: (names: ReadonlyArray<string>, lifeMs: number) => Effect.Effect<void, unknown>
}

/**
 * Makes it on the store at hand.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make = Effect.fnUntraced(
  function*(
    options: Options = {}
  ): Effect.fn.Return<SharedPaywalls, never, Persistence.BackingPersistence | Scope.Scope> {
    const { sealing, storeId = "priceport_paywalls", timeout = "100 millis" } = options
    const store = yield* Effect.flatMap(Persistence.BackingPersistence, (backing) => backing.make(storeId))
    const limited = Effect.timeout(Duration.fromInputUnsafe(timeout))
    const marksOf = Effect.forEach((name: string) => Effect.map(sha256(name), (hash) => `mark-${hash}`))

    const find: SharedPaywalls["find"] = Effect.fnUntraced(function*(key, names) {
      const place = `paywall-${yield* sha256(key)}`
      const [value, ...found] = yield* store.getMany([place, ...yield* marksOf(names.toSorted())])
      const marks = found.map(SharedEntry.markOf)
      const entry = value === undefined ? undefined : yield* SharedEntry.decode(value, place, marks, sealing)
      const put: Place["put"] = (paywall, storedAt, lifeMs) =>
        SharedEntry.encode({ paywall, storedAt }, place, marks, sealing).pipe(
          Effect.flatMap((value) => store.set(place, value, lifeOf(lifeMs))),
          limited
        )
      return { entry, put }
    }, limited)

    const forget: SharedPaywalls["forget"] = Effect.fnUntraced(function*(names, lifeMs) {
      const mark = { mark: `${yield* Random.nextInt}${yield* Random.nextInt}` }
      for (const place of yield* marksOf(names)) yield* store.set(place, mark, lifeOf(lifeMs))
    }, limited)

    return { find, forget }
  }
)

const lifeOf = (ms: number) => Number.isFinite(ms) ? Duration.millis(ms) : undefined
