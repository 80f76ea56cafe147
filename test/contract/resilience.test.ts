import { assert, describe, it } from "@effect/vitest"
import { BotsiProvider } from "@priceport/botsi"
import { Exposure, type PricingError, PricingProvider } from "@priceport/core"
import * as Breaker from "@priceport/core/resilience/Breaker"
import * as Budget from "@priceport/core/resilience/Budget"
import * as Deadline from "@priceport/core/resilience/Deadline"
import * as NotBefore from "@priceport/core/resilience/NotBefore"
import * as Retry from "@priceport/core/resilience/Retry"
import { CorrilyProvider } from "@priceport/corrily"
import { ProviderContract } from "@priceport/testing/contract"
import { BotsiSimulator, CorrilySimulator, Fault, type Simulator } from "@priceport/testing/simulators"
import { Clock, Duration, Effect, flow, Layer } from "effect"
import * as Vendors from "../support/Vendors.ts"

type Policy = (self: PricingProvider.Service) => PricingProvider.Service

/**
 * The suite makes one request fail and looks at the one attempt that it cost. Where Retry has a retry left, the call
 * succeeds with the next one instead: what it does then is promised below. Here its quota is spent.
 */
const spentRetry = Retry.transient({ quota: { floor: 0 } })

/** The suite's vendor asks to wait for 3 seconds. Nobody has them here. */
const gate = NotBefore.gate({ atMost: "100 millis" })

/**
 * The suite calls again at once after the vendor asked to wait. The gate rightly refuses that, and says until when: this
 * is a caller who waits until then.
 */
const patient: Policy = (self) => {
  const wait: PricingProvider.Transform = (call) =>
    Effect.catchReason(call, "PricingError", "CircuitOpen", ({ until }, error) =>
      until === undefined
        ? Effect.fail(error)
        : Clock.clockWith((clock) =>
          Effect.andThen(Effect.sleep(Date.parse(until) - clock.currentTimeMillisUnsafe() + 1), call)
        ))
  return PricingProvider.transform(self, wait)
}

/** The suite reports the same exposure again and again, to see each request. Here nothing is remembered between two. */
const exposures: Policy = (self) => ({
  ...self,
  recordImpression: (impression, options) => Exposure.once()(self).recordImpression(impression, options)
})

const policies: Record<string, Policy> = {
  "a deadline": Deadline.within("10 seconds"),
  "a budget": Budget.grant(),
  "a retry without retries left": spentRetry,
  "a breaker": Breaker.guard(),
  "exposures counted once": exposures,
  "a not-before gate and a caller who waits": flow(gate, patient),
  "all of them and a caller who waits": flow(
    Deadline.within("10 seconds"),
    gate,
    Breaker.guard(),
    spentRetry,
    Budget.grant(),
    patient
  ),
  "all of them in another order and a caller who waits": flow(
    Budget.grant(),
    spentRetry,
    gate,
    Breaker.guard(),
    Deadline.within("25 seconds"),
    patient
  )
}

/** The vendors, each with a simulator of its own. */
const vendors = {
  botsi: {
    capabilities: BotsiProvider.capabilities,
    layer: (policy: Policy) =>
      Layer.merge(
        Vendors.asPricingProvider(Effect.map(Vendors.makeBotsi, policy)),
        Layer.effect(
          ProviderContract.Vendor,
          Effect.map(BotsiSimulator.BotsiSimulator, (botsi) => Vendors.vendorOf(botsi, botsi.secretKey))
        )
      ).pipe(Layer.provideMerge(Vendors.Botsi), Layer.provide(Vendors.httpClients["our undici"])),
    simulator: BotsiSimulator.BotsiSimulator
  },
  corrily: {
    capabilities: CorrilyProvider.capabilities,
    layer: (policy: Policy) =>
      Layer.merge(
        Vendors.asPricingProvider(Effect.map(Vendors.makeCorrily, policy)),
        Layer.effect(
          ProviderContract.Vendor,
          Effect.map(CorrilySimulator.CorrilySimulator, (corrily) => Vendors.vendorOf(corrily, corrily.apiKey))
        )
      ).pipe(Layer.provideMerge(Vendors.Corrily), Layer.provide(Vendors.httpClients["our undici"])),
    simulator: CorrilySimulator.CorrilySimulator
  }
}

for (const id of ["botsi", "corrily"] as const) {
  for (const [name, policy] of Object.entries(policies)) {
    ProviderContract.suite(`${id} under ${name}`, {
      id,
      capabilities: vendors[id].capabilities,
      placement: "onboarding",
      customer: Vendors.customer,
      concurrent: true,
      layer: vendors[id].layer(policy)
    })
  }
}

const request = { placement: "onboarding", customer: Vendors.customer }

