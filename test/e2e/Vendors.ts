import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { Effect } from "effect"

const latency = { minMs: 0, maxMs: 0 }

/** A Botsi on loopback, and the variables that point the command to it. */
export const botsi = Effect.fnUntraced(function*(options: BotsiSimulator.Options = {}) {
  const vendor = yield* BotsiSimulator.make({ latency, ...options })
  return { vendor, env: { BOTSI_BASE_URL: vendor.baseUrl, BOTSI_SECRET_KEY: vendor.secretKey } }
})

/** A Corrily on loopback, and the variables that point the command to it. */
export const corrily = Effect.fnUntraced(function*(options: CorrilySimulator.Options = {}) {
  const vendor = yield* CorrilySimulator.make({ latency, ...options })
  return { vendor, env: { CORRILY_BASE_URL: vendor.baseUrl, CORRILY_API_KEY: vendor.apiKey } }
})
