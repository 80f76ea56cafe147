import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"

/**
 * The bytes of a base64url text, if it is the one text that encodes them: no padding, no white space, no bits left over.
 * Effect's decoder takes all of these, and its error repeats the text.
 */
export const decode = (text: string): Uint8Array | undefined => {
  const decoded = Base64Url.decode(text)
  return Result.isSuccess(decoded) && Base64Url.encode(decoded.success) === text ? decoded.success : undefined
}

export const encode: (bytes: Uint8Array) => string = Base64Url.encode
