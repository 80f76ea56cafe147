/**
 * One HTTP server on 127.0.0.1, for as long as its scope lives.
 *
 * It is `node:http` itself, without a framework or `effect/http` above it: a simulator has to stop in the middle of a body,
 * reset a connection and see header names as they were sent, which needs the socket. The requests run in a fiber of their
 * own, outside the program under test: neither its test clock nor its logger reaches them, as if the server were on another
 * machine. When the scope closes, every fiber is interrupted and every socket destroyed.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Http from "node:http"
import type * as Net from "node:net"
import * as Delivery from "./Delivery.ts"
import type { Fault } from "./Fault.ts"
import * as FaultQueue from "./FaultQueue.ts"
import * as FaultReply from "./FaultReply.ts"
import type { RecordedRequest } from "./RecordedRequest.ts"
import * as RequestLog from "./RequestLog.ts"
import * as Seeded from "./Seeded.ts"
import type { Options, Simulator } from "./Simulator.ts"
import { SimulatorError } from "./SimulatorError.ts"
import type { Answer, Vendor } from "./Vendor.ts"

/** Starts a server for this vendor. */
export const make = Effect.fnUntraced(function*(
  vendor: Vendor,
  options: Options
): Effect.fn.Return<Simulator, SimulatorError, Scope.Scope> {
  const seed = options.seed ?? "priceport"
  const latency = options.latency ?? { minMs: 40, maxMs: 1500 }
  const faults = FaultQueue.make(vendor.basePath, options.faults ?? [])
  const log = RequestLog.make(10_000)
  const fibers = yield* FiberSet.make<void>()
  const turn = yield* Semaphore.make(1)
  const sockets = new Set<Net.Socket>()

  const serve = Effect.fnUntraced(function*(
    incoming: Http.IncomingMessage,
    outgoing: Http.ServerResponse
  ): Effect.fn.Return<void> {
    const fault = faults.take((incoming.url ?? "/").replace(/\?.*$/, ""))
    if (fault?._tag === "Reset" && fault.when === "before") {
      log.add(incoming, "", fault)
      return yield* Delivery.reset(incoming)
    }
    const request = log.add(incoming, yield* readBody(incoming), fault)
    const reply = fault === undefined ? undefined : FaultReply.instead(fault, vendor, request)
    const isCarriedOut = reply === undefined && fault?._tag !== "Silence" && fault?._tag !== "EndlessBody"
    const answered = reply ??
      FaultReply.damage(fault, isCarriedOut ? yield* turn.withPermit(answer(vendor, request)) : nothing)
    const random = yield* Seeded.draw(seed, "latency", request.number)
    yield* Effect.sleep(latency.minMs + (latency.maxMs - latency.minMs) * random ** 4)
    yield* deliver(incoming, outgoing, fault, answered)
  })

  const server = Http.createServer({ keepAliveTimeout: 0, requestTimeout: 0 })
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
  })
  server.on("request", (incoming, outgoing) => {
    const fiber = Effect.runFork(serve(incoming, outgoing))
    FiberSet.addUnsafe(fibers, fiber)
    outgoing.on("close", () => fiber.interruptUnsafe())
  })

  const port = yield* Effect.acquireRelease(listen(server, options.port ?? 0), () => close(server, sockets))

  return {
    baseUrl: `http://127.0.0.1:${port}${vendor.basePath}`,
    requests: Effect.sync(() => log.all()),
    inject: (fault, options) => Effect.sync(() => faults.add({ ...options, fault })),
    clearFaults: Effect.sync(() => faults.clear()),
    openSockets: Effect.sync(() => sockets.size)
  }
})

const nothing: Answer = { status: 200, body: null }

const answer = (vendor: Vendor, request: RecordedRequest): Effect.Effect<Answer> =>
  vendor.handle(request).pipe(
    Effect.catch((refusal) => Effect.succeed({ status: refusal.status, body: vendor.errorBody(refusal) })),
    Effect.catchCause((cause) =>
      Effect.succeed({
        status: 500,
        body: vendor.errorBody({ status: 500, code: "SIMULATOR_BUG", message: Cause.pretty(cause) })
      })
    )
  )

const deliver = (
  incoming: Http.IncomingMessage,
  outgoing: Http.ServerResponse,
  fault: Fault | undefined,
  reply: FaultReply.Reply
): Effect.Effect<void> => {
  switch (fault?._tag) {
    case "Silence":
      return Effect.never
    case "SlowBody":
      return Delivery.slowly(outgoing, reply, fault.bytesPerSecond)
    case "EndlessBody":
      return Delivery.endlessly(outgoing)
    case "CutBody":
      return Delivery.half(outgoing, reply)
    case "Reset":
      return Delivery.reset(incoming)
    default:
      return Delivery.whole(outgoing, reply)
  }
}

const readBody = (incoming: Http.IncomingMessage): Effect.Effect<string> =>
  Effect.callback((resume) => {
    let text = ""
    incoming.setEncoding("utf8")
    incoming.on("data", (chunk: string) => {
      text = (text + chunk).slice(0, bodyLimit)
    })
    incoming.on("end", () => resume(Effect.succeed(text)))
    // A client that goes away in the middle of its request closes the answer too, which ends this fiber.
    incoming.on("error", () => {})
  })

/** Characters of a request body that are kept: far more than any documented request has. */
const bodyLimit = 1_048_576

const listen = Effect.fnUntraced(function*(
  server: Http.Server,
  port: number
): Effect.fn.Return<number, SimulatorError> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return yield* new SimulatorError({ port, detail: "a port is a whole number from 0 to 65535" })
  }
  return yield* Effect.callback<number, SimulatorError>((resume) => {
    server.once("error", (error) => resume(Effect.fail(new SimulatorError({ port, detail: error.message }))))
    server.listen({ host: "127.0.0.1", port }, () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })
})

const close = (server: Http.Server, sockets: ReadonlySet<Net.Socket>): Effect.Effect<void> => {
  const stopped = Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
  })
  const destroyed = Effect.forEach(sockets, (socket) =>
    Effect.callback<void>((resume) => {
      socket.once("close", () => resume(Effect.void))
      socket.destroy()
    }), { concurrency: "unbounded", discard: true })
  return Effect.all([stopped, destroyed], { concurrency: "unbounded", discard: true })
}
