/**
 * What a customer did that is worth something, in words no vendor owns.
 *
 * An outcome is one event: a purchase, a renewal, money given back. A vendor's total of all a customer ever paid is none: it
 * holds what was before the experiment, and counts again what is counted already.
 *
 * @since 0.4.0
 */
import { Customer } from "@priceport/core/domain/Customer"
import { Timestamp } from "@priceport/core/domain/Identifier"
import { Currency } from "@priceport/core/domain/Money"
import * as Assignment from "@priceport/core/routing/Assignment"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { violation } from "./internal/violation.ts"

/**
 * `conversion`: a first purchase, or a trial (amount 0); `renewal`: a further payment; `refund`: money given back for the
 * transaction of the same id.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Kind = Schema.Literals(["conversion", "renewal", "refund"])

/** @since 0.4.0 */
export type Kind = typeof Kind.Type

/**
 * - `customer`: your own id, or the customer as asked for paywalls.
 * - `amount`: decimal digits with at most six of them after the point, never negative. Left out, with the currency, where it
 *   is not known: a conversion then counts without revenue, a refund gives the whole transaction back.
 * - `transactionId`: of the store or the payment provider. An outcome counts once for a transaction and kind.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Outcome = Schema.Struct({
  customer: Schema.Union([Schema.NonEmptyString, Customer]),
  kind: Kind,
  amount: Schema.optional(Schema.Union([Schema.String, Schema.Finite, Schema.BigDecimal])),
  currency: Schema.optional(Currency),
  at: Timestamp,
  transactionId: Schema.NonEmptyString
})

/** @since 0.4.0 */
export interface Outcome extends Schema.Schema.Type<typeof Outcome> {}

/**
 * It is no outcome: `field` and `issue` say why.
 *
 * @category errors
 * @since 0.4.0
 */
export class InvalidOutcome extends Schema.TaggedError<InvalidOutcome>()("InvalidOutcome", {
  field: Schema.String,
  issue: Schema.String
}) {
  override get message(): string {
    return `InvalidOutcome (${this.field === "" ? "" : `${this.field}: `}${this.issue})`
  }
}

/**
 * The same transaction and kind is known with another customer, amount or currency. What is known stays.
 *
 * @category errors
 * @since 0.4.0
 */
export class OutcomeConflict extends Schema.TaggedError<OutcomeConflict>()("OutcomeConflict", {
  kind: Kind,
  transactionId: Schema.String
}) {
  override get message(): string {
    return `OutcomeConflict (the ${this.kind} of transaction ${this.transactionId} is known with another customer, amount or currency)`
  }
}

/**
 * An outcome as a ledger keeps it: amounts in millionths, `at` in milliseconds since 1970, the customer by all names. `source`
 * says who told: the journal of what vendors validated, or the application.
 *
 * @category models
 * @since 0.4.0
 */
export interface Entry {
  readonly id: string
  readonly kind: Kind
  readonly units: readonly [string, ...ReadonlyArray<string>]
  readonly micros: number | null
  readonly currency: string | null
  readonly at: number
  readonly source: "told" | "journal"
}

const decode = Schema.decodeUnknownResult(Schema.toType(Outcome), { onExcessProperty: "error" })

/**
 * Checks what came from outside.
 *
 * @category conversions
 * @since 0.4.0
 */
export const entry = (input: unknown): Result.Result<Entry, InvalidOutcome> =>
  Result.flatMap(
    Result.mapError(decode(input), (error) => new InvalidOutcome(violation(error))),
    ({ amount, at, currency, customer, kind, transactionId }) => {
      const [unit, ...others] = typeof customer === "string" ? [customer] : Assignment.units(customer)
      const millis = Option.map(DateTime.make(at), DateTime.toEpochMillis)
      if (unit === undefined) return invalid("customer", "needs an id, or a profile of a vendor")
      // A day that a month does not have would be one of the next month.
      if (
        Option.isNone(millis) || DateTime.formatIso(DateTime.makeUnsafe(millis.value)).slice(0, 10) !== at.slice(0, 10)
      ) return invalid("at", "is no such day")
      if ((amount === undefined) !== (currency === undefined)) {
        return invalid(amount === undefined ? "amount" : "currency", "amount and currency go together")
      }
      const micros = amount === undefined ? null : toMicros(amount)
      if (micros === undefined) {
        return invalid("amount", "must be 0 or more, up to a thousand million, with at most six digits after the point")
      }
      return Result.succeed({
        id: transactionId,
        kind,
        units: [unit, ...others],
        micros,
        currency: currency ?? null,
        at: millis.value,
        source: "told"
      })
    }
  )

const invalid = (field: string, issue: string) => Result.fail(new InvalidOutcome({ field, issue }))

/** From decimal digits, without a number in between. */
const toMicros = (amount: string | number | BigDecimal.BigDecimal): number | undefined => {
  const text = BigDecimal.isBigDecimal(amount) ? BigDecimal.format(BigDecimal.normalize(amount)) : String(amount)
  const [, whole = "", part = ""] = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text) ?? []
  const micros = whole === "" ? Number.NaN : Number(whole + part.padEnd(6, "0"))
  return micros <= 1e15 ? micros : undefined
}

/**
 * Millionths as decimal digits, exactly.
 *
 * @category conversions
 * @since 0.4.0
 */
export const formatMicros = (micros: bigint | number): string =>
  BigDecimal.format(BigDecimal.normalize(BigDecimal.make(BigInt(micros), 6)))
