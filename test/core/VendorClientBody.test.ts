import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { gzipSync } from "node:zlib"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Vendor from "./Vendor.ts"

const mebibyte = 1024 * 1024

/** A JSON text of exactly so many bytes. */
const jsonOf = (bytes: number) => `"${"a".repeat(bytes - 2)}"`

const respond = (body: BodyInit, headers: Record<string, string> = {}, status = 200) => () =>
  new Response(body, { status, headers: { "content-type": "application/json", ...headers } })

/** A body that arrives in pieces and then ends, or breaks. */
const pieces = (parts: ReadonlyArray<string>, end: "whole" | "cut" = "whole") =>
  new ReadableStream<Uint8Array>({
    start: (out) => {
      for (const part of parts) out.enqueue(new TextEncoder().encode(part))
      if (end === "whole") out.close()
      else out.error(Object.assign(new TypeError("terminated"), { code: "ECONNREFUSED" }))
    }
  })

describe("VendorClient, by body", () => {
  describe("at most 1 MiB", () => {
    it.effect.each([
      { how: "of a declared length", headers: { "content-length": String(mebibyte) } },
      { how: "of no declared length", headers: {} }
    ])("a body $how of exactly that is read", ({ headers }) =>
      Effect.gen(function*() {
        assert.lengthOf(yield* Vendor.answer(respond(jsonOf(mebibyte), headers)) as Effect.Effect<string>, mebibyte - 2)
      }))

    it.effect.each([
      { how: "of a declared length", headers: { "content-length": String(mebibyte + 1) } },
      { how: "of no declared length", headers: {} },
      { how: "that declares less than it sends", headers: { "content-length": "10" } },
      { how: "that declares a length below zero", headers: { "content-length": "-1" } },
      { how: "that declares no number", headers: { "content-length": "many" } },
      { how: "that declares nothing in words", headers: { "content-length": "" } }
    ])("a body $how with one byte more is refused", ({ headers }) =>
      Effect.gen(function*() {
        const reason = yield* Vendor.reason(respond(jsonOf(mebibyte + 1), headers))
        assert.deepInclude(reason, { _tag: "InvalidResponse", path: "" })
        assert.include((reason as { readonly detail: string }).detail, String(mebibyte))
        assert.isFalse(reason.isRetryable)
      }))

    it.effect("a body without end is given up at the limit, and ended", () =>
      Effect.gen(function*() {
        let pulled = 0
        let ended = false
        const endless = new ReadableStream<Uint8Array>({
          pull: (out) => {
            pulled += 65_536
            out.enqueue(new Uint8Array(65_536).fill(32))
          },
          cancel: () => {
            ended = true
          }
        })
        const reason = yield* Vendor.reason(respond(endless))
        assert.strictEqual(reason._tag, "InvalidResponse")
        assert.isBelow(pulled, 2 * mebibyte)
        assert.isTrue(ended)
      }))

    it.effect("the limit holds for what a compressed body becomes", () =>
      Effect.gen(function*() {
        const bomb = gzipSync(Buffer.alloc(64 * mebibyte, 32))
        assert.isBelow(bomb.length, mebibyte)
        const reason = yield* Vendor.reason(respond(bomb, { "content-encoding": "gzip" }))
        assert.deepInclude(reason, { _tag: "InvalidResponse", path: "" })
      }))

    it.effect.each([400, 429, 500])(
      "an error %i with a larger body stays what its status says",
      (status) =>
        Effect.gen(function*() {
          const reason = yield* Vendor.reason(respond(jsonOf(mebibyte + 1), {}, status))
          assert.deepInclude(reason, { status })
          assert.notProperty(reason, "detail")
        })
    )
  })

  describe("given up half-way", () => {
    it.effect.each([
      { how: "of a declared length", headers: { "content-length": "100" } },
      { how: "of no declared length", headers: {} }
    ])("a body $how is ended, so that its connection is free again", ({ headers }) =>
      Effect.gen(function*() {
        let ended = 0
        const stalled = () =>
          new ReadableStream<Uint8Array>({
            start: (out) => out.enqueue(new Uint8Array([123])),
            cancel: () => {
              ended += 1
            }
          })
        const late = yield* Effect.forkChild(Vendor.reason(() => respond(stalled(), headers)()))
        const given = yield* Effect.forkChild(Vendor.answer(() => respond(stalled(), headers)()))
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        yield* Fiber.interrupt(given)
        assert.strictEqual(ended, 1)
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual((yield* Fiber.join(late))._tag, "Timeout")
        assert.strictEqual(ended, 2)
      }))
  })

  describe("gzip", () => {
    const zipped = gzipSync(JSON.stringify({ name: "Prämie 🎁" }))

    it.effect.each([
      { how: "that says so", headers: { "content-encoding": "gzip", "content-length": String(zipped.length) } },
      { how: "that does not say so", headers: {} },
      { how: "of a declared length alone", headers: { "content-length": String(zipped.length) } }
    ])("a body $how is read", ({ headers }) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* Vendor.answer(respond(zipped, headers)), { name: "Prämie 🎁" })
      }))

    it.effect("words of an error are read too", () =>
      Effect.gen(function*() {
        const body = gzipSync(JSON.stringify({ detail: "no such place" }))
        assert.deepInclude(yield* Vendor.reason(respond(body, { "content-encoding": "gzip" }, 404)), {
          _tag: "NotFound",
          detail: "no such place"
        })
      }))

    it.effect.each([
      { why: "cut", body: zipped.subarray(0, zipped.length - 6) },
      { why: "spoilt", body: Buffer.concat([zipped.subarray(0, 12), Buffer.alloc(8, 7)]) }
    ])("a $why body cannot be read", ({ body }) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* Vendor.reason(respond(body)))._tag, "InvalidResponse")
      }))
  })

  describe("reads first, then parses", () => {
    it.effect.each([200, 201])(
      "a body of a %i that breaks off is Transport, and may have been acted on",
      (status) =>
        Effect.gen(function*() {
          const reason = yield* Vendor.reason(() => new Response(pieces([`{"a":`], "cut"), { status }))
          assert.deepInclude(reason, { _tag: "Transport", sent: "maybe" })
          assert.isTrue(reason.isRetryable)
        })
    )

    it.effect("also with a declared length", () =>
      Effect.gen(function*() {
        const reason = yield* Vendor.reason(respond(pieces([`{"a":`], "cut"), { "content-length": "100" }))
        assert.deepInclude(reason, { _tag: "Transport", sent: "maybe" })
      }))

    it.effect("an error whose body breaks off stays what its status says", () =>
      Effect.gen(function*() {
        const reason = yield* Vendor.reason(() => new Response(pieces([`{"detail":`], "cut"), { status: 403 }))
        assert.deepInclude(reason, { _tag: "Forbidden", status: 403 })
      }))

    it.effect.each([
      { why: "HTML", body: "<!doctype html><title>Welcome</title>" },
      { why: "half a document", body: `{"a":` },
      { why: "two documents", body: "{}{}" },
      { why: "a number that JSON does not have", body: "NaN" }
    ])("a whole body of $why is InvalidResponse", ({ body }) =>
      Effect.gen(function*() {
        const reason = yield* Vendor.reason(respond(body))
        assert.deepInclude(reason, { _tag: "InvalidResponse", path: "" })
        assert.isFalse(reason.isRetryable)
      }))

    it.effect("bytes that are no UTF-8 are InvalidResponse", () =>
      Effect.gen(function*() {
        const reason = yield* Vendor.reason(respond(new Uint8Array([0x22, 0xff, 0xfe, 0x22])))
        assert.strictEqual(reason._tag, "InvalidResponse")
      }))

    it.effect("a decoder's failure is the call's failure", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Vendor.answer(FakeHttp.json({}), { decode: () => Exit.die("broken decoder") }))
        assert.fail(String(error))
      }).pipe(Effect.catchDefect((defect) => Effect.sync(() => assert.strictEqual(defect, "broken decoder")))))
  })

  describe("odd but whole JSON", () => {
    it.effect("a byte order mark is no part of the body", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* Vendor.answer(respond("\uFEFF{\"a\":1}")), { a: 1 })
      }))

    it.effect("a character split over two pieces arrives whole", () =>
      Effect.gen(function*() {
        const bytes = new TextEncoder().encode(`{"a":"é🎁"}`)
        const body = new ReadableStream<Uint8Array>({
          start: (out) => {
            for (const byte of bytes) out.enqueue(new Uint8Array([byte]))
            out.close()
          }
        })
        assert.deepStrictEqual(yield* Vendor.answer(respond(body)), { a: "é🎁" })
      }))

    it.effect("a member named __proto__ is data", () =>
      Effect.gen(function*() {
        const body = yield* Vendor.answer(respond(`{"__proto__":{"polluted":true}}`))
        assert.deepStrictEqual(Object.keys(body as object), ["__proto__"])
        assert.notProperty({}, "polluted")
      }))

    it.effect("of a repeated member the last one counts", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* Vendor.answer(respond(`{"a":1,"a":2}`)), { a: 2 })
      }))
  })

  describe("calls whose answer is the status alone", () => {
    const ignoreBody = { ignoreBody: true, decode: () => Exit.void }

    it.effect.each([
      { why: "JSON", body: "{}" as BodyInit | null, status: 200 },
      { why: "nothing", body: "", status: 200 },
      { why: "no content", body: null, status: 204 },
      { why: "plain text", body: "OK", status: 200 },
      { why: "HTML", body: "<p>thanks</p>", status: 202 },
      { why: "bytes that are no UTF-8", body: new Uint8Array([0xff, 0xfe, 0xfd]), status: 200 }
    ])("succeed with $status and $why", ({ body, status }) =>
      Effect.gen(function*() {
        assert.isUndefined(yield* Vendor.answer(() => new Response(body, { status }), ignoreBody))
      }))

    it.effect("fail with a refusal under 200", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* Vendor.reason(FakeHttp.json({ detail: "no" }), ignoreBody))._tag, "Rejected")
      }))
  })
})
