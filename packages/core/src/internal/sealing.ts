import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import * as Aead from "effect/crypto/Aead"
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
  const nextNonce = nonces(yield* SecureRandom.SecureRandom)
  const key = yield* Effect.orDie(Aead.key(Aead.xchacha20Poly1305, secret))
  return {
    seal: (plaintext: Uint8Array, aad: Uint8Array): Effect.Effect<readonly [nonce: Uint8Array, sealed: Uint8Array]> =>
      Effect.orDie(
        Effect.flatMap(
          nextNonce,
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

/** Nonces, each given once. To ask for random bytes costs the same for one as for many. */
const nonces = (random: SecureRandom.SecureRandom["Service"]): Effect.Effect<Uint8Array> => {
  let drawn: Uint8Array = new Uint8Array(0)
  const take = (from: Uint8Array) => {
    drawn = from.subarray(nonceLength)
    return from.subarray(0, nonceLength)
  }
  const draw = Effect.map(random.randomBytes(64 * nonceLength), take)
  return Effect.suspend(() => drawn.length > 0 ? Effect.succeed(take(drawn)) : draw)
}

/**
 * Makes the function that hashes under a secret: HMAC-SHA-256, 32 bytes. Not `effect/crypto/Mac`: the thread that
 * WebCrypto hashes on is five times as far away as the hash of a short text takes.
 */
export const makeHash = (secret: Uint8Array): (bytes: Uint8Array) => Uint8Array => {
  const keyed = hmac.create(sha256, secret)
  return (bytes) => keyed.clone().update(bytes).digest()
}

/** Bytes that nobody can guess. */
export const randomBytes = (size: number): Effect.Effect<Uint8Array> =>
  Effect.provide(SecureRandom.SecureRandom.use((random) => random.randomBytes(size)), SecureRandom.layerWebCrypto)

const layer = Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto))
