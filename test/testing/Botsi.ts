import { BotsiSimulator } from "@priceport/testing/simulators"
import { Effect } from "effect"
import * as Wire from "./Wire.ts"

/** A fast Botsi on loopback. */
export const make = (options: BotsiSimulator.Options = {}) =>
  BotsiSimulator.make({ latency: { minMs: 0, maxMs: 0 }, ...options })

/** Calls an endpoint with the right headers, or with others instead, and reads the answer as JSON. */
export const call = (
  botsi: BotsiSimulator.BotsiSimulator["Service"],
  path: string,
  body: unknown,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {}
) =>
  Effect.map(
    Wire.send({
      url: botsi.baseUrl + path,
      method: options.method ?? "POST",
      headers: { authorization: botsi.secretKey, ...options.headers },
      body
    }),
    ({ status, text }) => ({ status, body: JSON.parse(text === "" ? "null" : text) })
  )

export const device = { country: "US", device: "Iphone 15", os: "ios 15.0.2", platform: "ios", appVersion: "2.3.4" }

export const sample = { placementId: "ai-placement-id", paywallId: 42, isExperiment: true, aiPricingModelId: 32 }

export const shown = { eventType: "paywall_shown", ...sample }

export const appStore = {
  ...sample,
  transactionId: "2000000871590381",
  originalTransactionId: "2000000261699248",
  productId: "premium_monthly",
  environment: "sandbox"
}

export const phase = {
  priceAmountMicros: 9_990_000,
  currencyCode: "USD",
  billingPeriod: "P1M",
  recurrenceMode: 1,
  billingCycleCount: 0
}

export const freePhase = {
  priceAmountMicros: 0,
  currencyCode: "USD",
  billingPeriod: "P1W",
  recurrenceMode: 2,
  billingCycleCount: 1
}

export const playStore = {
  ...sample,
  token: "a-token",
  productId: "premium_monthly",
  environment: "production",
  subscriptionOfferDetails: { basePlanId: "monthly-base", pricingPhases: [phase] }
}

export const oneTime = {
  ...sample,
  token: "another-token",
  productId: "coins",
  environment: "production",
  oneTimePurchaseOfferDetails: { priceAmountMicros: 4_500_000, currencyCode: "EUR" }
}