const passing: ReadonlyArray<{ readonly tag: PricingError.Reason["_tag"]; readonly fault: Fault.Fault }> = [
  { tag: "RateLimited", fault: Fault.Status({ status: 429, retryAfter: "0" }) },
  { tag: "Unavailable", fault: Fault.Status({ status: 503 }) },
  { tag: "Transport", fault: Fault.Reset({ when: "after" }) },
  { tag: "Timeout", fault: Fault.Silence() }
]

const harden = flow(
  Deadline.within(300),
  NotBefore.gate(),
  Breaker.guard(),
  Retry.transient({ base: 10 }),
  Budget.grant({ getPaywall: "5 seconds" })
)

/** What Retry adds to the suite: what becomes of calls that fail while it has retries left. */
const promises = <Vendor>(
  id: "botsi" | "corrily",
  layer: Layer.Layer<PricingProvider.PricingProvider | Vendor, unknown>,
  simulator: Effect.Effect<Simulator, never, Vendor>
) => {
  const hardened = (
    sentence: string,
    trial: (provider: PricingProvider.Service, vendor: Simulator) => Effect.Effect<void, unknown>
  ) =>
    it.live(sentence, () =>
      Effect.gen(function*() {
        yield* trial(yield* PricingProvider.PricingProvider, yield* simulator)
      }).pipe(Effect.provide(layer)), { concurrent: true, timeout: 30_000 })

  describe(`${id}, hardened`, () => {
    for (const { fault, tag } of passing) {
      hardened(`answers after one ${tag}, and lists both attempts`, (provider, vendor) =>
        Effect.gen(function*() {
          yield* vendor.inject(fault, { times: 1 })
          const { provenance } = yield* provider.getPaywall(request)
          assert.deepStrictEqual(
            provenance.attempts.map(({ outcome, provider }) => ({ outcome, provider })),
            [{ outcome: tag, provider: id }, { outcome: "ok", provider: id }]
          )
          assert.lengthOf(yield* vendor.requests, 2)
        }))

      hardened(`is ${tag} after three attempts when it stays so`, (provider, vendor) =>
        Effect.gen(function*() {
          yield* vendor.inject(fault)
          const error = yield* Effect.flip(provider.getPaywall(request, { timeout: "20 seconds" }))
          assert.strictEqual(error.reason._tag, tag)
          assert.deepStrictEqual(
            error.attempts.map(({ outcome, provider }) => ({ outcome, provider })),
            Array.from({ length: 3 }, () => ({ outcome: tag, provider: id }))
          )
          assert.lengthOf(yield* vendor.requests, 3)
        }))
    }

    hardened(
      "spends the caller's time and no more on a silent vendor, and lists what it tried",
      (provider, vendor) =>
        Effect.gen(function*() {
          yield* vendor.inject(Fault.Silence())
          const [elapsed, error] = yield* Effect.timed(
            Effect.flip(provider.getPaywall(request, { timeout: "500 millis" }))
          )
          assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: 500 })
          assert.deepStrictEqual(error.attempts.map(({ outcome }) => outcome), ["Timeout", "Timeout"])
          assert.isBelow(Duration.toMillis(elapsed), 1_500)
        })
    )

    hardened(
      "sends probes only, once a vendor that is down has opened its circuit",
      (provider, vendor) =>
        Effect.gen(function*() {
          yield* vendor.inject(Fault.Status({ status: 503 }))
          const errors = yield* Effect.forEach(
            Array.from({ length: 100 }),
            () => Effect.flip(provider.getPaywall(request))
          )
          assert.strictEqual(errors.at(-1)?.reason._tag, "CircuitOpen")
          assert.lengthOf(yield* vendor.requests, 5)
        })
    )
  })
}

promises("botsi", vendors.botsi.layer(harden), vendors.botsi.simulator)
promises("corrily", vendors.corrily.layer(harden), vendors.corrily.simulator)

describe("botsi, hardened", () => {
  it.live("never sends a purchase twice, and an impression again", () =>
    Effect.gen(function*() {
      const provider = yield* PricingProvider.PricingProvider
      const vendor = yield* BotsiSimulator.BotsiSimulator
      const paywall = yield* provider.getPaywall(request)
      yield* vendor.inject(Fault.Status({ status: 503 }), { times: 1 })
      assert.strictEqual((yield* provider.recordImpression(paywall))._tag, "Recorded")
      assert.lengthOf(yield* vendor.requests, 3)
      yield* vendor.inject(Fault.Status({ status: 503 }), { times: 1 })
      const transaction = {
        _tag: "AppStoreTransaction",
        transactionId: "2000000871590381",
        originalTransactionId: "2000000261699248",
        productId: paywall.products[0]!.id,
        environment: "sandbox"
      } as const
      const error = yield* Effect.flip(
        provider.validatePurchase({ attribution: paywall.attribution, transaction })
      )
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.lengthOf(yield* vendor.requests, 4)
    }).pipe(Effect.provide(vendors.botsi.layer(harden))))
})
