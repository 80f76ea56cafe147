/**
 * What every fault of a vendor, or of the way to it, is for the caller: the one table that `botsi.test.ts` and
 * `corrily.test.ts` hold both adapters to, bare and through every policy.
 */
import type { PricingError } from "@priceport/core"
import { Fault } from "@priceport/testing/simulators"
import { Buffer } from "node:buffer"
import * as Zlib from "node:zlib"
import * as Socket from "./Socket.ts"

type Tag = PricingError.Reason["_tag"]

/** How a fault is made: by the vendor's simulator, by a bare socket, or by a port where nobody listens. */
type Cause = Fault.Fault | Socket.Deed | "refused"

export interface Row {
  readonly fault: string
  readonly cause: Cause
  readonly tag: Tag
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean
  /** How often a call is sent that may be repeated twice. */
  readonly sent: 1 | 3
  /** Whether a bundled paywall stands in, where nothing else is said: not for a refusal in the vendor's words. */
  readonly bundled: boolean
  /** Other members of the reason. */
  readonly says?: Readonly<Record<string, unknown>>
  /** How an impression ends, where only the status counts; otherwise as the paywall does. */
  readonly impression?: "Recorded"
  /** Nobody answers until the time is over. */
  readonly hangs?: true
}

const status = (status: number, options: Partial<Parameters<typeof Fault.Status>[0]> = {}) =>
  Fault.Status({ status, ...options })

const redirect = (status: number) =>
  Fault.Verbatim({ status, headers: { location: "http://127.0.0.1:9/elsewhere" }, body: "" })

const ok = (body: string) => Fault.Verbatim({ status: 200, body })

/** The vendor looked at the request and turned it down. */
const refused = { retryable: false, sent: 1, bundled: false } as const

/** It will not work this way, and nobody said anything about this request. */
const broken = { retryable: false, sent: 1, bundled: true } as const

/** It may pass. */
const passing = { retryable: true, sent: 3, bundled: true } as const

/** It may pass, but not while the caller waits. */
const later = { retryable: true, sent: 1, bundled: true } as const

const unread = { tag: "InvalidResponse", ...broken, impression: "Recorded" } as const

const cut = { tag: "Transport", ...passing, says: { sent: "maybe" } } as const

const hung = { tag: "Timeout", ...passing, hangs: true } as const

