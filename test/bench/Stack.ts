/**
 * The stack that hits are measured through: everything `Pricing.make` recommends, with a bundle, on a vendor that answers
 * at once, and a thousand customers who were all answered before.
 */
import {
  type Paywall,
  type PaywallRequest,
  Pricing,
  PricingError,
  PricingPromise,
  PricingProvider,
  WireSchema
} from "@priceport/core"
import * as CacheKey from "@priceport/core/resilience/CacheKey"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import { Effect, Exit, Layer, Schema, Scope } from "effect"
import assert from "node:assert/strict"
import { PaywallAnswer as BotsiAnswer } from "../../packages/botsi/src/BotsiSchema.ts"
import { toPaywall as toBotsi } from "../../packages/botsi/src/internal/paywall.ts"
import { PaywallAnswer as CorrilyAnswer } from "../../packages/corrily/src/CorrilySchema.ts"
import { toPaywall as toCorrily } from "../../packages/corrily/src/internal/paywall.ts"
import * as answers from "./answers.ts"
import type { Rival } from "./Rounds.ts"

export type Request = PaywallRequest.PaywallRequest

export const customers = 1000
export const timeToLive = 300_000

export const requestOf = (index: number): Request => ({
  placement: "onboarding",
  customer: { id: `customer-${index}`, country: "DE", locale: "de-DE", attributes: { plan: "free", team: "blue" } }
})

export const requests: ReadonlyArray<Request> = Array.from({ length: customers }, (_, index) => requestOf(index))

const sound = <A>(exit: Exit.Exit<A, unknown>): A => {
  assert(Exit.isSuccess(exit))
  return exit.value
}

const fetchedAt = new Date().toISOString()
const readBotsi = WireSchema.reader(BotsiAnswer)
const readCorrily = WireSchema.reader(CorrilyAnswer)

/** Each answer is parsed anew, as it is when it comes from a vendor. */
export const answerOf = {
  botsi: (request: Request) =>
    toBotsi(sound(readBotsi(structuredClone(answers.botsi))).data, {
      provider: "bench",
      request,
      subject: { kind: "customerUserId", value: request.customer.id! },
      placementId: "onboarding",
      fetchedAt
    }),
  corrily: (request: Request) =>
    toCorrily(sound(readCorrily(structuredClone(answers.corrily))), {
      provider: "bench",
      request,
      encoded: {
        subject: { kind: "user_id", value: request.customer.id! },
        enrolled: true,
        body: { user_id: request.customer.id! }
      },
      fetchedAt
    })
}

/** The paywall of a request, as an answer has it. */
export const paywallOf = (request: Request, answer: (typeof answerOf)[keyof typeof answerOf]): Paywall.Paywall => {
  const paywall = answer(request)
  assert(!(paywall instanceof PricingError.InvalidResponse))
  return paywall
}

/** A vendor that answers after `latency`, and how often it was asked. */
export const vendorOf = (answer: (typeof answerOf)[keyof typeof answerOf], latency: Effect.Effect<void>) => {
  const asked = { times: 0 }
  const provider = PricingProvider.make({
    id: "bench",
    capabilities: { exposure: "on-impression", purchases: [], repeatPurchase: "safe" },
    getPaywall: (request) =>
      Effect.andThen(latency, () => {
        asked.times++
        return Effect.succeed(paywallOf(request, answer))
      })
  })
  return { asked, provider }
}

const bundle = await Effect.runPromise(
  FallbackBundle.load(
    Schema.encodeSync(Schema.toCodecJson(FallbackBundle.Contents))(
      FallbackBundle.fromPaywalls([{ paywall: paywallOf(requests[0]!, answerOf.botsi) }])
    ),
    { file: "paywalls.json", placements: ["onboarding"] }
  )
)

const policy = { fallback: { bundle } }

/** Everything recommended, in a scope that is never closed. */
export const stackOn = (provider: PricingProvider.Service): Pricing.Pricing["Service"] =>
  Effect.runSync(
    Pricing.make(policy).pipe(
      Effect.provideService(PricingProvider.PricingProvider, provider),
      Scope.provide(Scope.makeUnsafe())
    )
  )

export const pricing = stackOn(vendorOf(answerOf.botsi, Effect.void).provider)

export const promised = PricingPromise.make(
  Layer.succeed(PricingProvider.PricingProvider, vendorOf(answerOf.botsi, Effect.void).provider),
  policy
)

for (const request of requests) {
  for (const ask of [() => Effect.runPromise(pricing.getPaywall(request)), () => promised.getPaywall(request)]) {
    assert.equal((await ask()).provenance.source, "live")
    assert.equal((await ask()).provenance.source, "cache")
  }
}

const scope = CacheKey.scope("bench", "")

export const keyOf = (request: Request): string => CacheKey.of(request, scope)!

const direct = new Map(
  requests.map((request) => [
    keyOf(request),
    { paywall: paywallOf(request, answerOf.botsi), storedAt: Date.now() }
  ])
)

/** What nobody who tells all these requests apart by a text can go below: the key, a `Map`, and the age of what is there. */
export const floor = (request: Request): Paywall.Paywall | undefined => {
  const entry = direct.get(keyOf(request))
  return entry !== undefined && Date.now() - entry.storedAt < timeToLive ? entry.paywall : undefined
}

/** One request after the other, as a plain function. */
export const plainly = (name: string, once: (request: Request, index: number) => unknown): Rival => ({
  name,
  run: (times) => {
    for (let index = 0; index < times; index++) once(requests[index % customers]!, index % customers)
  }
})

/** One after the other inside one effect. */
export const inFiber = (name: string, once: (request: Request) => Effect.Effect<unknown, unknown>): Rival => ({
  name,
  run: (times) =>
    Effect.runPromise(
      Effect.gen(function*() {
        for (let index = 0; index < times; index++) yield* once(requests[index % customers]!)
      }).pipe(Effect.orDie)
    )
})

/** One after the other, each awaited. */
export const byPromise = (name: string, once: (request: Request, index: number) => Promise<unknown>): Rival => ({
  name,
  run: async (times) => {
    for (let index = 0; index < times; index++) await once(requests[index % customers]!, index % customers)
  }
})
