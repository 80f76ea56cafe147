import { NodeHttpClient } from "@effect/platform-node"
import { BotsiProvider } from "@priceport/botsi"
import { PricingProvider } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { CorrilyProvider } from "@priceport/corrily"
import type { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator, CorrilySimulator, Fault, type Simulator } from "@priceport/testing/simulators"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"

/** The two usual HTTP clients, and our own. */
export const httpClients = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer,
  "our undici": UndiciHttpClient.layer
}

/** One that both vendors know. */
export const customer = { id: "customer-5a1f8c", ip: "203.0.113.42" }

const latency = { minMs: 0, maxMs: 0 }

/** A Botsi on loopback, without delays. */
export const Botsi = BotsiSimulator.layer({ latency, customers: [{ customerUserId: customer.id }] })

/** A Corrily on loopback, without delays. */
export const Corrily = CorrilySimulator.layer({ latency })

/** Botsi's adapter, pointed at the simulator. */
export const makeBotsi = Effect.flatMap(
  BotsiSimulator.BotsiSimulator,
  ({ baseUrl, secretKey }) => BotsiProvider.make({ baseUrl, secretKey: Redacted.make(secretKey) })
)

/** Corrily's adapter, pointed at the simulator. */
export const makeCorrily = Effect.flatMap(
  CorrilySimulator.CorrilySimulator,
  ({ apiKey, baseUrl }) => CorrilyProvider.make({ baseUrl, apiKey: Redacted.make(apiKey) })
)

/** Makes a provider the application's. */
export const asPricingProvider = Layer.effect(PricingProvider.PricingProvider)

/** A simulator as the contract suite sees it. */
export const vendorOf = (
  simulator: Simulator,
  ...secrets: ReadonlyArray<string>
): ProviderContract.Vendor["Service"] => ({
  requests: Effect.map(simulator.requests, (requests) => requests.length),
  fail: (fault) => simulator.inject(faults[fault], { times: 1 }),
  secrets
})

/** Error texts quote the key and the whole request where they can, so that it is seen when an error passes them on. */
const faults: Record<ProviderContract.Fault, Fault.Fault> = {
  unauthorized: Fault.EchoSecrets({ status: 401 }),
  forbidden: Fault.EchoSecrets({ status: 403 }),
  notFound: Fault.EchoSecrets({ status: 404 }),
  rejected: Fault.EchoSecrets({ status: 400 }),
  rateLimited: Fault.Status({ status: 429, retryAfter: "3" }),
  unavailable: Fault.EchoSecrets({ status: 503 }),
  undecodable: Fault.WrongTypes(),
  silence: Fault.Silence(),
  reset: Fault.Reset({ when: "after" })
}
