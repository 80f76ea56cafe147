import * as Data from "effect/Data"

/**
 * One kind of fault.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault = Data.TaggedEnum<{
  /** The request is read and never answered. */
  Silence: {}
  /** A correct answer that arrives this slowly. */
  SlowBody: { readonly bytesPerSecond: number }
  /** Status 200 and a body that never ends. */
  EndlessBody: {}
  /** Half of a correct answer, then the end of the connection. */
  CutBody: {}
  /** The connection is reset before the body is read, or after the request was carried out. */
  Reset: { readonly when: "before" | "after" }
  /** An error status; `retryAfter` is sent as it is, so seconds and an HTTP date are both possible. */
  Status: {
    readonly status: number
    readonly retryAfter?: string | undefined
    /** `json` (default) is the vendor's error body, `vendor-envelope` the other one its old clients know. */
    readonly body?: "json" | "html" | "empty" | "vendor-envelope" | undefined
  }
  /** Status 200 and a page for people, as a captive portal or a proxy sends it. */
  Html: {}
  /** A correct answer in which every value has another type. */
  WrongTypes: {}
  /** Status 200 and `ok: false` or `success: false`; `status` is the body's own one (Botsi's old clients read it). */
  OkFalse: { readonly status?: number | undefined }
  /** Status 307 to `location`, by default to `/redirected` of the same simulator. */
  Redirect: { readonly location?: string | undefined }
  /** The request is carried out and answered with 204. */
  EmptyBody: {}
  /** A correct answer, compressed. */
  Gzip: {}
  /** An error status (default 400) whose text quotes the received key and the whole request body. */
  EchoSecrets: { readonly status?: number | undefined }
  /** Exactly this answer: for recorded ones. `content-type` is JSON unless `headers` says otherwise. */
  Verbatim: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>> | undefined
    readonly body: string
  }
}>

/**
 * A fault and which requests meet it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Injection {
  readonly fault: Fault
  /** How many requests meet it; without it all of them, until faults are cleared. */
  readonly times?: number | undefined
  /** Only requests to this path, with or without the base path: `/events`, `/v1/paywall`. */
  readonly path?: string | undefined
}

/**
 * Constructors, one a kind: `Fault.Status({ status: 503 })`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const {
  CutBody,
  EchoSecrets,
  EmptyBody,
  EndlessBody,
  Gzip,
  Html,
  OkFalse,
  Redirect,
  Reset,
  Silence,
  SlowBody,
  Status,
  Verbatim,
  WrongTypes
} = Data.taggedEnum<Fault>()
