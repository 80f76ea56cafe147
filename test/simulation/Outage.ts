import { Pricing, PricingProvider } from "@priceport/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type * as Fault from "./Fault.ts"
import * as Prng from "./Prng.ts"
import * as Vendor from "./Vendor.ts"

/** The recommended stack on a vendor of one kind. `startedAt` is when each attempt reached it, in milliseconds. */
export const make = Effect.fnUntraced(function*(
  kind: Fault.Kind,
  options: { readonly seed?: number; readonly stack?: Pricing.Options } = {}
) {
  const clock = yield* TestClock.testClockWith(Effect.succeed)
  const startedAt: Array<number> = []
  const vendor = Vendor.make("on-impression", Infinity, Prng.make(options.seed ?? 1), {
    now: () => clock.currentTimeMillisUnsafe(),
    onAttempt: (attempt) => void startedAt.push(attempt.startedAt),
    onEnd: () => {},
    onAttribution: () => {},
    onPurchase: () => {}
  })
  vendor.kind = kind
  const pricing = yield* Effect.provideService(
    Pricing.make(options.stack),
    PricingProvider.PricingProvider,
    vendor.provider
  )
  return { pricing, startedAt, vendor }
})

/** The request of one of many customers. */
export const requestOf = (number: number) => ({ placement: "onboarding", customer: { id: `customer-${number}` } })
