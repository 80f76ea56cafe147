/**
 * What every request must be before its endpoint looks at it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { RecordedRequest } from "./RecordedRequest.ts"
import { notFound, ours, Refusal } from "./Refusal.ts"

/** What one endpoint does with its JSON body. */
export interface Endpoint<A> {
  readonly method: "POST" | "PUT"
  /** The path after the base path. */
  readonly path: string
  readonly handle: (body: unknown, request: RecordedRequest) => Effect.Effect<A, Refusal>
}

/** A vendor's door: its key, and the endpoints behind it. */
export interface Options<A> {
  readonly basePath: string
  /** The header with the key, in lower case. */
  readonly keyHeader: string
  readonly key: string
  /** Headers of other vendors or of other API versions, in lower case: a client that sends them sends a key astray. */
  readonly foreignHeaders: ReadonlyArray<string>
  readonly endpoints: ReadonlyArray<Endpoint<A>>
}

/** Checks key, headers, path and content type, then hands the body to its endpoint. */
export const admit = Effect.fnUntraced(function*<A>(
  options: Options<A>,
  request: RecordedRequest
): Effect.fn.Return<A, Refusal> {
  const endpoint = options.endpoints.find(({ method, path }) =>
    request.method === method && request.path === options.basePath + path
  )
  if (endpoint === undefined) {
    return yield* notFound(`there is no ${request.method} ${request.path}`)
  }
  if (request.headers[options.keyHeader] !== options.key) {
    return yield* new Refusal({
      status: 401,
      code: "UNAUTHORIZED",
      message: `the header ${options.keyHeader} does not hold the key, and nothing but the key`
    })
  }
  const names = Object.keys(request.headers)
  const trace = names.find((name) => traceHeaders.test(name))
  if (trace !== undefined) {
    return yield* ours("TRACE_HEADER", `${trace}: trace headers are not for vendors`)
  }
  const foreign = names.find((name) => options.foreignHeaders.includes(name))
  if (foreign !== undefined) {
    return yield* ours("FOREIGN_HEADER", `${foreign}: not a header of this API`)
  }
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    return yield* ours("CONTENT_TYPE", "content-type: must be application/json")
  }
  if (request.body === undefined) {
    return yield* new Refusal({ status: 400, code: "INVALID_JSON", message: "body: is not JSON" })
  }
  return yield* endpoint.handle(request.body, request)
})

const traceHeaders = /^(b3|x-b3-.*|traceparent|tracestate|baggage)$/
