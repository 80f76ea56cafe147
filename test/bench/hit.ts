/**
 * A hit through the whole recommended stack, beside what stands for a cache without it: the floor, `lru-cache` and
 * Effect's own `Cache`. Each keeps the same paywalls under the same keys for as long, and each builds the key anew.
 *
 * Where the time of a hit goes: `runSyncExit` makes a scheduler, a context and a fiber for each run, which is about half
 * of the floor before anything is asked (`nothing by runSyncExit`). Of the rest, finding the entry and comparing the two
 * requests member by member takes most, then the new paywall with its age, then the clock.
 */
import { Cache, Effect } from "effect"
import { LRUCache } from "lru-cache"
import assert from "node:assert/strict"
import { compare, report } from "./Rounds.ts"
import * as Stack from "./Stack.ts"

const { floor, keyOf, pricing, promised, requests, timeToLive } = Stack

const lru = new LRUCache<string, object>({ max: 10_000, ttl: timeToLive })
const effectCache = Effect.runSync(
  Cache.make({
    capacity: 10_000,
    timeToLive,
    lookup: (key: string) => Effect.sync(() => lru.get(key)!)
  })
)
for (const request of requests) {
  lru.set(keyOf(request), floor(request)!)
  await Effect.runPromise(Cache.get(effectCache, keyOf(request)))
}

// All of them must answer the same, or the ratios say nothing.
const shown = (paywall: object) => ({ ...paywall, provenance: undefined })
for (const request of requests) {
  const expected = shown(floor(request)!)
  assert.deepEqual(shown(lru.get(keyOf(request))!), expected)
  assert.deepEqual(shown(await Effect.runPromise(Cache.get(effectCache, keyOf(request)))), expected)
  for (
    const paywall of [await Effect.runPromise(pricing.getPaywall(request)), await promised.getPaywall(request)]
  ) {
    assert.deepEqual(shown(paywall), expected)
    assert.equal(paywall.provenance.source, "cache")
    assert.ok(paywall.provenance.ageMs! >= 0)
  }
}

report(
  `A hit among ${Stack.customers} customers`,
  await compare([
    Stack.plainly("key alone", keyOf),
    Stack.plainly("floor: key, Map and age", floor),
    Stack.plainly("lru-cache", (request) => lru.get(keyOf(request))),
    Stack.inFiber("floor, in a fiber", (request) => Effect.sync(() => floor(request))),
    Stack.inFiber(
      "Effect Cache.get, in a fiber",
      (request) => Effect.suspend(() => Cache.get(effectCache, keyOf(request)))
    ),
    Stack.byPromise("floor, by promise", async (request) => floor(request)),
    Stack.inFiber("priceport, in a fiber", (request) => pricing.getPaywall(request)),
    Stack.plainly("priceport by runSyncExit", (request) => Effect.runSyncExit(pricing.getPaywall(request))),
    Stack.plainly("nothing by runSyncExit", () => Effect.runSyncExit(Effect.withFiber(() => Effect.void))),
    Stack.byPromise("priceport by promise", (request) => promised.getPaywall(request))
  ], { rounds: 15, times: 100_000 }),
  [
    { subject: "priceport, in a fiber", against: "floor: key, Map and age", atMost: 1.5 },
    { subject: "priceport by runSyncExit", against: "floor: key, Map and age", atMost: 1 },
    { subject: "priceport by promise", against: "floor: key, Map and age", atMost: 3 },
    { subject: "priceport, in a fiber", against: "Effect Cache.get, in a fiber", atMost: 1 },
    { subject: "priceport, in a fiber", against: "lru-cache", atMost: 1.5 }
  ]
)
await promised.close()
