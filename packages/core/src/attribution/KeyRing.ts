/**
 * The keys that seal what leaves the process: attribution tokens in a client's hands, entries of an outbox on a disk.
 *
 * One key seals, several open, so that keys are changed without a moment in which something cannot be opened. Beside them
 * a ring holds one secret that never changes, under which identifiers are hashed: the same purchase must have the same
 * name before and after a rotation.
 *
 * Sealing is XChaCha20-Poly1305 with a random nonce; what is sealed is 43 bytes longer than what was clear: the key's id
 * (3), the nonce (24), the tag (16). Hashing is HMAC-SHA-256.
 *
 * @since 0.3.0
 */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as CanonicalBase64 from "../internal/canonicalBase64.ts"
import * as KeyText from "../internal/keyText.ts"
import * as Sealing from "../internal/sealing.ts"
import * as SealingKeys from "./SealingKeys.ts"

/**
 * Something sealed could not be opened. `cause` is for metrics and logs of the operator alone.
 *
 * @category errors
 * @since 0.3.0
 */
export class Unopened extends Data.TaggedError("Unopened")<{
  readonly cause: "malformed" | "unknown-key" | "forged"
}> {}

/**
 * @category services
 * @since 0.3.0
 */
export class KeyRing extends Context.Service<KeyRing, {
  /**
   * Encrypts and authenticates bytes with the sealing key. `context` says what they are and must be the same to open
   * them; it is authenticated and not stored.
   */
  readonly seal: (plaintext: Uint8Array, context: string) => Effect.Effect<Uint8Array>

  /** Opens what a key of this ring sealed under the same context. */
  readonly open: (sealed: Uint8Array, context: string) => Effect.Effect<Uint8Array, Unopened>

  /**
   * The keyed hash of a list of texts, different for different lists: 43 characters of base64url. The first text says
   * what the rest are.
   */
  readonly fingerprint: (...parts: ReadonlyArray<string>) => Effect.Effect<string>
}>()("@priceport/core/attribution/KeyRing") {}

/**
 * Makes the ring of a text that `SealingKeys.generate` or `SealingKeys.rotate` gave. Fails for any other, without
 * repeating any of it.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make = Effect.fnUntraced(
  function*(text: Redacted.Redacted): Effect.fn.Return<KeyRing["Service"], Config.ConfigError> {
    const keys = yield* KeyText.read(text)
    const hash = Sealing.makeHash(keys.index)
    const boxes = new Map(
      yield* Effect.forEach(
        KeyText.all(keys),
        ({ id, secret }) => Effect.map(Sealing.makeBox(secret), (box) => [id, box] as const)
      )
    )
    const sealing = yield* Sealing.makeBox(keys.sealing.secret)
    const sealingId = CanonicalBase64.decode(keys.sealing.id)!

    return {
      seal: (plaintext, context) =>
        Effect.map(
          sealing.seal(plaintext, associated(keys.sealing.id, context)),
          ([nonce, sealed]) => concat(sealingId, nonce, sealed)
        ),

      open: (bytes, context) => {
        if (bytes.length < overhead) return unopened("malformed")
        const id = CanonicalBase64.encode(bytes.subarray(0, KeyText.idLength))
        const box = boxes.get(id)
        if (box === undefined) return unopened("unknown-key")
        const nonce = bytes.subarray(KeyText.idLength, KeyText.idLength + Sealing.nonceLength)
        const sealed = bytes.subarray(KeyText.idLength + Sealing.nonceLength)
        return Effect.filterOrElse(
          box.open(nonce, sealed, associated(id, context)),
          Predicate.isNotUndefined,
          () => unopened("forged")
        )
      },

      fingerprint: (...parts) => Effect.sync(() => CanonicalBase64.encode(hash(listed(parts))))
    }
  }
)

/**
 * Layer that provides the ring of a text.
 *
 * @category layers
 * @since 0.3.0
 */
export const layer = (text: Redacted.Redacted): Layer.Layer<KeyRing, Config.ConfigError> =>
  Layer.effect(KeyRing, make(text))

/**
 * Layer that provides the ring of the text that `SealingKeys.config` reads.
 *
 * @category layers
 * @since 0.3.0
 */
export const layerConfig: Layer.Layer<KeyRing, Config.ConfigError> = Layer.effect(
  KeyRing,
  Effect.flatMap(SealingKeys.config, make)
)

/**
 * Layer that provides a ring of new keys, each time it is built. What they sealed dies with the process: for tests, and for
 * what need not outlive it.
 *
 * @category layers
 * @since 0.3.0
 */
export const layerEphemeral: Layer.Layer<KeyRing> = Layer.effect(
  KeyRing,
  Effect.orDie(Effect.flatMap(SealingKeys.generate, make))
)

const overhead = KeyText.idLength + Sealing.nonceLength + Sealing.tagLength

const unopened = (cause: Unopened["cause"]) => Effect.fail(new Unopened({ cause }))

const associated = (id: string, context: string): Uint8Array => listed(["pk1", id, context])

/** The bytes of a list of texts, and of no other list: JSON quotes, and writes half a pair of code units as `\udXXX`. */
const listed = (texts: ReadonlyArray<string>): Uint8Array => utf8.encode(JSON.stringify(texts))

const utf8 = new TextEncoder()

const concat = (id: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(id.length + nonce.length + sealed.length)
  bytes.set(id)
  bytes.set(nonce, id.length)
  bytes.set(sealed, id.length + nonce.length)
  return bytes
}
