/**
 * What is going to be asked of an experiment, written down before there is an answer: arms, metrics, cap, alpha, and when
 * one may look.
 *
 * A plan is frozen by the first exposure. One that is stored later is marked so in the report, and may not have a fixed
 * horizon: with the numbers in sight, any day can be called the planned one.
 *
 * @since 0.4.0
 */
import { ProviderId } from "@priceport/core/domain/Identifier"
import { Currency } from "@priceport/core/domain/Money"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { violation } from "./internal/violation.ts"
import type { Method } from "./statistics/Estimate.ts"

/**
 * What a customer is worth. `conversion`: the share of customers who bought or began a trial; `revenuePerCustomer`: capped,
 * refunds taken off, customers who paid nothing included; `revenuePerPayer`: the same over those who paid.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Metric = Schema.Literals(["conversion", "revenuePerCustomer", "revenuePerPayer"])

/** @since 0.4.0 */
export type Metric = typeof Metric.Type

/**
 * What must not get worse. `slowAnswers`: answers slower than the ledger's limit, per answer; `fallbackAnswers`: answers
 * from another vendor, from a bundle, or none, per answer.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Guardrail = Schema.Literals(["slowAnswers", "fallbackAnswers"])

/** @since 0.4.0 */
export type Guardrail = typeof Guardrail.Type

const Share = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMinimum: true, exclusiveMaximum: true })
)

/**
 * An arm as the experiment names it, its part of the customers, and the vendors that are its own: the arm's name unless set.
 * A paywall of any other vendor counts as served by the other arm.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Arm = Schema.Struct({
  arm: Schema.NonEmptyString,
  weight: Share,
  providers: Schema.optionalKey(Schema.NonEmptyArray(ProviderId))
})

/** @since 0.4.0 */
export interface Arm extends Schema.Schema.Type<typeof Arm> {}

const customers = Schema.Int.check(Schema.isGreaterThan(0))

/**
 * When one may look. `sequence`: whenever one likes; the interval is narrowest at `target` customers of both arms compared.
 * `fixed`: once, at `customers` of both arms.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Horizon = Schema.Union([
  Schema.TaggedStruct("sequence", { target: customers }),
  Schema.TaggedStruct("fixed", { customers })
])

/** @since 0.4.0 */
export type Horizon = typeof Horizon.Type

const byDefault = <S extends Schema.Constraint>(value: S["Encoded"]) =>
  Schema.withDecodingDefaultKey<S>(Effect.succeed(value))

/**
 * - `control`: the arm that the others are compared with.
 * - `secondary`: metrics beside `primary`, corrected for their number.
 * - `guardrails`: by how much of a share each may get worse, 0.02 unless set.
 * - `cap`: a customer's revenue counts up to this many units of `currency`. Take it from earlier data (`Winsor.limit`).
 * - `alpha`: 0.05 unless set. `sampleRatioAlpha`: 0.001 unless set.
 * - `contamination`: what share of the customers the other arm may have served, 0.05 unless set.
 * - `covariateDays`: revenue of so many days before the assignment takes variance off revenue metrics; 0, not used, unless
 *   set.
 * - `power`: the lift of the primary metric that is to be found, and how surely.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Plan = Schema.Struct({
  experiment: Schema.NonEmptyString,
  arms: Schema.Array(Arm).check(Schema.isMinLength(2)),
  control: Schema.NonEmptyString,
  currency: Currency,
  primary: Metric,
  secondary: Schema.Array(Metric).pipe(byDefault([])),
  guardrails: Schema.Struct({
    slowAnswers: Share.pipe(byDefault(0.02)),
    fallbackAnswers: Share.pipe(byDefault(0.02))
  }).pipe(byDefault({})),
  cap: Schema.Finite.check(Schema.isGreaterThan(0)),
  alpha: Share.pipe(byDefault(0.05)),
  horizon: Horizon,
  sampleRatioAlpha: Share.pipe(byDefault(0.001)),
  contamination: Share.pipe(byDefault(0.05)),
  covariateDays: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 365 })).pipe(byDefault(0)),
  power: Schema.optionalKey(Schema.Struct({ lift: Schema.Finite, power: Share }))
}).check(Schema.makeFilter(({ arms, control, primary, secondary }) => {
  const names = arms.map(({ arm }) => arm)
  const total = arms.reduce((sum, { weight }) => sum + weight, 0)
  const vendors = arms.flatMap(providersOf)
  if (new Set(names).size < names.length) return { path: ["arms"], issue: "arms must have different names" }
  if (Math.abs(total - 1) > 1e-9) return { path: ["arms"], issue: `weights must add up to 1, not to ${total}` }
  if (new Set(vendors).size < vendors.length) return { path: ["arms"], issue: "a provider can be in one arm only" }
  if (!names.includes(control)) return { path: ["control"], issue: `must be one of the arms: ${names.join(", ")}` }
  if (new Set([primary, ...secondary]).size <= secondary.length) {
    return { path: ["secondary"], issue: "a metric can be asked for once" }
  }
  return undefined
}))

/** @since 0.4.0 */
export interface Plan extends Schema.Schema.Type<typeof Plan> {}

/**
 * The vendors that are an arm's own.
 *
 * @category getters
 * @since 0.4.0
 */
export const providersOf = ({ arm, providers }: Arm): ReadonlyArray<string> => providers ?? [arm]

/**
 * @category getters
 * @since 0.4.0
 */
export const method = ({ alpha, horizon }: Plan): Method =>
  horizon._tag === "fixed"
    ? { _tag: "fixed", alpha, n: horizon.customers }
    : { _tag: "sequence", alpha, target: horizon.target }

/**
 * The plan cannot be stored, or is none. `field` and `issue` say what to change.
 *
 * @category errors
 * @since 0.4.0
 */
export class InvalidPlan extends Schema.TaggedError<InvalidPlan>()("InvalidPlan", {
  field: Schema.String,
  issue: Schema.String
}) {
  override get message(): string {
    return `InvalidPlan (${this.field}: ${this.issue})`
  }
}

/**
 * The experiment has another plan, and somebody was exposed under it: it stays.
 *
 * @category errors
 * @since 0.4.0
 */
export class PlanFrozen extends Schema.TaggedError<PlanFrozen>()("PlanFrozen", { experiment: Schema.String }) {
  override get message(): string {
    return `PlanFrozen (${this.experiment}: it has another plan, and customers were exposed under it; give the experiment a new key)`
  }
}

const decode = Schema.decodeUnknownResult(Plan, { onExcessProperty: "error" })

/**
 * A plan out of what was read from a file, defaults filled in. A member that it does not have is refused.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = (input: unknown): Result.Result<Plan, InvalidPlan> =>
  Result.mapError(decode(input), (error) => new InvalidPlan(violation(error)))
