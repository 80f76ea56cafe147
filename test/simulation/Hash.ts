import { WebCrypto } from "effect/crypto"
import { createHash } from "node:crypto"

/** The platform's hashes come from threads of their own, at a time of their own. These come at once. */
export const layer = WebCrypto.layer(
  {
    subtle: {
      digest: (name: string, data: Uint8Array) =>
        Promise.resolve(Uint8Array.from(createHash(name.replace("-", "")).update(data).digest()).buffer)
    }
  } as unknown as Crypto
)
