/** A server below HTTP, for what a well-behaved one cannot be made to do. It reads whole requests. */
import { Effect } from "effect"
import { Buffer } from "node:buffer"
import * as Net from "node:net"

/** What becomes of a connection once a request has arrived on it. */
export type Deed = (socket: Net.Socket) => void

interface Socket {
  readonly baseUrl: string
  /** How many requests have arrived. */
  readonly arrived: Effect.Effect<number>
  /** What is done with the next requests, one each; the last for all that follow. */
  readonly next: (...deeds: ReadonlyArray<Deed>) => Effect.Effect<void>
}

/** Sends these bytes and leaves the connection open. */
export const send = (...parts: ReadonlyArray<string | Uint8Array>): Deed => (socket) => {
  for (const part of parts) socket.write(part)
}

/** Sends these bytes and ends the connection in good order. */
export const end = (...parts: ReadonlyArray<string | Uint8Array>): Deed => (socket) => {
  send(...parts)(socket)
  socket.end()
}

/** A whole answer of these bytes under status 200. */
export const answer = (bytes: Uint8Array): Deed =>
  send(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length}\r\n\r\n`, bytes)

/** Does nothing. */
export const silence: Deed = () => {}

/** Starts a server on loopback, until the scope closes. */
export const make = Effect.gen(function*() {
  const sockets = new Set<Net.Socket>()
  let deeds: ReadonlyArray<Deed> = [silence]
  let arrived = 0
  const server = Net.createServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => sockets.delete(socket))
    let received = ""
    socket.setEncoding("latin1").on("data", (text: string) => {
      received += text
      const head = received.indexOf("\r\n\r\n")
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
      if (head < 0 || received.length < head + 4 + length) return
      received = ""
      arrived++
      const [deed = silence, ...others] = deeds
      if (others.length > 0) deeds = others
      deed(socket)
    })
  })
  const port = yield* Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen({ host: "127.0.0.1", port: 0 }, () => {
        resume(Effect.succeed((server.address() as Net.AddressInfo).port))
      })
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )
  const socket: Socket = {
    baseUrl: `http://127.0.0.1:${port}`,
    arrived: Effect.sync(() => arrived),
    next: (...next) => Effect.sync(() => void (deeds = next))
  }
  return socket
})

/** Where nobody listens: a port that was free a moment ago. */
export const refused = Effect.map(Effect.scoped(make), ({ baseUrl }) => baseUrl)

/** One byte more than an answer may have. */
export const tooLarge = Buffer.alloc(1024 * 1024 + 1, " ")