// dprint-ignore
export const rows: ReadonlyArray<Row> = [
  // The vendor's own words, by status.
  { fault: "400", cause: status(400), tag: "Rejected", ...refused, says: { status: 400, code: "SIMULATOR_FAULT" } },
  { fault: "401", cause: status(401), tag: "Unauthorized", ...broken, says: { status: 401 } },
  { fault: "402", cause: status(402), tag: "Rejected", ...refused, says: { status: 402 } },
  { fault: "403", cause: status(403), tag: "Forbidden", ...broken, says: { status: 403 } },
  { fault: "404", cause: status(404), tag: "NotFound", ...refused, says: { status: 404 } },
  { fault: "404 of a proxy, a page", cause: status(404, { body: "html" }), tag: "NotFound", ...broken, says: { status: 404 } },
  { fault: "405", cause: status(405), tag: "Rejected", ...refused, says: { status: 405 } },
  { fault: "408", cause: status(408), tag: "Unavailable", ...passing, says: { status: 408 } },
  { fault: "409", cause: status(409), tag: "Rejected", ...refused, says: { status: 409 } },
  { fault: "410", cause: status(410), tag: "Rejected", ...refused, says: { status: 410 } },
  { fault: "413 without a word", cause: status(413, { body: "empty" }), tag: "Rejected", ...broken, says: { status: 413 } },
  { fault: "418", cause: status(418), tag: "Rejected", ...refused, says: { status: 418 } },
  { fault: "422 in the old clients' form", cause: status(422, { body: "vendor-envelope" }), tag: "Rejected", ...refused, says: { status: 422 } },
  { fault: "425", cause: status(425), tag: "Unavailable", ...passing, says: { status: 425 } },
  { fault: "451", cause: status(451), tag: "Rejected", ...refused, says: { status: 451 } },
  { fault: "499 without a word", cause: status(499, { body: "empty" }), tag: "Rejected", ...broken, says: { status: 499 } },
  { fault: "500, a page", cause: status(500, { body: "html" }), tag: "Unavailable", ...passing, says: { status: 500 } },
  { fault: "501", cause: status(501), tag: "Rejected", ...broken, says: { status: 501 } },
  { fault: "502", cause: status(502), tag: "Unavailable", ...passing, says: { status: 502 } },
  { fault: "503 without a word", cause: status(503, { body: "empty" }), tag: "Unavailable", ...passing, says: { status: 503 } },
  { fault: "504", cause: status(504), tag: "Unavailable", ...passing, says: { status: 504 } },
  { fault: "505", cause: status(505), tag: "Rejected", ...broken, says: { status: 505 } },
  { fault: "507", cause: status(507), tag: "Rejected", ...broken, says: { status: 507 } },
  { fault: "520 of a proxy, a page", cause: status(520, { body: "html" }), tag: "Rejected", ...broken, says: { status: 520 } },
  { fault: "599", cause: status(599), tag: "Rejected", ...broken, says: { status: 599 } },

  // Too many requests, and how long to wait; the time of the tests is 1970.
  { fault: "429", cause: status(429), tag: "RateLimited", ...passing, says: { status: 429, retryAfterMs: undefined } },
  { fault: "429, at once", cause: status(429, { retryAfter: "0" }), tag: "RateLimited", ...passing, says: { retryAfterMs: 0 } },
  { fault: "429, in two minutes", cause: status(429, { retryAfter: "120" }), tag: "RateLimited", ...later, says: { retryAfterMs: 120_000 } },
  { fault: "429, tomorrow", cause: status(429, { retryAfter: "86400" }), tag: "RateLimited", ...later, says: { retryAfterMs: 86_400_000 } },
  { fault: "429, on a day of 2065", cause: status(429, { retryAfter: "Wed, 21 Oct 2065 07:28:00 GMT" }), tag: "RateLimited", ...later, says: { retryAfterMs: Date.UTC(2065, 9, 21, 7, 28) } },
  { fault: "429, on a day long past", cause: status(429, { retryAfter: "Thu, 21 Oct 1965 07:28:00 GMT" }), tag: "RateLimited", ...passing, says: { retryAfterMs: 0 } },
  { fault: "429, soon", cause: status(429, { retryAfter: "soon" }), tag: "RateLimited", ...passing, says: { retryAfterMs: undefined } },
  { fault: "429, in minus five seconds", cause: status(429, { retryAfter: "-5" }), tag: "RateLimited", ...passing, says: { retryAfterMs: undefined } },
  { fault: "503, in two minutes", cause: status(503, { retryAfter: "120" }), tag: "Unavailable", ...later, says: { retryAfterMs: 120_000 } },
  { fault: "400, in two minutes", cause: status(400, { retryAfter: "120" }), tag: "Rejected", ...refused, says: { retryAfterMs: undefined } },

  // Redirects, which could carry the key elsewhere.
  { fault: "300", cause: redirect(300), tag: "Rejected", ...broken, says: { status: 300 } },
  { fault: "301", cause: redirect(301), tag: "Rejected", ...broken, says: { status: 301 } },
  { fault: "302", cause: redirect(302), tag: "Rejected", ...broken, says: { status: 302 } },
  { fault: "303", cause: redirect(303), tag: "Rejected", ...broken, says: { status: 303 } },
  { fault: "304", cause: redirect(304), tag: "Rejected", ...broken, says: { status: 304 } },
  { fault: "307", cause: Fault.Redirect({}), tag: "Rejected", ...broken, says: { status: 307 } },
  { fault: "308", cause: redirect(308), tag: "Rejected", ...broken, says: { status: 308 } },

  // A refusal under status 200.
  { fault: "200, not ok", cause: Fault.OkFalse({}), tag: "Rejected", ...refused, says: { status: 200 } },
  { fault: "200, not ok: 401", cause: Fault.OkFalse({ status: 401 }), tag: "Unauthorized", ...broken, says: { status: 401 } },
  { fault: "200, not ok: 403", cause: Fault.OkFalse({ status: 403 }), tag: "Forbidden", ...broken, says: { status: 403 } },
  { fault: "200, not ok: 404", cause: Fault.OkFalse({ status: 404 }), tag: "Rejected", ...refused, says: { status: 200 } },
  { fault: "200, not ok: 503", cause: Fault.OkFalse({ status: 503 }), tag: "Rejected", ...refused, says: { status: 200 } },

  // A complete answer that cannot be read.
  { fault: "204", cause: Fault.EmptyBody(), ...unread },
  { fault: "200, empty", cause: ok(""), ...unread },
  { fault: "200, a page", cause: Fault.Html(), ...unread },
  { fault: "200, half of a JSON text", cause: ok("{\"ok\":true,\"success\":true,\"data\":{\"id\":4"), ...unread },
  { fault: "200, null", cause: ok("null"), ...unread },
  { fault: "200, a list", cause: ok("[]"), ...unread },
  { fault: "200, ok and nothing else", cause: ok("{\"ok\":true,\"success\":true}"), ...unread },
  { fault: "200, other types", cause: Fault.WrongTypes(), ...unread },
  { fault: "200, a byte more than 1 MiB", cause: Socket.answer(Socket.tooLarge), ...unread },
  { fault: "200, without end", cause: Fault.EndlessBody(), ...unread },
  { fault: "200, not the gzip it seems to be", cause: Socket.answer(Buffer.from([0x1f, 0x8b, 0x08, 0, 1, 2, 3])), ...unread },
  { fault: "200, more than 1 MiB once unpacked", cause: Socket.answer(Zlib.gzipSync(Socket.tooLarge)), ...unread },
  { fault: "200, not UTF-8", cause: Socket.answer(Buffer.from([0x22, 0xff, 0xfe, 0x22])), ...unread },

  // The way to the vendor.
  { fault: "connection refused", cause: "refused", tag: "Transport", ...passing, says: { sent: "no", detail: "the connection was refused (ECONNREFUSED)" } },
  { fault: "reset before the request was read", cause: Fault.Reset({ when: "before" }), ...cut },
  { fault: "reset after the request was carried out", cause: Fault.Reset({ when: "after" }), ...cut },
  { fault: "hung up without an answer", cause: Socket.end(), ...cut },
  { fault: "hung up within the headers", cause: Socket.end("HTTP/1.1 200 OK\r\nconte"), ...cut },
  { fault: "no HTTP", cause: Socket.end("SSH-2.0-OpenSSH_9.9\r\n"), ...cut },
  { fault: "cut in the middle of the body", cause: Fault.CutBody(), ...cut },
  { fault: "cut in the middle of a chunk", cause: Socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{\"ok\":true"), ...cut },

  // Silence.
  { fault: "never an answer", cause: Fault.Silence(), ...hung },
  { fault: "headers that never end", cause: Socket.send("HTTP/1.1 200 OK\r\nconte"), ...hung },
  { fault: "a body a byte a second", cause: Fault.SlowBody({ bytesPerSecond: 1 }), ...hung },
  { fault: "a body that stops", cause: Socket.send("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"ok\":"), ...hung },
  { fault: "an error whose words never come", cause: Socket.send("HTTP/1.1 503 No\r\ncontent-length: 99\r\n\r\n{"), ...hung }
]
