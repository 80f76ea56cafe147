import * as Aead from "effect/crypto/Aead"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The bytes of a nonce and of a tag of XChaCha20-Poly1305. */
export const nonceLength = 24
export const tagLength = 16

/**
 * Makes the two functions of one key. `seal` draws a nonce and puts it before the ciphertext; `open` is undefined where the
 * tag does not match.
 */
export const makeBox = Effect.fnUntraced(function*(secret: Uint8Array) {
  const aead = yield* Aead.Aead
  const random = yield* SecureRandom.SecureRandom
  const key = yield* Effect.orDie(Aead.key(Aead.xchacha20Poly1305, secret))
  return {
    seal: (plaintext: Uint8Array, aad: Uint8Array): Effect.Effect<readonly [nonce: Uint8Array, sealed: Uint8Array]> =>
      Effect.orDie(
        Effect.flatMap(
          random.randomBytes(nonceLength),
          (nonce) => Effect.map(aead.encrypt(key, plaintext, { nonce, aad }), (sealed) => [nonce, sealed] as const)
        )
      ),

    open: (nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Effect.Effect<Uint8Array | undefined> =>
      Effect.orDie(
        Effect.catchReason(
          aead.decrypt(key, sealed, { nonce, aad }),
          "CryptoError",
          "DecryptionFailed",
          () => Effect.undefined
        )
      )
  }
}, (box) => Effect.provide(box, layer))

/** Makes the function that hashes under a secret: HMAC-SHA-256, 32 bytes. */
export const makeHash = Effect.fnUntraced(function*(secret: Uint8Array) {
  const mac = yield* Mac.Mac
  const key = yield* Effect.orDie(Mac.key(Mac.hmacSha256, secret))
  return (bytes: Uint8Array): Effect.Effect<Uint8Array> => Effect.orDie(mac.sign(key, bytes))
}, (hash) => Effect.provide(hash, layer))

/** Bytes that nobody can guess. */
export const randomBytes = (size: number): Effect.Effect<Uint8Array> =>
  Effect.provide(SecureRandom.SecureRandom.use((random) => random.randomBytes(size)), SecureRandom.layerWebCrypto)

const layer = Layer.mergeAll(Aead.layerWebCrypto, Mac.layerWebCrypto).pipe(
  Layer.provideMerge(SecureRandom.layerWebCrypto)
)
