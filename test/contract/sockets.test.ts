import { assert, describe, it } from "@effect/vitest"
import type { PricingProvider } from "@priceport/core"
import { BotsiSimulator, CorrilySimulator, Fault, type Simulator } from "@priceport/testing/simulators"
import { Duration, Effect, Metric } from "effect"
import type { HttpClient } from "effect/http"
import * as Vendors from "../support/Vendors.ts"

interface Given {
  readonly provider: PricingProvider.Service
  readonly simulator: Simulator
}

type Trial = (given: Given) => Effect.Effect<void, unknown>

/** Each runs a trial against a vendor of its own. */
const vendors: Record<string, (trial: Trial) => Effect.Effect<void, unknown, HttpClient.HttpClient>> = {
  botsi: (trial) =>
    Effect.all({ provider: Vendors.makeBotsi, simulator: BotsiSimulator.BotsiSimulator }).pipe(
      Effect.flatMap(trial),
      Effect.provide(Vendors.Botsi)
    ),
  corrily: (trial) =>
    Effect.all({ provider: Vendors.makeCorrily, simulator: CorrilySimulator.CorrilySimulator }).pipe(
      Effect.flatMap(trial),
      Effect.provide(Vendors.Corrily)
    )
}

const request = { placement: "onboarding", customer: Vendors.customer }

/** How long a call may take, and how late a busy machine may notice. */
const [timeout, slack] = [300, 2000]

const endless = [
  { what: "never answers", fault: Fault.Silence(), reasons: ["Timeout"] },
  { what: "sends a byte a second", fault: Fault.SlowBody({ bytesPerSecond: 1 }), reasons: ["Timeout"] },
  { what: "sends a body without end", fault: Fault.EndlessBody(), reasons: ["Timeout", "InvalidResponse"] }
]

/** Runs an effect and tells how many of the fibers it started are still there. */
const watchingFibers = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  let active = 0
  const fibers: Metric.FiberRuntimeMetricsService = {
    recordFiberStart: () => void active++,
    recordFiberEnd: () => void active--
  }
  return Effect.map(
    Effect.provideService(effect, Metric.FiberRuntimeMetrics, fibers),
    (result) => ({ result, fibers: Effect.sync(() => active) })
  )
}

/** Waits for a count to become 0: a vendor needs a moment to notice that its client is gone. */
const becomesZero = Effect.fnUntraced(function*(count: Effect.Effect<number>) {
  yield* Effect.timeoutOption(
    Effect.repeat(Effect.delay(count, "5 millis"), { until: (left) => left === 0 }),
    "5 seconds"
  )
  assert.strictEqual(yield* count, 0)
})

for (const [vendor, against] of Object.entries(vendors)) {
  for (const [client, HttpClient] of Object.entries(Vendors.httpClients)) {
    describe(`${vendor} over ${client}`, () => {
      const promise = (sentence: string, trial: Trial) =>
        it.live(sentence, () => Effect.provide(against(trial), HttpClient), { concurrent: true, timeout: 30_000 })

      for (const { fault, reasons, what } of endless) {
        promise(
          `costs the caller the timeout and leaves nothing behind when it ${what}`,
          ({ provider, simulator }) =>
            Effect.gen(function*() {
              yield* simulator.inject(fault)
              const { fibers, result: [elapsed, error] } = yield* watchingFibers(
                Effect.timed(Effect.flip(provider.getPaywall(request, { timeout })))
              )
              assert.include(reasons, error.reason._tag)
              assert.isBelow(Duration.toMillis(elapsed), timeout + slack)
              yield* becomesZero(fibers)
              yield* becomesZero(simulator.openSockets)
            })
        )
      }

      promise("leaves nothing behind when the caller gives up", ({ provider, simulator }) =>
        Effect.gen(function*() {
          yield* simulator.inject(Fault.Silence())
          const { fibers } = yield* watchingFibers(Effect.timeoutOption(provider.getPaywall(request), timeout))
          yield* becomesZero(fibers)
          yield* becomesZero(simulator.openSockets)
        }))

      promise("reads a compressed answer", ({ provider, simulator }) =>
        Effect.gen(function*() {
          yield* simulator.inject(Fault.Gzip())
          assert.isNotEmpty((yield* provider.getPaywall(request)).products)
        }))

      promise("refuses a redirect and never follows it", ({ provider, simulator }) =>
        Effect.gen(function*() {
          yield* simulator.inject(Fault.Redirect({}))
          const error = yield* Effect.flip(provider.getPaywall(request))
          assert.strictEqual(error.reason._tag, "Rejected")
          assert.isFalse(error.isRetryable)
          assert.lengthOf(yield* simulator.requests, 1)
        }))
    })
  }
}
