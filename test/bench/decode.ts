/**
 * From a parsed answer to a `Paywall`: our wire schema and mapping against code written by hand for the same result, and
 * against zod's parse of the same members alone. `JSON.parse` stands beside them as the floor nobody can go below.
 */
import { WireSchema } from "@priceport/core"
import { Exit } from "effect"
import assert from "node:assert/strict"
import { z } from "zod"
import { PaywallAnswer as BotsiAnswer } from "../../packages/botsi/src/BotsiSchema.ts"
import { toPaywall as toBotsi } from "../../packages/botsi/src/internal/paywall.ts"
import { PaywallAnswer as CorrilyAnswer } from "../../packages/corrily/src/CorrilySchema.ts"
import { toPaywall as toCorrily } from "../../packages/corrily/src/internal/paywall.ts"
import * as answers from "./answers.ts"
import * as handwritten from "./handwritten.ts"
import { compare, report, type Rival } from "./Rounds.ts"

const text = z.string().nullish()

const zodBotsi = z.object({
  ok: z.literal(true).optional(),
  data: z.object({
    id: z.int(),
    externalId: text,
    name: text,
    isExperiment: z.boolean().nullish(),
    aiPricingModelId: z.int().nullish(),
    sourceProducts: z.array(z.object({
      productId: text,
      sourceProductId: text,
      botsiProductId: z.int().nullish(),
      basePlanId: text,
      offerId: text,
      offerIds: z.array(z.string()).nullish(),
      promotionalOfferId: text,
      discountId: text,
      winBackOfferId: text,
      appStoreOfferType: text,
      isConsumable: z.boolean().nullish()
    })).nullish()
  })
})

const zodCorrily = z.object({
  success: z.literal(true).optional(),
  pricing_page: z.looseObject({ id: z.int() }),
  products: z.array(z.object({
    id: z.int(),
    api_id: z.string().min(1),
    name: z.string(),
    interval: z.any(),
    interval_count: z.any(),
    cents: z.any(),
    recurrent_horizon: z.any(),
    group: z.any(),
    price: z.string(),
    price_usd: text,
    trial: z.object({ id: z.any(), trial_id: z.any().optional(), trial_days: z.int(), trial_type: text }).nullish(),
    product_metadata: z.any(),
    features: z.array(z.object({
      id: z.int().nullish(),
      api_id: text,
      type: z.any(),
      name: text,
      value: z.any(),
      value_id: z.any(),
      unit: text,
      description: text,
      status: z.any(),
      feature_group: z.any()
    })).nullish(),
    overrides: z.any()
  }))
})

const fetchedAt = "2026-03-01T12:00:00.000Z"
const request = { placement: "onboarding", customer: { id: "u_1" } }

const decodeBotsi = WireSchema.reader(BotsiAnswer)
const botsi = (body: unknown) => {
  const exit = decodeBotsi(body)
  assert(Exit.isSuccess(exit))
  return toBotsi(exit.value.data, {
    provider: "botsi",
    request,
    subject: { kind: "customerUserId", value: "u_1" },
    placementId: "onboarding",
    fetchedAt
  })
}

const decodeCorrily = WireSchema.reader(CorrilyAnswer)
const encoded = { subject: { kind: "user_id", value: "u_1" }, enrolled: true, body: { user_id: "u_1" } }
const corrily = (body: unknown) => {
  const exit = decodeCorrily(body)
  assert(Exit.isSuccess(exit))
  return toCorrily(exit.value, { provider: "corrily", request, encoded, fetchedAt })
}

const provenance = { source: "live" as const, fetchedAt, notes: [], attempts: [] }

const rival = (name: string, once: () => unknown): Rival => ({
  name,
  run: (times) => {
    for (let index = 0; index < times; index++) once()
  }
})

// Both must do the same work, or the ratio says nothing.
assert.deepEqual(corrily(answers.corrily), handwritten.toPaywall(answers.corrily, provenance))

const botsiText = JSON.stringify(answers.botsi)
report(
  "Botsi, 3 products",
  await compare([
    rival("JSON.parse", () => JSON.parse(botsiText)),
    rival("zod parse alone", () => zodBotsi.parse(answers.botsi)),
    rival("priceport decode and mapping", () => botsi(answers.botsi))
  ], { rounds: 9, times: 50_000 }),
  []
)

const corrilyText = JSON.stringify(answers.corrily)
report(
  "Corrily, 10 products of 20 features",
  await compare([
    rival("JSON.parse", () => JSON.parse(corrilyText)),
    rival("zod parse alone", () => zodCorrily.parse(answers.corrily)),
    rival("handwritten decode and mapping", () => handwritten.toPaywall(answers.corrily, provenance)),
    rival("priceport decode and mapping", () => corrily(answers.corrily))
  ], { rounds: 9, times: 10_000 }),
  [
    { subject: "priceport decode and mapping", against: "handwritten decode and mapping", atMost: 3 },
    { subject: "priceport decode and mapping", against: "zod parse alone", atMost: 1 }
  ]
)
