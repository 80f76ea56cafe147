import { assert, describe, it } from "@effect/vitest"
import * as PricingMetrics from "@priceport/core/provider/PricingMetrics"
import { Effect } from "effect"
import * as Bundles from "../fallback/Bundles.ts"
import * as Stub from "../Stub.ts"
import * as Exported from "./Exported.ts"
import * as Scenario from "./Scenario.ts"

/** The names of the labels in a line of Prometheus' text. */
const labelsIn = (line: string) => Array.from(line.matchAll(/[{,](\w+)="/g), ([, label]) => label!)

interface OtlpPoint {
  readonly attributes: ReadonlyArray<{ readonly key: string }>
}

interface OtlpMetric {
  readonly name: string
  readonly unit: string
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: ReadonlyArray<OtlpPoint> }
  readonly gauge?: { readonly dataPoints: ReadonlyArray<OtlpPoint> }
  readonly histogram?: { readonly dataPoints: ReadonlyArray<OtlpPoint> }
}

/** The clock is set first: exporters would tick all the way to an instant that is set while they run. */
const everything = Effect.andThen(Bundles.after(1), Exported.run(Scenario.everything))

const byName = new Map(PricingMetrics.all.map((metric) => [metric.name, metric]))

const otlpUnits = { seconds: "s", bytes: "By" } as const

describe("PricingMetrics", () => {
  it.effect("is the whole list of what is exported, in every series with the labels it says", () =>
    Effect.gen(function*() {
      const { series } = yield* everything
      assert.sameMembers(Array.from(new Set(series.map(({ id }) => id))), Array.from(byName.keys()))
      for (const { attributes = {}, description, id, type } of series) {
        const metric = byName.get(id)!
        const { unit, ...labels } = attributes
        assert.sameMembers(Object.keys(labels), [...metric.labels], id)
        assert.strictEqual(unit, metric.unit)
        assert.strictEqual(type.toLowerCase(), metric.type)
        assert.strictEqual(description, metric.description)
        for (const [label, value] of Object.entries(labels)) {
          if (label === "provider") assert.strictEqual(value, "stub")
          else if (label === "event") assert.match(value, /^[a-z][A-Za-z]+$/)
          else assert.include<string>(PricingMetrics.values[label as keyof typeof PricingMetrics.values], value)
        }
      }
    }))

  it.effect("is what Prometheus reads", () =>
    Effect.gen(function*() {
      const { prometheus } = yield* everything
      const lines = prometheus.trimEnd().split("\n").filter((line) => !line.startsWith("#"))
      assert.isAbove(lines.length, byName.size)
      for (const line of lines) {
        const name = line.match(/^\w+/)![0]
        const metric = byName.get(name) ?? byName.get(name.replace(/_(?:bucket|sum|count)$/, ""))
        assert.isDefined(metric, line)
        assert.sameMembers(labelsIn(line).filter((label) => label !== "le"), [...metric!.labels], line)
      }
    }))

  it.effect("is what an OTLP collector gets, with units", () =>
    Effect.gen(function*() {
      const { otlp } = yield* everything
      const sent: ReadonlyArray<OtlpMetric> = JSON.parse(otlp("/v1/metrics").at(-1)!)
        .resourceMetrics[0].scopeMetrics[0].metrics
      assert.sameMembers(sent.map(({ name }) => name), Array.from(byName.keys()))
      for (const { gauge, histogram, name, sum, unit } of sent) {
        const metric = byName.get(name)!
        assert.strictEqual(unit, metric.unit === undefined ? "1" : otlpUnits[metric.unit])
        const form = { counter: sum, gauge, histogram }[metric.type]
        assert.isDefined(form, name)
        if (metric.type === "counter") assert.isTrue(sum?.isMonotonic)
        for (const { attributes } of form!.dataPoints) {
          assert.sameMembers(attributes.map(({ key }) => key).filter((key) => key !== "unit"), [...metric.labels], name)
        }
      }
    }))

  it.effect("names nobody: no customer, address, placement or purchase, in metrics, spans and logs alike", () =>
    Effect.gen(function*() {
      const { otlp, prometheus } = yield* everything
      const all = [prometheus, ...otlp("/v1/metrics"), ...otlp("/v1/traces"), ...otlp("/v1/logs")]
      assert.isNotEmpty(otlp("/v1/traces"))
      assert.isNotEmpty(otlp("/v1/logs"))
      const { subject } = Stub.attribution
      const planted = ["anna", "example.com", "192.0.2.7", "onboarding", subject.value, Stub.appStore.transactionId]
      for (const text of all) for (const secret of planted) assert.notInclude(text, secret)
    }))

  it("has names of one form: our prefix, `_total` for counters alone, the unit at the end", () => {
    for (const { boundaries, name, type, unit } of PricingMetrics.all) {
      assert.match(name, /^priceport(?:_[a-z]+)+$/)
      assert.strictEqual(name.endsWith("_total"), type === "counter")
      if (unit !== undefined) assert.isTrue(name.endsWith(`_${unit}`))
      assert.strictEqual(boundaries !== undefined, type === "histogram")
    }
  })
})
