/**
 * The checks of one vendor: its configuration, whether it answers and how fast, and whether the answer is what it was.
 */
import type { Customer } from "@priceport/core/domain/Customer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Check } from "./Checkup.ts"
import * as DoctorAnswer from "./DoctorAnswer.ts"
import type { Finding } from "./DoctorAnswer.ts"
import * as Hint from "./Hint.ts"
import * as Listening from "./Listening.ts"
import * as Vendors from "./Vendors.ts"

/** What to ask. Without a customer it is one that nobody has. */
export interface Question {
  readonly placement: Option.Option<string>
  readonly customer: Option.Option<string>
  readonly profileId: Option.Option<string>
  readonly locale: string | undefined
  readonly timeout: Option.Option<Duration.Duration>
}

/** A vendor without a key is skipped, unless it `isNeeded`. */
export const check = Effect.fnUntraced(function*(vendor: Vendors.VendorId, question: Question, isNeeded: boolean) {
  const key = Vendors.keyOf[vendor]
  const url = `${vendor.toUpperCase()}_BASE_URL`
  const isKeySet = yield* Vendors.isSet(key)
  const isUrlSet = yield* Vendors.isSet(url)
  const as = (findings: ReadonlyArray<Finding>): ReadonlyArray<Check> =>
    findings.map((finding) => ({ subject: vendor, ...finding }))
  const configuration = (status: Check["status"], message: string, remedy?: string): Finding => ({
    check: "configuration",
    status,
    message,
    ...(remedy !== undefined && { remedy })
  })

  if (!isKeySet && !isNeeded) {
    return as([
      isUrlSet
        ? configuration("warning", `${url} is set, but ${key} is not`, `Set ${key} too, or neither.`)
        : configuration("skipped", `${key} is not set, so it is not used here`)
    ])
  }
  const built = yield* Effect.result(Vendors.provider(vendor, "getPaywall"))
  if (built._tag === "Failure") {
    const { reason } = built.failure
    const message = reason._tag === "InvalidRequest" ? `${reason.field}: ${reason.issue}` : reason.message
    return as([configuration("failed", message, Hint.of(built.failure))])
  }
  // What could not be configured has been told above.
  const listening = yield* Effect.orDie(Listening.vendors[vendor])
  const { baseUrl } = listening
  const set = `${key} is set and well-formed, ${url} is ${isUrlSet ? "set" : "not set"} (${baseUrl})`
  return as([
    isSafe(baseUrl)
      ? configuration("ok", set)
      : configuration("warning", `${set}: the key travels unencrypted`, "Use https, except on this machine."),
    ...yield* ask(listening, question)
  ])
})

const isSafe = (baseUrl: string): boolean => {
  const { hostname, protocol } = new URL(baseUrl)
  return protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.")
}

const ask = (listening: Listening.Listening, question: Question): Effect.Effect<ReadonlyArray<Finding>> => {
  const { customer, locale, placement, profileId, timeout } = question
  const { provider } = listening
  const request = {
    placement: Option.getOrElse(placement, () => "onboarding"),
    customer: {
      id: Option.getOrElse(customer, () => "priceport-doctor"),
      profiles: Option.getOrUndefined(Option.map(profileId, (id) => ({ [provider.id]: id }))),
      locale
    } satisfies Customer,
    enroll: false
  }
  const isMadeUp = Option.isNone(customer) && Option.isNone(profileId)
  return Effect.match(
    provider.getPaywall(request, { timeout: Option.getOrElse(timeout, () => Duration.seconds(10)) }),
    {
      onSuccess: (paywall) => DoctorAnswer.ofPaywall(paywall, listening),
      onFailure: (error) => DoctorAnswer.ofFailure(error, isMadeUp)
    }
  )
}
