/**
 * Why an operation failed.
 *
 * There is one error, `PricingError`, and its `reason` says what happened:
 * `Effect.catchReason("PricingError", "RateLimited", ...)` handles one of them. Policies ask `isRetryable` and
 * `retryAfter` and never look at a vendor. Every member is plain data in milliseconds and ISO 8601, so an error crosses
 * HTTP and JSON intact. No error holds a key, a customer's id or a purchase token.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ProviderId, Timestamp } from "../domain/Identifier.ts"
import { Attempt } from "../domain/Provenance.ts"

/**
 * The operations of the port, and those that the vendors' clients have beside it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Operation = Schema.Literals([
  "getPaywall",
  "recordImpression",
  "validatePurchase",
  "createProfile",
  "addAttribute",
  "updateAttribute",
  "addAttributes",
  "sendEvents"
])

/** @since 0.1.0 */
export type Operation = typeof Operation.Type

// -----------------------------------------------------------------------------
// Local reasons: decided here, nothing was sent, except that a `Timeout` cuts a call that is under way
// -----------------------------------------------------------------------------

/**
 * The request breaks a rule of the port or of the vendor. `field` names the member, `issue` says what it must be.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", {
  field: Schema.String,
  issue: Schema.String
}) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return this.field === "" ? `InvalidRequest (${this.issue})` : `InvalidRequest (${this.field}: ${this.issue})`
  }
}

/**
 * The provider cannot do this at all. `Capabilities` says so beforehand.
 *
 * @category errors
 * @since 0.1.0
 */
export class Unsupported extends Schema.TaggedError<Unsupported>()("Unsupported", { capability: Schema.String }) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return `Unsupported (${this.capability})`
  }
}

/**
 * There is no attribution to send the purchase with.
 *
 * @category errors
 * @since 0.1.0
 */
export class Unattributable extends Schema.TaggedError<Unattributable>()("Unattributable", { why: Schema.String }) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return `Unattributable (${this.why})`
  }
}

/**
 * The reason of a purchase that names no paywall a vendor served.
 *
 * @category constructors
 * @since 0.1.0
 */
export const withoutAttribution = (): Unattributable =>
  new Unattributable({ why: "the paywall has no attribution, so no vendor can credit the purchase" })

/**
 * The attribution is another provider's, or is not of the form that its provider gives. A changed value of the right form
 * is found out only where the attribution came sealed, see `AttributionToken`; `why` of such a refusal is always `refused`.
 *
 * @category errors
 * @since 0.1.0
 */
export class AttributionMismatch extends Schema.TaggedError<AttributionMismatch>()("AttributionMismatch", {
  why: Schema.String
}) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return `AttributionMismatch (${this.why})`
  }
}

/**
 * The same transaction was already handed in with another content or for another customer.
 *
 * @category errors
 * @since 0.1.0
 */
export class PurchaseConflict extends Schema.TaggedError<PurchaseConflict>()("PurchaseConflict", {
  why: Schema.String
}) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return `PurchaseConflict (${this.why})`
  }
}

/**
 * No more can be stored for later delivery.
 *
 * @category errors
 * @since 0.1.0
 */
export class QueueFull extends Schema.TaggedError<QueueFull>()("QueueFull", {}) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return "QueueFull"
  }
}

/**
 * The provider is not asked for now, because it failed too often. `until` is ISO 8601, absent while it is being probed.
 *
 * @category errors
 * @since 0.1.0
 */
export class CircuitOpen extends Schema.TaggedError<CircuitOpen>()("CircuitOpen", {
  until: Schema.optionalKey(Timestamp)
}) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return this.until === undefined ? "CircuitOpen" : `CircuitOpen (until ${this.until})`
  }
}

/**
 * The call took longer than its budget of `limitMs` milliseconds and was cut off. The vendor may have acted on it.
 *
 * @category errors
 * @since 0.1.0
 */
export class Timeout extends Schema.TaggedError<Timeout>()("Timeout", { limitMs: Schema.Finite }) {
  get isRetryable(): boolean {
    return true
  }

  override get message(): string {
    return `Timeout (no complete answer within ${this.limitMs} ms)`
  }
}

// -----------------------------------------------------------------------------
// Reasons of the vendor and of the way to it
// -----------------------------------------------------------------------------

/** `detail` is the vendor's text: at most 300 characters, without the key and the ids of the request. */
const vendor = {
  status: Schema.optionalKey(Schema.Int),
  code: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String)
}

const describe = (
  tag: string,
  said: { readonly status?: number; readonly code?: string; readonly detail?: string },
  hint?: string
): string => {
  const head = [said.status, said.code].filter((part) => part !== undefined).join(" ")
  const text = [head, said.detail, hint].filter((part) => part !== undefined && part !== "").join(": ")
  return text === "" ? tag : `${tag} (${text})`
}

/**
 * The vendor does not know the key (401).
 *
 * @category errors
 * @since 0.1.0
 */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", vendor) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return describe(this._tag, this, this.detail === undefined ? "the vendor does not accept the key" : undefined)
  }
}

/**
 * The key may not do this (403).
 *
 * @category errors
 * @since 0.1.0
 */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", vendor) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return describe(this._tag, this)
  }
}

