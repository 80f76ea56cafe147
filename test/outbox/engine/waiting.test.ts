import { assert, describe, it } from "@effect/vitest"
import { type Attribution, KeyRing, PricingError, Purchase } from "@priceport/core"
import { MemoryStore, Outbox, OutboxStore } from "@priceport/outbox"
import { MemoryProvider } from "@priceport/testing/memory"
import { Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"

const of = (value: string, payload: number = 0): Attribution.Attribution => ({
  provider: "memory",
  placement: "onboarding",
  paywallId: "default",
  subject: { kind: "id", value },
  enrolled: true,
  fetchedAt: "2026-01-01T00:00:00.000Z",
  payload
})

const sale = (id: string, source: "restore" | "purchasing" = "purchasing"): Purchase.AppStoreTransaction => ({
  _tag: "AppStoreTransaction",
  transactionId: id,
  originalTransactionId: id,
  productId: "premium_monthly",
  environment: "sandbox",
  source
})

const env = Layer.mergeAll(MemoryProvider.layer(), MemoryStore.layer, KeyRing.layerEphemeral)

const on = (change: (store: OutboxStore.Service) => Partial<OutboxStore.Service>) =>
  Effect.updateService(OutboxStore.OutboxStore, (store) => ({ ...store, ...change(store) }))

/**
 * Waits until something is so, a turn of the real world at a time, in which cryptography gets on, and 1,000 at most. Before
 * each the clock is moved by `seconds`.
 */
const until = <E, R>(isSo: Effect.Effect<boolean, E, R>, { seconds }: { readonly seconds: number }) =>
  Effect.gen(function*() {
    for (let turn = 0; turn < 1_000 && !(yield* isSo); turn++) {
      yield* TestClock.adjust(seconds * 1000)
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2)))
    }
  })

describe("Outbox callers", () => {
  it.effect("one who goes away while it is being stored leaves nothing behind undelivered", () =>
    Effect.gen(function*() {
      const vendor = yield* MemoryProvider.MemoryProvider
      let isStored = false
      const slow = on(({ append }) => ({
        append: (entries, capacity) =>
          Effect.tap(append(entries, capacity), () => {
            isStored = true
            return Effect.sleep("5 seconds")
          })
      }))
      const outbox = yield* slow(Outbox.make({ window: 0 }))
      const caller = yield* Effect.forkChild(outbox.recordImpression({ attribution: of("ann") }))
      yield* until(Effect.sync(() => isStored), { seconds: 0 })
      assert.isTrue(isStored)
      yield* Fiber.interrupt(caller)
      const arrived = Effect.map(vendor.state, ({ impressions }) => impressions.length === 1)
      yield* until(arrived, { seconds: 1 })
      assert.isTrue(yield* arrived)
    }).pipe(Effect.scoped, Effect.provide(env)))

  it.live("nobody is left hanging, or interrupted, when it closes", () =>
    Effect.gen(function*() {
      for (let turns = 0; turns < 8; turns++) {
        const scope = yield* Scope.make()
        const outbox = yield* Scope.provide(Outbox.make({ window: 0 }), scope)
        const caller = yield* Effect.forkChild(outbox.recordImpression({ attribution: of(`ann ${turns}`) }))
        for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow
        yield* Scope.close(scope, Exit.void)
        const exit = yield* Effect.timeoutOption(Fiber.await(caller), "5 seconds")
        assert(exit._tag === "Some", `hangs after ${turns} turns`)
        assert(Exit.isSuccess(exit.value) || !Exit.hasInterrupts(exit.value), `interrupted after ${turns} turns`)
      }
    }).pipe(Effect.provide(env)))

  it.live("are answered in time by a store that is silent", () =>
    Effect.gen(function*() {
      const failed = new OutboxStore.OutboxStoreError({ reason: "unavailable", operation: "append", detail: "silent" })
      const silent = on(() => ({ append: () => Effect.andThen(Effect.sleep("4 seconds"), Effect.fail(failed)) }))
      const outbox = yield* silent(Outbox.make({ shutdownWithin: 0 }))
      const shown = Outbox.delivery(outbox).recordImpression({ attribution: of("ann") }, { timeout: "1 second" })
      const bought = outbox.validatePurchase({ attribution: of("ann"), transaction: sale("1") }, {
        timeout: "1 second"
      })
      const failures = yield* Effect.all([Effect.flip(shown), Effect.flip(bought)], { concurrency: 2 })
      assert.deepStrictEqual(failures.map(({ reason }) => reason._tag), ["Timeout", "Timeout"])
    }).pipe(Effect.scoped, Effect.provide(env)))

  it.live("are not told that nothing was stored when a look at the store fails", () =>
    Effect.gen(function*() {
      const vendor = yield* MemoryProvider.MemoryProvider
      const blind = on(() => ({
        durability: "server",
        find: () =>
          Effect.fail(new OutboxStore.OutboxStoreError({ reason: "unavailable", operation: "find", detail: "gone" }))
      }))
      const outbox = yield* blind(Outbox.make({ shutdownWithin: 0 }))
      yield* vendor.hangNext
      const sold = { attribution: of("ann"), transaction: sale("1") }
      assert(Purchase.isPending(yield* outbox.validatePurchase(sold, { timeout: "1500 millis" })))
    }).pipe(Effect.scoped, Effect.provide(env)))
})

describe("a purchase that another customer has, or may have", () => {
  it.effect("is not given to a third one when moving it was refused", () =>
    Effect.gen(function*() {
      const vendor = yield* MemoryProvider.MemoryProvider
      const outbox = yield* Outbox.make({ restore: "move" })
      yield* outbox.validatePurchase({ attribution: of("ann"), transaction: sale("1") })
      yield* vendor.failNext(new PricingError.NotFound({ status: 404 }))
      yield* Effect.flip(outbox.validatePurchase({ attribution: of("bob"), transaction: sale("1", "restore") }))
      const eve = yield* Effect.flip(outbox.validatePurchase({ attribution: of("eve"), transaction: sale("1") }))
      assert.strictEqual(eve.reason._tag, "PurchaseConflict")
    }).pipe(Effect.scoped, Effect.provide(env)))
})
