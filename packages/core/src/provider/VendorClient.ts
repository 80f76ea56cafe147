/**
 * One JSON request to a vendor, and everything that can go wrong with it.
 *
 * Every adapter sends through here, so that each keeps the same promises: the key goes from `Redacted` into one header
 * and nowhere else, redirects are not followed (they could carry the key to another origin), no trace headers leave
 * unless asked for, bodies are bounded, a call ends within its time, and a failure is one `PricingError` without keys or
 * ids in it. This is the only file of the core that knows `effect/http`'s client.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { constTrue } from "effect/Function"
import { RequestInit } from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { ProviderId, timestamp } from "../domain/Identifier.ts"
import { redact } from "../internal/redaction.ts"
import * as ResponseBody from "../internal/responseBody.ts"
import * as StatusReason from "../internal/statusReason.ts"
import * as TransportReason from "../internal/transportReason.ts"
import * as PricingError from "./PricingError.ts"
import { type CallOptions, defaultTimeouts } from "./PricingProvider.ts"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * What a vendor client needs from its surroundings: any `HttpClient` layer.
 *
 * @category models
 * @since 0.1.0
 */
export type Requirements = HttpClient.HttpClient

/**
 * The most an answer may hold once it is decoded: 1 MiB. A larger one is an `InvalidResponse`.
 *
 * @category models
 * @since 0.1.0
 */
export const maxResponseBytes = ResponseBody.maxBytes

const keyPattern = /^[\x21-\x7e]{1,512}$/

const expectedKey = "a key of 1 to 512 visible ASCII characters"

const expectedBaseUrl = "an http or https URL without credentials, query or fragment"

/**
 * A vendor's key: 1 to 512 visible ASCII characters. Anything else, such as a trailing newline, would be refused by the
 * platform with an error that prints the header.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SecretKey = Schema.Redacted(
  Schema.String.check(Schema.isPattern(keyPattern, { expected: expectedKey }))
)

/**
 * Where a vendor's API lives: an `http` or `https` URL, a path prefix allowed, without credentials, query or fragment.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BaseUrl = Schema.String.check(
  Schema.makeFilter(
    (text) => {
      // Not what URL parses: it drops white space and an empty `?` or `#`, which would stay in the text.
      if (!/^https?:\/\/[^\s?#@\\]+$/.test(text)) return false
      return URL.canParse(text)
    },
    { expected: expectedBaseUrl }
  )
)

/**
 * - `keyHeader`: the header the key goes into, as it is.
 * - `refusal`: reads the vendor's own error texts, see `Refusal`.
 * - `tracePropagation`: sends `traceparent` and `b3` to the vendor; off unless set.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly provider: ProviderId
  readonly baseUrl: string
  readonly key: Redacted.Redacted
  readonly keyHeader: string
  readonly refusal: (body: unknown) => Refusal | undefined
  readonly tracePropagation?: boolean | undefined
}

/**
 * What a vendor's body says of a failure. Under a successful status it makes the call fail; `status` 401 or 403 then
 * counts as that status. Under another status only `code` and `detail` are used.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refusal {
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly detail?: string | undefined
}

/**
 * One call.
 *
 * - `ids`: every text of the request that tells who the customer is or what was bought; removed from error texts.
 * - `decode`: reads the parsed body; `undefined` is an empty one.
 * - `ignoreBody`: for calls whose answer is the status alone; a body that is not JSON is then no failure.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call<A> {
  readonly operation: PricingError.Operation
  readonly method: "POST" | "PUT"
  readonly path: `/${string}`
  readonly body: unknown
  readonly ids: ReadonlyArray<string | undefined>
  readonly decode: (body: unknown) => Exit.Exit<A, PricingError.InvalidResponse>
  readonly ignoreBody?: boolean | undefined
}

/**
 * Sends one call and reads its answer.
 *
 * @category models
 * @since 0.1.0
 */
export interface VendorClient {
  readonly provider: ProviderId
  readonly call: <A>(call: Call<A>, options?: CallOptions) => Effect.Effect<A, PricingError.PricingError>
  readonly refuse: (
    operation: PricingError.Operation,
    reason: PricingError.Reason
  ) => Effect.Effect<never, PricingError.PricingError>
}

