/**
 * A collector for example 09: takes OTLP as JSON over HTTP, on loopback, and counts what it gets.
 */
import { Effect } from "effect"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

/** How OTLP's JSON names one span, one metric and one log record: only these have it. */
const signals = [
  { signal: "spans", path: "/v1/traces", mark: /"spanId":/g },
  { signal: "metrics", path: "/v1/metrics", mark: /"name":"priceport_/g },
  { signal: "log records", path: "/v1/logs", mark: /"severityText":/g }
] as const

/** Starts it, until the scope closes. */
export const make = Effect.gen(function*() {
  const received = new Map<string, number>(signals.map(({ signal }) => [signal, 0]))
  const server = createServer(async (request, response) => {
    const found = signals.find(({ path }) => path === request.url)
    const body = await text(request)
    if (found !== undefined) {
      received.set(found.signal, received.get(found.signal)! + Array.from(body.matchAll(found.mark)).length)
    }
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" }).end("{}")
  })
  yield* Effect.acquireRelease(listen(server), () => Effect.sync(() => server.close()))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, received: Effect.sync(() => new Map(received)) }
})

const listen = (server: Server) =>
  Effect.callback<void>((resume) => {
    server.listen(0, "127.0.0.1", () => resume(Effect.void))
  })
