import { assert, it } from "@effect/vitest"
import { RoutedPricing } from "@priceport/core"
import { Effect } from "effect"
import * as Vendors from "../routing/Vendors.ts"

it.effect("a prefetch that no cache may keep asks the vendor once", () =>
  Effect.gen(function*() {
    const a = Vendors.make("a")
    const { pricing } = yield* RoutedPricing.make({ _tag: "Failover", id: "f", members: ["a"] }, [a.provider], {
      retry: { times: 0 }
    })
    yield* pricing.prefetch(["onboarding"], { id: "ada" }, { options: { a: { override: true } } } as never)
    assert.strictEqual(a.calls.length, 1)
  }))
