import * as Sha2 from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"

/**
 * The SHA-256 of a text, 64 digits of lower-case hex. Of its UTF-16 code units: in UTF-8 all lone surrogates are the same,
 * and two different texts would share a hash. At once, as in `sealing`.
 */
export const sha256 = (text: string): Effect.Effect<string> =>
  Effect.sync(() => bytesToHex(Sha2.sha256(codeUnits(text))))

const codeUnits = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2)
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    bytes[index * 2] = unit >> 8
    bytes[index * 2 + 1] = unit & 0xff
  }
  return bytes
}
