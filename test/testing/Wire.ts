import { Effect, Schedule } from "effect"
import * as Http from "node:http"

/** What came back: a whole answer, or the part of it that arrived before the connection broke. */
export interface Outcome {
  readonly status: number | undefined
  readonly headers: Http.IncomingHttpHeaders
  readonly text: string
  /** The platform's code when the connection broke. */
  readonly broken: string | undefined
}

/** Sends one request on a connection of its own, straight through `node:http`; the connection ends with the effect. */
export const send = (request: {
  readonly url: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  /** Stops reading after this many characters. */
  readonly stopAfter?: number
}): Effect.Effect<Outcome> =>
  Effect.callback((resume) => {
    let status: number | undefined
    let headers: Http.IncomingHttpHeaders = {}
    let text = ""
    const done = (broken?: string) => resume(Effect.succeed({ status, headers, text, broken }))
    const outgoing = Http.request(request.url, {
      agent: false,
      method: request.method ?? "POST",
      headers: { "content-type": "application/json", ...request.headers }
    }, (incoming) => {
      status = incoming.statusCode
      headers = incoming.headers
      incoming.setEncoding("latin1")
      incoming.on("data", (chunk: string) => {
        text += chunk
        if (text.length >= (request.stopAfter ?? Infinity)) outgoing.destroy()
      })
      incoming.on("end", () => done())
      incoming.on("error", (error: NodeJS.ErrnoException) => done(error.code))
    })
    outgoing.on("error", (error: NodeJS.ErrnoException) => done(error.code))
    outgoing.end(typeof request.body === "string" ? request.body : JSON.stringify(request.body))
    return Effect.sync(() => outgoing.destroy())
  })

/** Waits until this many requests are on record. */
export const arrived = <A>(requests: Effect.Effect<ReadonlyArray<A>>, count: number): Effect.Effect<unknown> =>
  Effect.repeat(requests, { until: (all) => all.length >= count, schedule: Schedule.spaced("2 millis") })

/** Waits until the simulator has noticed that every client is gone. */
export const allGone = (openSockets: Effect.Effect<number>): Effect.Effect<number> =>
  Effect.repeat(openSockets, { until: (open) => open === 0, schedule: Schedule.spaced("2 millis") }).pipe(
    Effect.andThen(openSockets),
    Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => openSockets })
  )
