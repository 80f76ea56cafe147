import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClientError, HttpClientResponse } from "effect/http"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Vendor from "./Vendor.ts"

const coded = (code: string) => Object.assign(new Error(`connect ${code} ${Vendor.key}`), { code })

const wrapped = (code: string) => new TypeError("fetch failed", { cause: coded(code) })

const dualStack = (...codes: ReadonlyArray<string>) =>
  new TypeError("fetch failed", {
    cause: Object.assign(new AggregateError(codes.map(coded)), { code: codes[0] })
  })

describe("VendorClient, when the connection fails", () => {
  it.effect.each([
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_CLOSED",
    "UND_ERR_DESTROYED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID"
  ])("%s: nothing was sent", (code) =>
    Effect.gen(function*() {
      for (const cause of [coded(code), wrapped(code), dualStack(code, code)]) {
        const reason = yield* Vendor.reason(FakeHttp.broken(cause))
        assert.deepInclude(reason, { _tag: "Transport", sent: "no" })
        assert.isTrue(reason.isRetryable)
        assert.notInclude(reason.message, Vendor.key)
      }
    }))

  it.effect.each([
    { why: "ECONNRESET", cause: coded("ECONNRESET") },
    { why: "EPIPE", cause: coded("EPIPE") },
    { why: "ETIMEDOUT", cause: coded("ETIMEDOUT") },
    { why: "UND_ERR_SOCKET", cause: wrapped("UND_ERR_SOCKET") },
    { why: "UND_ERR_HEADERS_TIMEOUT", cause: wrapped("UND_ERR_HEADERS_TIMEOUT") },
    { why: "an unknown code", cause: coded("SOMETHING_ELSE") },
    { why: "a code named like a member of every object", cause: { code: "constructor" } },
    { why: "a code that holds the key", cause: { code: Vendor.key } },
    { why: "an error without a code", cause: new Error(Vendor.key) },
    { why: "a text", cause: Vendor.key },
    { why: "nothing", cause: undefined },
    { why: "null", cause: null }
  ])("$why: the request may have arrived", ({ cause }) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Vendor.answer(FakeHttp.broken(cause)))
      assert.deepInclude(error.reason, { _tag: "Transport", sent: "maybe" })
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, Vendor.key)
      assert.deepInclude(error.attempts[0], { outcome: "Transport" })
    }))

  it.effect("a cause that contains itself does no harm", () =>
    Effect.gen(function*() {
      const cause: { cause?: unknown } = {}
      cause.cause = cause
      assert.deepInclude(yield* Vendor.reason(FakeHttp.broken(cause)), { _tag: "Transport", sent: "maybe" })
    }))

  it.effect("a request that cannot be encoded was not sent", () =>
    Effect.gen(function*() {
      const reason = yield* Vendor.reason((_, request) =>
        Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.EncodeError({ request, cause: new Error(Vendor.id) })
          })
        )
      )
      assert.deepInclude(reason, { _tag: "Transport", sent: "no" })
      assert.notInclude(reason.message, Vendor.id)
    }))

  it.effect("a client that fails on statuses by itself hides no status", () =>
    Effect.gen(function*() {
      const reason = yield* Vendor.reason((_, request) => {
        const response = HttpClientResponse.fromWeb(request, Response.json({ detail: "no" }, { status: 401 }))
        return Effect.fail(
          new HttpClientError.HttpClientError({ reason: new HttpClientError.StatusCodeError({ request, response }) })
        )
      })
      assert.deepInclude(reason, { _tag: "Unauthorized", status: 401, detail: "no" })
    }))
})
