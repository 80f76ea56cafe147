import { assert, describe, it } from "@effect/vitest"
import { BotsiProvider } from "@priceport/botsi"
import * as PricingMetrics from "@priceport/core/provider/PricingMetrics"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import * as Resilience from "@priceport/core/resilience/Resilience"
import { CorrilyProvider } from "@priceport/corrily"
import { BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import { type Duration, Effect, Layer, Redacted, References } from "effect"
import * as Exported from "./Exported.ts"

const planted = {
  botsiKey: "sk_1.planted-botsi-key.tail",
  corrilyKey: "planted-corrily-key",
  id: "planted-customer",
  email: "planted@example.com",
  ip: "203.0.113.77",
  transactionId: "planted-transaction",
  token: "planted-token"
}

const latency = { minMs: 0, maxMs: 0 }

const Simulators = Layer.mergeAll(
  BotsiSimulator.layer({ latency, secretKey: planted.botsiKey, customers: [{ customerUserId: planted.id }] }),
  CorrilySimulator.layer({ latency, apiKey: planted.corrilyKey })
)

const customer = { id: planted.id, ip: planted.ip, attributes: { email: planted.email } }
const request = { placement: "onboarding", customer }
const product = { productId: "premium_monthly", environment: "sandbox" } as const

const attribution = {
  provider: "botsi",
  placement: "onboarding",
  paywallId: "100",
  subject: { kind: "customerUserId", value: planted.id },
  enrolled: true,
  fetchedAt: "2026-01-01T00:00:00.000Z",
  payload: { id: 100, placementId: "onboarding", isExperiment: true, aiPricingModelId: 32 }
}

const appStore = {
  _tag: "AppStoreTransaction",
  ...product,
  transactionId: planted.transactionId,
  originalTransactionId: planted.transactionId
} as const

const playStore = {
  _tag: "PlayStoreOneTimePurchase",
  ...product,
  token: planted.token,
  price: { amountMicros: 1, currency: "USD" }
} as const

/** Every operation of both vendors behind all policies, none for longer than this. */
const operations = Effect.fnUntraced(function*(limit: Duration.Input) {
  const { baseUrl: botsiUrl } = yield* BotsiSimulator.BotsiSimulator
  const { baseUrl: corrilyUrl } = yield* CorrilySimulator.CorrilySimulator
  const policy: Resilience.Policy = {
    attempt: { getPaywall: limit },
    budget: { getPaywall: limit, recordImpression: limit, validatePurchase: limit },
    retry: { base: 1 }
  }
  const { provider: botsi } = yield* Effect.flatMap(
    BotsiProvider.make({ secretKey: Redacted.make(planted.botsiKey), baseUrl: botsiUrl }),
    Resilience.harden(policy)
  )
  const { provider: corrily } = yield* Effect.flatMap(
    CorrilyProvider.make({ apiKey: Redacted.make(planted.corrilyKey), baseUrl: corrilyUrl }),
    Resilience.harden(policy)
  )
  yield* Effect.all([
    Effect.exit(botsi.getPaywall(request)),
    Effect.exit(corrily.getPaywall(request)),
    Effect.exit(botsi.recordImpression({ attribution })),
    Effect.exit(botsi.validatePurchase({ attribution, transaction: appStore })),
    Effect.exit(botsi.validatePurchase({ attribution, transaction: playStore }))
  ], { concurrency: "unbounded" })
}, Effect.scoped)

/** Once in peace, and once with each fault there is. */
const traffic = Effect.gen(function*() {
  const simulators = [yield* BotsiSimulator.BotsiSimulator, yield* CorrilySimulator.CorrilySimulator]
  yield* operations("10 seconds")
  for (const fault of Fault.all) {
    for (const simulator of simulators) yield* simulator.inject(fault)
    yield* operations("250 millis")
    for (const simulator of simulators) yield* simulator.clearFaults
  }
})

describe("what leaves the process", () => {
  it.live("holds no key, no person and no purchase, whatever the vendors answer", () =>
    Effect.gen(function*() {
      const { otlp, prometheus, series } = yield* Exported.run(traffic)
      const sent = { traces: otlp("/v1/traces"), metrics: otlp("/v1/metrics"), logs: otlp("/v1/logs") }
      for (const [signal, bodies] of Object.entries(sent)) assert.isNotEmpty(bodies, signal)
      for (const text of [prometheus, ...Object.values(sent).flat()]) {
        const lower = text.toLowerCase()
        for (const [name, secret] of Object.entries(planted)) assert.notInclude(lower, secret.toLowerCase(), name)
      }
      for (const provider of ["botsi", "corrily"]) {
        const outcomes = Exported.valuesOf(series, PricingMetrics.attempts)
        assert.property(outcomes, `getPaywall ok ${provider}`)
        const failures = Object.keys(outcomes).filter((key) => key.startsWith("getPaywall") && key.endsWith(provider))
        assert.isAbove(failures.length, 5)
      }
    }).pipe(
      Effect.provide(Layer.merge(Simulators, UndiciHttpClient.layer)),
      Effect.provideService(References.MinimumLogLevel, "All")
    ), 30_000)
})
