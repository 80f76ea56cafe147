import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PricingError } from "../provider/PricingError.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as Fallback from "../resilience/Fallback.ts"
import type { FallbackBundle } from "../resilience/FallbackBundle.ts"

/** What is shown of each vendor when it is ill, and for which failures. */
export type Bundled = Readonly<Record<ProviderId, { readonly bundle: FallbackBundle } & Fallback.Options>>

/** A vendor with its bundle behind it. */
export const behind = (bundled: Bundled) => (vendor: Service): Service => {
  const own = ownOf(bundled, vendor.id)
  return own === undefined ? vendor : Fallback.bundled(own.bundle, own)(vendor)
}

/** Answers out of the bundles of vendors that have failed already. */
export interface Bundles {
  /** Fails with the same error where the bundle says nothing of it, or there is none. */
  readonly answer: (
    provider: ProviderId,
    request: PaywallRequest,
    error: PricingError
  ) => Effect.Effect<Paywall, PricingError>
}

/** Makes them for the vendors behind some members. */
export const make = (bundled: Bundled, members: ReadonlyArray<Service>): Bundles => {
  const vendors = new Map(
    members.flatMap((member) => member.members ?? [member.id]).map((id) => {
      const failed = {
        ...members[0]!,
        id,
        getPaywall: () => Effect.flatMap(FailedWith, (error) => Effect.fail(error!))
      }
      return [id, behind(bundled)(failed)]
    })
  )
  return {
    answer: (provider, request, error) =>
      Effect.provideService(vendors.get(provider)?.getPaywall(request) ?? Effect.fail(error), FailedWith, error)
  }
}

const ownOf = (bundled: Bundled, id: ProviderId) => Object.hasOwn(bundled, id) ? bundled[id] : undefined

const FailedWith = Context.Reference<PricingError | undefined>("@priceport/core/internal/routingBundles/FailedWith", {
  defaultValue: () => undefined
})
