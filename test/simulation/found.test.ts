import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Bundle from "./Bundle.ts"
import * as Outage from "./Outage.ts"
import * as Question from "./Question.ts"
import * as Run from "./Run.ts"

const promptly = { startImmediately: true } as const

/** What simulated worlds have found, each as small as it gets. */
describe("the recommended stack", () => {
  it.effect("sends one probe to a vendor that was down, however long nobody asked", () =>
    Effect.gen(function*() {
      const { pricing, startedAt, vendor } = yield* Outage.make("unavailable")
      const ask = (customer: number) =>
        Effect.forkChild(Effect.exit(pricing.getPaywall(Outage.requestOf(customer))), promptly)
      for (const customer of Run.range(1, 10)) yield* ask(customer)
      yield* TestClock.adjust("3 hours")
      startedAt.length = 0
      vendor.kind = "silent"
      for (const customer of Run.range(11, 20)) yield* ask(customer)
      yield* TestClock.adjust("1 second")
      assert.lengthOf(startedAt, 1)
    }))

  it.effect("asks for customers as they were, when another lookup follows a hung one", () =>
    Effect.gen(function*() {
      const { pricing, vendor } = yield* Outage.make("silent")
      const customer = { id: "customer-1", locale: "de" }
      const request = { placement: "onboarding", customer }
      const asked = Question.digest(request)
      yield* Effect.forkChild(Effect.exit(pricing.getPaywall(request)), promptly)
      yield* TestClock.adjust("1 second")
      const late = yield* Effect.forkChild(pricing.getPaywall(request, { within: "10 seconds" }), promptly)
      yield* TestClock.adjust("1900 millis")
      vendor.kind = "healthy"
      customer.id = "customer-2"
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* Fiber.join(late)).remoteConfig, { asked })
      const again = yield* pricing.getPaywall({ placement: "onboarding", customer: { id: "customer-1", locale: "de" } })
      assert.deepStrictEqual(again.remoteConfig, { asked })
    }))

  it.effect("asks for customers as they were, when they are kept waiting for a newer answer", () =>
    Effect.gen(function*() {
      const { pricing, vendor } = yield* Outage.make("instant", {
        stack: {
          cache: { timeToLive: 0, staleWhileRevalidate: 0, staleIfError: "2 minutes", lookupTimeout: "1 second" }
        }
      })
      const customer = { id: "customer-1" }
      const request = { placement: "onboarding", customer }
      const asked = Question.digest(request)
      yield* pricing.getPaywall(request)
      yield* TestClock.adjust("119500 millis")
      vendor.kind = "silent"
      const waiting = yield* Effect.forkChild(pricing.getPaywall(request, { within: "10 seconds" }), promptly)
      yield* TestClock.adjust("900 millis")
      vendor.kind = "healthy"
      customer.id = "customer-2"
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* Fiber.join(waiting)).remoteConfig, { asked })
    }))

  it.effect("shows the bundle in the language it was asked for", () =>
    Effect.gen(function*() {
      const bundle = yield* Bundle.load(0)
      const { pricing } = yield* Outage.make("silent", { stack: { fallback: { bundle } } })
      const customer = { id: "customer-1", locale: "de" }
      const asking = yield* Effect.forkChild(pricing.getPaywall({ placement: "onboarding", customer }), promptly)
      customer.locale = "en"
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Fiber.join(asking)).id, "bundle:de")
    }))

  it.effect("counts as a hit the fresh answer that another lookup brought meanwhile", () =>
    Effect.gen(function*() {
      const { pricing, vendor } = yield* Outage.make("instant", {
        stack: { cache: { timeToLive: "1 minute", staleWhileRevalidate: 0, patience: "200 millis" } }
      })
      const request = Outage.requestOf(1)
      yield* pricing.getPaywall(request)
      yield* TestClock.adjust("2 minutes")
      vendor.kind = "silent"
      const waiting = yield* Effect.forkChild(pricing.getPaywall(request), promptly)
      yield* pricing.invalidate(request.customer)
      vendor.kind = "instant"
      yield* pricing.getPaywall(request)
      yield* TestClock.adjust("200 millis")
      assert.strictEqual((yield* Fiber.join(waiting)).provenance.source, "cache")
      assert.deepInclude(yield* pricing.stats, { hits: 1, stale: 0 })
    }))
})
