/**
 * The bytes that an answer or a fault puts on the wire.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import { Buffer } from "node:buffer"
import * as Zlib from "node:zlib"
import type { Fault } from "./Fault.ts"
import type { RecordedRequest } from "./RecordedRequest.ts"
import type { Answer, Vendor } from "./Vendor.ts"

/** A whole answer, ready to send. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

/** An answer as JSON. */
const fromAnswer = (answer: Answer): Reply => json(answer.status, answer.body)

/** Faults that answer instead of the vendor; `undefined` for all others. */
export const instead = (fault: Fault, vendor: Vendor, request: RecordedRequest): Reply | undefined => {
  switch (fault._tag) {
    case "Status":
      return withRetryAfter(fault.retryAfter, status(fault, vendor))
    case "Html":
      return html(200)
    case "OkFalse":
      return json(200, vendor.notOk(fault.status))
    case "Redirect":
      return {
        status: 307,
        headers: { location: fault.location ?? `http://${request.headers["host"]}/redirected` },
        bytes: Buffer.alloc(0)
      }
    case "EchoSecrets": {
      const message = `cannot read key ${request.headers[vendor.keyHeader]} and body ${request.bodyText}`
      const code = fault.status ?? 400
      return json(code, vendor.errorBody({ status: code, code: "INVALID_REQUEST", message }))
    }
    case "Verbatim":
      return {
        status: fault.status,
        headers: { "content-type": jsonType, ...fault.headers },
        bytes: Buffer.from(fault.body)
      }
    default:
      return undefined
  }
}

/** Faults that change a finished answer; all others leave it alone. */
export const damage = (fault: Fault | undefined, answer: Answer): Reply => {
  const isFine = answer.status < 300
  switch (fault?._tag) {
    case "WrongTypes":
      return isFine ? json(answer.status, wrongTypes(answer.body, true)) : fromAnswer(answer)
    case "EmptyBody":
      return isFine ? { status: 204, headers: {}, bytes: Buffer.alloc(0) } : fromAnswer(answer)
    case "Gzip": {
      const reply = fromAnswer(answer)
      return {
        ...reply,
        headers: { ...reply.headers, "content-encoding": "gzip" },
        bytes: Zlib.gzipSync(reply.bytes)
      }
    }
    default:
      return fromAnswer(answer)
  }
}

const status = (fault: Extract<Fault, { readonly _tag: "Status" }>, vendor: Vendor): Reply => {
  const message = `The simulator was told to answer ${fault.status}`
  switch (fault.body ?? "json") {
    case "html":
      return html(fault.status)
    case "empty":
      return { status: fault.status, headers: {}, bytes: Buffer.alloc(0) }
    case "vendor-envelope":
      return json(fault.status, vendor.envelope({ status: fault.status, message }))
    case "json":
      return json(fault.status, vendor.errorBody({ status: fault.status, code: "SIMULATOR_FAULT", message }))
  }
}

const withRetryAfter = (retryAfter: string | undefined, reply: Reply): Reply =>
  retryAfter === undefined ? reply : { ...reply, headers: { ...reply.headers, "retry-after": retryAfter } }

const jsonType = "application/json; charset=utf-8"

const json = (status: number, body: Schema.Json): Reply => ({
  status,
  headers: { "content-type": jsonType },
  bytes: Buffer.from(JSON.stringify(body))
})

const html = (status: number): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  bytes: Buffer.from("<!doctype html><html><head><title>Welcome</title></head><body>Please sign in.</body></html>")
})

/** The outermost `ok` or `success` stays, so that the answer still claims to be a good one. */
const wrongTypes = (value: Schema.Json, isOutermost: boolean): Schema.Json => {
  if (value === null) {
    return null
  }
  switch (typeof value) {
    case "string":
      return value.length
    case "number":
    case "boolean":
      return String(value)
    default: {
      const members = Object.entries(value).map(([key, member]): [string, Schema.Json] => [
        key,
        isOutermost && (key === "ok" || key === "success") ? member : wrongTypes(member, false)
      ])
      return Object.fromEntries(members)
    }
  }
}