/**
 * Makes a vendor client on the `HttpClient` at hand. Fails when the key or the base URL cannot be used; the key is not
 * part of that message.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(
  function*(options: Options): Effect.fn.Return<VendorClient, Config.ConfigError, HttpClient.HttpClient> {
    const key = Redacted.value(options.key)
    if (!keyPattern.test(key)) return yield* misconfigured("key", expectedKey)
    if (!Schema.is(ProviderId)(options.provider)) {
      return yield* misconfigured("id", "1 to 64 letters, digits, dots, dashes or underscores")
    }
    if (!Schema.is(BaseUrl)(options.baseUrl)) {
      return yield* misconfigured("baseUrl", expectedBaseUrl)
    }
    const client = yield* HttpClient.HttpClient
    const ambient = yield* Effect.context<never>()
    const { provider } = options
    const base = options.baseUrl.replace(/\/+$/, "")
    const server = new URL(base)
    const headers = { [options.keyHeader]: key }

    // One span a call is the provider's; the HTTP client adds none of its own and sends no headers for it.
    const quiet = Context.make(RequestInit, {
      ...Context.getOrUndefined(ambient as Context.Context<RequestInit>, RequestInit),
      redirect: "manual"
    }).pipe(Context.add(HttpClient.TracerDisabledWhen, constTrue))

    const send = (call: Call<unknown>) => {
      const request = HttpClientRequest.make(call.method)(base + call.path, {
        headers,
        body: HttpBody.jsonUnsafe(call.body)
      })
      return options.tracePropagation
        ? Effect.flatMap(traceHeaders, (trace) => client.execute(HttpClientRequest.setHeaders(request, trace)))
        : client.execute(request)
    }

    const exchange = <A>(call: Call<A>): Effect.Effect<A, PricingError.Reason> =>
      send(call).pipe(
        Effect.provideContext(quiet),
        // A client that takes a status for a failure still brings the response.
        Effect.catch((error) =>
          error.reason._tag === "StatusCodeError"
            ? Effect.succeed(error.reason.response)
            : Effect.fail(TransportReason.fromHttpClient(error))
        ),
        Effect.tap((response) => annotateSpan(call, server, response.status)),
        Effect.flatMap((response) => read(call, response))
      )

    const read = <A>(
      call: Call<A>,
      response: HttpClientResponse.HttpClientResponse
    ): Effect.Effect<A, PricingError.Reason> => {
      const { status } = response
      if (status >= 200 && status < 300) {
        return Effect.flatMap(readable(call, response), (text): Effect.Effect<A, PricingError.Reason> => {
          const body = parse(text)
          if (body instanceof PricingError.InvalidResponse) {
            return call.ignoreBody ? call.decode(undefined) : Effect.fail(body)
          }
          const refusal = options.refusal(body)
          return refusal === undefined
            ? call.decode(body)
            : Effect.fail(StatusReason.fromStatus(said(call, status, refusal), undefined))
        })
      }
      if (status < 400) {
        const refused = new PricingError.Rejected({
          ...(status >= 300 && { status }),
          detail: "redirects are not followed"
        })
        return Effect.andThen(ResponseBody.discard(response), Effect.fail(refused))
      }
      return Effect.flatMap(
        // An error stays what its status says, also where its text cannot be read.
        Effect.match(ResponseBody.readText(response), { onFailure: () => "", onSuccess: (text) => text }),
        (text) =>
          Clock.clockWith((clock) => {
            const wait = StatusReason.retryAfterMs(response.headers["retry-after"], clock.currentTimeMillisUnsafe())
            return Effect.fail(StatusReason.fromStatus(said(call, status, explain(text, options.refusal)), wait))
          })
      )
    }

    const said = (call: Call<unknown>, status: number, refusal: Refusal): StatusReason.Said => {
      const secrets = [key, ...call.ids.filter((id) => id !== undefined)]
      const meant = status < 300 && (refusal.status === 401 || refusal.status === 403) ? refusal.status : status
      return {
        status: meant,
        ...(refusal.code !== undefined && { code: redact(refusal.code, secrets, 64) }),
        ...(refusal.detail !== undefined && { detail: redact(refusal.detail, secrets, 300) })
      }
    }

    const refuse: VendorClient["refuse"] = (operation, reason) =>
      Effect.fail(new PricingError.PricingError({ provider, operation, reason }))

    return {
      provider,
      refuse,
      call: (call, callOptions) =>
        Clock.clockWith((clock) => {
          const limit = TimeBudget.limit(callOptions?.timeout, usualTimeout(call.operation))
          if (limit instanceof PricingError.InvalidRequest) return refuse(call.operation, limit)
          const startedAt = clock.currentTimeMillisUnsafe()
          return TimeBudget.within(exchange(call), limit).pipe(
            Effect.mapError((reason) =>
              new PricingError.PricingError({
                provider,
                operation: call.operation,
                reason,
                attempts: [{
                  provider,
                  startedAt: timestamp(startedAt),
                  ms: clock.currentTimeMillisUnsafe() - startedAt,
                  outcome: reason._tag
                }]
              })
            )
          )
        })
    }
  }
)

const misconfigured = (option: string, expected: string) =>
  Effect.fail(
    new Config.ConfigError(
      new Schema.SchemaError(new SchemaIssue.Pointer([option], new SchemaIssue.InvalidValue({ expected })))
    )
  )

const usualTimeout = (operation: PricingError.Operation) =>
  operation === "getPaywall" ? defaultTimeouts.getPaywall : defaultTimeouts.recordImpression

const traceHeaders = Effect.match(Effect.currentSpan, {
  onFailure: () => ({}),
  onSuccess: (span) => HttpTraceContext.toHeaders(span)
})

const annotateSpan = (call: Call<unknown>, server: URL, status: number): Effect.Effect<void> =>
  Effect.annotateCurrentSpan({
    "http.request.method": call.method,
    "http.response.status_code": status,
    "server.address": server.hostname,
    "server.port": Number(server.port) || (server.protocol === "https:" ? 443 : 80),
    "url.template": call.path
  })

/** Where only the status counts, a body that cannot be read as text is none. */
const readable = (call: Call<unknown>, response: HttpClientResponse.HttpClientResponse) =>
  call.ignoreBody
    ? Effect.catchTag(ResponseBody.readText(response), "InvalidResponse", () => Effect.succeed(""))
    : ResponseBody.readText(response)

const parse = (text: string): unknown => {
  if (text.trim() === "") return undefined
  try {
    return /\d[eE]\+?\d{3}/.test(text) ? JSON.parse(text, finite) : JSON.parse(text)
  } catch {
    return new PricingError.InvalidResponse({ path: "", detail: "the body is not JSON" })
  }
}

/** 1e400 parses to infinity, which no JSON can hold again. As a text it can, and no schema takes it for a number. */
const finite = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value

/** The words of an error body: the vendor's envelope if it is one, else a short plain text, never a page of HTML. */
const explain = (text: string, refusal: Options["refusal"]): Refusal => {
  const body = parse(text)
  if (!(body instanceof PricingError.InvalidResponse)) return refusal(body) ?? {}
  return text.length <= 300 && !text.includes("<") ? { detail: text.trim() } : {}
}
