/**
 * The text that a key ring is made of: the value of `PRICEPORT_SEALING_KEYS`.
 *
 * ```text
 * pk1.<index>.<id>:<key>,<id>:<key>,+<id>:<key>
 * ```
 *
 * One line. `pk1` is the version: the keys are for XChaCha20-Poly1305 and HMAC-SHA-256. `<index>` is the secret under which
 * identifiers are hashed; no rotation changes it. The first key seals. The others open what they sealed before, the latest
 * first. One with a `+`, always the last, is staged: it opens already and will seal after the next rotation. Keys and
 * index are 32 bytes each, ids 3 bytes, all in base64url.
 *
 * **Rotating without a refusal**
 *
 * A process that still has the old text cannot open what a new key sealed. So where several processes share the text:
 * rotate with `stage: true` and give the result to all of them; then rotate again, and give that to all of them. Where
 * one process has it, one rotation does.
 *
 * @since 0.3.0
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as CanonicalBase64 from "../internal/canonicalBase64.ts"
import * as KeyText from "../internal/keyText.ts"
import * as Sealing from "../internal/sealing.ts"

/**
 * Makes a text with one new key and a new index.
 *
 * @category constructors
 * @since 0.3.0
 */
export const generate: Effect.Effect<Redacted.Redacted> = Effect.gen(function*() {
  const index = yield* Sealing.randomBytes(KeyText.secretLength)
  const sealing = yield* newKey([])
  return redacted({ index, sealing, opening: [] })
})

/**
 * - `stage`: adds the next key, which only opens for now, and changes nothing else. Where one is staged already the text
 *   stays as it is.
 * - `keep`: how many keys that sealed before may go on opening, 3 unless set, 0 to 14. Keep as many as cover the longest
 *   life of what they sealed, 30 days for tokens unless set: with a rotation a month, one. With 0 nothing sealed so far
 *   opens any more and a staged key is thrown away: for keys that leaked. The index stays; to be rid of it too,
 *   `generate`.
 *
 * @category options
 * @since 0.3.0
 */
export interface RotateOptions {
  readonly keep?: number | undefined
  readonly stage?: boolean | undefined
}

/**
 * Makes the text that follows another one: the staged key seals, or a new one where none is staged, and the key that
 * sealed opens. Fails for a text that is none, without repeating any of it.
 *
 * Throws a `RangeError` for a `keep` that is not a whole number from 0 to 14.
 *
 * @category combinators
 * @since 0.3.0
 */
export const rotate = (
  text: Redacted.Redacted,
  options: RotateOptions = {}
): Effect.Effect<Redacted.Redacted, Config.ConfigError> => {
  const { keep = 3, stage = false } = options
  if (!Number.isInteger(keep) || keep < 0 || keep > maxKept) {
    throw new RangeError(`SealingKeys: expected to keep 0 to ${maxKept} keys, got ${keep}`)
  }
  return Effect.gen(function*() {
    const keys = yield* KeyText.read(text)
    const { index, opening, sealing, staged } = keys
    const isFresh = staged === undefined || (keep === 0 && !stage)
    const next = isFresh ? yield* newKey(KeyText.all(keys)) : staged
    return redacted(
      stage
        ? { index, sealing, opening: opening.slice(0, maxKept), staged: next }
        : { index, sealing: next, opening: [sealing, ...opening].slice(0, keep) }
    )
  })
}

/** One more seals, and one more may be staged. */
const maxKept = KeyText.maxKeys - 2

/**
 * Reads `PRICEPORT_SEALING_KEYS`.
 *
 * @category config
 * @since 0.3.0
 */
export const config: Config.Config<Redacted.Redacted> = Config.Redacted("PRICEPORT_SEALING_KEYS")

const redacted = (keys: KeyText.SealingKeys): Redacted.Redacted => Redacted.make(KeyText.format(keys))

/** Its id is none of the ids in use. */
const newKey = Effect.fnUntraced(function*(used: ReadonlyArray<KeyText.Key>): Effect.fn.Return<KeyText.Key> {
  const secret = yield* Sealing.randomBytes(KeyText.secretLength)
  const newId = Effect.map(Sealing.randomBytes(KeyText.idLength), CanonicalBase64.encode)
  const id = yield* Effect.repeat(newId, { while: (id) => used.some((key) => key.id === id) })
  return { id, secret }
})
