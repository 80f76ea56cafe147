import { assert, describe, it } from "@effect/vitest"
import { PricingError, PricingProvider } from "@priceport/core"
import { Duration, Effect, Exit, Fiber, Tracer } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "./Stub.ts"

const operations = ["getPaywall", "recordImpression", "validatePurchase"] as const

/** Calls an operation with a request that nothing is wrong with. */
const callOf = (
  provider: PricingProvider.Service,
  operation: PricingProvider.Operation,
  options?: PricingProvider.CallOptions
): Effect.Effect<unknown, PricingError.PricingError> => {
  switch (operation) {
    case "getPaywall":
      return provider.getPaywall(Stub.request, options)
    case "recordImpression":
      return provider.recordImpression(Stub.paywall, options)
    case "validatePurchase":
      return provider.validatePurchase({ attribution: Stub.attribution, transaction: Stub.appStore }, options)
  }
}

const all = <A>(value: A) => ({ getPaywall: value, recordImpression: value, validatePurchase: value })

const rejected = new PricingError.Rejected({ status: 400 })

describe("PricingProvider", () => {
  describe("time", () => {
    it.effect.each(
      [
        { operation: "getPaywall", limit: 3_000 },
        { operation: "recordImpression", limit: 10_000 },
        { operation: "validatePurchase", limit: 10_000 }
      ] as const
    )("$operation takes $limit ms at most unless told", ({ limit, operation }) =>
      Effect.gen(function*() {
        const { provider } = Stub.make(all(() => Effect.never))
        const fiber = yield* Effect.forkChild(Effect.flip(callOf(provider, operation)))
        yield* TestClock.adjust(limit - 1)
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust(1)
        const error = yield* Fiber.join(fiber)
        assert.deepInclude(error.reason, { _tag: "Timeout", limitMs: limit })
        assert.deepInclude(error, { provider: "stub", operation })
        assert.isTrue(error.isRetryable)
        assert.deepInclude(error.attempts[0], { provider: "stub", ms: limit, outcome: "Timeout" })
      }))

    it.effect.each(operations)(
      "%s takes as long as its provider says, or the call itself",
      (operation) =>
        Effect.gen(function*() {
          const { provider } = Stub.make({ ...all(() => Effect.never), timeouts: all("5 seconds") })
          const fiber = yield* Effect.forkChild(Effect.flip(callOf(provider, operation)))
          const brief = yield* Effect.forkChild(Effect.flip(callOf(provider, operation, { timeout: 20 })))
          yield* TestClock.adjust(20)
          assert.deepInclude((yield* Fiber.join(brief)).reason, { limitMs: 20 })
          yield* TestClock.adjust("5 seconds")
          assert.deepInclude((yield* Fiber.join(fiber)).reason, { limitMs: 5_000 })
        })
    )

    it.effect.each([Infinity, Duration.infinity])("a budget of %o never ends", (timeout) =>
      Effect.gen(function*() {
        const { provider } = Stub.make({ getPaywall: () => Effect.delay(Effect.succeed(Stub.paywall), "30 days") })
        const fiber = yield* Effect.forkChild(provider.getPaywall(Stub.request, { timeout }))
        yield* TestClock.adjust("30 days")
        assert.strictEqual((yield* Fiber.join(fiber)).id, "42")
      }))

    it.effect.each([0, -1, "0 millis", -Infinity, NaN])(
      "a budget of %o is used up at once or refused",
      (timeout) =>
        Effect.gen(function*() {
          const { provider } = Stub.make(all(() => Effect.never))
          const fiber = yield* Effect.forkChild(
            Effect.flip(provider.getPaywall(Stub.request, { timeout: timeout as Duration.Input }))
          )
          yield* TestClock.adjust(0)
          const exit = fiber.pollUnsafe()
          yield* Fiber.interrupt(fiber)
          assert.isDefined(exit)
          const { reason } = yield* exit!
          assert.include(["Timeout", "InvalidRequest"], reason._tag)
        })
    )

    it.effect.each(["soon", NaN, "", [], true, "-"])(
      "a budget of %o is refused, not guessed",
      (timeout) =>
        Effect.gen(function*() {
          const { provider, reached } = Stub.make()
          for (const operation of operations) {
            const error = yield* Effect.flip(callOf(provider, operation, { timeout: timeout as never }))
            assert.deepInclude(error.reason, { _tag: "InvalidRequest", field: "timeout" })
          }
          assert.isEmpty(reached)
        })
    )

    it.effect("interrupts the vendor's call when time is up", () =>
      Effect.gen(function*() {
        let interrupted = 0
        const vendor = () =>
          Effect.onInterrupt(Effect.never, () =>
            Effect.sync(() => {
              interrupted += 1
            }))
        const { provider } = Stub.make(all(vendor))
        const fiber = yield* Effect.forkChild(Effect.exit(provider.getPaywall(Stub.request)))
        yield* TestClock.adjust("3 seconds")
        yield* Fiber.join(fiber)
        assert.strictEqual(interrupted, 1)
        const given = yield* Effect.forkChild(provider.getPaywall(Stub.request))
        yield* TestClock.adjust(1)
        yield* Fiber.interrupt(given)
        assert.strictEqual(interrupted, 2)
      }))
  })

  describe("failures", () => {
    it.effect.each(operations)(
      "%s fails with its own provider, operation and attempt",
      (operation) =>
        Effect.gen(function*() {
          yield* TestClock.setTime(Date.UTC(2026, 2, 1, 12))
          const { provider } = Stub.make(all(() => Effect.delay(Effect.fail(rejected), 7)))
          const fiber = yield* Effect.forkChild(Effect.flip(callOf(provider, operation)))
          yield* TestClock.adjust(7)
          const error = yield* Fiber.join(fiber)
          assert.instanceOf(error, PricingError.PricingError)
          assert.deepInclude(error, { provider: "stub", operation })
          assert.deepStrictEqual(error.reason, rejected)
          assert.deepStrictEqual(error.attempts, [
            { provider: "stub", startedAt: "2026-03-01T12:00:00.000Z", ms: 7, outcome: "Rejected" }
          ])
        })
    )

    it.effect("an error of a client keeps its attempts and gets the operation of the port", () =>
      Effect.gen(function*() {
        const attempts = [{ provider: "stub", startedAt: "2026-03-01T12:00:00.000Z", ms: 5, outcome: "Rejected" }]
        const inner = new PricingError.PricingError({
          provider: "stub",
          operation: "sendEvents",
          reason: rejected,
          attempts
        })
        const { provider } = Stub.make({ recordImpression: () => Effect.fail(inner) })
        const error = yield* Effect.flip(provider.recordImpression(Stub.paywall))
        assert.deepInclude(error, { provider: "stub", operation: "recordImpression" })
        assert.deepStrictEqual(error.attempts, attempts)
      }))

    it.effect("a local refusal of the adapter counts as no attempt", () =>
      Effect.gen(function*() {
        const refused = new PricingError.InvalidRequest({ field: "customer.id", issue: "missing" })
        const { provider } = Stub.make(all(() => Effect.fail(refused)))
        for (const operation of operations) {
          const error = yield* Effect.flip(callOf(provider, operation))
          assert.deepStrictEqual(error.attempts, [])
        }
      }))

    it.effect("a defect of the adapter stays a defect and is nobody's PricingError", () =>
      Effect.gen(function*() {
        const bug = new Error("bug")
        const thrown = Stub.make(all(() => {
          throw bug
        }))
        const died = Stub.make(all(() => Effect.die(bug)))
        for (const { provider } of [thrown, died]) {
          for (const operation of operations) {
            const defect = yield* callOf(provider, operation).pipe(
              Effect.catchDefect((defect) => Effect.succeed(defect))
            )
            assert.strictEqual(defect, bug)
          }
        }
      }))

    it.effect("an interruption inside the adapter is no failure of the vendor", () =>
      Effect.gen(function*() {
        const { provider } = Stub.make(all(() => Effect.interrupt))
        const exit = yield* Effect.exit(provider.getPaywall(Stub.request))
        assert.isTrue(Exit.isFailure(exit) && exit.cause.reasons.every((reason) => reason._tag === "Interrupt"))
      }))

    it("an id that no error could carry is refused when the provider is made", () => {
      for (const id of ["", "my botsi", "__proto__", "x".repeat(65)]) assert.throws(() => Stub.make({ id }))
    })
  })

  describe("getPaywall", () => {
    it.effect("hands the request on as it is", () =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        const { provider } = Stub.make({
          getPaywall: (request) => {
            seen.push(request)
            return Effect.succeed(Stub.paywall)
          }
        })
        const request = { ...Stub.request, enroll: false, options: { other: { anything: [1, null] } } }
        yield* provider.getPaywall(request)
        assert.deepStrictEqual(seen, [request])
      }))

    it.effect("says which attempt brought the paywall", () =>
      Effect.gen(function*() {
        const { provider } = Stub.make({ getPaywall: () => Effect.delay(Effect.succeed(Stub.paywall), 40) })
        const fiber = yield* Effect.forkChild(provider.getPaywall(Stub.request))
        yield* TestClock.adjust(40)
        assert.deepStrictEqual((yield* Fiber.join(fiber)).provenance.attempts, [
          { provider: "stub", startedAt: "1970-01-01T00:00:00.000Z", ms: 40, outcome: "ok" }
        ])
      }))

    it.effect.each([
      { field: "placement", change: { placement: "" } },
      { field: "placement", change: { placement: undefined } },
      { field: "placement", change: { placement: 7 } },
      { field: "customer", change: { customer: undefined } },
      { field: "customer", change: { customer: null } },
      { field: "customer", change: { customer: "u-1" } },
      { field: "customer.id", change: { customer: { id: "" } } },
      { field: "customer.id", change: { customer: { id: 12 } } },
      { field: "customer.id", change: { customer: { id: null } } },
      { field: "customer.ip", change: { customer: { ip: "300.1.1.1" } } },
      { field: "customer.country", change: { customer: { country: "USA" } } },
      { field: "customer.storeCountry", change: { customer: { storeCountry: "X" } } },
      { field: "customer.currency", change: { customer: { currency: "eur" } } },
      { field: "customer.platform", change: { customer: { platform: "web" } } },
      { field: "customer.store", change: { customer: { store: "play-store" } } },
      { field: "customer.device.model", change: { customer: { device: { model: 1 } } } },
      { field: "customer.attributes.level", change: { customer: { attributes: { level: 3 } } } },
      { field: "customer.profiles.botsi", change: { customer: { profiles: { botsi: 7 } } } },
      { field: "customer.userId", change: { customer: { id: "u-1", userId: "u-1" } } },
      { field: "enrol", change: { enrol: false } },
      { field: "enroll", change: { enroll: "false" } },
      { field: "enroll", change: { enroll: null } },
      { field: "options", change: { options: [] } },
      { field: "options.corrily", change: { options: { corrily: undefined } } }
    ])("refuses a wrong $field without asking the vendor", ({ change, field }) =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        const error = yield* Effect.flip(provider.getPaywall({ ...Stub.request, ...change } as never))
        assert.strictEqual(error.reason._tag, "InvalidRequest")
        assert.strictEqual((error.reason as PricingError.InvalidRequest).field, field)
        assert.isNotEmpty((error.reason as PricingError.InvalidRequest).issue)
        assert.deepStrictEqual(error.attempts, [])
        assert.isEmpty(reached)
      }))

    it.effect.each([undefined, null, "onboarding", 7, [], () => {}])(
      "refuses %o as a request",
      (request) =>
        Effect.gen(function*() {
          const { provider, reached } = Stub.make()
          const error = yield* Effect.flip(provider.getPaywall(request as never))
          assert.strictEqual(error.reason._tag, "InvalidRequest")
          assert.isEmpty(reached)
        })
    )

    it.effect("says what is wrong without repeating the value", () =>
      Effect.gen(function*() {
        const { provider } = Stub.make()
        const secret = "300.12.34.56"
        for (
          const customer of [
            { ip: secret },
            { id: [secret] },
            { country: secret },
            { platform: secret },
            { store: secret },
            { currency: secret },
            { attributes: { a: [secret] } },
            { device: secret },
            { profiles: { botsi: { secret } } }
          ]
        ) {
          const error = yield* Effect.flip(provider.getPaywall({ placement: "p", customer } as never))
          assert.notInclude(`${error.message} ${JSON.stringify(error)}`, secret)
        }
      }))

    it.effect.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
      "takes %s as a placement",
      (placement) =>
        Effect.gen(function*() {
          const { provider, reached } = Stub.make()
          yield* provider.getPaywall({ placement, customer: { id: "u-1" } })
          assert.deepStrictEqual(reached, ["getPaywall"])
        })
    )
  })

  describe("recordImpression", () => {
    it.effect("takes a paywall as it stands, and hands its attribution on", () =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        const { provider } = Stub.make({
          recordImpression: (attribution) => {
            seen.push(attribution)
            return Effect.succeed({ _tag: "Recorded" })
          }
        })
        assert.deepStrictEqual(yield* provider.recordImpression(Stub.paywall), { _tag: "Recorded" })
        assert.deepStrictEqual(seen, [Stub.attribution])
      }))

    it.effect.each(["live", "cache", "stale"] as const)("counts a paywall from %s", (source) =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        yield* provider.recordImpression({ ...Stub.paywall, provenance: { ...Stub.paywall.provenance, source } })
        assert.deepStrictEqual(reached, ["recordImpression"])
      }))

    it.effect.each([
      { why: "no attribution", impression: { attribution: undefined } },
      { why: "a bundled paywall", impression: { provenance: { ...Stub.paywall.provenance, source: "bundled" } } },
      { why: "enroll: false", impression: { attribution: { ...Stub.attribution, enrolled: false } } }
    ])("does not count $why, and sends nothing", ({ impression }) =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        const outcome = yield* provider.recordImpression({ ...Stub.paywall, ...impression } as never)
        assert.strictEqual(outcome._tag, "NotCounted")
        assert.isNotEmpty((outcome as { readonly why: string }).why)
        assert.isEmpty(reached)
      }))

    it.effect("refuses another provider's attribution, and sends nothing", () =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        for (const enrolled of [true, false]) {
          const attribution = { ...Stub.attribution, provider: "other", enrolled }
          const error = yield* Effect.flip(provider.recordImpression({ attribution }))
          assert.strictEqual(error.reason._tag, "AttributionMismatch")
          assert.deepStrictEqual(error.attempts, [])
        }
        assert.isEmpty(reached)
      }))

    it.effect.each([
      { field: "attribution", change: { attribution: null } },
      { field: "attribution", change: { attribution: "token" } },
      { field: "attribution.provider", change: { attribution: { ...Stub.attribution, provider: "" } } },
      { field: "attribution.enrolled", change: { attribution: { ...Stub.attribution, enrolled: undefined } } },
      { field: "attribution.subject", change: { attribution: { ...Stub.attribution, subject: null } } },
      { field: "attribution.payload", change: { attribution: { ...Stub.attribution, payload: undefined } } },
      { field: "shownAt", change: { shownAt: "yesterday" } },
      { field: "provenance", change: { provenance: "live" } }
    ])("refuses a wrong $field", ({ change, field }) =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        const error = yield* Effect.flip(provider.recordImpression({ ...Stub.paywall, ...change } as never))
        assert.strictEqual(error.reason._tag, "InvalidRequest")
        assert.isTrue((error.reason as PricingError.InvalidRequest).field.startsWith(field))
        assert.isEmpty(reached)
      }))
  })

  describe("validatePurchase", () => {
    it.effect.each([
      { transaction: Stub.appStore },
      { transaction: Stub.subscription },
      { transaction: Stub.oneTime }
    ])("hands a $transaction._tag on with its attribution", ({ transaction }) =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        const { provider } = Stub.make({
          validatePurchase: (...args) => {
            seen.push(args)
            return Effect.succeed(Stub.validated)
          }
        })
        yield* provider.validatePurchase({ attribution: Stub.attribution, transaction })
        assert.deepStrictEqual(seen, [[Stub.attribution, transaction]])
      }))

    it.effect("without attribution nothing is invented and nothing sent", () =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        const error = yield* Effect.flip(provider.validatePurchase({ transaction: Stub.appStore }))
        assert.strictEqual(error.reason._tag, "Unattributable")
        assert.isEmpty(reached)
      }))

    it.effect("refuses another provider's attribution, and sends nothing", () =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        const attribution = { ...Stub.attribution, provider: "other" }
        const error = yield* Effect.flip(provider.validatePurchase({ attribution, transaction: Stub.appStore }))
        assert.strictEqual(error.reason._tag, "AttributionMismatch")
        assert.isEmpty(reached)
      }))

    it.effect("a vendor that validates nothing says so at once, whatever the purchase", () =>
      Effect.gen(function*() {
        const { provider } = Stub.make({
          validatePurchase: undefined,
          capabilities: { exposure: "on-fetch", purchases: [], repeatPurchase: "unknown" }
        })
        for (const purchase of [{ attribution: Stub.attribution, transaction: Stub.appStore }, {}, null, undefined]) {
          const error = yield* Effect.flip(provider.validatePurchase(purchase as never))
          assert.strictEqual(error.reason._tag, "Unsupported")
          assert.deepStrictEqual(error.attempts, [])
        }
      }))

    it.effect("a vendor of one store refuses the other", () =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make({
          capabilities: { exposure: "on-impression", purchases: ["app_store"], repeatPurchase: "unknown" }
        })
        const { attribution } = Stub
        const error = yield* Effect.flip(provider.validatePurchase({ attribution, transaction: Stub.subscription }))
        assert.strictEqual(error.reason._tag, "Unsupported")
        assert.isEmpty(reached)
        yield* provider.validatePurchase({ attribution, transaction: Stub.appStore })
        assert.deepStrictEqual(reached, ["validatePurchase"])
      }))

    it.effect.each([
      { why: "no transaction", purchase: {} },
      { why: "a transaction without a tag", purchase: { transaction: { ...Stub.appStore, _tag: undefined } } },
      { why: "an unknown kind", purchase: { transaction: { ...Stub.appStore, _tag: "StripeCharge" } } },
      { why: "both kinds of offer", purchase: { transaction: { ...Stub.subscription, price: Stub.oneTime.price } } },
      { why: "the other kind's offer", purchase: { transaction: { ...Stub.oneTime, offer: Stub.subscription.offer } } },
      {
        why: "no phases",
        purchase: { transaction: { ...Stub.subscription, offer: { basePlanId: "b", pricingPhases: [] } } }
      },
      { why: "a number as id", purchase: { transaction: { ...Stub.appStore, transactionId: 2000000871590381 } } },
      { why: "an empty token", purchase: { transaction: { ...Stub.oneTime, token: "" } } },
      { why: "an unknown member", purchase: { transaction: Stub.appStore, receipt: "x" } },
      { why: "a source of the other store", purchase: { transaction: { ...Stub.subscription, source: "restore" } } }
    ])("refuses $why", ({ purchase }) =>
      Effect.gen(function*() {
        const { provider, reached } = Stub.make()
        const error = yield* Effect.flip(
          provider.validatePurchase({ attribution: Stub.attribution, ...purchase } as never)
        )
        assert.strictEqual(error.reason._tag, "InvalidRequest")
        assert.isNotEmpty((error.reason as PricingError.InvalidRequest).field)
        assert.notInclude(error.message, "2000000871590381")
        assert.isEmpty(reached)
      }))
  })

  it.effect("opens one span a call, which knows the provider and no customer", () =>
    Effect.gen(function*() {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const failing = Stub.make({ recordImpression: () => Effect.fail(rejected) })
      for (const operation of operations) {
        yield* Effect.exit(Effect.withTracer(callOf(failing.provider, operation), tracer))
      }
      assert.lengthOf(spans, 3)
      for (const [index, span] of spans.entries()) {
        assert.include(span.name, operations[index]!)
        assert.notInclude(JSON.stringify([span.name, Array.from(span.attributes)]), "u-1")
      }
      assert.strictEqual(spans[1]?.attributes.get("error.type"), "Rejected")
    }))
})

