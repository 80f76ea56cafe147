/**
 * What an entry weighs on the heap, in our cache with everything it needs to find, bound and forget it, and in caches that
 * hold the key and the paywall alone. The estimate is what the byte bound counts.
 */
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import { Cache, Effect, Scope } from "effect"
import { LRUCache } from "lru-cache"
import * as Stack from "./Stack.ts"

/** What was weighed stays, or the next would be weighed against it. */
const kept: Array<unknown> = []

/** Bytes of heap for each of the customers that `fill` puts in. */
const weigh = async <A>(fill: () => Promise<A>): Promise<{ readonly bytes: number; readonly filled: A }> => {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const filled = await fill()
  kept.push(filled)
  globalThis.gc?.()
  return { bytes: (process.memoryUsage().heapUsed - before) / Stack.customers, filled }
}

const ours = (answer: Parameters<typeof Stack.vendorOf>[0]) => async () => {
  const cache = Effect.runSync(
    PaywallCache.make({ maxBytes: 1024 ** 3 })(Stack.vendorOf(answer, Effect.void).provider).pipe(
      Scope.provide(Scope.makeUnsafe())
    )
  )
  for (let index = 0; index < Stack.customers; index++) {
    await Effect.runPromise(cache.provider.getPaywall(Stack.requestOf(index)))
  }
  return { cache, stats: await Effect.runPromise(cache.stats) }
}

const lru = (answer: Parameters<typeof Stack.vendorOf>[0]) => async () => {
  const cache = new LRUCache<string, object>({ max: Stack.customers, ttl: Stack.timeToLive })
  for (let index = 0; index < Stack.customers; index++) {
    const request = Stack.requestOf(index)
    cache.set(Stack.keyOf(request), Stack.paywallOf(request, answer))
  }
  return cache
}

const effectCache = (answer: Parameters<typeof Stack.vendorOf>[0]) => async () => {
  let request = Stack.requests[0]!
  const cache = await Effect.runPromise(
    Cache.make<string, unknown>({
      capacity: Stack.customers,
      timeToLive: Stack.timeToLive,
      lookup: () => Effect.sync(() => Stack.paywallOf(request, answer))
    })
  )
  for (let index = 0; index < Stack.customers; index++) {
    request = Stack.requestOf(index)
    await Effect.runPromise(Cache.get(cache, Stack.keyOf(request)))
  }
  return cache
}

const print = (name: string, bytes: number, more = "") =>
  console.log(`  ${name.padEnd(44)} ${Math.round(bytes).toString().padStart(10)} bytes${more}`)

for (
  const [name, answer] of [
    ["Botsi, 3 products", Stack.answerOf.botsi],
    ["Corrily, 10 products of 20 features", Stack.answerOf.corrily]
  ] as const
) {
  console.log(`\nAn entry on the heap: ${name}`)
  await weigh(ours(answer))
  const { bytes, filled: { stats } } = await weigh(ours(answer))
  print("priceport", bytes, `, counted as ${Math.round(stats.bytes / stats.entries)}`)
  print("lru-cache", (await weigh(lru(answer))).bytes)
  print("Effect Cache", (await weigh(effectCache(answer))).bytes)
}
await Stack.promised.close()
