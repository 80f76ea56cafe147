import { assert, describe, it } from "@effect/vitest"
import type { VendorClient } from "@priceport/core"
import { Effect, Redacted, Schema } from "effect"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Vendor from "./Vendor.ts"

/** What becomes of a vendor's words about a request with these ids. */
const wordsOf = (detail: string, ids: VendorClient.Call<unknown>["ids"], options: Partial<VendorClient.Options> = {}) =>
  Effect.gen(function*() {
    const vendor = yield* Effect.orDie(Vendor.make(FakeHttp.make(FakeHttp.json({ detail }, 400)), options))
    const { reason } = yield* Effect.flip(vendor.call({ ...Vendor.call, ids }))
    return (reason as { readonly detail: string }).detail
  })

const everything = (error: { readonly message: string }) =>
  `${error.message} ${JSON.stringify(error)} ${String(error)} ${(error as Error).stack}`

describe("VendorClient, redaction", () => {
  it.effect.each([
    { what: "a UUID", id: "0072102a-c00c-4ea5-9271-1b6e975f2d63" },
    { what: "an e-mail address", id: "test.mail+tag@mail.test" },
    { what: "an IPv6 address", id: "2001:db8::7" },
    { what: "a store token", id: "algojlnkodhhjceoicbpjngh.AOJ1OwvCGA8J2uUoKEpN5aNv_xOXH2-B" },
    { what: "characters of regular expressions", id: "a.*+?^${}()|[]\\/-b" },
    { what: "a bracket without its pair", id: "((((user[1" },
    { what: "quotes", id: "the \"first\" 'user'" },
    { what: "slashes", id: "a/b\\c/d" },
    { what: "emoji", id: "😀-user-🎁" },
    { what: "a control character", id: "user\n\t1234" },
    { what: "256 characters", id: "x".repeat(256) },
    { what: "100,000 characters", id: "user(1".repeat(16_667) },
    { what: "a lone surrogate", id: "user-\ud800-1234" }
  ])("removes $what as it is, in JSON and in a URL", ({ id }) =>
    Effect.gen(function*() {
      const forms = [id, JSON.stringify(id).slice(1, -1), encodeURIComponent(id.toWellFormed())]
      for (const form of forms) {
        const detail = yield* wordsOf(`no profile <${form}> here`, [id])
        assert.strictEqual(detail, "no profile <[redacted]> here")
      }
    }))

  it.effect("removes the key from words and code, in any case of letters", () =>
    Effect.gen(function*() {
      for (const form of [Vendor.key, Vendor.key.toUpperCase(), encodeURIComponent(Vendor.key)]) {
        const reply = FakeHttp.json({ code: `KEY ${form}`, detail: `bad key "${form}"` }, 401)
        const error = yield* Effect.flip(Vendor.answer(reply))
        assert.notInclude(everything(error).toLowerCase(), form.toLowerCase())
        assert.strictEqual(error.reason._tag, "Unauthorized")
      }
    }))

  it.effect("removes the key and ids from words under HTTP 200 and from plain text", () =>
    Effect.gen(function*() {
      const words = `key ${Vendor.key}, customer ${Vendor.id}`
      for (const reply of [FakeHttp.json({ detail: words }), FakeHttp.text(words, { status: 400 })]) {
        const error = yield* Effect.flip(Vendor.answer(reply))
        assert.include(error.message, "key [redacted], customer [redacted]")
      }
    }))

  it.effect("removes an id before it cuts, so that no half of one stays", () =>
    Effect.gen(function*() {
      const detail = yield* wordsOf(`${"x".repeat(290)}${Vendor.id}`, [Vendor.id])
      assert.isAtMost(detail.length, 300)
      assert.notInclude(detail, Vendor.id.slice(0, 4))
    }))

  it.effect("keeps at most 300 characters, and never half a character", () =>
    Effect.gen(function*() {
      for (const pad of ["", "a"]) {
        const detail = yield* wordsOf(pad + "🎁".repeat(400), [])
        assert.isAtMost(detail.length, 300)
        assert.isTrue(detail.isWellFormed())
      }
      assert.strictEqual(yield* wordsOf("y".repeat(300), []), "y".repeat(300))
    }))

  it.effect("a very short id goes where it stands alone, and leaves other words readable", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* wordsOf("user 1 of 10 failed with 401", ["1"]), "user [redacted] of 10 failed with 401")
      assert.strictEqual(yield* wordsOf("a cat sat at a mat", ["a"]), "[redacted] cat sat at [redacted] mat")
      assert.strictEqual(yield* wordsOf("user 'é' gone, émile stays", ["é"]), "user '[redacted]' gone, émile stays")
    }))

  it.effect("an empty or absent id removes nothing", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* wordsOf("nothing to hide", ["", undefined]), "nothing to hide")
    }))

  it.effect("an id that is part of another id leaves nothing of either", () =>
    Effect.gen(function*() {
      const detail = yield* wordsOf("users abcd and abcd-efgh", ["abcd", "abcd-efgh"])
      assert.strictEqual(detail, "users [redacted] and [redacted]")
    }))

  it.effect("an id that looks like the replacement does no harm", () =>
    Effect.gen(function*() {
      assert.include(yield* wordsOf("user redacted", ["redacted"]), "[redacted]")
      assert.strictEqual(yield* wordsOf("user $& and $1", ["user"]), "[redacted] $& and $1")
    }))

  it.effect.each([
    { what: "long", ids: Array.from({ length: 500 }, (_, i) => `value-of-attribute-${i}`) },
    { what: "short", ids: Array.from({ length: 500 }, (_, i) => (i + 1_000).toString(36).padStart(3, "z")) }
  ])("500 $what ids and the largest body hold nobody up", ({ ids }) =>
    Effect.gen(function*() {
      const started = performance.now()
      yield* wordsOf("value-of zzz ab1 ".repeat(60_000), ids)
      assert.isBelow(performance.now() - started, 3_000)
    }))

  it.effect("an error page is not repeated", () =>
    Effect.gen(function*() {
      const reason = yield* Vendor.reason(FakeHttp.text("<html><body>Bad gateway</body></html>", { status: 502 }))
      assert.deepInclude(reason, { _tag: "Unavailable", status: 502 })
      assert.notProperty(reason, "detail")
    }))

  const Secret = Schema.String.check(Schema.isMinLength(4), Schema.isMaxLength(64))

  it.effect.prop(
    "no id of four characters or more is left, wherever the vendor repeats it",
    { id: Secret, before: Schema.String, after: Schema.String },
    ({ after, before, id }) =>
      Effect.gen(function*() {
        for (const form of [id, JSON.stringify(id).slice(1, -1), encodeURIComponent(id.toWellFormed())]) {
          const detail = yield* wordsOf(`${before}${form}${after}`, [id])
          assert.notInclude(detail.replaceAll("[redacted]", "\0"), form)
          assert.isAtMost(detail.length, 300)
        }
      })
  )

  const Key = Schema.String.check(Schema.isPattern(/^[\x21-\x7e]{8,40}$/))

  it.effect.prop(
    "no key is left in any part of an error",
    { key: Key, before: Schema.String, after: Schema.String },
    ({ after, before, key }) =>
      Effect.gen(function*() {
        const words = `${before}${key}${after}`
        const fake = FakeHttp.make(FakeHttp.json({ code: words, detail: words }, 403))
        const vendor = yield* Vendor.make(fake, { key: Redacted.make(key) })
        const error = yield* Effect.flip(vendor.call(Vendor.call))
        const { code, detail } = error.reason as { readonly code: string; readonly detail: string }
        for (const text of [code, detail, error.message]) assert.notInclude(text.replaceAll("[redacted]", "\0"), key)
      })
  )
})
