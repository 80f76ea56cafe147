import * as Impression from "../domain/Impression.ts"
import { PaywallRequest } from "../domain/PaywallRequest.ts"
import { Purchase } from "../domain/Purchase.ts"
import { InvalidRequest } from "../provider/PricingError.ts"
import * as WireSchema from "../provider/WireSchema.ts"

const invalid = (check: (value: unknown) => WireSchema.Violation | undefined) => (value: unknown) => {
  const violation = check(value)
  return violation && new InvalidRequest({ field: violation.path, issue: violation.issue })
}

/** What is wrong with a request for a paywall. A member it does not have is wrong: it may be a misspelt `enroll`. */
export const invalidRequest = invalid(WireSchema.check(PaywallRequest, { unknownMembers: "refuse" }))

/** What is wrong with an impression. Other members are not: a whole paywall may be one. */
export const invalidImpression = invalid(WireSchema.check(Impression.Impression, { unknownMembers: "ignore" }))

/** What is wrong with a purchase. */
export const invalidPurchase = invalid(WireSchema.check(Purchase, { unknownMembers: "refuse" }))
