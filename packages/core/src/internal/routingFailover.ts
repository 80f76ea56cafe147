import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { Attempt } from "../domain/Provenance.ts"
import { InvalidRequest, PricingError } from "../provider/PricingError.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"
import * as Budget from "../resilience/Budget.ts"
import * as Fallback from "../resilience/Fallback.ts"
import * as ShownPrices from "../routing/ShownPrices.ts"
import * as AttemptLog from "./attemptLog.ts"
import { invalidRequest } from "./inputs.ts"
import { Ahead } from "./routingAhead.ts"
import { serves } from "./routingMembers.ts"
import type { Rest } from "./routingRest.ts"

/** What a failover's configuration says. */
export interface Settings {
  readonly members: NonEmptyReadonlyArray<Service>
  readonly shown: ShownPrices.Service
  readonly whenShown: "keep" | "keepOnly" | "reprice"
  readonly patience: number
  readonly rest: Rest
  readonly usual: Duration.Duration
}

/** Asks one member after the other. */
export const make = (settings: Settings): Service["getPaywall"] => {
  const { members, patience, rest, shown, usual, whenShown } = settings
  const [first] = members

  /** The members in the order for a customer who was shown these prices. */
  const orderFor = (holder: Service | undefined): ReadonlyArray<Service> => {
    if (holder === undefined) return members
    return whenShown === "keepOnly" ? [holder] : [holder, ...members.filter((member) => member !== holder)]
  }

  /** Asks until one has an answer of its own. */
  const ask = Effect.fnUntraced(function*(request: PaywallRequest, endsAt: number, holder: Service | undefined) {
    const clock = yield* Clock.Clock
    const queue = Array.from(orderFor(holder))
    const passedBy = new Set<Service>()
    const attempts: Array<Attempt> = []
    const errors = new Map<Service, PricingError>()
    const bundled = new Map<Service, Paywall>()

    for (let member = queue.shift(); member !== undefined; member = queue.shift()) {
      const now = clock.currentTimeMillisUnsafe()
      if (member !== holder && !passedBy.has(member) && !rest.admits(member, now)) {
        passedBy.add(member)
        queue.push(member)
        continue
      }
      const left = Math.max(0, endsAt - now)
      if (left === 0 && errors.size > 0) break
      const timeout = Duration.millis(queue.length === 0 ? left : left * patience)
      const call = AttemptLog.under(member.id, () => member!.getPaywall(request, { timeout }))
      const result = yield* Effect.result(rest.watch(member, call))
      if (Result.isSuccess(result)) {
        const paywall = result.success
        if (paywall.provenance.source !== "bundled" || member === holder) return { member, paywall, attempts }
        bundled.set(member, paywall)
        attempts.push(...paywall.provenance.attempts)
        continue
      }
      const { failure } = result
      errors.set(member, failure)
      attempts.push(...failure.attempts)
      if (member === first && !Fallback.onOutage(failure.reason)) break
    }

    const standIn = members.find((member) => bundled.has(member))
    const error = members.flatMap((member) => errors.get(member) ?? [])[0]
    const refused = error !== undefined && errors.get(first) === error && !Fallback.onOutage(error.reason)
    if (standIn !== undefined && !refused) {
      const paywall = bundled.get(standIn)!
      return { member: standIn, paywall: { ...paywall, provenance: { ...paywall.provenance, attempts } }, attempts: [] }
    }
    const { operation, provider, reason } = error!
    return yield* new PricingError({ provider, operation, reason, attempts })
  })

  return (request, options) =>
    Effect.withFiber((fiber) => {
      const limit = TimeBudget.limit(options?.timeout, usual)
      // The first member says what is wrong with it.
      if (limit instanceof InvalidRequest || invalidRequest(request) !== undefined) {
        return first.getPaywall(request, options)
      }
      const now = fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
      const endsAt = Math.min(now + Duration.toMillis(limit), fiber.getRef(Budget.Current).endsAt)
      const isAhead = fiber.getRef(Ahead)
      const { customer, placement } = request
      const names = ShownPrices.names(customer)

      return Effect.flatMap(Effect.forEach(names, (name) => shown.get(name, placement)), (before) => {
        const seen = before.find((provider) => provider !== undefined)
        const holder = seen === undefined || whenShown === "reprice"
          ? undefined
          : members.find((member) => serves(member, seen))
        return Effect.flatMap(ask(request, endsAt, holder), ({ attempts, member, paywall }) => {
          const answer = marked(paywall, { first, member, seen, attempts })
          if (isAhead) return Effect.succeed(answer)
          const news = names.filter((_, index) => before[index] !== paywall.provider)
          return news.length === 0
            ? Effect.succeed(answer)
            : Effect.as(Effect.forEach(news, (name) => shown.put(name, placement, paywall.provider)), answer)
        })
      })
    })
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
