/**
 * How long a caller waits for a paywall without a shadow read and with one: A/B/A, from a vendor that takes 2 ms, with a
 * candidate that is silent until its time is up. And the CPU that the shadow costs on top of an answer at hand.
 */
import { PricingProvider } from "@priceport/core"
import * as Shadow from "@priceport/core/routing/Shadow"
import { Effect, Exit, Scope } from "effect"
import { paywall, request } from "../core/Stub.ts"
import { compare, report } from "./Rounds.ts"

const capabilities = { exposure: "on-impression", purchases: [], repeatPurchase: "unknown" } as const

const answering = (id: string, answer: Effect.Effect<void>) =>
  PricingProvider.make({
    id,
    capabilities,
    getPaywall: () => Effect.as(answer, { ...paywall, provider: id })
  })

const scope = Scope.makeUnsafe()

const shadowed = (primary: PricingProvider.Service, candidate: PricingProvider.Service, concurrency = 64) =>
  Effect.runSync(
    Shadow.make(
      {
        _tag: "Shadow",
        id: "shadowed",
        primary: primary.id,
        candidate: candidate.id,
        sample: 1,
        concurrency,
        timeoutMs: 30_000
      },
      [primary, candidate]
    ).pipe(Scope.provide(scope))
  )

/** A vendor that takes 2 ms, beside one that takes 30 seconds to say nothing. */
const slow = answering("vendor", Effect.sleep(2))
const silent = answering("candidate", Effect.never)

const latencies = async (provider: PricingProvider.Service) => {
  const times: Array<number> = []
  for (let call = 0; call < 1000; call++) {
    const startedAt = performance.now()
    await Effect.runPromise(provider.getPaywall(request))
    times.push(performance.now() - startedAt)
  }
  const sorted = times.toSorted((a, b) => a - b)
  return { p50: sorted[500]!, p99: sorted[990]! }
}

const beside = shadowed(slow, silent, 10_000)
await latencies(beside)
console.log("\nLatency of the caller, 1,000 calls each, the candidate silent for 30 seconds")
for (
  const [name, provider] of [["A without", slow], ["B with a shadow read each", beside], ["A without", slow]] as const
) {
  const { p50, p99 } = await latencies(provider)
  console.log(`  ${name.padEnd(44)} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`)
}

const ready = answering("vendor", Effect.void)
const inFiber = (provider: PricingProvider.Service) => (times: number) =>
  Effect.runPromise(Effect.repeat(provider.getPaywall(request), { times: times - 1 }).pipe(Effect.asVoid))

report(
  "CPU of an answer at hand",
  await compare([
    { name: "without", run: inFiber(ready) },
    { name: "with a shadow that is full", run: inFiber(shadowed(ready, silent)) },
    { name: "with a shadow read each", run: inFiber(shadowed(ready, answering("candidate", Effect.void))) }
  ], { rounds: 9, times: 5000 }),
  [{ subject: "with a shadow that is full", against: "without", atMost: 1.5 }]
)

await Effect.runPromise(Scope.close(scope, Exit.void))
