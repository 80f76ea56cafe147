/**
 * An `HttpClient` for Node that spends about half of the CPU time of the usual undici layer.
 *
 * It hands requests to undici's dispatcher directly and collects the answer, at most `VendorClient.maxResponseBytes`,
 * without a stream in between. It is made for vendors' small JSON answers: no streamed requests, no upgrades, no spans of
 * its own. Any other `HttpClient` layer works as well, and has to off Node.
 *
 * @since 0.1.0
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Url from "effect/http/Url"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { BufferedResponse } from "../internal/bufferedResponse.ts"
import { maxBytes } from "../internal/responseBody.ts"

/**
 * Makes a client on the undici dispatcher at hand.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<HttpClient.HttpClient, never, NodeHttpClient.Dispatcher> = Effect.map(
  NodeHttpClient.Dispatcher,
  (dispatcher) =>
    HttpClient.makeWith<never, never, HttpClientError.HttpClientError, never>(
      Effect.flatMap((request) => {
        const url = Url.make(request.url, request.urlParams, Option.getOrUndefined(request.hash))
        return Result.isFailure(url)
          ? fail(new HttpClientError.InvalidUrlError({ request, cause: url.failure }))
          : dispatch(dispatcher, request, url.success)
      }),
      Effect.succeed
    )
)

/**
 * Layer that provides a client on the undici dispatcher at hand, for a proxy or certificates of your own.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerNoDispatcher: Layer.Layer<HttpClient.HttpClient, never, NodeHttpClient.Dispatcher> = Layer.effect(
  HttpClient.HttpClient,
  make
)

/**
 * Layer that provides a client with connections of its own, closed with the layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.provide(
  layerNoDispatcher,
  NodeHttpClient.layerDispatcher
)

const fail = (reason: HttpClientError.HttpClientErrorReason) =>
  Effect.fail(new HttpClientError.HttpClientError({ reason }))

const dispatch = (dispatcher: Undici.Dispatcher, request: HttpClientRequest.HttpClientRequest, url: URL) =>
  Effect.callback<BufferedResponse, HttpClientError.HttpClientError>((resume) => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    let status = 0
    let headers: Undici.Dispatcher.ResponseData["headers"] = {}
    let controller: Undici.Dispatcher.DispatchController | undefined
    let given: Error | undefined

    const stop = (why: string) => {
      given = new Error(why)
      controller?.abort(given)
    }
    const answer = () =>
      resume(Effect.succeed(new BufferedResponse(request, url.href, status, headers, Buffer.concat(chunks, size))))

    if (request.body._tag !== "Empty" && request.body._tag !== "Uint8Array") {
      return resume(fail(new HttpClientError.EncodeError({ request, description: "the body is not in memory" })))
    }
    try {
      dispatcher.dispatch({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: request.body._tag === "Empty" ? null : request.body.body,
        // The caller's deadline is the limit.
        headersTimeout: 0,
        bodyTimeout: 0
      }, {
        onRequestStart(started) {
          controller = started
          if (given !== undefined) started.abort(given)
        },
        onResponseStart(_, code, received) {
          status = code
          headers = received
        },
        onResponseData(_, chunk) {
          chunks.push(chunk)
          size += chunk.length
          if (size <= maxBytes) return
          // One byte too many is enough to tell that it is too large.
          answer()
          stop("the body is too large")
        },
        onResponseEnd: answer,
        onResponseError(_, cause) {
          resume(fail(new HttpClientError.TransportError({ request, cause })))
        }
      })
    } catch (cause) {
      resume(fail(new HttpClientError.TransportError({ request, cause })))
    }
    return Effect.sync(() => stop("the call was interrupted"))
  })
