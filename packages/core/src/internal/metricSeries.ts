import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type { PricingError } from "../provider/PricingError.ts"
import type { Definition, Label, Labels } from "../provider/PricingMetrics.ts"

type Numbers = Metric.Counter<number> | Metric.Gauge<number> | Metric.Histogram<number>

/** The series of each metric by what its labels say. A series remembers its key, which makes an update cheap. */
const series = new WeakMap<Definition, Map<string, Numbers>>()

const seriesOf = <L extends Label>(definition: Definition<L>, labels: Pick<Labels, L>): Numbers => {
  let key = ""
  for (const label of definition.labels) key += `${labels[label]}|`
  let known = series.get(definition)
  if (known === undefined) series.set(definition, known = new Map())
  let found = known.get(key)
  if (found === undefined) known.set(key, found = make(definition, labels))
  return found
}

const make = <L extends Label>(
  { boundaries = [], description, labels: names, name, type, unit }: Definition<L>,
  labels: Pick<Labels, L>
): Numbers => {
  const attributes: Record<string, string> = unit === undefined ? {} : { unit }
  for (const label of names) attributes[label] = labels[label]
  switch (type) {
    case "counter":
      return Metric.counter(name, { description, attributes, incremental: true })
    case "gauge":
      return Metric.gauge(name, { description, attributes })
    case "histogram":
      return Metric.histogram(name, { description, attributes, boundaries })
  }
}

/** Adds to a counter, sets a gauge, or puts a number into a histogram, of the registry in this context. */
export const record = <L extends Label>(
  context: Context.Context<never>,
  definition: Definition<L>,
  labels: Pick<Labels, L>,
  value = 1
): void => seriesOf(definition, labels).updateUnsafe(value, context)

/** The same where no context is at hand. */
export const update = <L extends Label>(
  definition: Definition<L>,
  labels: Pick<Labels, L>,
  value = 1
): Effect.Effect<void> =>
  Effect.withFiber((fiber) => {
    record(fiber.context, definition, labels, value)
    return Effect.void
  })

/** What became of a call. */
export const outcomeOf = (exit: Exit.Exit<unknown, PricingError>): Labels["outcome"] => {
  if (Exit.isSuccess(exit)) return "ok"
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error !== undefined) return error.reason._tag
  return Cause.hasInterruptsOnly(exit.cause) ? "Interrupted" : "Defect"
}

/** What is read when somebody looks: where from, and what was counted where nothing is left to read from. */
interface Pulled {
  readonly sources: Set<() => number>
  before: number
}

const pulled = new WeakMap<Metric.MetricRegistry, Map<string, Pulled>>()

/**
 * Has a counter or a gauge read whenever the registry in this context is, until what it returns is called. Sources of one
 * series are added up; a counter keeps what a source had counted when it went.
 */
export const pull = <L extends Label>(
  context: Context.Context<never>,
  definition: Definition<L>,
  labels: Pick<Labels, L>,
  read: () => number
): () => void => {
  const registry = Context.get(context, Metric.MetricRegistry)
  const metric = seriesOf(definition, labels)
  const key = JSON.stringify([metric.id, metric.attributes, Context.get(context, Metric.CurrentMetricAttributes)])
  let known = pulled.get(registry)
  if (known === undefined) pulled.set(registry, known = new Map())
  let state = known.get(key)
  if (state === undefined) {
    known.set(key, state = { sources: new Set(), before: 0 })
    register(context, metric, state)
  }
  const { sources } = state
  sources.add(read)
  return () => {
    if (definition.type === "counter") state.before += read()
    sources.delete(read)
  }
}

const register = (context: Context.Context<never>, metric: Numbers, state: Pulled): void => {
  const total = () => {
    let sum = state.before
    for (const read of state.sources) sum += read()
    return sum
  }
  const nothing = () => {}
  const hooks = { update: nothing, modify: nothing }
  if (metric.type === "Counter") {
    const get = () => ({ count: total(), incremental: true })
    Metric.registerUnsafe(metric as Metric.Counter<number>, context, { get, ...hooks })
  } else {
    Metric.registerUnsafe(metric as Metric.Gauge<number>, context, { get: () => ({ value: total() }), ...hooks })
  }
}
