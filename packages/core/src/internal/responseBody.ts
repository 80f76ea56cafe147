import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import { InvalidResponse, Transport } from "../provider/PricingError.ts"
import { BufferedResponse } from "./bufferedResponse.ts"

/** The most a response body may hold once it is decoded: 1 MiB. */
export const maxBytes = 1024 * 1024

const tooLarge = () => new InvalidResponse({ path: "", detail: `the body is larger than ${maxBytes} bytes` })

const cutOff = () => new Transport({ detail: "the connection broke off while the answer was read", sent: "maybe" })

/**
 * Reads a whole response body as text, never more than `maxBytes` of it. It is counted while it arrives, because neither
 * of the two usual HTTP clients stops at a limit. A body that breaks off is a `Transport` failure, whatever the client
 * calls it.
 */
export const readText = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<string, Transport | InvalidResponse> =>
  response.status === 204 || response.status === 205
    ? Effect.succeed("")
    : Effect.flatMap(Effect.flatMap(readBytes(response), inflated), text)

const readBytes = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Uint8Array, Transport | InvalidResponse> => {
  if (response instanceof BufferedResponse) {
    return response.bytes.length > maxBytes ? Effect.fail(tooLarge()) : Effect.succeed(response.bytes)
  }
  return Number(response.headers["content-length"]) > maxBytes
    ? Effect.andThen(discard(response), Effect.fail(tooLarge()))
    : counted(bodyOf(response))
}

/** The body as it arrives. A response without one is an empty body, which the web client calls an error. */
const bodyOf = (response: HttpClientResponse.HttpClientResponse): Stream.Stream<Uint8Array, Transport> =>
  response.stream.pipe(
    Stream.catch((error) => error.reason._tag === "EmptyBodyError" ? Stream.empty : Stream.fail(cutOff()))
  )

/** Ends a response whose body nobody will read, so that its connection does not stay taken. It waits for nothing. */
export const discard = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  response instanceof BufferedResponse ? Effect.void : Effect.flatMap(
    Effect.forkChild(Effect.ignore(Stream.runDrain(response.stream)), { startImmediately: true }),
    Fiber.interrupt
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

const inflated = (bytes: Uint8Array): Effect.Effect<Uint8Array, InvalidResponse> =>
  bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes) : Effect.succeed(bytes)

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
