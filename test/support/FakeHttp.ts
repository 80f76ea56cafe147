import { Context, Effect, Layer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"

/** A request as a vendor would see it. */
export interface Sent {
  readonly method: string
  readonly url: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The body, character for character. */
  readonly raw: string
  /** The body as JSON, null where there is none. */
  readonly body: unknown
  /** What `fetch` would have been told about redirects. */
  readonly redirect: string | undefined
}

type Answer = Response | Effect.Effect<Response, HttpClientError.HttpClientError>

export type Reply = (request: Sent, raw: HttpClientRequest.HttpClientRequest) => Answer

export interface FakeHttp {
  /** Every request so far, in order. */
  readonly sent: ReadonlyArray<Sent>
  readonly layer: Layer.Layer<HttpClient.HttpClient>
}

/** An `HttpClient` that never leaves the process: the nth request gets the nth reply, later ones the last. */
export const make = (...replies: readonly [Reply, ...ReadonlyArray<Reply>]): FakeHttp => {
  const sent: Array<Sent> = []
  const client = HttpClient.make((request, url, _signal, fiber) => {
    const raw = textOf(request)
    const seen: Sent = {
      method: request.method,
      url: url.href,
      headers: { ...request.headers },
      raw,
      body: JSON.parse(raw === "" ? "null" : raw),
      redirect: Context.getOrUndefined(fiber.context as Context.Context<unknown>, FetchHttpClient.RequestInit)?.redirect
    }
    const answer = (replies[sent.push(seen) - 1] ?? replies.at(-1)!)(seen, request)
    return Effect.map(
      answer instanceof Response ? Effect.succeed(answer) : answer,
      (response) => HttpClientResponse.fromWeb(request, response)
    )
  })
  return { sent, layer: Layer.succeed(HttpClient.HttpClient, client) }
}

/** Answers with a value as JSON. */
export const json = (body: unknown, status = 200): Reply => () => Response.json(body, { status })

/** Answers with a text exactly as given. */
export const text = (body: string, init: ResponseInit = {}): Reply => () =>
  new Response(body, { headers: { "content-type": "application/json" }, ...init })

/** Never answers. */
export const silence: Reply = () => Effect.never

/** Fails before an answer, as a client does whose connection broke for this cause. */
export const broken = (cause: unknown): Reply => (_, request) =>
  Effect.fail(
    new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
  )

const textOf = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
