/** Every policy there is, alone, and the ways they are put together. */
import { type PricingProvider, ProviderRegistry } from "@priceport/core"
import * as Breaker from "@priceport/core/resilience/Breaker"
import * as Budget from "@priceport/core/resilience/Budget"
import * as Deadline from "@priceport/core/resilience/Deadline"
import * as Fallback from "@priceport/core/resilience/Fallback"
import type { FallbackBundle } from "@priceport/core/resilience/FallbackBundle"
import * as NotBefore from "@priceport/core/resilience/NotBefore"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import * as Resilience from "@priceport/core/resilience/Resilience"
import * as Retry from "@priceport/core/resilience/Retry"
import { Effect, type Scope } from "effect"

type Service = PricingProvider.Service

interface Bundles {
  readonly onboarding: FallbackBundle
  readonly elsewhere: FallbackBundle
}

export interface Policy {
  readonly name: string
  readonly round: (provider: Service, bundles: Bundles) => Effect.Effect<Service, never, Scope.Scope>
  /** Whether it repeats what may pass. */
  readonly repeats?: true
  /** What the caller says of time. */
  readonly options?: PricingProvider.CallOptions
  /** How many milliseconds one attempt may take, of each operation. */
  readonly limits: Readonly<Record<PricingProvider.Operation, number>>
}

const of = (limit: number) => ({ getPaywall: limit, recordImpression: limit, validatePurchase: limit })

const usual = { getPaywall: 3000, recordImpression: 10_000, validatePurchase: 10_000 }

const alone = (policy: (provider: Service, bundles: Bundles) => Service): Policy["round"] => (provider, bundles) =>
  Effect.succeed(policy(provider, bundles))

const patient = { timeout: "1 minute" } as const

export const policies: ReadonlyArray<Policy> = [
  { name: "nothing", round: alone((provider) => provider), limits: usual },
  { name: "Deadline.within", round: alone(Deadline.within(1000)), limits: of(1000) },
  { name: "Deadline.each", round: alone(Deadline.each({ getPaywall: 1000 })), limits: { ...usual, getPaywall: 1000 } },
  {
    name: "Retry.transient",
    round: alone(Retry.transient({ base: 0 })),
    repeats: true,
    options: patient,
    limits: usual
  },
  { name: "Breaker.guard", round: alone(Breaker.guard()), limits: usual },
  { name: "NotBefore.gate", round: alone(NotBefore.gate()), limits: usual },
  { name: "Budget.grant", round: alone(Budget.grant(of(2000))), limits: of(2000) },
  {
    name: "PaywallCache.remember",
    round: PaywallCache.remember({ lookupTimeout: 2000 }),
    limits: { ...usual, getPaywall: 2000 }
  },
  {
    name: "Fallback.bundled, told to let everything through",
    round: alone((provider, { onboarding }) => Fallback.bundled(onboarding, { when: () => false })(provider)),
    limits: usual
  },
  {
    name: "Fallback.bundled, without the placement",
    round: alone((provider, { elsewhere }) => Fallback.bundled(elsewhere, { when: () => true })(provider)),
    limits: usual
  },
  { name: "ProviderRegistry.make", round: alone((provider) => ProviderRegistry.make([provider])), limits: usual },
  {
    name: "all of them by hand, in another order",
    round: (provider, { elsewhere }) =>
      Effect.map(
        PaywallCache.remember({ lookupTimeout: "1 minute" })(
          Budget.grant(of(30_000))(
            Breaker.guard()(Retry.transient({ base: 0 })(NotBefore.gate()(Deadline.within(1000)(provider))))
          )
        ),
        (cached) => ProviderRegistry.make([Fallback.bundled(elsewhere)(cached)])
      ),
    repeats: true,
    options: patient,
    limits: of(1000)
  },
  {
    name: "Resilience.harden",
    round: (provider, { elsewhere: bundle }) =>
      Effect.map(
        Resilience.harden({
          attempt: of(1000),
          budget: of(30_000),
          retry: { base: 0 },
          cache: { lookupTimeout: "1 minute" },
          fallback: { bundle }
        })(provider),
        ({ provider }) => provider
      ),
    repeats: true,
    options: patient,
    limits: of(1000)
  }
]
