import { assert, describe, it } from "@effect/vitest"
import { type PricingError, Purchase } from "@priceport/core"
import { Effect, Exit, Random } from "effect"
import { TestClock } from "effect/testing"
import * as Given from "./Given.ts"

const { hour, minute, second } = Given

const sale = Given.purchase("ada", "t1")

/** A vendor that credits a transaction once and answers, or does not, as drawn. */
const forgetful = (drawn: Random.Random) => {
  const entitlements = new Set<string>()
  const outcomes: Array<string> = []
  const vendor = Given.vendor({
    answer: ({ ids: [id = ""] }) =>
      Effect.suspend((): Effect.Effect<void, PricingError.Reason> => {
        const fate = ["answers", "answers", "drops", "hangs", "never hears"][Math.floor(drawn.nextDoubleUnsafe() * 5)]!
        outcomes.push(fate)
        if (fate === "never hears") return Effect.fail(Given.unavailable)
        const commit = Effect.sync(() => void entitlements.add(id))
        const takes = Math.floor(drawn.nextDoubleUnsafe() * 3 * second)
        const heard = Effect.andThen(Effect.sleep(takes), commit)
        if (fate === "drops") return Effect.andThen(heard, Effect.fail(Given.lost))
        return fate === "hangs" ? Effect.andThen(heard, Effect.never) : heard
      })
  })
  return { vendor, entitlements, outcomes }
}

describe("Outbox, when the vendor validates and its reply is lost", () => {
  for (const repeatPurchases of [true, false]) {
    it.effect(
      `in 100 ways (repeatPurchases ${repeatPurchases}) there is one entitlement, and the outcome is known or pending`,
      () =>
        Effect.gen(function*() {
          const reached = new Set<string>()
          for (let seed = 0; seed < 100; seed++) {
            yield* Effect.gen(function*() {
              const drawn = yield* Random.Random
              const { entitlements, outcomes, vendor } = forgetful(drawn)
              const options = { repeatPurchases, timeout: "4 seconds", shutdownWithin: 0 } as const
              let running = yield* Given.start(vendor, options)
              const said: Array<Purchase.PurchaseOutcome> = []
              for (let step = 0; step < 6; step++) {
                said.push(yield* running.outbox.validatePurchase(sale, { timeout: 0 }))
                yield* TestClock.adjust(Math.floor(drawn.nextDoubleUnsafe() * 10 * second))
                if (drawn.nextDoubleUnsafe() < 0.3) {
                  yield* running.stop
                  running = yield* Given.start(vendor, options, running)
                }
              }
              if (repeatPurchases) yield* TestClock.adjust(hour)
              const last = yield* running.outbox.validatePurchase(sale, { timeout: 0 })
              assert.isAtMost(entitlements.size, 1)
              assert.strictEqual(vendor.mostInFlight, 1)
              for (const outcome of [...said, last]) {
                if (Purchase.isPending(outcome)) reached.add("pending")
                else {
                  reached.add("known")
                  assert.deepStrictEqual(outcome, Given.validated("botsi", sale.transaction))
                  assert.strictEqual(entitlements.size, 1)
                }
              }
              if (repeatPurchases) assert.isFalse(Purchase.isPending(last))
              const lost = outcomes.filter((fate) => fate !== "answers").length
              if (!repeatPurchases) assert.isAtMost(lost, 1)
              for (const fate of outcomes) reached.add(fate)
              yield* running.stop
            }).pipe(Effect.scoped, Random.withSeed(`lost reply ${seed}`))
          }
          assert.sameMembers(Array.from(reached), ["answers", "drops", "hangs", "never hears", "pending", "known"])
        }),
      60_000
    )
  }

  it.effect("an interrupted caller takes nothing back", () =>
    Effect.gen(function*() {
      const vendor = Given.vendor({ answer: () => Effect.sleep(second) })
      const { outbox } = yield* Given.start(vendor)
      const exit = yield* Given.passing(
        Effect.exit(Effect.timeoutOrElse(outbox.validatePurchase(sale), {
          duration: 500,
          orElse: () => Effect.interrupt
        })),
        minute
      )
      assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(yield* outbox.validatePurchase(sale), Given.validated("botsi", sale.transaction))
      assert.lengthOf(vendor.requests, 1)
    }))
})