/**
 * The vendor has no such placement, paywall, customer or attribute (404).
 *
 * @category errors
 * @since 0.1.0
 */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", vendor) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return describe(this._tag, this)
  }
}

/**
 * The vendor refused the request for good: any other 4xx, a redirect, 501, 505, or a refusal under HTTP 200.
 *
 * @category errors
 * @since 0.1.0
 */
export class Rejected extends Schema.TaggedError<Rejected>()("Rejected", vendor) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return describe(this._tag, this)
  }
}

/**
 * Too many requests (429). `retryAfterMs` is how long the vendor asks to wait, in milliseconds.
 *
 * @category errors
 * @since 0.1.0
 */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  retryAfterMs: Schema.optionalKey(Schema.Finite),
  ...vendor
}) {
  get isRetryable(): boolean {
    return true
  }

  override get message(): string {
    return describe(
      this._tag,
      this,
      this.retryAfterMs === undefined ? undefined : `retry after ${this.retryAfterMs} ms`
    )
  }
}

/**
 * The vendor cannot answer now (408, 425, 500, 502, 503, 504).
 *
 * @category errors
 * @since 0.1.0
 */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  retryAfterMs: Schema.optionalKey(Schema.Finite),
  ...vendor
}) {
  get isRetryable(): boolean {
    return true
  }

  override get message(): string {
    return describe(
      this._tag,
      this,
      this.retryAfterMs === undefined ? undefined : `retry after ${this.retryAfterMs} ms`
    )
  }
}

/**
 * The connection failed. `sent` is `no` when the request certainly did not reach the vendor, `maybe` otherwise.
 *
 * @category errors
 * @since 0.1.0
 */
export class Transport extends Schema.TaggedError<Transport>()("Transport", {
  detail: Schema.String,
  sent: Schema.Literals(["no", "maybe"])
}) {
  get isRetryable(): boolean {
    return true
  }

  override get message(): string {
    return `Transport (${this.detail}; ${this.sent === "no" ? "nothing was sent" : "the request may have arrived"})`
  }
}

/**
 * The vendor answered something that cannot be read. `path` says where in the body.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidResponse extends Schema.TaggedError<InvalidResponse>()("InvalidResponse", {
  path: Schema.String,
  detail: Schema.String
}) {
  get isRetryable(): boolean {
    return false
  }

  override get message(): string {
    return this.path === "" ? `InvalidResponse (${this.detail})` : `InvalidResponse (${this.path}: ${this.detail})`
  }
}

/**
 * Every reason there is.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Reason = Schema.Union([
  InvalidRequest,
  Unsupported,
  Unattributable,
  AttributionMismatch,
  PurchaseConflict,
  QueueFull,
  CircuitOpen,
  Timeout,
  Unauthorized,
  Forbidden,
  NotFound,
  Rejected,
  RateLimited,
  Unavailable,
  Transport,
  InvalidResponse
])

/** @since 0.1.0 */
export type Reason = typeof Reason.Type

/**
 * Whether a call that failed for this reason had been started at the vendor, or at least on the way to it.
 *
 * @category predicates
 * @since 0.1.0
 */
export const wasAttempted = (reason: Reason): boolean => {
  switch (reason._tag) {
    case "InvalidRequest":
    case "Unsupported":
    case "Unattributable":
    case "AttributionMismatch":
    case "PurchaseConflict":
    case "QueueFull":
    case "CircuitOpen":
      return false
    case "Timeout":
    case "Unauthorized":
    case "Forbidden":
    case "NotFound":
    case "Rejected":
    case "RateLimited":
    case "Unavailable":
    case "Transport":
    case "InvalidResponse":
      return true
  }
}

/**
 * Whether the vendor may have done what it was asked although the call failed: a lost or unreadable reply, a timeout, any
 * 5xx. Repeating such a call may do it twice.
 *
 * @category predicates
 * @since 0.3.0
 */
export const mayHaveArrived = (reason: Reason): boolean => {
  switch (reason._tag) {
    case "Transport":
      return reason.sent === "maybe"
    case "Rejected":
      return (reason.status ?? 0) >= 500
    case "Timeout":
    case "Unavailable":
    case "InvalidResponse":
      return true
    default:
      return false
  }
}

/**
 * An operation of a provider failed for a reason, after these attempts. No attempts means that nothing was sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class PricingError extends Schema.TaggedError<PricingError>()("PricingError", {
  provider: ProviderId,
  operation: Operation,
  reason: Reason,
  attempts: Schema.Array(Attempt).pipe(Schema.withConstructorDefault(Effect.succeed([])))
}) {
  /** Whether the same call may succeed later without a change. Says nothing of whether repeating it is safe. */
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }

  /** How long the vendor asks to wait before the next call. */
  get retryAfter(): Duration.Duration | undefined {
    const reason = this.reason
    return (reason._tag === "RateLimited" || reason._tag === "Unavailable") && reason.retryAfterMs !== undefined
      ? Duration.millis(reason.retryAfterMs)
      : undefined
  }

  override get message(): string {
    return `${this.provider}.${this.operation}: ${this.reason.message}`
  }
}
