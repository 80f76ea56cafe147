import { assert, describe, it } from "@effect/vitest"
import { Duration, Option } from "effect"
import * as Syntax from "../../packages/cli/src/Syntax.ts"

const some = Option.some

const none = Option.none()

describe("Syntax", () => {
  it("splits key=value at the first =, keeps an empty value and refuses an empty key", () => {
    assert.deepStrictEqual(Syntax.keyValue("a=b=c"), some(["a", "b=c"] as const))
    assert.deepStrictEqual(Syntax.keyValue("a="), some(["a", ""] as const))
    assert.deepStrictEqual(Syntax.keyValue(" a = b "), some([" a ", " b "] as const))
    for (const text of ["", "a", "=b"]) assert.deepStrictEqual(Syntax.keyValue(text), none)
  })

  it("reads a phase of five parts whose numbers are integers, zero and negative ones included", () => {
    assert.deepStrictEqual(
      Syntax.phase("0:EUR:P1W:2:1"),
      some({ amountMicros: 0, currency: "EUR", period: "P1W", recurrenceMode: 2, cycles: 1 })
    )
    assert.strictEqual(Option.getOrThrow(Syntax.phase("-1::anything:1:0")).amountMicros, -1)
    for (const text of ["", "1:EUR:P1M:1", "1:EUR:P1M:1:0:0", "1.5:EUR:P1M:1:0", ":EUR:P1M:1:0", "1e6:EUR:P1M:1:0"]) {
      assert.deepStrictEqual(Syntax.phase(text), none, text)
    }
    for (const text of ["1:EUR:P1M:x:0", "1:EUR:P1M:1:", "0x10:EUR:P1M:1:0", " 1:EUR:P1M:1:0"]) {
      assert.deepStrictEqual(Syntax.phase(text), none, text)
    }
  })

  it("reads a price of two parts", () => {
    assert.deepStrictEqual(Syntax.price("4500000:EUR"), some({ amountMicros: 4_500_000, currency: "EUR" }))
    assert.deepStrictEqual(Syntax.price("0:"), some({ amountMicros: 0, currency: "" }))
    for (const text of ["", "1", "1.5:EUR", "1:EUR:", "EUR:1"]) assert.deepStrictEqual(Syntax.price(text), none, text)
  })

  it("reads durations in words", () => {
    assert.deepStrictEqual(Syntax.duration("2 seconds"), some(Duration.seconds(2)))
    assert.deepStrictEqual(Syntax.duration("500 millis"), some(Duration.millis(500)))
    for (const text of ["", "2", "2s", "soon"]) assert.deepStrictEqual(Syntax.duration(text), none, text)
  })

  it("reads JSON", () => {
    assert.deepStrictEqual(Syntax.json("{\"a\":null}"), some({ a: null }))
    for (const text of ["", "{a}", "undefined"]) assert.deepStrictEqual(Syntax.json(text), none, text)
  })

  it("reads a latency as a range or as one number", () => {
    assert.deepStrictEqual(Syntax.latency("40..1500"), some({ minMs: 40, maxMs: 1500 }))
    assert.deepStrictEqual(Syntax.latency("40..1500 ms"), some({ minMs: 40, maxMs: 1500 }))
    assert.deepStrictEqual(Syntax.latency("0"), some({ minMs: 0, maxMs: 0 }))
    for (const text of ["", "5..1", "..5", "5..", "-1", "1.5", "5 s"]) {
      assert.deepStrictEqual(Syntax.latency(text), none, text)
    }
  })

  it("reads a whole number as a seed that is a number", () => {
    assert.deepStrictEqual(["42", "-1", "4.2", "priceport", ""].map(Syntax.seed), [42, -1, "4.2", "priceport", ""])
  })

  it("reads whose fault it is", () => {
    assert.deepStrictEqual(
      Syntax.fault("corrily=status:429,retry-after=3"),
      some(["corrily", "status:429,retry-after=3"] as const)
    )
    for (const text of ["silence", "stripe=silence", "botsi="]) assert.deepStrictEqual(Syntax.fault(text), none, text)
  })
})
