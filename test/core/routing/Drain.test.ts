import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import * as RoutingReload from "../../../packages/core/src/internal/routingReload.ts"
import * as Vendors from "./Vendors.ts"

/** Lets whatever was forked go on. */
const settled = Effect.yieldNow.pipe(Effect.repeat({ times: 10 }))

/** What is built says when its scope closes; a name that starts with "bad" fails once it has opened something. */
const make = Effect.gen(function*() {
  const closed: Array<unknown> = []
  const vendor = Vendors.make("a")
  const load = (name: unknown) =>
    Effect.gen(function*() {
      if (String(name).endsWith("slowly")) yield* settled
      yield* Effect.addFinalizer(() => Effect.sync(() => void closed.push(name)))
      return String(name).startsWith("bad") ? yield* Effect.fail("bad") : { provider: vendor.provider, name }
    })
  return { closed, vendor, reloading: yield* RoutingReload.make("first", load) }
})

describe("A configuration that was replaced", () => {
  it.effect("is closed after the last of its calls, whether that ended or was given up", () =>
    Effect.gen(function*() {
      const { closed, reloading, vendor } = yield* make
      const gate = yield* Deferred.make<void>()
      vendor.behaviour = Deferred.await(gate)
      const call = Effect.forkChild(reloading.operations.getPaywall(Vendors.from("ada")), { startImmediately: true })
      const [answered, givenUp] = [yield* call, yield* call]
      yield* reloading.reload("second")
      yield* settled
      assert.deepStrictEqual(closed, [])
      yield* Fiber.interrupt(givenUp)
      yield* settled
      assert.deepStrictEqual(closed, [])
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(answered)
      yield* settled
      assert.deepStrictEqual(closed, ["first"])
    }))

  it.effect("is closed at once when nobody is using it", () =>
    Effect.gen(function*() {
      const { closed, reloading } = yield* make
      yield* reloading.operations.getPaywall(Vendors.from("ada"))
      yield* reloading.reload("second")
      yield* settled
      assert.deepStrictEqual(closed, ["first"])
    }))

  it.effect("stays open when the next one fails, which closes what it had opened", () =>
    Effect.gen(function*() {
      const { closed, reloading } = yield* make
      assert.strictEqual(yield* Effect.flip(reloading.reload("bad one")), "bad")
      assert.deepStrictEqual(closed, ["bad one"])
      assert.strictEqual((yield* reloading.current).name, "first")
    }))

  it.effect("is closed with the whole, calls under way or not", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { closed, reloading, vendor } = yield* Scope.provide(make, scope)
      vendor.behaviour = Effect.never
      yield* Effect.forkChild(reloading.operations.getPaywall(Vendors.from("ada")), { startImmediately: true })
      yield* reloading.reload("second")
      yield* Scope.close(scope, Exit.void)
      assert.sameMembers(closed, ["first", "second"])
    }))

  it.effect("is replaced by one at a time, in the order they came", () =>
    Effect.gen(function*() {
      const { closed, reloading } = yield* make
      yield* Effect.forEach(["2, slowly", "3", "4"], reloading.reload, { concurrency: "unbounded" })
      yield* settled
      assert.strictEqual((yield* reloading.current).name, "4")
      assert.deepStrictEqual(closed, ["first", "2, slowly", "3"])
    }))
})
