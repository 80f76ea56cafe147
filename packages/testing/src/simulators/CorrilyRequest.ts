/**
 * The body of `POST /v1/paywall`, strict.
 *
 * The members are those of the page "Get Paywall"; `override` is in its prose only, and `ip` in the vendor's mobile SDKs.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Net from "node:net"
import * as Refusal from "./Refusal.ts"

const Text = Schema.String.check(Schema.isNonEmpty({ message: Refusal.isEmpty }))

/** The body of `POST /v1/paywall`. */
export const GetPaywall = Schema.Struct({
  user_id: Schema.optionalKey(Text),
  ip: Schema.optionalKey(
    Schema.String.check(Schema.makeFilter((ip: string) => Net.isIP(ip) > 0, { expected: "an IPv4 or IPv6 address" }))
  ),
  country: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/, { expected: "an ISO 3166 alpha-2 code" }))
  ),
  paywall_id: Schema.optionalKey(Text),
  coupons: Schema.optionalKey(
    Schema.Record(
      Schema.String,
      Schema.String.check(Schema.isPattern(/^[^,\s]+(,[^,\s]+)*$/, { expected: "coupon ids with commas between" }))
    )
  ),
  override_currency: Schema.optionalKey(Schema.Boolean),
  currency: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Z]{3}$/, { expected: "an ISO 4217 code" }))),
  features: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  run_experiment: Schema.optionalKey(Schema.Boolean),
  override: Schema.optionalKey(Schema.Boolean)
})

/** A request that passed. */
export type GetPaywall = typeof GetPaywall.Type

/** Decodes a body; `override_currency` needs a `currency`, as the page says. */
export const decode = (body: unknown): Effect.Effect<GetPaywall, Refusal.Refusal> =>
  Effect.flatMap(
    Refusal.decode(GetPaywall)(body),
    (request) =>
      request.override_currency === true && request.currency === undefined
        ? Effect.fail(Refusal.ours("CURRENCY_NEEDED", "currency: is missing, and override_currency needs it"))
        : Effect.succeed(request)
  )
