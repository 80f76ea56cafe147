/**
 * Draws that depend on a seed and on names, and on nothing else.
 *
 * A generator that is shared between requests gives each user another number when the requests arrive in another order.
 * Here every draw has its own generator, seeded with the seed and the names of what is drawn (`"arm"`, a placement, a
 * user), so the same seed and the same user always meet the same arm, in any order and in any process.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Random from "effect/Random"

/**
 * What a simulator draws from: any number or text. The same one gives the same world again.
 *
 * @category models
 * @since 0.1.0
 */
export type Seed = string | number

/** A number from 0 (included) to 1 (excluded) for these names. */
export const draw = (seed: Seed, ...names: ReadonlyArray<string | number>): Effect.Effect<number> =>
  named(Random.next, seed, names)

/** A version 4 UUID for these names. */
export const uuid = (seed: Seed, ...names: ReadonlyArray<string | number>): Effect.Effect<string> =>
  Effect.map(named(bytes(16), seed, names), (random) => {
    const hex = Hex.encode(random)
    const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) % 4)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${
      hex.slice(20)
    }`
  })

/** Eight letters and digits for these names, as Botsi's attribute ids are (`yFtuWhuj`). */
export const shortId = (seed: Seed, ...names: ReadonlyArray<string | number>): Effect.Effect<string> =>
  Effect.map(
    named(bytes(8), seed, names),
    (random) => Array.from(random, (byte) => alphabet.charAt(byte % alphabet.length)).join("")
  )

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

const bytes = (count: number): Effect.Effect<Uint8Array> =>
  Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 256), count), (values) => Uint8Array.from(values))

const named = <A>(effect: Effect.Effect<A>, seed: Seed, names: ReadonlyArray<string | number>): Effect.Effect<A> =>
  Random.withSeed(effect, JSON.stringify([seed, ...names]))
