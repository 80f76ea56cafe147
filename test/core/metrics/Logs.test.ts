import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, Metric, References } from "effect"
import { TestClock } from "effect/testing"
import * as Bundles from "../fallback/Bundles.ts"
import * as Scenario from "./Scenario.ts"

interface Line {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** Every line that a program logs. */
const logged = <A, E, R>(program: Effect.Effect<A, E, R>) => {
  const lines: Array<Line> = []
  const logger = Logger.make(({ fiber, logLevel, message }) => {
    const annotations = fiber.getRef(References.CurrentLogAnnotations)
    lines.push({ level: logLevel, message: String(message), annotations })
  })
  return program.pipe(
    Effect.provide(Logger.layer([logger])),
    Effect.provideService(References.MinimumLogLevel, "All"),
    Effect.provideService(Metric.MetricRegistry, new Map()),
    Effect.as(lines)
  )
}

describe("logs", () => {
  it.effect("speak of circuits, bundles, quota and parts left out, and annotate them from closed sets", () =>
    Effect.gen(function*() {
      const lines = yield* logged(Scenario.everything)
      const seen = new Set(lines.map(({ level, message }) => `${level} ${message}`))
      assert.sameMembers(Array.from(seen), [
        "Debug parts of a paywall could not be read",
        "Debug no retry: the provider's quota is used up",
        "Warn the circuit is open",
        "Info the circuit is half-open",
        "Info the circuit is closed",
        "Warn bundled paywalls are shown"
      ])
      for (const { annotations } of lines) {
        assert.strictEqual(annotations["pricing.provider"], "stub")
        const others = Object.keys(annotations).filter((key) => key !== "pricing.provider")
        for (const key of others) assert.match(key, /^pricing\.(?:operation|state|reason|notes)$/)
      }
    }))

  it.effect("warn of bundled paywalls once a minute for each reason", () =>
    Effect.gen(function*() {
      const bundle = yield* Bundles.load(Bundles.json())
      const lines = yield* logged(Effect.scoped(Effect.gen(function*() {
        const { ask, vendor } = yield* Scenario.make({ fallback: { bundle }, retry: { times: 0 } })
        vendor.answer = Effect.fail(Scenario.unavailable)
        for (const id of ["1", "2", "3"]) yield* ask(id)
        yield* TestClock.adjust("59 seconds")
        yield* ask("4")
        yield* TestClock.adjust("1 second")
        yield* ask("5")
      })))
      const warnings = lines.filter(({ message }) => message === "bundled paywalls are shown")
      assert.deepStrictEqual(warnings.map(({ annotations }) => annotations["pricing.reason"]), [
        "Unavailable",
        "Unavailable"
      ])
    }))
})
