import { type Paywall, type PaywallRequest, PricingError, type PricingProvider, Resilience } from "@priceport/core"
import { Clock, Effect } from "effect"
import * as Stub from "../Stub.ts"

/** A vendor that does as it is told. */
export interface Vendor {
  readonly provider: PricingProvider.Service
  /** The requests that arrived. */
  readonly calls: Array<PaywallRequest.PaywallRequest>
  /** What arrived besides. */
  readonly reported: ReadonlyArray<string>
  behaviour: Effect.Effect<void, PricingError.Reason>
}

export const unavailable = new PricingError.Unavailable({ status: 503 })

/** What a vendor says no with, in its own words. */
export const refusal = new PricingError.NotFound({ status: 404, code: "no_such_placement" })

export const down: Vendor["behaviour"] = Effect.fail(unavailable)

/** Makes one, well at first, whose prices name it. */
export const make = (id: string): Vendor => {
  const calls: Vendor["calls"] = []
  const stub = Stub.make({
    id,
    getPaywall: (request) =>
      Effect.suspend(() => {
        calls.push(request)
        return Effect.andThen(
          vendor.behaviour,
          Effect.map(Clock.currentTimeMillis, (now) => paywallOf(id, request, now))
        )
      })
  })
  const vendor: Vendor = { provider: stub.provider, calls, reported: stub.reached, behaviour: Effect.void }
  return vendor
}

const paywallOf = (provider: string, { customer, placement, enroll }: PaywallRequest.PaywallRequest, now: number) => {
  const fetchedAt = new Date(now).toISOString()
  const paywall: Paywall.Paywall = {
    ...Stub.paywall,
    provider,
    placement,
    products: [{ id: "premium", offerIds: [], price: { display: `by ${provider}` }, features: [] }],
    attribution: {
      ...Stub.attribution,
      provider,
      placement,
      subject: { kind: "id", value: customer.id ?? "nobody" },
      enrolled: enroll !== false,
      fetchedAt
    },
    provenance: { source: "live", fetchedAt, notes: [], attempts: [] }
  }
  return paywall
}

/** The recommended policies round a vendor, without repeated attempts. */
export const harden = (vendor: Vendor, policy: Resilience.Policy = {}) =>
  Effect.map(Resilience.harden({ retry: { times: 0 }, ...policy })(vendor.provider), ({ provider }) => provider)

/** A request of a customer. */
export const from = (id: string, placement = "onboarding"): PaywallRequest.PaywallRequest => ({
  placement,
  customer: { id }
})

/** What tells one answer from another here. */
export const summaryOf = ({ provenance: { attempts, repriced, source, standby }, provider }: Paywall.Paywall) => ({
  provider,
  source,
  ...(standby !== undefined && { standbyFor: standby.for }),
  ...(repriced !== undefined && { repriced }),
  attempts: attempts.map(({ outcome, provider }) => `${provider} ${outcome}`)
})
