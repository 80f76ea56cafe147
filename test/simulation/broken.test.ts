import { assert, describe, it } from "@effect/vitest"
import { Pricing, type PricingError, PricingProvider } from "@priceport/core"
import { Effect, Fiber } from "effect"
import * as Run from "./Run.ts"

type Service = Pricing.Pricing["Service"]

/** A stack whose service is another than it should be. */
const changed = (change: (pricing: Service) => Service): typeof Pricing.make => (options) =>
  Effect.map(Pricing.make(options), change)

/** A stack with other options than the world believes. */
const told = (options: Pricing.Options): typeof Pricing.make => (believed) =>
  Pricing.make({ ...believed, ...options, cache: { ...believed?.cache, ...options.cache } })

/** A stack on a vendor whose adapter breaks its promises. */
const on = (
  f: <A>(call: Effect.Effect<A, PricingError.PricingError>) => Effect.Effect<A, PricingError.PricingError>
): typeof Pricing.make =>
(options) => Effect.updateService(Pricing.make(options), PricingProvider.PricingProvider, PricingProvider.transform(f))

const stacks: ReadonlyArray<
  { readonly what: string; readonly make: typeof Pricing.make; readonly found: ReadonlyArray<string> }
> = [
  {
    what: "asks for everybody's paywall in English",
    found: ["answersTheQuestion"],
    make: changed((pricing) => ({
      ...pricing,
      getPaywall: (request, options) =>
        pricing.getPaywall({ ...request, customer: { ...request.customer, locale: "en" } }, options)
    }))
  },
  {
    what: "answers a millisecond late",
    found: ["endsByItsDeadline"],
    make: changed((pricing) => ({
      ...pricing,
      getPaywall: (request, options) => Effect.tapError(pricing.getPaywall(request, options), () => Effect.sleep(1))
    }))
  },
  {
    what: "lets no old answer stand in for a failure",
    found: ["losesNoGoodAnswer"],
    make: told({ cache: { staleIfError: 0 } })
  },
  {
    what: "drops what is null in an attribution",
    found: ["isVerbatim"],
    make: changed((pricing) => ({
      ...pricing,
      getPaywall: (request, options) =>
        Effect.map(
          pricing.getPaywall(request, options),
          (paywall) => JSON.parse(JSON.stringify(paywall, (_, value) => (value === null ? undefined : value)))
        )
    }))
  },
  {
    what: "says that what it remembers is live",
    found: ["tellsWhereItComesFrom"],
    make: changed((pricing) => ({
      ...pricing,
      getPaywall: (request, options) =>
        Effect.map(pricing.getPaywall(request, options), (paywall) =>
          paywall.provenance.source === "cache"
            ? { ...paywall, provenance: { ...paywall.provenance, source: "live" as const } }
            : paywall)
    }))
  },
  {
    what: "forgets nobody",
    found: ["forgetsWhatItIsTold"],
    make: changed((pricing) => ({ ...pricing, invalidate: () => Effect.void }))
  },
  {
    what: "dies where it fails",
    found: ["bringsNoDefect"],
    make: changed((pricing) => ({
      ...pricing,
      getPaywall: (request, options) => Effect.orDie(pricing.getPaywall(request, options))
    }))
  },
  {
    what: "repeats by itself what failed",
    found: ["waitsAsAsked", "retriesWithinItsQuota", "sendsNothingWhileOpen"],
    make: on((call) => Effect.retry(call, { times: 4 }))
  },
  {
    what: "asks twice at once",
    found: ["asksOnceAtATime", "sendsOneProbe", "retriesWithinItsQuota"],
    make: on((call) => Effect.race(call, Effect.delay(call, 1)))
  },
  {
    what: "goes on with what nobody waits for",
    found: ["asksOnceAtATime", "leavesNothingRunning"],
    make: on((call) => Effect.flatMap(Effect.forkDetach(call), Fiber.join))
  }
]

describe("a simulated world", () => {
  it.live.each(stacks)("breaks with a stack that $what", ({ found, make }) =>
    Effect.gen(function*() {
      const { broken } = yield* Run.worlds(Run.range(1, 100), { make })
      assert.include(found, broken?.violation?.invariant)
      assert.include(Run.describe(broken!), `PRICEPORT_SIMULATION_SEED=${broken!.seed} `)
    }).pipe(Run.withoutStackTraces))
})
