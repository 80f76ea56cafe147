import { assert, describe, it } from "@effect/vitest"
import { PricingError, Purchase, PurchaseLedger } from "@priceport/core"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../Stub.ts"

const purchase = { attribution: Stub.attribution, transaction: Stub.appStore }

const elsewhere = { ...Stub.attribution, subject: { kind: "user", value: "u-2" } }

const ledger = (options: PurchaseLedger.Options, stub: Parameters<typeof Stub.make>[0] = {}) => {
  const { provider, reached } = Stub.make(stub)
  return Effect.map(PurchaseLedger.make(options)(provider), (validate) => ({ validate, reached }))
}

/** Answers with each of these in turn, and with the last one from then on. */
const replies = (...reasons: ReadonlyArray<PricingError.Reason | undefined>) => {
  let calls = 0
  return {
    validatePurchase: () => {
      const reason = reasons[Math.min(calls++, reasons.length - 1)]
      return reason === undefined ? Effect.succeed(Stub.validated) : Effect.fail(reason)
    }
  }
}

const lost = new PricingError.Transport({ detail: "reset", sent: "maybe" })

const conflict = (outcome: Effect.Effect<Purchase.PurchaseOutcome, PricingError.PricingError>) =>
  Effect.map(Effect.flip(outcome), ({ reason }) => reason._tag)

