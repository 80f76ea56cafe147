/**
 * A bundle of fallback paywalls out of a vendor's live answers: for a customer nobody has, and enrolling nobody.
 */
import type { Customer } from "@priceport/core/domain/Customer"
import type { Paywall } from "@priceport/core/domain/Paywall"
import * as PricingError from "@priceport/core/provider/PricingError"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import * as Arr from "effect/Array"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Failure from "./Failure.ts"
import type { VendorId } from "./Vendors.ts"

/** What to pull. */
export interface Pull {
  readonly provider: VendorId
  readonly placements: Arr.NonEmptyReadonlyArray<string>
  readonly locales: ReadonlyArray<string>
  readonly expires: Duration.Duration
  readonly customer: Option.Option<string>
  readonly profileId: Option.Option<string>
  readonly country: Option.Option<string>
  readonly currency: Option.Option<string>
  readonly timeout: Option.Option<Duration.Duration>
  readonly file: string
}

/** A bundle, and what its maker should know of it. */
export interface Pulled {
  readonly bundle: FallbackBundle.FallbackBundle
  readonly warnings: ReadonlyArray<string>
}

const synthetic = "priceport-fallback"

/** Asks for every placement, without a locale and in each of them, one after the other. */
export const pull = Effect.fnUntraced(function*(vendor: PricingProvider.Service, input: Pull) {
  const unfit = input.locales.find((locale) => !Schema.is(FallbackBundle.Locale)(locale))
  if (unfit !== undefined) {
    return yield* Failure.invalid("getPaywall", "locale", "Expected a language tag such as de or de-AT")
  }
  const asked = Arr.flatMap(
    Arr.dedupe(input.placements),
    (placement) => Arr.map([undefined, ...Arr.dedupe(input.locales)], (locale) => ({ placement, locale }))
  )
  const sources = yield* Effect.forEach(
    asked,
    ({ locale, placement }) =>
      Effect.map(ask(vendor, input, placement, locale), (paywall) => ({ locale, paywall: anonymous(paywall, input) }))
  )
  const contents = FallbackBundle.fromPaywalls(sources as Arr.NonEmptyArray<typeof sources[number]>, input)
  const bundle = yield* FallbackBundle.load(FallbackBundle.toText(contents), input).pipe(
    Effect.mapError(({ issue, placements }) =>
      new PricingError.PricingError({
        provider: vendor.id,
        operation: "getPaywall",
        reason: new PricingError.InvalidResponse({
          path: "products",
          detail: `no bundle can be made for ${placements.map((_) => JSON.stringify(_)).join(", ")}: ${issue}`
        })
      })
    )
  )
  return { bundle, warnings: Arr.dedupe(sources.flatMap(({ paywall }) => warningsOf(paywall))) } satisfies Pulled
})

const ask = (
  vendor: PricingProvider.Service,
  { country, currency, customer, profileId, timeout }: Pull,
  placement: string,
  locale: string | undefined
) =>
  vendor.getPaywall({
    placement,
    customer: {
      id: Option.getOrElse(customer, () => synthetic),
      profiles: Option.getOrUndefined(Option.map(profileId, (id) => ({ [vendor.id]: id }))),
      country: Option.getOrUndefined(country),
      currency: Option.getOrUndefined(currency),
      locale
    } satisfies Customer,
    enroll: false
  }, { timeout: Option.getOrUndefined(timeout) }).pipe(
    Effect.catchReason("PricingError", "NotFound", (reason, error) =>
      Effect.fail(Option.isSome(customer) || Option.isSome(profileId) ? error : withHint(error, reason)))
  )

/** Botsi serves no customer that it does not know, and none is created here. */
const withHint = (
  { attempts, operation, provider }: PricingError.PricingError,
  { code, detail, status }: PricingError.NotFound
) => {
  const hint = "a made-up customer was asked for; name a test customer of your own with --customer or --profile-id"
  return new PricingError.PricingError({
    provider,
    operation,
    attempts,
    reason: new PricingError.NotFound({
      ...(status !== undefined && { status }),
      ...(code !== undefined && { code }),
      detail: detail === undefined ? hint : `${detail.slice(0, 298 - hint.length).toWellFormed()}; ${hint}`
    })
  })
}

/** A paywall without the members of its vendor's own JSON that name the customer. */
const anonymous = (paywall: Paywall, { customer, profileId }: Pull): Paywall => {
  const ids = [synthetic, ...Option.toArray(customer), ...Option.toArray(profileId)]
  const names = (text: string) => ids.some((id) => text === id || (id.length > 5 && text.includes(id)))
  const clean = (value: Schema.Json): Schema.Json =>
    Array.isArray(value)
      ? value.filter((item) => typeof item !== "string" || !names(item)).map(clean)
      : typeof value === "object" && value !== null
      ? Object.fromEntries(
        Object.entries(value).flatMap(([key, member]) =>
          typeof member === "string" && names(member) ? [] : [[key, clean(member)]]
        )
      )
      : value
  const { design, products, remoteConfig, ...rest } = paywall
  return {
    ...rest,
    ...(design !== undefined && { design: clean(design) }),
    ...(remoteConfig !== undefined && !(typeof remoteConfig === "string" && names(remoteConfig)) && {
      remoteConfig: clean(remoteConfig)
    }),
    products: products.map((product) =>
      product.presentation === undefined ? product : { ...product, presentation: clean(product.presentation) }
    )
  }
}

const warningsOf = ({ experiment, placement, provenance }: Paywall): ReadonlyArray<string> => [
  ...(experiment._tag === "Treatment"
    ? [`${placement}: this customer is in an experiment, so the bundle has what its model chose`]
    : []),
  ...provenance.notes.map(({ issue, path }) => `${placement}: left out: ${path}: ${issue}`)
]
