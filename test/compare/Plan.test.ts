import { assert, describe, it } from "@effect/vitest"
import { Compare, Outcome, Plan } from "@priceport/compare"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import { BigDecimal, Effect, Result } from "effect"
import { plan } from "./World.ts"

const refusal = (change: Record<string, unknown>) =>
  Result.getOrUndefined(Result.flip(Plan.make({ ...plan(), ...change })))

describe("Plan", () => {
  it("fills in what is usual", () => {
    const { alpha, contamination, covariateDays, guardrails, sampleRatioAlpha } = plan()
    assert.deepStrictEqual({ alpha, contamination, covariateDays, guardrails, sampleRatioAlpha }, {
      alpha: 0.05,
      contamination: 0.05,
      covariateDays: 0,
      guardrails: { slowAnswers: 0.02, fallbackAnswers: 0.02 },
      sampleRatioAlpha: 0.001
    })
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      "weights that do not add up",
      { arms: [{ arm: "a", weight: 0.5 }, { arm: "b", weight: 0.4 }], control: "a" },
      /add up to 1/
    ],
    ["one arm", { arms: [{ arm: "a", weight: 0.5 }] }, /arms/],
    ["two arms of one name", { arms: [{ arm: "a", weight: 0.5 }, { arm: "a", weight: 0.5 }] }, /different names/],
    ["a control that is no arm", { control: "apphud" }, /one of the arms: botsi, corrily/],
    ["a provider in two arms", {
      arms: [{ arm: "botsi", weight: 0.5 }, { arm: "corrily", weight: 0.5, providers: ["botsi"] }]
    }, /one arm only/],
    ["a metric asked for twice", { secondary: ["conversion"] }, /once/],
    ["a metric nobody knows", { primary: "lifetimeValue" }, /primary/],
    ["a cap of nothing", { cap: 0 }, /cap/],
    ["a misspelt member", { horizn: 1 }, /horizn: Unknown member/]
  ])("refuses %s", (_, change, message) => {
    assert.match(refusal(change)?.message ?? "", message)
  })
})

describe("Outcome", () => {
  const given = { customer: "ada", kind: "conversion", at: "2026-03-02T00:00:00Z", transactionId: "t" } as const

  it("takes amounts as digits, numbers or decimals, to the millionth", () => {
    const micros = (amount: unknown) => Result.getOrThrow(Outcome.entry({ ...given, amount, currency: "EUR" })).micros
    assert.strictEqual(micros("0.1"), 100_000)
    assert.strictEqual(micros(4.35), 4_350_000)
    assert.strictEqual(micros(BigDecimal.fromStringUnsafe("19.990000")), 19_990_000)
    assert.strictEqual(micros("1000000000"), 1e15)
    assert.strictEqual(Outcome.formatMicros(19_990_000), "19.99")
    assert.strictEqual(Outcome.formatMicros(-100_000n), "-0.1")
    for (const bad of ["1000000000.1", "1e3", "", " 1", "-1", "0.1234567", 1e-7, NaN]) {
      assert.isTrue(Result.isFailure(Outcome.entry({ ...given, amount: bad, currency: "EUR" })), String(bad))
    }
  })

  it("takes a customer by id or by a vendor's profile", () => {
    const units = (customer: unknown) => Result.getOrThrow(Outcome.entry({ ...given, customer })).units
    assert.deepStrictEqual(units("ada"), ["ada"])
    assert.deepStrictEqual(units({ id: "ada", profiles: { botsi: "p" } }), ["ada", "botsi:p"])
    assert.deepStrictEqual(units({ profiles: { botsi: "p" } }), ["botsi:p"])
    assert.isTrue(Result.isFailure(Outcome.entry({ ...given, customer: { ip: "192.0.2.1" } })))
  })

  it.effect("is recorded once, and refused if it is told in two ways", () =>
    Effect.gen(function*() {
      const outcome = { ...given, amount: "5", currency: "EUR" }
      assert.isTrue(yield* Compare.recordOutcome(outcome))
      assert.isFalse(yield* Compare.recordOutcome(outcome))
      assert.strictEqual(
        (yield* Effect.flip(Compare.recordOutcome({ ...outcome, amount: "6" })))._tag,
        "OutcomeConflict"
      )
      assert.strictEqual(
        (yield* Effect.flip(Compare.recordOutcome({ ...outcome, amount: "x" })))._tag,
        "InvalidOutcome"
      )
    }).pipe(Effect.provide(SqliteLedger.layer({ filename: ":memory:" }))))
})