describe("PricingProvider.transform", () => {
  it.effect("wraps every operation, tells which, and keeps id and capabilities", () =>
    Effect.gen(function*() {
      const { provider, reached } = Stub.make()
      const seen: Array<string> = []
      const wrapped = PricingProvider.transform(provider, (effect, operation) => {
        seen.push(operation)
        return effect
      })
      for (const operation of operations) yield* callOf(wrapped, operation)
      assert.deepStrictEqual(seen, [...operations])
      assert.deepStrictEqual(reached, [...operations])
      assert.strictEqual(wrapped.id, provider.id)
      assert.deepStrictEqual(wrapped.capabilities, provider.capabilities)
    }))

  it.effect("fits in a pipe", () =>
    Effect.gen(function*() {
      const { provider, reached } = Stub.make()
      const twice = PricingProvider.transform((effect) => Effect.andThen(effect, effect))(provider)
      yield* twice.getPaywall(Stub.request)
      assert.deepStrictEqual(reached, ["getPaywall", "getPaywall"])
    }))

  it.effect("hands the options of a call on", () =>
    Effect.gen(function*() {
      const { provider } = Stub.make(all(() => Effect.never))
      const wrapped = PricingProvider.transform(provider, (effect) => effect)
      for (const operation of operations) {
        const fiber = yield* Effect.forkChild(Effect.flip(callOf(wrapped, operation, { timeout: 5 })))
        yield* TestClock.adjust(5)
        assert.deepInclude((yield* Fiber.join(fiber)).reason, { _tag: "Timeout", limitMs: 5 })
      }
    }))
})
