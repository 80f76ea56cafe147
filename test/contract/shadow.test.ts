import { assert, describe, it } from "@effect/vitest"
import { BotsiProvider } from "@priceport/botsi"
import type { Journal } from "@priceport/core"
import * as Shadow from "@priceport/core/routing/Shadow"
import { CorrilyProvider } from "@priceport/corrily"
import { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import { Effect, Layer, Queue } from "effect"
import * as Vendors from "../support/Vendors.ts"

const sides = {
  botsi: { candidate: "corrily", capabilities: BotsiProvider.capabilities },
  corrily: { candidate: "botsi", capabilities: CorrilyProvider.capabilities }
} as const

const both = Layer.mergeAll(Vendors.Botsi, Vendors.Corrily, Vendors.httpClients.undici)

const shadowed = (
  primary: "botsi" | "corrily",
  options?: { readonly onCompared?: (compared: Journal.Compared) => Effect.Effect<void> },
  reads: Partial<Shadow.Config> = {}
) =>
  Effect.flatMap(Effect.all([Vendors.makeBotsi, Vendors.makeCorrily]), (vendors) =>
    Shadow.make(
      { _tag: "Shadow", id: "shadowed", primary, candidate: sides[primary].candidate, sample: 1, ...reads },
      vendors,
      options
    ))

for (const id of ["botsi", "corrily"] as const) {
  // Faults meet the vendor that serves, and its requests count: those of the candidate are nobody's business.
  const Vendor = Layer.effect(
    ProviderContract.Vendor,
    Effect.gen(function*() {
      const vendors = { botsi: yield* BotsiSimulator.BotsiSimulator, corrily: yield* CorrilySimulator.CorrilySimulator }
      return Vendors.vendorOf(vendors[id], vendors.botsi.secretKey, vendors.corrily.apiKey)
    })
  )

  ProviderContract.suite(`${id} with the other one read beside it`, {
    id,
    capabilities: sides[id].capabilities,
    placement: "onboarding",
    customer: Vendors.customer,
    concurrent: true,
    layer: Layer.merge(Vendors.asPricingProvider(shadowed(id)), Vendor).pipe(Layer.provide(both))
  })
}

const customers = Array.from(
  { length: 200 },
  (_, index) => ({ id: `customer-${index}`, ip: "203.0.113.42", country: "DE" })
)

describe("shadow reads", () => {
  it.live("enrol nobody at a vendor that enrols who fetches, and name no customer to it", () =>
    Effect.gen(function*() {
      const botsi = yield* BotsiSimulator.make({ latency: { minMs: 0, maxMs: 0 }, profiles: "implicit" })
      const compared = yield* Queue.unbounded<Journal.Compared>()
      const provider = yield* shadowed("botsi", { onCompared: (event) => Queue.offer(compared, event) }, {
        concurrency: customers.length
      }).pipe(Effect.provideService(BotsiSimulator.BotsiSimulator, botsi))
      yield* Effect.forEach(customers, (customer) => provider.getPaywall({ placement: "onboarding", customer }), {
        concurrency: 10
      })
      const events = yield* Queue.takeN(compared, customers.length)
      assert.deepStrictEqual(new Set(events.map(({ reason }) => reason)), new Set([undefined]))

      const corrily = yield* CorrilySimulator.CorrilySimulator
      const state = yield* corrily.state
      assert.strictEqual(state.unenrolled, customers.length)
      assert.strictEqual(state.exposures, 0)
      assert.isEmpty(state.visitors)
      assert.strictEqual(state.connectionKeyed, 0)
      for (const { body } of yield* corrily.requests) {
        assert.notInclude(JSON.stringify(body), "customer-")
        assert.notInclude(JSON.stringify(body), "203.0.113.42")
      }
    }).pipe(Effect.provide(both)))

  it.live("leave the caller alone when the candidate is down", () =>
    Effect.gen(function*() {
      const compared = yield* Queue.unbounded<Journal.Compared>()
      const provider = yield* shadowed("botsi", { onCompared: (event) => Queue.offer(compared, event) })
      yield* (yield* CorrilySimulator.CorrilySimulator).inject(Fault.Reset({ when: "after" }))
      const paywall = yield* provider.getPaywall({ placement: "onboarding", customer: Vendors.customer })
      assert.strictEqual(paywall.provider, "botsi")
      assert.deepInclude(yield* Queue.take(compared), { verdict: "failed", reason: "Transport", provider: "botsi" })
    }).pipe(Effect.provide(both)))
})
