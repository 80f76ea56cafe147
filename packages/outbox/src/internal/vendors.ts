import type { ProviderId } from "@priceport/core/domain/Identifier"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"

/**
 * Who delivers for a lane. `capabilities` are its own; undefined where several vendors stand behind a policy, which shows
 * only what they can do together.
 */
export interface Vendor {
  readonly provider: PricingProvider.Service
  readonly capabilities: PricingProvider.Service["capabilities"] | undefined
}

/** The vendors behind a provider. */
export const of = (provider: PricingProvider.Service): ReadonlyMap<ProviderId, Vendor> => {
  const ids = provider.members ?? [provider.id]
  return new Map(ids.map((id) => {
    const member = provider.member?.(id) ?? (ids.length === 1 ? provider : undefined)
    return [id, { provider: member ?? provider, capabilities: member?.capabilities }]
  }))
}
