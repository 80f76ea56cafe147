/**
 * 10,000 callers at once for a paywall that nobody has yet, through the whole recommended stack and through Effect's
 * `Cache`. Both must ask the vendor once.
 */
import { Cache, Effect } from "effect"
import assert from "node:assert/strict"
import { compare, report } from "./Rounds.ts"
import * as Stack from "./Stack.ts"

const crowd = 10_000
const latency = Effect.sleep(20)

const all = (ask: () => Effect.Effect<unknown, unknown>) =>
  Effect.runPromise(
    Effect.all(Array.from({ length: crowd }, ask), { concurrency: "unbounded", discard: true }).pipe(Effect.orDie)
  )

const request = Stack.requests[0]!

const ours = async () => {
  const { asked, provider } = Stack.vendorOf(Stack.answerOf.botsi, latency)
  const pricing = Stack.stackOn(provider)
  await all(() => pricing.getPaywall(request))
  assert.equal(asked.times, 1)
}

const effectCache = async () => {
  let times = 0
  const cache = await Effect.runPromise(
    Cache.make<string, unknown>({
      capacity: 10_000,
      timeToLive: Stack.timeToLive,
      lookup: () =>
        Effect.map(latency, () => {
          times++
          return Stack.paywallOf(request, Stack.answerOf.botsi)
        })
    })
  )
  await all(() => Effect.suspend(() => Cache.get(cache, Stack.keyOf(request))))
  assert.equal(times, 1)
}

const repeat = (name: string, once: () => Promise<void>) => ({
  name,
  run: async (times: number) => {
    for (let index = 0; index < times; index++) await once()
  }
})

report(
  `${crowd} concurrent misses of one key, one call to the vendor`,
  await compare([repeat("Effect Cache.get", effectCache), repeat("priceport", ours)], { rounds: 9, times: 3 }),
  []
)
await Stack.promised.close()
