import type * as HttpClientError from "effect/http/HttpClientError"
import * as Predicate from "effect/Predicate"
import { Transport } from "../provider/PricingError.ts"

/** Failures that come before a byte of the request can have left, in words. */
const beforeSending: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  UND_ERR_CONNECT_TIMEOUT: "the connection took too long to open",
  UND_ERR_CLOSED: "the HTTP client is closed: its layer must live as long as the provider",
  UND_ERR_DESTROYED: "the HTTP client is closed: its layer must live as long as the provider",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate chain is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate cannot be verified",
  CERT_HAS_EXPIRED: "the certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another host"
}

/**
 * A failure of the HTTP client. Its own text is never used: it can hold a URL, a header or a body. Only the system's
 * error code is.
 */
export const fromHttpClient = (error: HttpClientError.HttpClientError): Transport => {
  const reason = error.reason
  switch (reason._tag) {
    case "InvalidUrlError":
      return new Transport({ detail: "the URL cannot be used", sent: "no" })
    case "EncodeError":
      return new Transport({ detail: "the request cannot be encoded", sent: "no" })
    default: {
      const code = codeOf(reason.cause)
      const words = code === undefined ? undefined : beforeSending[code]
      if (words !== undefined) return new Transport({ detail: `${words} (${code})`, sent: "no" })
      return new Transport({
        detail: code === undefined ? "the connection failed" : `the connection failed (${code})`,
        sent: "maybe"
      })
    }
  }
}

/** The first error code in a chain of causes. `fetch` wraps its own once, a dual-stack connection twice. */
const codeOf = (cause: unknown, depth = 0): string | undefined => {
  if (!Predicate.isObject(cause) || depth > 4) return undefined
  if (Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && /^[A-Z0-9_]{2,48}$/.test(cause.code)) {
    return cause.code
  }
  if (Predicate.hasProperty(cause, "errors") && Array.isArray(cause.errors)) {
    return codeOf(cause.errors[0], depth + 1)
  }
  return Predicate.hasProperty(cause, "cause") ? codeOf(cause.cause, depth + 1) : undefined
}
