import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { Attempt } from "../domain/Provenance.ts"
import { PricingError } from "../provider/PricingError.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as Fallback from "../resilience/Fallback.ts"
import * as AttemptLog from "./attemptLog.ts"
import type { Bundles } from "./routingBundles.ts"
import type { Rest } from "./routingRest.ts"

/** Who is asked, and for how long. */
export interface Settings {
  readonly members: NonEmptyReadonlyArray<Service>
  readonly whenShown: "keep" | "keepOnly" | "reprice"
  readonly patience: number
  readonly rest: Rest
  readonly bundles: Bundles
}

/** One question: `holder` is the member whose prices the customer keeps, `seen` the vendor behind it. */
export interface Question {
  readonly request: PaywallRequest
  readonly endsAt: number
  readonly holder: Service | undefined
  readonly seen: ProviderId | undefined
}

/** Errors of customers who are to be shown no other prices than those they have seen, not even as the last resort. */
const keepsOnly = new WeakSet<PricingError>()

/** Whether a bundle of any vendor may be shown instead of the error. */
export const mayShowAny = (error: PricingError): boolean => !keepsOnly.has(error)

/** Asks one member after the other until one has an answer of its own. `attempts` are those before it. */
export const make = ({ bundles, members, patience, rest, whenShown }: Settings) => {
  const [first] = members

  /** The members in the order for a customer who was shown these prices. */
  const orderFor = (holder: Service | undefined): ReadonlyArray<Service> => {
    if (holder === undefined) return members
    return whenShown === "keepOnly" ? [holder] : [holder, ...members.filter((member) => member !== holder)]
  }

  return Effect.fnUntraced(function*({ endsAt, holder, request, seen }: Question) {
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
      if (member === holder && seen !== undefined) {
        const kept = yield* Effect.option(bundles.answer(seen, request, failure))
        if (Option.isSome(kept)) return { member, paywall: kept.value, attempts }
      }
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
    const all = new PricingError({ provider, operation, reason, attempts })
    if (holder !== undefined && whenShown === "keepOnly") keepsOnly.add(all)
    for (const member of refused ? [] : orderFor(holder)) {
      for (const vendor of member.members ?? [member.id]) {
        const kept = yield* Effect.option(bundles.answer(vendor, request, all))
        if (Option.isSome(kept)) return { member, paywall: kept.value, attempts: [] }
      }
    }
    return yield* all
  })
}
