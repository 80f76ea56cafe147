/**
 * How a reply reaches the socket: whole, slowly, in part, without end, or not at all.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Buffer } from "node:buffer"
import type * as Http from "node:http"
import type { Reply } from "./FaultReply.ts"

/** Sends the whole reply. */
export const whole = (outgoing: Http.ServerResponse, reply: Reply): Effect.Effect<void> =>
  Effect.callback((resume) => {
    head(outgoing, reply)
    outgoing.end(reply.bytes, () => resume(Effect.void))
  })

/** Sends the reply a few bytes at a time, at most ten times a second. */
export const slowly = Effect.fnUntraced(function*(
  outgoing: Http.ServerResponse,
  reply: Reply,
  bytesPerSecond: number
): Effect.fn.Return<void> {
  const chunk = Math.max(1, Math.floor(bytesPerSecond / 10))
  head(outgoing, reply)
  for (let sent = 0; sent < reply.bytes.length; sent += chunk) {
    yield* write(outgoing, reply.bytes.subarray(sent, sent + chunk))
    yield* Effect.sleep(chunk * 1000 / bytesPerSecond)
  }
  outgoing.end()
})

/** Promises the whole reply, sends half of it and ends the connection. */
export const half = Effect.fnUntraced(function*(
  outgoing: Http.ServerResponse,
  reply: Reply
): Effect.fn.Return<void> {
  head(outgoing, reply)
  yield* write(outgoing, reply.bytes.subarray(0, Math.floor(reply.bytes.length / 2)))
  outgoing.destroy()
})

/** Starts a JSON text and never finishes it, as fast as the client reads. */
export const endlessly = Effect.fnUntraced(function*(outgoing: Http.ServerResponse): Effect.fn.Return<void> {
  outgoing.writeHead(200, { "content-type": "application/json; charset=utf-8" })
  yield* write(outgoing, Buffer.from("{\"ok\":true,\"success\":true,\"data\":{\"name\":\""))
  const chunk = Buffer.alloc(16_384, "a")
  while (!outgoing.destroyed) {
    yield* write(outgoing, chunk)
  }
})

/** Ends the connection with a TCP reset. */
export const reset = (incoming: Http.IncomingMessage): Effect.Effect<void> =>
  Effect.sync(() => {
    incoming.socket.resetAndDestroy()
  })

const head = (outgoing: Http.ServerResponse, reply: Reply): void => {
  outgoing.writeHead(
    reply.status,
    reply.status === 204 ? reply.headers : { ...reply.headers, "content-length": reply.bytes.length }
  )
}

const write = (outgoing: Http.ServerResponse, bytes: Uint8Array): Effect.Effect<void> =>
  Effect.callback((resume) => {
    outgoing.write(bytes, () => resume(Effect.void))
  })
