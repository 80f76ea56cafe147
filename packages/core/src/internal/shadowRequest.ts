import type { Customer } from "../domain/Customer.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { Service } from "../provider/PricingProvider.ts"

/** Who a shadow read is for: the customer, or one who stands for all. */
type Subject = "customer" | Pick<Customer, "id" | "profiles">

export interface Settings {
  readonly candidate: Service
  readonly as: Subject
  readonly enroll: boolean
  readonly placements: Readonly<Record<string, string>>
}

/**
 * The request that is made of a customer's. One who stands for all has the customer's facts, and nothing that tells who the
 * customer is: no id, no profile, no address. It enrols only where nothing but an impression could.
 */
export const of = (
  { customer, options, placement }: PaywallRequest,
  { as, candidate, enroll, placements }: Settings
): PaywallRequest => {
  const { id: _id, ip: _ip, profiles: _profiles, ...facts } = customer
  return {
    placement: placementOf(placement, placements),
    customer: as === "customer" ? { ...customer } : { ...facts, ...as },
    enroll: enroll && candidate.capabilities.exposure === "on-impression",
    ...(options !== undefined && { options })
  }
}

/** The name of a placement at the other vendor. */
export const placementOf = (placement: string, placements: Readonly<Record<string, string>>): string =>
  (Object.hasOwn(placements, placement) ? placements[placement] : undefined) ?? placement
