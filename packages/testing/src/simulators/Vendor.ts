/**
 * What a vendor's simulator tells the loopback server about itself.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { RecordedRequest } from "./RecordedRequest.ts"
import type { Refusal } from "./Refusal.ts"

/** A status and a JSON body. */
export interface Answer {
  readonly status: number
  readonly body: Schema.Json
}

/** One vendor: how it answers, and the shapes of its errors. */
export interface Vendor {
  /** What stands before every endpoint's path: empty, or `/api/v1/web-api`. */
  readonly basePath: string
  /** The header that carries the key, in lower case. */
  readonly keyHeader: string
  /** Carries a request out. */
  readonly handle: (request: RecordedRequest) => Effect.Effect<Answer, Refusal>
  /** The error body. */
  readonly errorBody: (error: {
    readonly status: number
    readonly code: string
    readonly message: string
  }) => Schema.Json
  /** The other error body that the vendor's old clients know. */
  readonly envelope: (error: { readonly status: number; readonly message: string }) => Schema.Json
  /** The body of a failure under status 200. */
  readonly notOk: (status: number | undefined) => Schema.Json
}
