/**
 * The keys that seal what leaves the process: attribution tokens in a client's hands, entries of an outbox on a disk.
 *
 * One key seals, several open, so that keys are changed without a moment in which something cannot be opened. Beside them
 * a ring holds one secret that never changes, under which identifiers are hashed: the same purchase must have the same
 * name before and after a rotation.
 *
 * @since 0.3.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

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
