import type { Paywall, PaywallRequest } from "@priceport/core"

/** The answer to one attempt. It says what was asked, and has all that is easily lost on the way. */
export const paywall = (
  provider: string,
  { customer, enroll, placement }: PaywallRequest.PaywallRequest,
  number: number,
  asked: string,
  price: number,
  now: number
): Paywall.Paywall => {
  const fetchedAt = new Date(now).toISOString()
  return {
    provider,
    id: String(number),
    placement,
    products: [{ id: "premium_monthly", offerIds: ["intro"], price: { display: `$${price}.99` }, features: [] }],
    experiment: { _tag: "Treatment", variant: String(number % 3) },
    remoteConfig: { asked },
    attribution: {
      provider,
      placement,
      paywallId: String(number),
      subject: { kind: "user_id", value: customer.profiles?.[provider] ?? customer.id ?? customer.ip ?? "" },
      enrolled: enroll !== false,
      fetchedAt,
      payload: { model: number % 2 === 0 ? null : 0, arm: number, isExperiment: false, text: "" }
    },
    provenance: { source: "live", fetchedAt, notes: [], attempts: [] }
  }
}

/** What of a paywall is the vendor's own. */
export const textOf = (paywall: Paywall.Paywall): string => JSON.stringify({ ...paywall, provenance: undefined })
