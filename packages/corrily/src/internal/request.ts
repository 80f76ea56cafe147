import type { Subject } from "@priceport/core/domain/Attribution"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import { InvalidRequest } from "@priceport/core/provider/PricingError"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as Schema from "effect/Schema"
import * as CorrilySchema from "../CorrilySchema.ts"

/** Corrily's extras of one request. */
export const RequestOptions = Schema.Struct({
  paywallId: Schema.optionalKey(Schema.Union([Schema.NonEmptyString, Schema.Int])),
  coupons: Schema.optionalKey(CorrilySchema.Coupons),
  overrideCurrency: Schema.optionalKey(Schema.Boolean),
  runExperiment: Schema.optionalKey(Schema.Boolean),
  override: Schema.optionalKey(Schema.Boolean)
})

/** An alias, since an interface would not do as JSON. */
export type RequestOptions = typeof RequestOptions.Type

export interface Encoded {
  readonly subject: Subject
  readonly enrolled: boolean
  readonly body: CorrilySchema.GetPaywall
}

const check = WireSchema.check(RequestOptions, { unknownMembers: "refuse" })

/** A request of the port in Corrily's words. Facts that Corrily has no member for are left out. */
export const encode = (request: PaywallRequest, settings: {
  readonly provider: string
  readonly placements: Readonly<Record<string, string>>
  readonly sendIp: "always" | "anonymous"
}): Encoded | InvalidRequest => {
  const { customer, placement } = request
  const { placements, provider, sendIp } = settings
  const given = request.options !== undefined && Object.hasOwn(request.options, provider)
    ? request.options[provider]
    : {}
  const extras = given as RequestOptions
  const invalid = (member: string, issue: string) =>
    new InvalidRequest({ field: [`options.${provider}`, member].filter((part) => part !== "").join("."), issue })

  const violation = check(extras)
  if (violation !== undefined) return invalid(violation.path, violation.issue)
  const ip = sendIp === "always" || customer.id === undefined ? customer.ip : undefined
  const subject = customer.id !== undefined
    ? { kind: "user_id", value: customer.id }
    : ip !== undefined
    ? { kind: "ip", value: ip }
    : undefined
  if (subject === undefined) {
    return new InvalidRequest({ field: "customer.id", issue: "Expected an identity: customer.id or customer.ip" })
  }
  if (extras.overrideCurrency === true && customer.currency === undefined) {
    return new InvalidRequest({ field: "customer.currency", issue: "Expected a currency: overrideCurrency needs one" })
  }
  if (request.enroll === false && extras.runExperiment === true) {
    return invalid("runExperiment", "Expected no true beside enroll: false")
  }
  const runExperiment = request.enroll === false ? false : extras.runExperiment
  const mapped = Object.hasOwn(placements, placement) ? placements[placement] : undefined
  const paywallId = extras.paywallId === undefined ? mapped : String(extras.paywallId)
  return {
    subject,
    enrolled: runExperiment !== false,
    body: {
      ...(customer.id !== undefined && { user_id: customer.id }),
      ...(ip !== undefined && { ip }),
      ...(customer.country !== undefined && { country: customer.country }),
      ...(paywallId !== undefined && { paywall_id: paywallId }),
      ...(extras.coupons !== undefined && { coupons: extras.coupons }),
      ...(customer.currency !== undefined && { currency: customer.currency }),
      ...(extras.overrideCurrency !== undefined && { override_currency: extras.overrideCurrency }),
      ...(customer.attributes !== undefined && { features: customer.attributes }),
      ...(runExperiment !== undefined && { run_experiment: runExperiment }),
      ...(extras.override !== undefined && { override: extras.override })
    }
  }
}
