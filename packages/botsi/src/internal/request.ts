import type { Subject } from "@priceport/core/domain/Attribution"
import type { Customer } from "@priceport/core/domain/Customer"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import { InvalidRequest } from "@priceport/core/provider/PricingError"
import * as Predicate from "effect/Predicate"
import type * as BotsiSchema from "../BotsiSchema.ts"

/** Botsi's own id before yours, and never both. */
const subjectOf = (customer: Customer, provider: string): Subject | undefined => {
  const profiles = customer.profiles ?? {}
  const profileId = Object.hasOwn(profiles, provider) ? profiles[provider] : undefined
  if (profileId !== undefined) return { kind: "profileId", value: profileId }
  return customer.id === undefined ? undefined : { kind: "customerUserId", value: customer.id }
}

/** The member a subject travels in. Undefined for a subject that Botsi does not have. */
export const identityOf = (subject: Subject): BotsiSchema.Identity | undefined => {
  switch (subject.kind) {
    case "profileId":
      return { profileId: subject.value }
    case "customerUserId":
      return { customerUserId: subject.value }
    default:
      return undefined
  }
}

export interface Encoded {
  readonly subject: Subject
  readonly placementId: string
  readonly body: BotsiSchema.GetPaywall | BotsiSchema.GuideGetPaywall
}

/** A request of the port in Botsi's words. Facts that the dialect has no member for are left out. */
export const encode = (request: PaywallRequest, settings: {
  readonly provider: string
  readonly placements: Readonly<Record<string, string>>
  readonly dialect: "reference" | "guide"
}): Encoded | InvalidRequest => {
  const { customer, options, placement } = request
  const { provider } = settings
  const extras = options !== undefined && Object.hasOwn(options, provider) ? options[provider] : undefined
  if (extras !== undefined && !(Predicate.isObject(extras) && Object.keys(extras).length === 0)) {
    return new InvalidRequest({ field: `options.${provider}`, issue: "Expected nothing: Botsi has no extras" })
  }
  const subject = subjectOf(customer, provider)
  const identity = subject && identityOf(subject)
  if (subject === undefined || identity === undefined) {
    return new InvalidRequest({
      field: "customer.id",
      issue: `Expected an identity: customer.id or customer.profiles.${provider}`
    })
  }
  const placementId = Object.hasOwn(settings.placements, placement) ? settings.placements[placement]! : placement
  if (settings.dialect === "reference") {
    const { country, ip, locale, storeCountry } = customer
    return { subject, placementId, body: defined({ ...identity, placementId, locale, country, ip, storeCountry }) }
  }
  const { attributionSource, device, locale, store } = customer
  if (locale === undefined) {
    return new InvalidRequest({
      field: "customer.locale",
      issue: "Expected a locale: Botsi's guide dialect requires it"
    })
  }
  return {
    subject,
    placementId,
    body: defined({
      ...identity,
      placementId,
      languageLocale: locale,
      deviceTypeModel: device?.model,
      osVersion: device?.os,
      attributionSource,
      store
    })
  }
}

/** Without the members that are undefined, so that what is checked is what is sent. */
const defined = <A extends object>(body: A): A =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as A
