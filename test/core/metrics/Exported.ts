import { Effect, Layer, Metric } from "effect"
import { Otlp, PrometheusMetrics } from "effect/observability"
import * as FakeHttp from "../../support/FakeHttp.ts"

/** What a program leaves behind: every series, as it is and as Prometheus and an OTLP collector get it. */
export interface Exported {
  readonly series: ReadonlyArray<Metric.Metric.Snapshot>
  readonly prometheus: string
  /** The bodies sent to the collector, by path. */
  readonly otlp: (path: "/v1/metrics" | "/v1/traces" | "/v1/logs") => ReadonlyArray<string>
}

/** Runs a program with metrics of its own, and sends them, its spans and its logs to a collector. */
export const run = <A, E, R>(program: Effect.Effect<A, E, R>) => {
  const collector = FakeHttp.make(FakeHttp.json({}))
  const exporters = Otlp.layerJson({ baseUrl: "http://collector.test", resource: { serviceName: "shop" } }).pipe(
    Layer.provide(collector.layer)
  )
  return Effect.gen(function*() {
    yield* program
    return { series: yield* Metric.snapshot, prometheus: yield* PrometheusMetrics.format() }
  }).pipe(
    Effect.provide(exporters),
    Effect.map((seen): Exported => ({
      ...seen,
      otlp: (path) => collector.sent.filter(({ url }) => url.endsWith(path)).map(({ raw }) => raw)
    })),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )
}

/** The value of each series of a metric, by what its labels say, in the order of their names. */
export const valuesOf = (series: ReadonlyArray<Metric.Metric.Snapshot>, { name }: { readonly name: string }) =>
  Object.fromEntries(
    series.filter(({ id }) => id === name).map(({ attributes = {}, state }) => [
      Object.keys(attributes).filter((key) => key !== "unit").toSorted().map((key) => attributes[key]).join(" "),
      "count" in state ? Number(state.count) : "value" in state ? Number(state.value) : undefined
    ])
  )
