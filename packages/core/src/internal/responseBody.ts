import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import { InvalidResponse, Transport } from "../provider/PricingError.ts"
import { BufferedResponse } from "./bufferedResponse.ts"

/** The most a response body may hold once it is decoded: 1 MiB. */
export const maxBytes = 1024 * 1024

const tooLarge = () => new InvalidResponse({ path: "", detail: `the body is larger than ${maxBytes} bytes` })

const cutOff = () => new Transport({ detail: "the connection broke off while the answer was read", sent: "maybe" })

/**
 * Reads a whole response body as text, never more than `maxBytes` of it.
 *
 * A body of a declared length and no coding is read in one piece, since HTTP ends it there. Any other is counted while
 * it arrives, because neither of the two usual HTTP clients stops at a limit. A body that breaks off is a `Transport`
 * failure, whatever the client calls it.
 */
export const readText = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<string, Transport | InvalidResponse> => {
  const { headers } = response
  const declared = headers["content-length"]
  const length = declared === undefined || headers["content-encoding"] !== undefined ? NaN : Number(declared)
  if (length > maxBytes) return Effect.andThen(discard(response), Effect.fail(tooLarge()))
  const bytes: Effect.Effect<Uint8Array, Transport | InvalidResponse> = response instanceof BufferedResponse
    ? response.bytes.length > maxBytes ? Effect.fail(tooLarge()) : Effect.succeed(response.bytes)
    : length <= maxBytes
    ? Effect.mapBoth(response.arrayBuffer, { onFailure: cutOff, onSuccess: (buffer) => new Uint8Array(buffer) })
    : counted(Stream.mapError(response.stream, cutOff))
  return Effect.flatMap(
    bytes,
    (raw) => raw[0] === 0x1f && raw[1] === 0x8b ? Effect.flatMap(gunzip(raw), text) : text(raw)
  )
}

/** Ends a response whose body nobody will read, so that its connection does not stay taken. */
export const discard = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<void> =>
  Effect.ignore(
    Stream.runDrain(Stream.take(response.stream as Stream.Stream<unknown, HttpClientError.HttpClientError>, 0))
  )

const counted = <E>(stream: Stream.Stream<Uint8Array, E>): Effect.Effect<Uint8Array, E | InvalidResponse> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    return Effect.map(
      Stream.runForEach(stream, (chunk) => {
        size += chunk.length
        if (size > maxBytes) return Effect.fail(tooLarge())
        chunks.push(chunk)
        return Effect.void
      }),
      () => concat(chunks, size)
    )
  })

const concat = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

/** A body that is still compressed: the undici client does not decode, and JSON never starts with these two bytes. */
const gunzip = (bytes: Uint8Array): Effect.Effect<Uint8Array, InvalidResponse> =>
  counted(
    Stream.fromReadableStream({
      evaluate: () =>
        new Blob([new Uint8Array(bytes)]).stream().pipeThrough(
          new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>
        ),
      onError: () => new InvalidResponse({ path: "", detail: "the body is not valid gzip" })
    })
  )

const utf8 = new TextDecoder("utf-8", { fatal: true })

const text = (bytes: Uint8Array): Effect.Effect<string, InvalidResponse> =>
  Effect.try({
    try: () => utf8.decode(bytes),
    catch: () => new InvalidResponse({ path: "", detail: "the body is not valid UTF-8" })
  })
