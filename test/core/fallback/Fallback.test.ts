import { assert, describe, it } from "@effect/vitest"
import { PricingError, PricingProvider } from "@priceport/core"
import * as Fallback from "@priceport/core/resilience/Fallback"
import type * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import { MemoryProvider } from "@priceport/testing/memory"
import { Duration, Effect, Exit, Fiber, pipe } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"
import * as Bundles from "./Bundles.ts"

const vendorsWords = { status: 404, code: "NOT_FOUND", detail: "no such placement" }

/** What becomes of each reason. `tsc` refuses a table that leaves one out. */
const table: Record<PricingError.Reason["_tag"], readonly [reason: PricingError.Reason, outcome: "bundled" | "fails"]> =
  {
    InvalidRequest: [new PricingError.InvalidRequest({ field: "customer.id", issue: "Expected an identity" }), "fails"],
    Unsupported: [new PricingError.Unsupported({ capability: "prefetch" }), "fails"],
    Unattributable: [new PricingError.Unattributable({ why: "none" }), "fails"],
    AttributionMismatch: [new PricingError.AttributionMismatch({ why: "another" }), "fails"],
    PurchaseConflict: [new PricingError.PurchaseConflict({ why: "another" }), "fails"],
    QueueFull: [new PricingError.QueueFull({}), "fails"],
    CircuitOpen: [new PricingError.CircuitOpen({}), "bundled"],
    Timeout: [new PricingError.Timeout({ limitMs: 800 }), "bundled"],
    Unauthorized: [new PricingError.Unauthorized({ status: 401, detail: "bad key" }), "bundled"],
    Forbidden: [new PricingError.Forbidden({ status: 403 }), "bundled"],
    NotFound: [new PricingError.NotFound(vendorsWords), "fails"],
    Rejected: [new PricingError.Rejected({ status: 400, detail: "Unknown paywall" }), "fails"],
    RateLimited: [new PricingError.RateLimited({ retryAfterMs: 3000 }), "bundled"],
    Unavailable: [new PricingError.Unavailable({ status: 503 }), "bundled"],
    Transport: [new PricingError.Transport({ detail: "reset", sent: "maybe" }), "bundled"],
    InvalidResponse: [new PricingError.InvalidResponse({ path: "data", detail: "Expected object" }), "bundled"]
  }

/** A provider that fails for one reason, behind the policy. */
const failing = Effect.fnUntraced(function*(
  reason: PricingError.Reason,
  options?: Fallback.Options,
  input: unknown = Bundles.json()
) {
  const bundle = yield* Bundles.load(input)
  const { provider, reached } = Stub.make({ getPaywall: () => Effect.fail(reason) })
  return { provider: pipe(provider, Fallback.bundled(bundle, options)), reached }
})