describe("PurchaseLedger", () => {
  it.effect("validates a purchase once, and gives its result again for 30 days", () =>
    Effect.gen(function*() {
      const { reached, validate } = yield* ledger({})
      assert.deepStrictEqual(yield* validate(purchase), Stub.validated)
      yield* TestClock.adjust("719 hours")
      assert.deepStrictEqual(yield* validate(purchase), Stub.validated)
      assert.lengthOf(reached, 1)
      yield* TestClock.adjust("1 hour")
      yield* validate(purchase)
      assert.lengthOf(reached, 2)
    }))

  it.effect("lets a thousand reports of one purchase share one call", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const { reached, validate } = yield* ledger({}, {
        validatePurchase: () => Effect.as(Deferred.await(gate), Stub.validated)
      })
      const reports = yield* Effect.forkChild(
        Effect.all(Array.from({ length: 1000 }, () => validate(purchase)), { concurrency: "unbounded" }),
        { startImmediately: true }
      )
      yield* Deferred.succeed(gate, undefined)
      for (const outcome of yield* Fiber.join(reports)) assert.deepStrictEqual(outcome, Stub.validated)
      assert.lengthOf(reached, 1)
    }))

  it.effect("calls a purchase pending whose reply was lost, and asks again when it is reported again", () =>
    Effect.gen(function*() {
      const { reached, validate } = yield* ledger({}, replies(lost, undefined))
      yield* TestClock.setTime(Date.parse("2026-03-01T12:00:00.000Z"))
      const outcome = yield* validate(purchase)
      assert.isTrue(Purchase.isPending(outcome))
      assert.deepInclude(outcome, { since: "2026-03-01T12:00:00.000Z" })
      assert.notInclude(JSON.stringify(outcome), Stub.appStore.transactionId)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* validate(purchase), Stub.validated)
      assert.lengthOf(reached, 2)
    }))

  it.effect("says since when a purchase has been pending from the first report on", () =>
    Effect.gen(function*() {
      const { validate } = yield* ledger({}, replies(lost))
      const first = yield* validate(purchase)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* validate(purchase), first)
    }))

  it.effect("does not make the vendor's call shorter than it is, however little time the caller has", () =>
    Effect.gen(function*() {
      const { reached, validate } = yield* ledger({}, {
        validatePurchase: () => Effect.delay(Effect.succeed(Stub.validated), "5 seconds")
      })
      const hurried = yield* Effect.forkChild(validate(purchase, { timeout: "1 second" }), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.isTrue(Purchase.isPending(yield* Fiber.join(hurried)))
      yield* TestClock.adjust("4 seconds")
      assert.deepStrictEqual(yield* validate(purchase), Stub.validated)
      assert.lengthOf(reached, 1)
    }))

  it.effect("goes on when the one who reported it gives up", () =>
    Effect.gen(function*() {
      const { reached, validate } = yield* ledger({}, {
        validatePurchase: () => Effect.delay(Effect.succeed(Stub.validated), "5 seconds")
      })
      const reporting = yield* Effect.forkChild(validate(purchase), { startImmediately: true })
      yield* Fiber.interrupt(reporting)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* validate(purchase), Stub.validated)
      assert.lengthOf(reached, 1)
    }))

  const nothingHappened: Record<string, PricingError.Reason> = {
    "a refusal": new PricingError.Rejected({ status: 400 }),
    "a wrong key": new PricingError.Unauthorized({ status: 401 }),
    "a vendor in a hurry": new PricingError.RateLimited({ status: 429 }),
    "a connection that never was": new PricingError.Transport({ detail: "refused", sent: "no" })
  }
  it.effect.each(Object.entries(nothingHappened))(
    "fails after %s, and may be reported anew",
    ([, reason]) =>
      Effect.gen(function*() {
        const { validate } = yield* ledger({}, replies(reason, undefined))
        assert.deepStrictEqual((yield* Effect.flip(validate(purchase))).reason, reason)
        assert.deepStrictEqual(yield* validate({ ...purchase, attribution: elsewhere }), Stub.validated)
      })
  )

  const mayHaveHappened: Record<string, PricingError.Reason> = {
    "a lost reply": lost,
    "a reply that cannot be read": new PricingError.InvalidResponse({ path: "", detail: "not JSON" }),
    "a server error": new PricingError.Unavailable({ status: 500 }),
    "a server error of a kind that is never repeated": new PricingError.Rejected({ status: 520 })
  }
  it.effect.each(Object.entries(mayHaveHappened))(
    "is neither failure nor success after %s",
    ([, reason]) =>
      Effect.gen(function*() {
        const { validate } = yield* ledger({}, replies(reason))
        assert.isTrue(Purchase.isPending(yield* validate(purchase)))
        assert.strictEqual(yield* conflict(validate({ ...purchase, attribution: elsewhere })), "PurchaseConflict")
      })
  )

  it.effect("is pending, too, when the adapter has a bug", () =>
    Effect.gen(function*() {
      const { validate } = yield* ledger({}, { validatePurchase: () => Effect.die("a bug") })
      assert.isTrue(Purchase.isPending(yield* validate(purchase)))
    }))

  it.effect("refuses the purchase of one customer to another", () =>
    Effect.gen(function*() {
      const { reached, validate } = yield* ledger({})
      yield* validate(purchase)
      assert.strictEqual(yield* conflict(validate({ ...purchase, attribution: elsewhere })), "PurchaseConflict")
      const restored = { attribution: elsewhere, transaction: { ...Stub.appStore, source: "restore" as const } }
      assert.strictEqual(yield* conflict(validate(restored)), "PurchaseConflict")
      assert.lengthOf(reached, 1)
    }))

  it.effect("moves a restored purchase to another customer where it may", () =>
    Effect.gen(function*() {
      const { reached, validate } = yield* ledger({ restore: "move" })
      yield* validate(purchase)
      const restored = { attribution: elsewhere, transaction: { ...Stub.appStore, source: "restore" as const } }
      assert.deepStrictEqual(yield* validate(restored), Stub.validated)
      assert.lengthOf(reached, 2)
      assert.strictEqual(yield* conflict(validate(purchase)), "PurchaseConflict")
    }))

  it.effect("gives the customer who restores a purchase the result that is known", () =>
    Effect.gen(function*() {
      const { reached, validate } = yield* ledger({})
      yield* validate(purchase)
      const restored = {
        attribution: { ...Stub.attribution, paywallId: "43" },
        transaction: { ...Stub.appStore, source: "restore" as const }
      }
      assert.deepStrictEqual(yield* validate(restored), Stub.validated)
      assert.lengthOf(reached, 1)
    }))

  const otherFacts: Record<string, Purchase.Purchase> = {
    "another product": { ...purchase, transaction: { ...Stub.appStore, productId: "premium_yearly" } },
    "another paywall": { ...purchase, attribution: { ...Stub.attribution, paywallId: "43" } },
    "another variant": { ...purchase, attribution: { ...Stub.attribution, payload: { id: 42, model: 7, arm: 0 } } }
  }
  it.effect.each(Object.entries(otherFacts))("refuses one transaction with %s", ([, other]) =>
    Effect.gen(function*() {
      const { validate } = yield* ledger({})
      yield* validate(purchase)
      assert.strictEqual(yield* conflict(validate(other)), "PurchaseConflict")
    }))

  it.effect("takes the same transaction id in the other environment for another purchase", () =>
    Effect.gen(function*() {
      const { reached, validate } = yield* ledger({})
      yield* validate(purchase)
      yield* validate({ ...purchase, transaction: { ...Stub.appStore, environment: "production" } })
      assert.lengthOf(reached, 2)
    }))

  it.effect("remembers no more than it may, and never forgets what is under way", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      let calls = 0
      const { reached, validate } = yield* ledger({ maxEntries: 1 }, {
        validatePurchase: () =>
          calls++ === 0 ? Effect.as(Deferred.await(gate), Stub.validated) : Effect.succeed(Stub.validated)
      })
      const of = (transactionId: string) => validate({ ...purchase, transaction: { ...Stub.appStore, transactionId } })
      const slow = yield* Effect.forkChild(of("1"), { startImmediately: true })
      yield* of("2")
      const again = yield* Effect.forkChild(of("1"), { startImmediately: true })
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(slow)
      yield* Fiber.join(again)
      assert.lengthOf(reached, 2)
    }))

  it.effect("is pending for whoever waits when the scope ends", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { provider } = Stub.make({ validatePurchase: () => Effect.never })
      const validate = yield* Effect.provideService(PurchaseLedger.make()(provider), Scope.Scope, scope)
      const waiting = yield* Effect.forkChild(validate(purchase), { startImmediately: true })
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Purchase.isPending(yield* Fiber.join(waiting)))
    }))

  it.effect("leaves what cannot be validated to the provider", () =>
    Effect.gen(function*() {
      const { validate } = yield* ledger({})
      assert.strictEqual(yield* conflict(validate({ transaction: Stub.appStore })), "Unattributable")
      const foreign = { ...purchase, attribution: { ...Stub.attribution, provider: "other" } }
      assert.strictEqual(yield* conflict(validate(foreign)), "AttributionMismatch")
      assert.strictEqual(yield* conflict(validate(purchase, { timeout: Number.NaN })), "InvalidRequest")
    }))
})
