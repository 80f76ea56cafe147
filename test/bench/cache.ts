/**
 * A cached paywall: what a hit costs beside building the same key, looking it up in a `Map` and checking its age, which
 * is the floor, and beside Effect's own `Cache`. Then a stampede, and what an entry weighs.
 */
import { type Paywall, type PaywallRequest, PricingError, PricingProvider, WireSchema } from "@priceport/core"
import * as CacheKey from "@priceport/core/resilience/CacheKey"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import { Cache, Effect, Exit, Scope } from "effect"
import assert from "node:assert/strict"
import { PaywallAnswer as BotsiAnswer } from "../../packages/botsi/src/BotsiSchema.ts"
import { toPaywall as toBotsi } from "../../packages/botsi/src/internal/paywall.ts"
import { PaywallAnswer as CorrilyAnswer } from "../../packages/corrily/src/CorrilySchema.ts"
import { toPaywall as toCorrily } from "../../packages/corrily/src/internal/paywall.ts"
import * as answers from "./answers.ts"
import { compare, report, type Rival } from "./Rounds.ts"

const fetchedAt = "2026-03-01T12:00:00.000Z"
const customers = 1000

const requestOf = (index: number): PaywallRequest.PaywallRequest => ({
  placement: "onboarding",
  customer: { id: `customer-${index}`, country: "DE", locale: "de-DE", attributes: { plan: "free", team: "blue" } }
})

const readBotsi = WireSchema.reader(BotsiAnswer)
const readCorrily = WireSchema.reader(CorrilyAnswer)

/** Each answer is parsed anew, as it is when it comes from a vendor. */
const vendors = {
  "Botsi, 3 products": (request: PaywallRequest.PaywallRequest) =>
    toBotsi(sound(readBotsi(structuredClone(answers.botsi))).data, {
      provider: "bench",
      request,
      subject: { kind: "customerUserId", value: request.customer.id! },
      placementId: "onboarding",
      fetchedAt
    }),
  "Corrily, 10 products of 20 features": (request: PaywallRequest.PaywallRequest) =>
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

type ToPaywall = (request: PaywallRequest.PaywallRequest) => Paywall.Paywall | PricingError.InvalidResponse

const sound = <A>(exit: Exit.Exit<A, unknown>): A => {
  assert(Exit.isSuccess(exit))
  return exit.value
}

/** A provider that answers at once, and how often it was asked. */
const vendorOf = (
  toPaywall: ToPaywall,
  latency: Effect.Effect<void>
) => {
  const asked = { times: 0 }
  const provider = PricingProvider.make({
    id: "bench",
    capabilities: { exposure: "on-impression", purchases: [], repeatPurchase: "safe" },
    getPaywall: (request) =>
      Effect.andThen(latency, () => {
        asked.times++
        const paywall = toPaywall(request)
        return paywall instanceof PricingError.InvalidResponse ? Effect.fail(paywall) : Effect.succeed(paywall)
      })
  })
  return { asked, provider }
}

const forever = Scope.makeUnsafe()
const cached = (provider: PricingProvider.Service, options?: PaywallCache.Options) =>
  Effect.runSync(Scope.provide(PaywallCache.make(options)(provider), forever))

const requests = Array.from({ length: customers }, (_, index) => requestOf(index))
const scope = CacheKey.scope("bench", "")
const timeToLive = 300_000

const direct = new Map(requests.map((request) => [
  CacheKey.of(request, scope),
  { paywall: vendors["Botsi, 3 products"](request), storedAt: Date.now() }
]))

const floor = (request: PaywallRequest.PaywallRequest) => {
  const entry = direct.get(CacheKey.of(request, scope))
  return entry !== undefined && Date.now() - entry.storedAt < timeToLive ? entry.paywall : undefined
}

const cache = cached(vendorOf(vendors["Botsi, 3 products"], Effect.void).provider)
const effectCache = Effect.runSync(
  Cache.make({
    capacity: 10_000,
    timeToLive,
    lookup: (key: string) => Effect.sync(() => direct.get(key)!.paywall)
  })
)
for (const request of requests) {
  assert.equal((await Effect.runPromise(cache.provider.getPaywall(request))).provenance.source, "live")
  assert.equal((await Effect.runPromise(cache.provider.getPaywall(request))).provenance.source, "cache")
  await Effect.runPromise(Cache.get(effectCache, CacheKey.of(request, scope)!))
}

const each = (name: string, once: (request: PaywallRequest.PaywallRequest) => unknown): Rival => ({
  name,
  run: (times) => {
    for (let index = 0; index < times; index++) once(requests[index % customers]!)
  }
})

const inFiber = (
  name: string,
  once: (request: PaywallRequest.PaywallRequest) => Effect.Effect<unknown, unknown>
): Rival => ({
  name,
  run: (times) =>
    Effect.runPromise(
      Effect.gen(function*() {
        for (let index = 0; index < times; index++) yield* once(requests[index % customers]!)
      }).pipe(Effect.orDie)
    )
})

report(
  `A hit among ${customers} customers`,
  await compare([
    each("key alone", (request) => CacheKey.of(request, scope)),
    each("key, Map and age", floor),
    inFiber("key, Map and age, in a fiber", (request) => Effect.sync(() => floor(request))),
    inFiber(
      "Effect Cache.get, in a fiber",
      (request) => Effect.suspend(() => Cache.get(effectCache, CacheKey.of(request, scope)!))
    ),
    inFiber("getPaywall, in a fiber", (request) => cache.provider.getPaywall(request)),
    each("getPaywall by runSyncExit", (request) => Effect.runSyncExit(cache.provider.getPaywall(request)))
  ], { rounds: 9, times: 200_000 }),
  [
    { subject: "getPaywall, in a fiber", against: "key, Map and age", atMost: 1.5 },
    { subject: "getPaywall, in a fiber", against: "key, Map and age, in a fiber", atMost: 1.5 },
    { subject: "getPaywall, in a fiber", against: "Effect Cache.get, in a fiber", atMost: 1 },
    { subject: "getPaywall by runSyncExit", against: "key, Map and age", atMost: 1 }
  ]
)

const crowd = vendorOf(vendors["Botsi, 3 products"], Effect.sleep(20))
const stampede = cached(crowd.provider)
const before = performance.now()
await Effect.runPromise(Effect.all(
  Array.from({ length: 10_000 }, () => stampede.provider.getPaywall(requests[0]!)),
  { concurrency: "unbounded", discard: true }
))
console.log(
  `\n10,000 concurrent misses of one key: ${crowd.asked.times} call, ${Math.round(performance.now() - before)} ms`
)

console.log("\nWhat an entry weighs, by the estimate and by the heap")
for (const [name, toPaywall] of Object.entries(vendors)) {
  globalThis.gc?.()
  const empty = process.memoryUsage().heapUsed
  const { provider, stats } = cached(vendorOf(toPaywall, Effect.void).provider, { maxBytes: 1024 ** 3 })
  for (let index = 0; index < customers; index++) await Effect.runPromise(provider.getPaywall(requestOf(index)))
  globalThis.gc?.()
  const heap = (process.memoryUsage().heapUsed - empty) / customers
  const { bytes, entries } = await Effect.runPromise(stats)
  console.log(`  ${name.padEnd(44)} ${Math.round(bytes / entries)} estimated, ${Math.round(heap)} bytes`)
}
