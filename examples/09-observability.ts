/**
 * Observability: metrics for Prometheus, and metrics, spans and log lines by OTLP.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { BotsiProvider } from "@priceport/botsi"
import { FallbackBundle, Pricing, PricingProvider } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { CorrilyProvider } from "@priceport/corrily"
import { Config, ConfigProvider, Console, Effect, Layer } from "effect"
import { FetchHttpClient, HttpMiddleware, HttpRouter, HttpServer } from "effect/http"
import { Otlp, PrometheusMetrics } from "effect/observability"
import { createServer } from "node:http"
import * as Collector from "./collector.ts"
import * as Vendors from "./vendors.ts"

/** Sends metrics, spans and log lines to a collector. */
const Telemetry = (baseUrl: string) =>
  Otlp.layerJson({ baseUrl, resource: { serviceName: "shop" } }).pipe(Layer.provide(FetchHttpClient.layer))

/** `GET /metrics` for Prometheus, on a port of its own. */
const Metrics = HttpRouter.serve(PrometheusMetrics.layerHttp(), { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provide(HttpMiddleware.layerTracerDisabledForUrls(["/metrics"])),
  Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
)

const Botsi = BotsiProvider.layerConfig().pipe(Layer.provide(UndiciHttpClient.layer))
const Corrily = CorrilyProvider.layerConfig().pipe(Layer.provide(UndiciHttpClient.layer))

const customer = { id: "customer-42", country: "US" }

/** What a day brings: most customers are shown what is in memory, some ask for what there is not. */
const traffic = Effect.gen(function*() {
  const pricing = yield* Pricing.Pricing
  for (let i = 0; i < 10; i++) {
    const paywall = yield* pricing.getPaywall({ placement: "onboarding", customer })
    yield* pricing.recordImpression(paywall)
  }
  yield* Effect.ignore(pricing.getPaywall({ placement: "nowhere", customer }))
})

/** A vendor that cannot be reached: customers are shown the bundle, and soon nobody waits for the vendor any more. */
const outage = Effect.gen(function*() {
  const pricing = yield* Pricing.Pricing
  for (const id of ["ann", "bob", "cid", "dan", "eve", "fay"]) {
    yield* pricing.getPaywall({ placement: "onboarding", customer: { id } })
  }
})

const main = Effect.gen(function*() {
  const bundle = yield* Effect.provide(pull, Vendors.connect(Botsi))
  const policy = Pricing.layer({ fallback: { bundle }, breaker: { failures: 4 } })
  const corrilyIsDown = { CORRILY_BASE_URL: "http://127.0.0.1:9" }
  yield* Effect.provide(traffic, Layer.provide(policy, Vendors.connect(Botsi)))
  yield* Effect.provide(outage, Layer.provide(policy, Vendors.connect(Corrily, corrilyIsDown)))

  const server = yield* HttpServer.HttpServer
  const url = `${HttpServer.formatAddress(server.address)}/metrics`
  const text = yield* Effect.promise(() => fetch(url).then((response) => response.text()))
  const lines = text.split("\n").filter((line) => /^priceport_(?:attempts|paywalls|breaker_state)/.test(line))
  yield* Console.log(["\nGET /metrics, in part", ...lines.toSorted()].join("\n  "))
})

/** What `priceport fallback pull` writes to a file. */
const pull = Effect.gen(function*() {
  const provider = yield* PricingProvider.PricingProvider
  const paywall = yield* provider.getPaywall({ placement: "onboarding", customer, enroll: false })
  const text = FallbackBundle.toText(FallbackBundle.fromPaywalls([{ paywall }]))
  return yield* FallbackBundle.load(text, { file: "fallback.json", placements: ["onboarding"] })
})

/** Sends to the collector of OTEL_EXPORTER_OTLP_ENDPOINT, or else to one of our own that counts what it gets. */
const withTelemetry = Effect.gen(function*() {
  const collector = yield* Collector.make
  const endpoint = yield* Config.String("OTEL_EXPORTER_OTLP_ENDPOINT").pipe(
    Config.withDefault(collector.url),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv()))
  )
  yield* Effect.provide(main, Layer.merge(Metrics, Telemetry(endpoint)))
  if (endpoint !== collector.url) return yield* Console.log(`\nsent to ${endpoint}`)
  const received = Array.from(yield* collector.received, ([signal, count]) => `${count} ${signal}`)
  yield* Console.log(`\nthe collector got ${received.join(", ")}`)
})

Vendors.run(Effect.scoped(withTelemetry))
