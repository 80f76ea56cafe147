import { assert, describe, it } from "@effect/vitest"
import { KeyRing, SealingKeys } from "@priceport/core"
import { ConfigProvider, Effect, Layer, Redacted, Schema } from "effect"
import { createHmac } from "node:crypto"
import { inspect } from "node:util"
import * as Samples from "./Samples.ts"

const bytes = new TextEncoder().encode("what is sealed")

const causeOf = (ring: KeyRing.KeyRing["Service"], sealed: Uint8Array, context = "test") =>
  Effect.map(Effect.flip(ring.open(sealed, context)), ({ cause }) => cause)

describe("KeyRing", () => {
  it.effect("opens what it sealed, under the same context and no other", () =>
    Effect.gen(function*() {
      const ring = yield* KeyRing.make(Samples.keys)
      for (const plaintext of [bytes, new Uint8Array(0), new Uint8Array(100_000)]) {
        const sealed = yield* ring.seal(plaintext, "test")
        assert.strictEqual(sealed.length, plaintext.length + 43)
        assert.deepStrictEqual(yield* ring.open(sealed, "test"), plaintext)
        assert.strictEqual(yield* causeOf(ring, sealed, "tes"), "forged")
      }
    }))

  it.effect("never seals the same bytes the same way twice", () =>
    Effect.gen(function*() {
      const ring = yield* KeyRing.make(Samples.keys)
      const sealed = yield* Effect.replicateEffect(ring.seal(bytes, "test"), 1000)
      assert.strictEqual(new Set(sealed.map((one) => Buffer.from(one.subarray(3, 27)).toString("hex"))).size, 1000)
    }))

  it.effect("says for its operator what is wrong with what does not open", () =>
    Effect.gen(function*() {
      const ring = yield* KeyRing.make(Samples.keys)
      const sealed = yield* ring.seal(bytes, "test")
      assert.strictEqual(yield* causeOf(ring, sealed.subarray(0, 42)), "malformed")
      assert.strictEqual(yield* causeOf(ring, new Uint8Array(0)), "malformed")
      assert.strictEqual(yield* causeOf(ring, sealed.with(0, 9)), "unknown-key")
      assert.strictEqual(yield* causeOf(ring, sealed.with(3, sealed[3]! ^ 1)), "forged")
      assert.strictEqual(yield* causeOf(ring, sealed.with(sealed.length - 1, sealed.at(-1)! ^ 1)), "forged")
    }))

  it.effect("binds a key's id to what the key sealed", () =>
    Effect.gen(function*() {
      // The same key twice would be one text with two ids, which is refused; so two rings share it.
      const renamed = Redacted.make(Redacted.value(Samples.keys).replace(".AQID:", ".AQIE:"))
      const sealed = yield* (yield* KeyRing.make(Samples.keys)).seal(bytes, "test")
      assert.strictEqual(yield* causeOf(yield* KeyRing.make(renamed), sealed.with(2, 4)), "forged")
    }))

  it.effect("never seals twice under one nonce, however many seal at the same time", () =>
    Effect.gen(function*() {
      const ring = yield* KeyRing.make(Samples.keys)
      const sealed = yield* Effect.forEach(
        Array.from({ length: 1_000 }),
        () => Effect.andThen(Effect.yieldNow, ring.seal(bytes, "test")),
        { concurrency: 100 }
      )
      const nonces = new Set(sealed.map((bytes) => Buffer.from(bytes.subarray(3, 27)).toString("hex")))
      assert.strictEqual(nonces.size, sealed.length)
      for (const one of sealed) assert.deepStrictEqual(yield* ring.open(one, "test"), bytes)
    }))

  it.effect("hashes lists with HMAC-SHA-256 under the index", () =>
    Effect.gen(function*() {
      const ring = yield* KeyRing.make(Samples.keys)
      const index = Buffer.from(Array.from({ length: 32 }, (_, at) => at))
      const hash = createHmac("sha256", index).update("[\"purchase\",\"play_store\",\"é\"]").digest("base64url")
      assert.strictEqual(yield* ring.fingerprint("purchase", "play_store", "é"), hash)
      assert.match(hash, /^[\w-]{43}$/)
    }))

  it.effect("hashes different lists differently, however their texts are cut", () =>
    Effect.gen(function*() {
      const ring = yield* KeyRing.make(Samples.keys)
      const lists = [[], [""], ["", ""], ["a", "b"], ["ab"], ["a,b"], ["a\",\"b"], ["a\\\",\\\"b"], ["a", "b", ""]]
        .concat([["\ud800"], ["\udc00"], ["\ufffd"], ["\\ud800"], ["\ud83d", "\ude00"], ["\ud83d\ude00"], ["é"], [
          "e\u0301"
        ]])
      const hashes = yield* Effect.forEach(lists, (list) => ring.fingerprint(...list))
      assert.strictEqual(new Set(hashes).size, lists.length)
    }))

  it.effect("is made of PRICEPORT_SEALING_KEYS", () =>
    Effect.gen(function*() {
      const sealed = yield* (yield* KeyRing.make(Samples.keys)).seal(bytes, "test")
      const env = { PRICEPORT_SEALING_KEYS: Redacted.value(Samples.keys) }
      const opened = yield* KeyRing.KeyRing.use((ring) => ring.open(sealed, "test")).pipe(
        Effect.provide(
          Layer.provide(KeyRing.layerConfig, ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
        )
      )
      assert.deepStrictEqual(opened, bytes)
    }))

  it.effect("can have keys that nobody else has", () =>
    Effect.gen(function*() {
      const ephemeral = Effect.provide(KeyRing.KeyRing, KeyRing.layerEphemeral)
      const [one, other] = yield* Effect.all([ephemeral, ephemeral])
      const sealed = yield* one.seal(bytes, "test")
      assert.deepStrictEqual(yield* one.open(sealed, "test"), bytes)
      assert.strictEqual(yield* causeOf(other, sealed), "unknown-key")
      assert.notStrictEqual(yield* one.fingerprint("a"), yield* other.fingerprint("a"))
    }))
})

/** Texts that are nearly keys. */
const wrong = (text: string): ReadonlyArray<string> => {
  const [, index = "", key = ""] = text.split(".")
  const other = key.replace("AQID", "AQIE").replace(":I", ":J")
  return [
    "",
    " ",
    "pk1",
    `${text}\n`,
    ` ${text}`,
    `${text},`,
    `${text}=`,
    text.slice(0, -1),
    text.replace("pk1", "pk2"),
    text.replace("pk1", "PK1"),
    text.replace("AQID:", ":"),
    text.replace(index, index.slice(1)),
    text.replace(key, ""),
    // The last character of 43 has two bits to spare.
    `${text.slice(0, -1)}9`,
    text.replace("Hh8.", "Hh9."),
    text.replace("ICEi", "I+Ei"),
    text.replace(key, `+${key}`),
    `${text},${key}`,
    `${text},${key.replace("AQID", "AQIE")}`,
    `${text},${other.replace("AQIE", "AQID")}`,
    `${text},++${other}`,
    `${text},+${other},${key.replace("AQID", "AQIF").replace(":I", ":K")}`,
    `${text} ${other}`,
    text +
    Array.from({ length: 16 }, (_, at) => `,AAA${"ABCDEFGHabcdefgh"[at]}:${"ABCDEFGHabcdefgh"[at]}${key.slice(6)}`)
      .join("")
  ]
}

describe("the text of the keys", () => {
  it.effect("is refused when it is not exactly one, and no part of it is repeated", () =>
    Effect.gen(function*() {
      const text = Redacted.value(Samples.keys)
      for (const near of wrong(text)) {
        const made = yield* Effect.flip(KeyRing.make(Redacted.make(near)))
        const rotated = yield* Effect.flip(SealingKeys.rotate(Redacted.make(near)))
        for (const error of [made, rotated]) {
          assert.strictEqual(error._tag, "ConfigError")
          const told = [String(error), error.message, inspect(error, { depth: 20 }), JSON.stringify(error)].join()
          assert.include(told, "PRICEPORT_SEALING_KEYS")
          for (const part of ["AAECAwQF", "ICEiIyQl", "AQID", "pk2"]) assert.notInclude(told, part)
        }
      }
    }))

  it.effect("is new each time, on one line, and hidden from print", () =>
    Effect.gen(function*() {
      const made = yield* Effect.replicateEffect(SealingKeys.generate, 100)
      assert.strictEqual(new Set(made.map(Redacted.value)).size, 100)
      for (const text of made) {
        assert.match(Redacted.value(text), /^pk1\.[\w-]{43}\.[\w-]{4}:[\w-]{43}$/)
        assert.notInclude(inspect(text), Redacted.value(text).slice(4, 20))
        yield* KeyRing.make(text)
      }
    }))

  it.effect("when rotated seals with a new key, opens with the old ones, and hashes as before", () =>
    Effect.gen(function*() {
      let text = yield* SealingKeys.generate
      const fingerprint = yield* (yield* KeyRing.make(text)).fingerprint("a", "b")
      const sealed: Array<Uint8Array> = []
      for (let turn = 0; turn < 6; turn++) {
        const ring = yield* KeyRing.make(text)
        assert.strictEqual(yield* ring.fingerprint("a", "b"), fingerprint)
        sealed.push(yield* ring.seal(bytes, "test"))
        text = yield* SealingKeys.rotate(text)
      }
      const ring = yield* KeyRing.make(text)
      const opened = yield* Effect.forEach(sealed, (one) => Effect.isSuccess(ring.open(one, "test")))
      assert.deepStrictEqual(opened, [false, false, false, true, true, true])
      assert.strictEqual(yield* causeOf(ring, sealed[0]!), "unknown-key")
    }))

  it.effect("keeps as many old keys as it is told to", () =>
    Effect.gen(function*() {
      const old = yield* KeyRing.make(Samples.keys)
      const sealed = yield* old.seal(bytes, "test")
      for (const keep of [0, 1, 14]) {
        let text = yield* SealingKeys.rotate(Samples.keys, { keep })
        assert.strictEqual(yield* Effect.isSuccess((yield* KeyRing.make(text)).open(sealed, "test")), keep > 0)
        for (let turn = 0; turn < 20; turn++) text = yield* SealingKeys.rotate(text, { keep })
        text = yield* SealingKeys.rotate(text, { keep, stage: true })
        assert.strictEqual(Redacted.value(text).split(",").length, keep + 2)
        yield* KeyRing.make(text)
      }
      for (const keep of [-1, 15, 1.5, NaN]) assert.throws(() => SealingKeys.rotate(Samples.keys, { keep }), RangeError)
    }))

  it.effect("keeps nothing at all when it is told to: neither what sealed nor what was staged", () =>
    Effect.gen(function*() {
      const staged = yield* SealingKeys.rotate(Samples.keys, { stage: true })
      const next = Redacted.value(yield* SealingKeys.rotate(staged, { keep: 0 }))
      assert.match(next, /^pk1\.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\.[\w-]{4}:[\w-]{43}$/)
      assert.notInclude(next, Redacted.value(staged).slice(-43))
      assert.notInclude(next, "ICEiIyQl")
    }))

  it.effect("stays readable when a key is staged beside as many as there may be", () =>
    Effect.gen(function*() {
      let text = Samples.keys
      for (let turn = 0; turn < 14; turn++) text = yield* SealingKeys.rotate(text, { keep: 14 })
      const full = Redacted.make(`${Redacted.value(text)},${Redacted.value(yield* SealingKeys.generate).slice(48)}`)
      yield* KeyRing.make(full)
      const staged = yield* SealingKeys.rotate(full, { stage: true })
      assert.strictEqual(Redacted.value(staged).split(",").length, 16)
      yield* KeyRing.make(staged)
    }))

  it.effect("is rotated in two steps without a moment in which one process cannot open what another sealed", () =>
    Effect.gen(function*() {
      const staged = yield* SealingKeys.rotate(Samples.keys, { stage: true })
      const again = yield* SealingKeys.rotate(staged, { stage: true })
      assert.strictEqual(Redacted.value(again), Redacted.value(staged))
      const promoted = yield* SealingKeys.rotate(staged)
      const [before, between, after] = yield* Effect.forEach([Samples.keys, staged, promoted], KeyRing.make)

      const ids = yield* Effect.forEach(
        [before!, between!, after!],
        (ring) => Effect.map(ring.seal(bytes, "test"), (sealed) => sealed.subarray(0, 3).join())
      )
      assert.strictEqual(ids[0], ids[1])
      assert.notStrictEqual(ids[1], ids[2])
      // At any moment two neighbours of the three are in use.
      for (const [one, other] of [[before!, between!], [between!, after!]] as const) {
        for (const [sealer, opener] of [[one, other], [other, one]] as const) {
          assert.deepStrictEqual(yield* opener.open(yield* sealer.seal(bytes, "test"), "test"), bytes)
        }
      }
      // Without the first step there is one.
      assert.strictEqual(yield* causeOf(before!, yield* after!.seal(bytes, "test")), "unknown-key")
    }))

  it.effect.prop(
    "opens under any context whatever it sealed under it",
    { content: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))), context: Schema.String },
    ({ content, context }) =>
      Effect.gen(function*() {
        const ring = yield* KeyRing.make(Samples.keys)
        const plaintext = Uint8Array.from(content)
        assert.deepStrictEqual(yield* ring.open(yield* ring.seal(plaintext, context), context), plaintext)
      })
  )
})
