/**
 * A profile of Botsi's, and the facts in it.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"

/**
 * A custom attribute of a profile.
 *
 * @category models
 * @since 0.1.0
 */
export type Attribute = {
  readonly id: string
  readonly key: string
  readonly value: string
}

/**
 * A profile as Botsi answers it ("AI Pricing Model API Guide", Create Profile).
 *
 * @category models
 * @since 0.1.0
 */
export type Profile = Facts & {
  readonly profileId: string
  /** ISO 8601 with milliseconds. */
  readonly createdDate: string
  readonly linkedProfileIds: null
  /** `never-subscribed`, `active-trial` or `subscribed`. */
  readonly state: string
  readonly customerUserId: string | null
  readonly migrationProfileId: null
  readonly botsiSdkVersion: string
  readonly custom: ReadonlyArray<Attribute>
  readonly createdAt: null
  readonly ipCountry: null
  readonly appleConsumptionConsent: null
  readonly birthday: null
  readonly age: null
  readonly totalRevenueUsd: number
  readonly accessLevels: { readonly [key: string]: Schema.Json }
  readonly subscriptions: { readonly [key: string]: Schema.Json }
  readonly nonSubscriptions: { readonly [key: string]: Schema.Json }
}

/** What a client says about a profile and reads back; null for what it never said. */
export type Facts = {
  readonly [Field in (typeof factNames)[number]]: string | null
}

/** The body of `POST /profiles`, or the little that is known of a profile nobody created. */
export type CreateBody =
  & { readonly profileId?: string; readonly customerUserId?: string }
  & { readonly [Field in (typeof factNames)[number]]?: string }

/** What the arm and the prices of this user are drawn from: your own id of the user where there is one. */
export const userKey = (profile: Profile): string => profile.customerUserId ?? profile.profileId

const factNames = [
  "country",
  "device",
  "os",
  "platform",
  "advertisingId",
  "appBuild",
  "appVersion",
  "email",
  "phone",
  "gender",
  "idfa",
  "username",
  "locale",
  "ip"
] as const

/** The facts after this body: what it does not say stays as it was. */
export const factsOf = (body: CreateBody, old: Facts): Facts => ({
  country: body.country ?? old.country,
  device: body.device ?? old.device,
  os: body.os ?? old.os,
  platform: body.platform ?? old.platform,
  advertisingId: body.advertisingId ?? old.advertisingId,
  appBuild: body.appBuild ?? old.appBuild,
  appVersion: body.appVersion ?? old.appVersion,
  email: body.email ?? old.email,
  phone: body.phone ?? old.phone,
  gender: body.gender ?? old.gender,
  idfa: body.idfa ?? old.idfa,
  username: body.username ?? old.username,
  locale: body.locale ?? old.locale,
  ip: body.ip ?? old.ip
})

/** A profile of which nothing is known. */
export const nobody: Omit<Profile, "profileId" | "customerUserId" | "createdDate"> = {
  linkedProfileIds: null,
  state: "never-subscribed",
  migrationProfileId: null,
  country: null,
  device: null,
  os: null,
  platform: null,
  advertisingId: null,
  appBuild: null,
  appVersion: null,
  botsiSdkVersion: "1.0",
  custom: [],
  email: null,
  phone: null,
  gender: null,
  idfa: null,
  username: null,
  locale: null,
  ip: null,
  createdAt: null,
  ipCountry: null,
  appleConsumptionConsent: null,
  birthday: null,
  age: null,
  totalRevenueUsd: 0,
  accessLevels: {},
  subscriptions: {},
  nonSubscriptions: {}
}
