import { assert, describe, it } from "@effect/vitest"
import { Analysis, Ledger, Report } from "@priceport/compare"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { assigned, day, exposed, plan, population, sale, served, start, visit } from "./World.ts"

/** Runs a trial with an empty ledger, two weeks after the experiment began. */
const promise = (sentence: string, trial: (ledger: Ledger.Service) => Effect.Effect<void, unknown, Ledger.Ledger>) =>
  it.effect(sentence, () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start + 14 * day)
      yield* trial(yield* Ledger.Ledger)
    }).pipe(Effect.provide(SqliteLedger.layer({ filename: ":memory:" }))))

const report = Analysis.report("vendors")

const arm = ({ arms }: Report.Report, name: string) => arms.find((each) => each.arm === name)!

const check = ({ checks }: Report.Report, name: Report.Check["name"]) => checks.find((each) => each.name === name)!

describe("Analysis", () => {
  promise("finds the better arm, and says how sure it is", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan({ power: { lift: 0.5, power: 0.8 } }), start - day)
      yield* population(ledger, {
        botsi: { customers: 1000, sales: 100, days: 7 },
        corrily: { customers: 1000, sales: 200, days: 7 }
      })
      const { arms, customers, effects, gates, guardrails, needs, seed, series, storedBefore, verdict } = yield* report
      assert.deepStrictEqual(verdict, { _tag: "Better", arm: "corrily" })
      assert.isTrue(storedBefore)
      assert.isNull(seed)
      assert.deepStrictEqual(gates.map(({ gate, passed }) => [gate, passed]), [
        ["data", true],
        ["sampleRatio", true],
        ["contamination", true]
      ])
      assert.deepStrictEqual(customers, { assigned: 2000, exposed: 2000 })
      assert.deepStrictEqual(
        arms.map(({ arm, converted, exposed, paid, revenue, role }) => [arm, role, exposed, converted, paid, revenue]),
        [
          ["botsi", "control", 1000, 100, 100, "1000"],
          ["corrily", "treatment", 1000, 200, 200, "2000"]
        ]
      )
      const [conversion, perCustomer, perPayer] = effects
      assert.closeTo(conversion!.difference!.estimate, 0.1, 1e-12)
      assert.closeTo(conversion!.lift!.estimate, 1, 1e-12)
      assert.strictEqual(conversion!.difference!.interval.kind, "confidence-sequence")
      assert.isAbove(conversion!.difference!.interval.low, 0)
      assert.isAbove(conversion!.chanceToWin!.estimate, 0.999)
      assert.closeTo(perCustomer!.difference!.estimate, 1, 1e-12)
      assert.strictEqual(perPayer!.refusal?._tag, "NotEnoughData")
      assert.isAbove(needs!.customers, 0)
      assert.deepStrictEqual(guardrails.map(({ guardrail }) => guardrail), ["slowAnswers", "fallbackAnswers"])

      const [overTime] = series
      assert.lengthOf(overTime!.points, 15)
      assert.deepInclude(overTime!.points[0], { day: "2026-03-02", n: 286 })
      assert.closeTo(overTime!.points.at(-1)!.estimate!, conversion!.difference!.estimate, 1e-12)
      assert.closeTo(overTime!.points.at(-1)!.low!, conversion!.difference!.interval.low, 1e-12)
    }))

  promise("is one JSON document that comes back the same", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan(), start - day)
      yield* population(ledger, { botsi: { customers: 300, sales: 30 }, corrily: { customers: 200, sales: 20 } })
      const given = yield* report
      const json = JSON.stringify(yield* Schema.encodeEffect(Report.ReportJson)(given))
      const back = yield* Schema.decodeUnknownEffect(Report.ReportJson)(JSON.parse(json))
      assert.strictEqual(JSON.stringify(yield* Schema.encodeEffect(Report.ReportJson)(back)), json)
      assert.notMatch(json, /NaN|Infinity/)
    }))

  promise("withholds the answer where the arms have other sizes than planned", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan(), start - day)
      yield* population(ledger, { botsi: { customers: 1000, sales: 100 }, corrily: { customers: 800, sales: 200 } })
      const { effects, sampleRatio, series, verdict } = yield* report
      assert.deepInclude(verdict, { _tag: "Withheld", at: "sampleRatio" })
      assert.isTrue(effects.every((effect) => effect.refusal?._tag === "SampleRatioMismatch" && !effect.difference))
      assert.deepStrictEqual(series, [])
      assert.isBelow(sampleRatio[0]!.p!, 0.001)
    }))

  promise(
    "sees in the split of exposed customers that one arm's paywalls were not shown",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.storePlan(plan(), start - day)
        yield* population(ledger, { botsi: { customers: 1000, sales: 100 }, corrily: { customers: 800, sales: 80 } })
        yield* ledger.append(Array.from({ length: 200 }, (_, index) => assigned(`unseen-${index}`, "corrily")))
        const { sampleRatio, verdict } = yield* report
        assert.deepStrictEqual(
          sampleRatio.map(({ population, refusal }) => [population, refusal?._tag]),
          [["assigned", undefined], ["exposed", "SampleRatioMismatch"]]
        )
        assert.deepInclude(verdict, { _tag: "Withheld", at: "sampleRatio" })
      })
  )

  promise(
    "withholds the answer where the other arm served too many, and drops none of them",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.storePlan(plan(), start - day)
        yield* population(ledger, { botsi: { customers: 500, sales: 50 }, corrily: { customers: 500, sales: 50 } })
        yield* ledger.append(
          Array.from({ length: 60 }, (_, index) =>
            served(`botsi-${index}`, "corrily", { at: start + 1000, ...index < 50 && { standbyFor: "botsi" } }))
        )
        const result = yield* report
        assert.deepInclude(result.verdict, { _tag: "Withheld", at: "contamination" })
        assert.deepInclude(result.contamination, { share: 0.06, bound: 0.05 })
        assert.deepStrictEqual(result.contamination.arms[0], { arm: "botsi", customers: 500, other: 60, standby: 50 })
        assert.strictEqual(arm(result, "botsi").exposed, 500)
        assert.strictEqual(arm(result, "botsi").standbyAnswers, 50)
      })
  )

  promise(
    "counts customers in the arm they were assigned to, not in the one that served them",
    (ledger) =>
      Effect.gen(function*() {
        // Botsi's weakest customers are taken over by Corrily, whose rate falls by it, if counted as served.
        yield* ledger.storePlan(plan({ contamination: 0.2 }), start - day)
        yield* population(ledger, { botsi: { customers: 1000, sales: 100 }, corrily: { customers: 1000, sales: 100 } })
        yield* ledger.append(
          Array.from({ length: 300 }, (_, index) => {
            const unit = `botsi-${999 - index}`
            return [
              served(unit, "corrily", { at: start + 1000, standbyFor: "botsi" }),
              exposed(unit, "corrily", { at: start + 1100, standbyFor: "botsi" })
            ]
          }).flat()
        )
        const result = yield* report
        assert.deepStrictEqual(result.verdict, { _tag: "Undecided" })
        assert.strictEqual(result.effects[0]!.difference!.estimate, 0)
        assert.deepStrictEqual(result.arms.map(({ exposed, standbyShows }) => [exposed, standbyShows]), [[1000, 300], [
          1000,
          0
        ]])
        assert.isAbove(100 / 700, 100 / 1000 + 0.04, "as served, Botsi would have won by four points")
      })
  )

  promise("is not misled by an arm that grows while its customers change", (ledger) =>
    Effect.gen(function*() {
      // Both arms convert alike on each day, the late ones less: with unequal parts of them, one arm looks better.
      yield* ledger.storePlan(plan(), start - day)
      yield* population(ledger, { botsi: { customers: 900, sales: 90 }, corrily: { customers: 300, sales: 30 } })
      yield* ledger.append(
        Array.from({ length: 600 }, (_, index) => visit(`late-${index}`, "corrily", start + 9 * day)).flat()
      )
      yield* ledger.append(
        Array.from({ length: 200 }, (_, index) => visit(`late too-${index}`, "botsi", start + 9 * day)).flat()
      )
      assert.deepInclude((yield* report).verdict, { _tag: "Withheld", at: "sampleRatio" })
    }))

  promise(
    "refuses revenue in two currencies, and still tells conversions where no revenue is asked for",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.storePlan(plan(), start - day)
        yield* population(ledger, { botsi: { customers: 500, sales: 50 }, corrily: { customers: 500, sales: 50 } })
        yield* ledger.record([sale("botsi-400", 5_000_000, { currency: "USD" })])
        const { effects, verdict } = yield* report
        assert.deepInclude(verdict, { _tag: "Withheld", at: "data" })
        assert.strictEqual(effects[0]!.refusal?._tag, "MixedCurrencies")
        assert.deepStrictEqual(effects[0]!.refusal?._tag === "MixedCurrencies" && effects[0]!.refusal.currencies, [
          "EUR",
          "USD"
        ])
      })
  )

  promise("answers about conversions in any currencies", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan({ secondary: [] }), start - day)
      yield* population(ledger, { botsi: { customers: 500, sales: 50 }, corrily: { customers: 500, sales: 50 } })
      yield* ledger.record([sale("botsi-400", 5_000_000, { currency: "USD" })])
      const result = yield* report
      assert.deepStrictEqual(result.verdict, { _tag: "Undecided" })
      assert.strictEqual(check(result, "mixedCurrencies").count, 1)
    }))

  promise(
    "refuses data with arms the plan has not, customers in two, or clocks that are wrong",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.storePlan(plan(), start - day)
        yield* population(ledger, { botsi: { customers: 200, sales: 50 }, corrily: { customers: 200, sales: 50 } })
        yield* ledger.append([
          ...visit("lost", "apphud"),
          ...Array.from({ length: 10 }, (_, index) => assigned(`botsi-${index}`, "corrily", { at: start + day })),
          exposed("botsi-100", "botsi", { at: start + 40 * day }),
          assigned("later", "botsi", { at: start + 40 * day })
        ])
        const { verdict } = yield* report
        assert.deepInclude(verdict, { _tag: "Withheld", at: "data" })
        assert.deepStrictEqual(
          verdict._tag === "Withheld" && verdict.refusal._tag === "UnsoundData" && verdict.refusal.checks,
          ["unknownArms", "customersInTwoArms", "eventsInTheFuture"]
        )
      })
  )

  promise("says what is still missing where there is too little", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan(), start - day)
      yield* population(ledger, { botsi: { customers: 20, sales: 2 }, corrily: { customers: 20, sales: 3 } })
      const { verdict } = yield* report
      assert.deepInclude(verdict, { _tag: "Withheld", at: "effect" })
      assert.deepInclude(verdict._tag === "Withheld" && verdict.refusal, { _tag: "NotEnoughData", n: 20, needed: 100 })
    }))

  promise("answers with nothing but refusals where nothing happened yet", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan(), start - day)
      const { arms, customers, verdict } = yield* report
      assert.deepInclude(verdict, { _tag: "Withheld", at: "effect" })
      assert.deepStrictEqual(customers, { assigned: 0, exposed: 0 })
      assert.isUndefined(arms[0]!.conversion)
    }))

  promise("leaves out who was put into an arm by hand, and lists what it left out", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan(), start - day)
      yield* population(ledger, { botsi: { customers: 300, sales: 50 }, corrily: { customers: 300, sales: 50 } })
      yield* ledger.append([assigned("tester", "corrily", { by: "override" }), ...visit("tester", "corrily").slice(1)])
      yield* ledger.record([sale("tester", 99_000_000), sale("botsi-299", null)])
      const result = yield* report
      assert.strictEqual(arm(result, "corrily").exposed, 300)
      assert.strictEqual(arm(result, "botsi").converted, 51)
      assert.strictEqual(arm(result, "botsi").revenue, "500")
      assert.deepStrictEqual(result.exclusions, { overrides: 1, conversionsWithoutAmount: 1 })
      assert.deepStrictEqual(result.effects[0]!.difference!.exclusions, result.exclusions)
    }))

  promise("does not let a better arm win that breaks a guardrail", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan(), start - day)
      yield* population(ledger, { botsi: { customers: 1000, sales: 100 }, corrily: { customers: 1000, sales: 250 } })
      yield* ledger.append(
        Array.from({ length: 500 }, (_, index) => served(`corrily-${index}`, "corrily", { at: start + 5000, ms: 3000 }))
      )
      const { latency, verdict } = yield* report
      assert.deepStrictEqual(verdict, { _tag: "GuardrailBroken", arm: "corrily", guardrails: ["slowAnswers"] })
      const corrily = latency.find(({ provider }) => provider === "corrily")!
      assert.strictEqual(corrily.answers, 1500)
      assert.strictEqual(corrily.bins.reduce((sum, { count }) => sum + count, 0), 1500)
      assert.closeTo(corrily.p95!, 3000, 100)
    }))

  promise("shows the vendor's own split as a dimension of the arm", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan(), start - day)
      yield* ledger.append(["a", "b", "c"].flatMap((unit, index) => [
        assigned(unit, "botsi"),
        served(unit, "botsi", { treatment: index === 0 ? "Control" : "Treatment" }),
        exposed(unit, "botsi")
      ]))
      yield* ledger.record([sale("b", 2_000_000)])
      const { treatments } = yield* report
      assert.deepStrictEqual(
        treatments.map((
          { arm, converted, exposed, revenue, treatment }
        ) => [arm, treatment, exposed, converted, revenue]),
        [["botsi", "Treatment", 2, 1, "2"], ["botsi", "Control", 1, 0, "0"]]
      )
    }))

  promise(
    "caps what one customer counts for, and uses what was known before to see more",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.storePlan(plan({ primary: "revenuePerCustomer", secondary: [], covariateDays: 30 }), start - day)
        yield* population(ledger, { botsi: { customers: 400, sales: 100 }, corrily: { customers: 400, sales: 100 } })
        yield* ledger.record([
          sale("corrily-0", 5_000_000_000, { id: "a whale", kind: "renewal" }),
          ...["botsi", "corrily"].flatMap((arm) =>
            Array.from(
              { length: 100 },
              (_, index) => sale(`${arm}-${index}`, 9_000_000, { id: `before ${arm} ${index}`, at: start - day })
            )
          )
        ])
        const result = yield* report
        assert.strictEqual(arm(result, "corrily").revenue, "6000")
        const [{ adjustedByCovariate, difference }] = result.effects as [Report.Effect]
        assert.closeTo(difference!.estimate, 90 / 400, 1e-12)
        assert.isBelow(adjustedByCovariate!.standardError, difference!.standardError * 0.6)
      })
  )

  promise("takes customers from a given day on only, if asked to", (ledger) =>
    Effect.gen(function*() {
      yield* ledger.storePlan(plan(), start - day)
      yield* population(ledger, {
        botsi: { customers: 100, sales: 50, days: 4 },
        corrily: { customers: 100, sales: 50, days: 4 }
      })
      const { arms, series } = yield* Analysis.report("vendors", { since: start + 2 * day })
      assert.deepStrictEqual(arms.map(({ converted, exposed }) => [exposed, converted]), [[50, 24], [50, 24]])
      assert.strictEqual(series[0]!.points[0]!.day, "2026-03-04")
    }))

  promise(
    "shows what was bought before the reported exposure on the day of the exposure, not earlier",
    (ledger) =>
      Effect.gen(function*() {
        yield* ledger.storePlan(plan(), start - day)
        yield* population(ledger, { botsi: { customers: 300, sales: 60 }, corrily: { customers: 300, sales: 60 } })
        const late = Array.from({ length: 30 }, (_, index) => `late-${index}`)
        yield* ledger.append(late.flatMap((unit) => [
          assigned(unit, "corrily"),
          exposed(unit, "corrily", { at: start + 2 * day })
        ]))
        yield* ledger.record(late.map((unit) => sale(unit, 1_000_000)))
        const [{ points }] = (yield* report).series as [Report.Series]
        assert.deepStrictEqual(points.slice(0, 3).map(({ n }) => n), [600, 600, 630])
        assert.deepStrictEqual(points.slice(0, 2).map(({ estimate }) => estimate), [0, 0])
        assert.closeTo(points[2]!.estimate!, 90 / 330 - 60 / 300, 1e-12)
      })
  )

  it.effect("knows no experiment that has no plan", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(report)
      assert.strictEqual(error._tag, "UnknownExperiment")
    }).pipe(Effect.provide(SqliteLedger.layer({ filename: ":memory:" }))))
})
