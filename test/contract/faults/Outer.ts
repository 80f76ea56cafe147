/** Every way in which the time of a whole call ends while an attempt is under way. */
import { type PricingProvider, ProviderRegistry } from "@priceport/core"
import * as Breaker from "@priceport/core/resilience/Breaker"
import * as Budget from "@priceport/core/resilience/Budget"
import * as Deadline from "@priceport/core/resilience/Deadline"
import * as NotBefore from "@priceport/core/resilience/NotBefore"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import * as Resilience from "@priceport/core/resilience/Resilience"
import * as Retry from "@priceport/core/resilience/Retry"
import { Effect, type Scope } from "effect"

type Service = PricingProvider.Service

export interface Outer {
  readonly name: string
  /** `attempt` is how many milliseconds each attempt may take. */
  readonly round: (provider: Service, attempt: number) => Effect.Effect<Service, never, Scope.Scope>
  readonly options?: PricingProvider.CallOptions
}

/** Less than any attempt may take where nothing is said of it. */
export const limitMs = 2500

const retrying = (provider: Service, attempt: number) =>
  Retry.transient({ base: 0 })(NotBefore.gate()(Breaker.guard()(Deadline.within(attempt)(provider))))

const hardened = (provider: Service, policy: Resilience.Policy) =>
  Effect.map(Resilience.harden({ ...policy, retry: { base: 0 } })(provider), (cache) => cache.provider)

export const outers: ReadonlyArray<Outer> = [
  {
    name: "Budget.grant",
    round: (provider, attempt) => Effect.succeed(Budget.grant({ getPaywall: limitMs })(retrying(provider, attempt)))
  },
  {
    name: "the caller's own timeout, behind Budget.grant and a registry",
    round: (provider, attempt) => Effect.succeed(ProviderRegistry.make([Budget.grant()(retrying(provider, attempt))])),
    options: { timeout: limitMs }
  },
  {
    name: "Deadline.within",
    round: (provider, attempt) => Effect.succeed(Deadline.within(limitMs)(retrying(provider, attempt)))
  },
  {
    name: "Resilience.harden",
    round: (provider, attempt) =>
      hardened(provider, { attempt: { getPaywall: attempt }, budget: { getPaywall: limitMs } })
  },
  {
    name: "the caller's own timeout, behind Resilience.harden",
    round: (provider, attempt) => hardened(provider, { attempt: { getPaywall: attempt } }),
    options: { timeout: limitMs }
  },
  {
    name: "Budget.grant round PaywallCache.remember",
    round: (provider, attempt) =>
      Effect.map(PaywallCache.remember()(retrying(provider, attempt)), Budget.grant({ getPaywall: limitMs }))
  },
  {
    name: "PaywallCache.remember's own limit",
    round: (provider, attempt) => PaywallCache.remember({ lookupTimeout: limitMs })(retrying(provider, attempt))
  }
]
