import { type Paywall, type PaywallRequest, PricingError, type PricingProvider } from "@priceport/core"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import { Clock, Effect } from "effect"
import * as Stub from "../Stub.ts"
import * as Requests from "./Requests.ts"

type Behaviour = (request: PaywallRequest.PaywallRequest) => Effect.Effect<void, PricingError.Reason>

/** Answers at once. */
export const promptly: Behaviour = () => Effect.void

/** Answers after a while. */
export const after = (millis: number): Behaviour => () => Effect.sleep(millis)

/** Never answers. */
export const silent: Behaviour = () => Effect.never

/** Fails for a reason. */
export const failing = (reason: PricingError.Reason): Behaviour => () => Effect.fail(reason)

export const unavailable = new PricingError.Unavailable({ status: 503 })

/** The paywall of a request: its id is the number of the call that brought it, its name says who asked for what. */
const paywallOf = (request: PaywallRequest.PaywallRequest, call: number, now: number): Paywall.Paywall => ({
  ...Stub.paywall,
  id: String(call),
  name: Requests.meaning(request),
  placement: request.placement,
  attribution: {
    ...Stub.attribution,
    placement: request.placement,
    subject: { kind: "user", value: request.customer.id ?? "nobody" },
    enrolled: request.enroll !== false
  },
  provenance: {
    source: "live",
    fetchedAt: new Date(now).toISOString(),
    notes: [{ path: "products[0]", issue: "left out" }],
    attempts: []
  }
})

/** A vendor that does as it is told, behind a cache. `calls` are the requests that arrived. */
export const make = Effect.fnUntraced(function*(
  options?: PaywallCache.Options,
  provider: Partial<PricingProvider.Options> = {}
) {
  const vendor = { behaviour: promptly, calls: new Array<PaywallRequest.PaywallRequest>(), interrupted: 0 }
  const stub = Stub.make({
    getPaywall: (request) =>
      Effect.suspend(() => {
        const call = vendor.calls.push(request)
        return vendor.behaviour(request)
          .pipe(Effect.andThen(Clock.currentTimeMillis), Effect.map((now) => paywallOf(request, call, now)))
      }).pipe(Effect.onInterrupt(() => Effect.sync(() => void vendor.interrupted++))),
    ...provider
  })
  const cache = yield* PaywallCache.make(options)(stub.provider)
  const ask = (request: PaywallRequest.PaywallRequest = Stub.request, callOptions?: PricingProvider.CallOptions) =>
    cache.provider.getPaywall(request, callOptions)
  return { ...cache, ask, vendor }
})

/** What a caller is told of where a paywall came from. */
export const origin = ({ id, provenance: { ageMs, source } }: Paywall.Paywall) => ({ id, source, ageMs })