describe("Fallback.bundled", () => {
  for (const [tag, [reason, outcome]] of Object.entries(table)) {
    it.effect(`${tag}: ${outcome}`, () =>
      Effect.gen(function*() {
        const { provider } = yield* failing(reason)
        const exit = yield* Effect.exit(provider.getPaywall(Stub.request))
        if (outcome === "bundled") {
          const { provenance } = yield* exit
          assert.strictEqual(provenance.reason, tag)
          assert.deepStrictEqual(
            provenance.attempts.map(({ outcome }) => outcome),
            PricingError.wasAttempted(reason) ? [tag] : []
          )
        } else {
          const error = yield* Effect.flip(exit)
          assert.strictEqual(error.reason, reason)
        }
      }))
  }

  it.effect("answers with the bundled paywall, its age and why, and without what belonged to a customer", () =>
    Effect.gen(function*() {
      const { provider } = yield* failing(new PricingError.Unavailable({ status: 503 }))
      assert.deepStrictEqual(yield* provider.getPaywall(Stub.request), {
        provider: "stub",
        id: "42",
        name: "Premium",
        placement: "onboarding",
        products: Bundles.live.products,
        experiment: { _tag: "None" },
        provenance: {
          source: "bundled",
          fetchedAt: "2026-03-01T12:00:00.000Z",
          ageMs: 86_400_000,
          reason: "Unavailable",
          notes: [],
          attempts: [{ provider: "stub", startedAt: "2026-03-02T12:00:00.000Z", ms: 0, outcome: "Unavailable" }]
        }
      })
    }))

  it.effect("stays out of the way of a live answer", () =>
    Effect.gen(function*() {
      const { provider } = Stub.make()
      const wrapped = Fallback.bundled(yield* Bundles.load(Bundles.json()))(provider)
      assert.deepStrictEqual(yield* wrapped.getPaywall(Stub.request), yield* provider.getPaywall(Stub.request))
    }))

  it.effect("asks the provider each time: nothing of an outage is kept", () =>
    Effect.gen(function*() {
      const { provider, reached } = yield* failing(new PricingError.Unavailable({}))
      yield* provider.getPaywall(Stub.request)
      yield* provider.getPaywall(Stub.request)
      assert.lengthOf(reached, 2)
    }))

  it.effect("makes an impression NotCounted and a purchase Unattributable, and sends neither", () =>
    Effect.gen(function*() {
      const { provider, reached } = yield* failing(new PricingError.Timeout({ limitMs: 1 }))
      const paywall = yield* provider.getPaywall(Stub.request)
      const outcome = yield* provider.recordImpression(paywall)
      const error = yield* Effect.flip(
        provider.validatePurchase({ attribution: paywall.attribution, transaction: Stub.appStore })
      )
      assert.deepStrictEqual([outcome._tag, error.reason._tag], ["NotCounted", "Unattributable"])
      assert.deepStrictEqual(reached, ["getPaywall"])
    }))

  it.effect("takes the paywall of the customer's language", () =>
    Effect.gen(function*() {
      const input = Bundles.json({}, [
        { paywall: Bundles.live },
        { locale: "de", paywall: { ...Bundles.live, id: "german" } }
      ])
      const { provider } = yield* failing(new PricingError.CircuitOpen({}), {}, input)
      const ask = (locale?: string) => provider.getPaywall({ placement: "onboarding", customer: { id: "u-1", locale } })
      assert.deepStrictEqual([(yield* ask("de-AT")).id, (yield* ask("fr")).id, (yield* ask()).id], [
        "german",
        "42",
        "42"
      ])
    }))

  it.effect("fails as before for a placement that is not bundled", () =>
    Effect.gen(function*() {
      const { provider } = yield* failing(new PricingError.Unavailable({ status: 503 }))
      const error = yield* Effect.flip(provider.getPaywall({ ...Stub.request, placement: "settings" }))
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.lengthOf(error.attempts, 1)
    }))

  it.effect("takes a refusal without a word of the vendor for an outage, and so a redirect and a 501", () =>
    Effect.gen(function*() {
      const reasons = [
        new PricingError.NotFound({ status: 404 }),
        new PricingError.Rejected({ status: 413 }),
        new PricingError.Rejected({ status: 307, detail: "redirects are not followed" }),
        new PricingError.Rejected({ status: 501, detail: "not implemented" })
      ]
      for (const reason of reasons) {
        const { provider } = yield* failing(reason)
        assert.strictEqual((yield* provider.getPaywall(Stub.request)).provenance.reason, reason._tag)
      }
    }))

  it.effect("answers refusals too when told to, and nothing but what `when` says", () =>
    Effect.gen(function*() {
      const refused = yield* failing(table.Rejected[0], { when: Fallback.onFailure })
      assert.strictEqual((yield* refused.provider.getPaywall(Stub.request)).provenance.reason, "Rejected")

      const never = yield* failing(table.Timeout[0], { when: () => false })
      assert.strictEqual((yield* Effect.flip(never.provider.getPaywall(Stub.request))).reason._tag, "Timeout")
    }))

  it.effect("never hides a mistake of the application, whatever `when` says", () =>
    Effect.gen(function*() {
      const { provider } = yield* failing(table.Timeout[0], { when: () => true })
      const wrong = [
        provider.getPaywall({ ...Stub.request, enrol: false } as never),
        provider.getPaywall({} as never),
        provider.getPaywall(Stub.request, { timeout: "soon" as never })
      ]
      for (const call of wrong) assert.strictEqual((yield* Effect.flip(call)).reason._tag, "InvalidRequest")
    }))

  it.effect("leaves a defect a defect, and an interruption an interruption", () =>
    Effect.gen(function*() {
      const bundle = yield* Bundles.load(Bundles.json())
      const { provider } = Stub.make({ getPaywall: () => Effect.die("a bug") })
      const exit = yield* Effect.exit(Fallback.bundled(bundle)(provider).getPaywall(Stub.request))
      assert.isTrue(Exit.hasDies(exit))

      const slow = Stub.make({ getPaywall: () => Effect.never })
      const fiber = yield* Effect.forkChild(Fallback.bundled(bundle)(slow.provider).getPaywall(Stub.request))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
    }))

  it.effect("answers a silent vendor at the moment its time is up", () =>
    Effect.gen(function*() {
      const bundle: FallbackBundle.FallbackBundle = yield* Bundles.load(Bundles.json())
      const memory = yield* MemoryProvider.make()
      yield* memory.hangNext
      const fiber = yield* Effect.forkChild(
        Effect.timed(Fallback.bundled(bundle)(memory).getPaywall(Stub.request, { timeout: "800 millis" }))
      )
      yield* TestClock.adjust("800 millis")
      const [elapsed, paywall] = yield* Fiber.join(fiber)
      assert.strictEqual(Duration.toMillis(elapsed), 800)
      assert.strictEqual(paywall.provenance.reason, "Timeout")
      assert.strictEqual(paywall.provider, "stub")
    }))

  it.effect("still answers after the bundle expired, and notes it", () =>
    Effect.gen(function*() {
      const { provider } = yield* failing(new PricingError.Unavailable({}))
      yield* Bundles.after(31)
      const { provenance } = yield* provider.getPaywall(Stub.request)
      assert.strictEqual(provenance.ageMs, 31 * 86_400_000)
      assert.deepStrictEqual(provenance.notes, [{ path: "", issue: "the bundle expired at 2026-03-31T12:00:00.000Z" }])
    }))

  it.effect("leaves out a product that cannot be bought, and notes it", () =>
    Effect.gen(function*() {
      const products = [{ id: "", offerIds: [], features: [] }, { id: "yearly", offerIds: [], features: [] }]
      const input = Bundles.json({ paywalls: [Bundles.entry({}, { products })] })
      const { provider } = yield* failing(new PricingError.Unavailable({}), {}, input)
      const paywall = yield* provider.getPaywall(Stub.request)
      assert.deepStrictEqual(paywall.products.map(({ id }) => id), ["yearly"])
      assert.deepStrictEqual(paywall.provenance.notes.map(({ path }) => path), ["products[0].id"])
    }))

  it.effect("keeps the provider's id, members and capabilities, and composes with other policies", () =>
    Effect.gen(function*() {
      const { provider } = Stub.make()
      const wrapped = pipe(
        { ...provider, members: ["stub"] },
        PricingProvider.transform((effect) => effect),
        Fallback.bundled(yield* Bundles.load(Bundles.json())),
        PricingProvider.transform((effect) => effect)
      )
      assert.strictEqual(wrapped.id, provider.id)
      assert.deepStrictEqual(wrapped.members, ["stub"])
      assert.deepStrictEqual(wrapped.capabilities, provider.capabilities)
      assert.strictEqual((yield* wrapped.recordImpression({ attribution: Stub.attribution }))._tag, "Recorded")
    }))
})
