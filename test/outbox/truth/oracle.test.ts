import { assert, describe, it } from "@effect/vitest"
import { BotsiProvider } from "@priceport/botsi"
import { AttributionToken, FallbackBundle, KeyRing, Pricing, PricingProvider } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { Outbox } from "@priceport/outbox"
import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { BotsiSimulator } from "@priceport/testing/simulators"
import { Effect, Layer, Redacted } from "effect"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Prng from "../../simulation/Prng.ts"
import { temporaryFolder } from "../store/Folder.ts"
import * as Acts from "./Acts.ts"
import * as Oracle from "./Oracle.ts"
import * as Shop from "./Shop.ts"

const [customers, operations, maxEntries] = [500, 10_000, 50]

const Simulator = BotsiSimulator.layer({
  latency: { minMs: 0, maxMs: 0 },
  placements: [
    { id: "onboarding" },
    { id: "settings", arm: { isExperiment: false, aiPricingModelId: null } },
    { id: "treated", arm: { isExperiment: true, aiPricingModelId: 32 } },
    { id: "zero", arm: { isExperiment: false, aiPricingModelId: 0 } },
    { id: "plain", arm: {} }
  ],
  customers: Array.from({ length: customers }, (_, number) => ({
    profileId: Shop.profileId(number),
    customerUserId: Shop.userId(number)
  }))
})

const Botsi = Layer.effect(
  PricingProvider.PricingProvider,
  Effect.flatMap(
    BotsiSimulator.BotsiSimulator,
    ({ baseUrl, secretKey }) => BotsiProvider.make({ baseUrl, secretKey: Redacted.make(secretKey) })
  )
).pipe(Layer.provide(UndiciHttpClient.layer))

const bundle = FallbackBundle.load({
  version: 1,
  pulledAt: "2026-03-01T12:00:00.000Z",
  expiresAt: "9999-03-01T12:00:00.000Z",
  paywalls: Shop.placements.map((placement) => ({
    placement,
    paywall: { provider: "botsi", id: "bundled", products: [{ id: "premium_monthly", offerIds: [], features: [] }] }
  }))
}, { file: "bundle.json" })

/** One client: cache, policies, bundle, tokens, and an outbox in a file. */
const client = (filename: string) =>
  Layer.effect(
    Pricing.Pricing,
    Effect.flatMap(bundle, (bundle) =>
      Pricing.make({
        cache: { maxEntries, timeToLive: "1 second" },
        retry: { times: 0 },
        breaker: { failures: 1_000 },
        exposure: { maxEntries },
        fallback: { bundle }
      }))
  ).pipe(
    Layer.provideMerge(Outbox.layer({ window: "20 millis", openAfter: 1_000 })),
    Layer.provideMerge(AttributionToken.layer()),
    Layer.provideMerge(KeyRing.layerEphemeral),
    Layer.provideMerge(SqliteStore.layer({ filename })),
    Layer.provideMerge(Botsi),
    Layer.provideMerge(Simulator)
  )

/** Collects all garbage, whether or not the process was started for that. */
const collect = Effect.promise(async () => {
  setFlagsFromString("--expose-gc")
  const gc: () => void = runInNewContext("gc")
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    gc()
  }
})

/** An event as Botsi receives it. */
interface Event {
  readonly paywallId: number
  readonly customerUserId?: string
  readonly profileId?: string
}

const personOf = ({ customerUserId, profileId }: Event) => (customerUserId ?? profileId!).slice(2)

describe("One client", () => {
  it.live(
    `through ${operations} operations of ${customers} customers counts what an oracle counts, and keeps no more than it may`,
    () =>
      Effect.gen(function*() {
        const folder = yield* temporaryFolder
        yield* Effect.gen(function*() {
          const simulator = yield* BotsiSimulator.BotsiSimulator
          const pricing = yield* Pricing.Pricing
          const outbox = yield* Outbox.Outbox
          const oracle = Oracle.make()
          const prng = Prng.make(7)
          const counts = new Map<string, number>()
          const wrong: Array<string> = []
          let transactions = 0
          const attributions: Array<WeakRef<object>> = []
          const kept = new WeakSet<object>()
          const shop: Shop.Shop = {
            prng,
            pricing,
            simulator,
            oracle,
            nextId: () => `t-${++transactions}`,
            sold: [],
            seen: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
            wrong: (what) => void wrong.push(what),
            remember: (attribution) => {
              if (kept.has(attribution)) return
              kept.add(attribution)
              attributions.push(new WeakRef(attribution))
            }
          }
          const people = Array.from({ length: customers }, (_, number) => Shop.person(number))
          const turns = people.map(() => 0)
          for (let left = operations; left > 0; left--) turns[prng.between(0, customers - 1)]!++

          yield* Effect.forEach(people, (person) =>
            Effect.repeat(Acts.act(shop, person), { times: turns[person.number]! - 1 }), {
            concurrency: 24,
            discard: true
          })
          yield* simulator.clearFaults
          yield* Effect.forEach(people, (person) =>
            Acts.tellAgain(shop, person), { concurrency: 24, discard: true })
          const { dead, pending } = yield* outbox.flush("30 seconds")
          assert.deepStrictEqual({ dead, pending }, { dead: 0, pending: 0 })
          yield* Effect.forEach(people, ({ bought }) =>
            Effect.forEach(bought, (one) =>
              Shop.buy(shop, one, true), { discard: true }), {
            concurrency: 24,
            discard: true
          })
          assert.deepStrictEqual(wrong.slice(0, 5), [])

          const { impressions, sales, validations } = yield* simulator.state
          const requests = yield* simulator.requests
          assert.isBelow(requests.length, 10_000)
          const heard = requests.filter(({ path }) =>
            path.endsWith("/events")
          ).flatMap(({ body }) =>
            ((body ?? []) as ReadonlyArray<Event>).map((event) =>
              `${personOf(event)} ${event.paywallId}`
            )
          )
          assert.deepStrictEqual(new Set(heard), oracle.exposures())
          assert.strictEqual(impressions.counted, oracle.exposures().size)
          assert.deepStrictEqual(impressions.byArm, oracle.exposuresByArm())
          assert.strictEqual(validations.credited, oracle.transactions())
          const sold = Object.entries(sales)
          assert.deepStrictEqual(Object.fromEntries(sold.map(([arm, { count }]) => [arm, count])), oracle.salesByArm())
          const trials = sold.flatMap(([arm, { trials }]) => trials > 0 ? [[arm, trials]] : [])
          assert.deepStrictEqual(Object.fromEntries(trials), oracle.trialsByArm())

          const { entries, inFlight } = yield* pricing.stats
          assert.isAtMost(entries, maxEntries)
          assert.strictEqual(inFlight, 0)
          people.length = 0
          shop.sold.length = 0
          yield* collect
          const alive = attributions.filter((attribution) => attribution.deref() !== undefined).length
          assert.isAtMost(alive, maxEntries + 20)
        }).pipe(Effect.provide(client(join(folder, "outbox.db"))))
      }).pipe(Effect.scoped),
    120_000
  )
})
