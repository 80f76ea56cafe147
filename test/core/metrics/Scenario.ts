import { AttributionToken, KeyRing, type Paywall, PricingError } from "@priceport/core"
import type * as Resilience from "@priceport/core/resilience/Resilience"
import { harden } from "@priceport/core/resilience/Resilience"
import * as Shadow from "@priceport/core/routing/Shadow"
import { type Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Bundles from "../fallback/Bundles.ts"
import * as Stub from "../Stub.ts"

export const unavailable = new PricingError.Unavailable({ status: 503 })

/** A vendor behind all policies, and what it answers. */
export const make = Effect.fnUntraced(function*(policy: Resilience.Policy = {}) {
  const vendor: { answer: Effect.Effect<void, PricingError.Reason>; paywall: Paywall.Paywall } = {
    answer: Effect.void,
    paywall: Bundles.live
  }
  const answer = <A>(value: () => A) => Effect.suspend(() => Effect.map(vendor.answer, value))
  const stub = Stub.make({
    getPaywall: () => answer(() => vendor.paywall),
    recordImpression: () => answer(() => ({ _tag: "Recorded" })),
    validatePurchase: () => answer(() => Stub.validated)
  })
  const { provider, stats } = yield* harden(policy)(stub.provider)
  const ask = (id: string) =>
    provider.getPaywall({ placement: "onboarding", customer: { id, country: "DE", ip: "192.0.2.7" } })
  return { vendor, provider, stats, ask, reached: stub.reached }
})

/** Runs a call to its end, however long it takes on the test clock up to `within`. */
export const settle = <A, E>(call: Effect.Effect<A, E>, within: Duration.Input = "20 seconds") =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(Effect.exit(call), { startImmediately: true })
    yield* TestClock.adjust(within)
    return yield* Fiber.join(fiber)
  })

/** Makes everything happen that any metric or log line speaks of. */
export const everything = Effect.gen(function*() {
  const bundle = yield* Bundles.load(Bundles.json())
  const { ask, provider, vendor } = yield* make({
    fallback: { bundle },
    breaker: { failures: 3 },
    retry: { times: 1, quota: { floor: 1 } }
  })

  vendor.paywall = {
    ...Bundles.live,
    provenance: { ...Bundles.live.provenance, notes: [{ path: "products[1]", issue: "left out" }] }
  }
  yield* ask("anna@example.com")
  yield* ask("anna@example.com")
  yield* TestClock.adjust("6 minutes")
  yield* ask("anna@example.com")

  const tokens = yield* Effect.provide(AttributionToken.make(), KeyRing.layerEphemeral)
  yield* Effect.exit(tokens.open("pp1.made-up"))

  const impression = { attribution: Stub.attribution }
  yield* provider.recordImpression(impression)
  yield* provider.validatePurchase({ attribution: Stub.attribution, transaction: Stub.appStore })

  vendor.answer = Effect.die("a bug")
  yield* Effect.exit(provider.recordImpression(impression))
  vendor.answer = Effect.never
  yield* settle(ask("silence"))
  const waiting = yield* Effect.forkChild(provider.recordImpression(impression), { startImmediately: true })
  yield* Fiber.interrupt(waiting)

  vendor.answer = Effect.fail(unavailable)
  yield* settle(ask("without quota for a retry"), "1 second")
  yield* ask("refused by the breaker")
  vendor.answer = Effect.void
  yield* TestClock.adjust("1 minute")
  yield* ask("probe")

  vendor.answer = Effect.fail(new PricingError.RateLimited({ status: 429, retryAfterMs: 60_000 }))
  yield* settle(ask("told to wait"))
  yield* settle(ask("held back"))

  const candidate = Stub.make().provider
  const serving = {
    ...candidate,
    id: "serving",
    getPaywall: () => Effect.succeed({ ...Bundles.live, provider: "serving" })
  }
  const shadowed = yield* Shadow.make(
    { _tag: "Shadow", id: "shadowed", primary: "serving", candidate: "stub", sample: 1 },
    [serving, candidate]
  )
  yield* shadowed.getPaywall(Stub.request)
  yield* TestClock.adjust("1 second")
}).pipe(Effect.scoped)
