import { assert, describe, it } from "@effect/vitest"
import { KeyRing } from "@priceport/core"
import { Effect, Redacted } from "effect"
import * as InProcess from "./InProcess.ts"

const line = /^pk1\.[\w-]{43}(?:[.,]\+?[\w-]{4}:[\w-]{43})+\n$/

const made = (args: ReadonlyArray<string>, options?: Parameters<typeof InProcess.run>[1]) =>
  Effect.map(InProcess.run(["key", ...args], options), ({ code, stderr, stdout }) => {
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, line)
    return stdout.trimEnd()
  })

const env = (PRICEPORT_SEALING_KEYS: string) => ({ env: { PRICEPORT_SEALING_KEYS } })

const ring = (text: string) => KeyRing.make(Redacted.make(text))

describe("priceport key", () => {
  it.effect("prints new keys, on one line, and other ones each time", () =>
    Effect.gen(function*() {
      const [one, other] = [yield* made(["new"]), yield* made(["new"])]
      assert.notStrictEqual(one, other)
      yield* Effect.forEach([one, other], ring)
    }))

  it.effect("rotates the keys of the variable, or those of standard input", () =>
    Effect.gen(function*() {
      const old = yield* made(["new"])
      const another = yield* made(["new"])
      const sealed = yield* (yield* ring(old)).seal(new Uint8Array(1), "c")
      const sources: ReadonlyArray<
        readonly [args: ReadonlyArray<string>, options: Parameters<typeof InProcess.run>[1]]
      > = [
        [["rotate"], env(old)],
        [["rotate"], { ...env(old), stdin: another }],
        [["rotate", "-"], { stdin: old }],
        [["rotate", "-"], { ...env(another), stdin: `${old}\n` }],
        [["rotate"], { stdin: `${old}\r\n` }]
      ]
      for (const [args, options] of sources) {
        const next = yield* made(args, options)
        assert.strictEqual(next.split(",").length, 2)
        assert.deepStrictEqual(yield* (yield* ring(next)).open(sealed, "c"), new Uint8Array(1))
      }
    }))

  it.effect("stages a key before it seals, and forgets old ones when told to", () =>
    Effect.gen(function*() {
      const old = yield* made(["new"])
      const staged = yield* made(["rotate", "--stage"], env(old))
      assert.strictEqual(staged.slice(0, staged.lastIndexOf(",")), old)
      const next = yield* made(["rotate"], env(staged))
      assert.strictEqual(next.split(".")[2]!.split(",")[0], staged.split("+")[1])
      assert.strictEqual((yield* made(["rotate", "--keep", "0"], env(next))).split(",").length, 1)
    }))

  it.effect("tells what is wrong with the old keys without showing any of them", () =>
    Effect.gen(function*() {
      const old = yield* made(["new"])
      const wrong = [{}, env(""), env("planted"), env(`${old}\n`), env(old.slice(1)), { stdin: `planted${old}` }]
      for (const options of wrong) {
        const { code, stderr, stdout } = yield* InProcess.run(["key", "rotate"], options)
        assert.deepStrictEqual([code, stdout], [1, ""])
        assert.include(stderr, "PRICEPORT_SEALING_KEYS")
        for (const secret of ["planted", old.slice(4, 12), old.slice(-20)]) assert.notInclude(stderr, secret)
      }
      const { code, stderr } = yield* InProcess.run(["key", "rotate", old])
      assert.strictEqual(code, 2)
      assert.notInclude(stderr, old.slice(4, 12))
    }))
})
