import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { Attempt } from "../domain/Provenance.ts"
import { InvalidRequest } from "../provider/PricingError.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"
import * as Budget from "../resilience/Budget.ts"
import * as ShownPrices from "../routing/ShownPrices.ts"
import { Ahead, Unseen } from "./routingAhead.ts"
import { serves } from "./routingMembers.ts"
import * as Walk from "./routingWalk.ts"

/** What a failover's configuration says, and where it remembers. */
export interface Settings extends Walk.Settings {
  readonly shown: ShownPrices.Service
  readonly usual: Duration.Duration
}

/** Asks the members in the order that is right for the customer, and remembers whose prices that brought. */
export const make = (settings: Settings): Service["getPaywall"] => {
  const { members, shown, usual, whenShown } = settings
  const [first] = members
  const ask = Walk.make(settings)

  return (request, options) =>
    Effect.withFiber((fiber) => {
      const limit = TimeBudget.limit(options?.timeout, usual)
      // The first member says what is wrong with it.
      if (limit instanceof InvalidRequest || !isNamed(request)) {
        return first.getPaywall(request, options)
      }
      const now = fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
      const endsAt = Math.min(now + Duration.toMillis(limit), fiber.getRef(Budget.Current).endsAt)
      const isShown = !fiber.getRef(Ahead) && !fiber.getRef(Unseen)
      const { customer, placement } = request
      const names = ShownPrices.names(customer)

      return Effect.flatMap(Effect.forEach(names, (name) => shown.get(name, placement)), (before) => {
        const seen = before.find((provider) => provider !== undefined)
        const holder = seen === undefined || whenShown === "reprice"
          ? undefined
          : members.find((member) => serves(member, seen))
        return Effect.flatMap(ask({ request, endsAt, holder, seen }), ({ attempts, member, paywall }) => {
          const answer = marked(paywall, { first, member, seen, attempts })
          if (!isShown) return Effect.succeed(answer)
          const news = names.filter((_, index) => before[index] !== paywall.provider)
          return news.length === 0
            ? Effect.succeed(answer)
            : Effect.as(Effect.forEach(news, (name) => shown.put(name, placement, paywall.provider)), answer)
        })
      })
    })
}

/** Whether the customer's names can be read. All else that may be wrong the members find out, before they send anything. */
const isNamed = (request: PaywallRequest): boolean => {
  const { customer } = Object(request) as { readonly customer?: unknown }
  if (!Predicate.isObject(customer)) return false
  const { id = "", ip = "", profiles = {} } = customer as Readonly<Record<string, unknown>>
  return Predicate.isObject(profiles) && [id, ip, ...Object.values(profiles)].every(Predicate.isString)
}

/** Says in a paywall for whom it stands in, whether the customer has seen other prices, and what was tried before. */
const marked = (
  paywall: Paywall,
  { attempts, first, member, seen }: {
    readonly first: Service
    readonly member: Service
    readonly seen: ProviderId | undefined
    readonly attempts: ReadonlyArray<Attempt>
  }
): Paywall => {
  const { provenance, provider } = paywall
  const isStandIn = provenance.standby === undefined && provenance.reason !== undefined
  const standsInFor = member !== first ? first.id : isStandIn ? provider : undefined
  const isRepriced = seen !== undefined && seen !== provider
  if (standsInFor === undefined && !isRepriced && attempts.length === 0) return paywall
  return {
    ...paywall,
    provenance: {
      ...provenance,
      ...(standsInFor !== undefined && { standby: { for: standsInFor } }),
      ...(isRepriced && { repriced: true }),
      attempts: [...attempts, ...provenance.attempts]
    }
  }
}
