/**
 * What an experiment says, as one plain value: what `priceport compare report --json` prints and the page draws.
 *
 * Customers are counted by the arm they were assigned to, whoever served them. Instants are ISO 8601, days are UTC dates,
 * shares are between 0 and 1, amounts are in the plan's currency.
 *
 * @since 0.4.0
 */
import { Timestamp } from "@priceport/core/domain/Identifier"
import * as Schema from "effect/Schema"
import { Guardrail, Metric, Plan } from "./Plan.ts"
import { Refusal } from "./statistics/Refusal.ts"

const Count = Schema.Int

const PerArm = <A extends Schema.Constraint>(value: A) => Schema.Struct({ control: value, treatment: value })

/**
 * @category schemas
 * @since 0.4.0
 */
export const Interval = Schema.Struct({
  low: Schema.Finite,
  high: Schema.Finite,
  kind: Schema.Literals(["confidence-sequence", "fixed-horizon", "exact", "credible"]),
  alpha: Schema.Finite
})

/** @since 0.4.0 */
export interface Interval extends Schema.Schema.Type<typeof Interval> {}

/**
 * As in `statistics/Estimate`.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Estimate = Schema.Struct({
  scale: Schema.Literals(["difference", "lift"]),
  estimate: Schema.Finite,
  standardError: Schema.Finite,
  interval: Interval,
  p: Schema.Finite,
  mean: PerArm(Schema.Finite),
  n: PerArm(Count),
  exclusions: Schema.Record(Schema.String, Count)
})

/** @since 0.4.0 */
export interface Estimate extends Schema.Schema.Type<typeof Estimate> {}

/**
 * One question to the data themselves: how many customers (or events) of how many are odd. `bound` is the share from which on
 * the verdict is withheld; without one the number is only told.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Check = Schema.Struct({
  name: Schema.Literals([
    "unknownArms",
    "customersInTwoArms",
    "exposedBeforeAssigned",
    "eventsInTheFuture",
    "mixedCurrencies",
    "eventsLost",
    "showsWithoutCustomer",
    "showsNotCounted",
    "outcomesOfNobody",
    "overrides",
    "outcomesBeforeAssignment",
    "outcomesWithoutExposure",
    "conversionsWithoutAmount",
    "refundsWithoutSale",
    "refundsAboveSale",
    "possibleDoubles"
  ]),
  count: Count,
  of: Count,
  bound: Schema.optionalKey(Schema.Finite),
  passed: Schema.Boolean,
  says: Schema.String
})

/** @since 0.4.0 */
export interface Check extends Schema.Schema.Type<typeof Check> {}

/**
 * The data are not fit to be compared: which checks failed.
 *
 * @category errors
 * @since 0.4.0
 */
export class UnsoundData extends Schema.TaggedError<UnsoundData>()("UnsoundData", {
  checks: Schema.Array(Check.fields.name)
}) {
  override get message(): string {
    return `UnsoundData (${this.checks.join(", ")})`
  }
}

/**
 * Why something was not answered: a refusal of the statistics, or data that are not fit to be compared.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Withheld = Schema.Union([...Refusal.members, UnsoundData])

/** @since 0.4.0 */
export type Withheld = typeof Withheld.Type

/**
 * The gates in their order. Where one did not pass there are no effects, only the refusal; what the arms are made of is
 * shown, to find out why.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Gate = Schema.Struct({
  gate: Schema.Literals(["data", "sampleRatio", "contamination"]),
  passed: Schema.Boolean,
  refusal: Schema.optionalKey(Withheld)
})

/** @since 0.4.0 */
export interface Gate extends Schema.Schema.Type<typeof Gate> {}

/**
 * The answer to the plan's primary question. `Withheld`: a gate did not pass, or there is too little; `Undecided`: the
 * interval holds 0; `Better`, `Worse`: an arm against the control, after Holm's correction over the arms. `Better` stands
 * only where no guardrail is broken; else it is `GuardrailBroken`.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Verdict = Schema.Union([
  Schema.TaggedStruct("Withheld", {
    at: Schema.Literals(["data", "sampleRatio", "contamination", "effect"]),
    refusal: Withheld
  }),
  Schema.TaggedStruct("Undecided", {}),
  Schema.TaggedStruct("Better", { arm: Schema.String }),
  Schema.TaggedStruct("Worse", { arms: Schema.Array(Schema.String) }),
  Schema.TaggedStruct("GuardrailBroken", { arm: Schema.String, guardrails: Schema.Array(Guardrail) })
])

/** @since 0.4.0 */
export type Verdict = typeof Verdict.Type

/**
 * The split of one population. `exposed` is who the effects are measured on: a vendor that fails to show its paywalls is seen
 * here.
 *
 * @category schemas
 * @since 0.4.0
 */
export const SampleRatio = Schema.Struct({
  population: Schema.Literals(["assigned", "exposed"]),
  arms: Schema.Array(
    Schema.Struct({ arm: Schema.String, weight: Schema.Finite, observed: Count, expected: Schema.Finite })
  ),
  alpha: Schema.Finite,
  p: Schema.optionalKey(Schema.Finite),
  refusal: Schema.optionalKey(Withheld)
})

/** @since 0.4.0 */
export interface SampleRatio extends Schema.Schema.Type<typeof SampleRatio> {}

/**
 * Customers served by a vendor that is not their arm's, of those exposed. `standby` are those of them for whom it stood in.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Contamination = Schema.Struct({
  share: Schema.Finite,
  bound: Schema.Finite,
  arms: Schema.Array(Schema.Struct({ arm: Schema.String, customers: Count, other: Count, standby: Count })),
  servedBy: Schema.Array(Schema.Struct({ arm: Schema.String, provider: Schema.String, customers: Count }))
})

/** @since 0.4.0 */
export interface Contamination extends Schema.Schema.Type<typeof Contamination> {}

/**
 * An arm as it is. `revenue` is exact, in decimal digits, refunds taken off and not capped. Shows are reports of an exposure;
 * those of a bundle have no customer, so `bundledAnswers` counts what was handed out.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Arm = Schema.Struct({
  arm: Schema.String,
  role: Schema.Literals(["control", "treatment"]),
  providers: Schema.Array(Schema.String),
  assigned: Count,
  served: Count,
  exposed: Count,
  converted: Count,
  paid: Count,
  revenue: Schema.String,
  answers: Count,
  slowAnswers: Count,
  fallbackAnswers: Count,
  bundledAnswers: Count,
  standbyAnswers: Count,
  unanswered: Count,
  shows: Count,
  standbyShows: Count,
  conversion: Schema.optionalKey(Schema.Struct({ estimate: Schema.Finite, n: Count, interval: Interval }))
})

/** @since 0.4.0 */
export interface Arm extends Schema.Schema.Type<typeof Arm> {}

/**
 * An arm against the control, in one metric. `lift` and `difference` are there unless `refusal` says why not. `adjustedP` is
 * what to compare with alpha: Holm over the arms for the primary metric, Benjamini-Hochberg for secondary ones.
 * `adjustedByCovariate` is the difference with less variance. `chanceToWin` (conversion only) is the Bayesian view.
 * `significant` is about the primary scale: the difference, by covariate where the plan has one.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Effect = Schema.Struct({
  metric: Metric,
  role: Schema.Literals(["primary", "secondary"]),
  arm: Schema.String,
  difference: Schema.optionalKey(Estimate),
  lift: Schema.optionalKey(Estimate),
  adjustedByCovariate: Schema.optionalKey(Estimate),
  adjustedP: Schema.optionalKey(Schema.Finite),
  significant: Schema.optionalKey(Schema.Boolean),
  chanceToWin: Schema.optionalKey(
    Schema.Struct({
      estimate: Schema.Finite,
      interval: Interval,
      n: PerArm(Count),
      exclusions: Estimate.fields.exclusions
    })
  ),
  refusal: Schema.optionalKey(Withheld)
})

/** @since 0.4.0 */
export interface Effect extends Schema.Schema.Type<typeof Effect> {}

/**
 * A guardrail of an arm against the control: the difference of two shares, of which more is worse, and the plan's margin.
 *
 * @category schemas
 * @since 0.4.0
 */
export const GuardrailResult = Schema.Struct({
  guardrail: Guardrail,
  arm: Schema.String,
  margin: Schema.Finite,
  verdict: Schema.optionalKey(Schema.Literals(["holds", "broken", "unclear"])),
  difference: Schema.optionalKey(Estimate),
  refusal: Schema.optionalKey(Withheld)
})

/** @since 0.4.0 */
export interface GuardrailResult extends Schema.Schema.Type<typeof GuardrailResult> {}

/**
 * The difference to the control at the end of each day, all customers up to then. A day with too little has no `low` and
 * `high`; `n` counts both arms.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Series = Schema.Struct({
  metric: Metric,
  arm: Schema.String,
  points: Schema.Array(Schema.Struct({
    day: Schema.String,
    n: Count,
    estimate: Schema.optionalKey(Schema.Finite),
    low: Schema.optionalKey(Schema.Finite),
    high: Schema.optionalKey(Schema.Finite)
  }))
})

/** @since 0.4.0 */
export interface Series extends Schema.Schema.Type<typeof Series> {}

/**
 * How far customers of an arm came, each step a part of the one before.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Funnel = Schema.Struct({
  arm: Schema.String,
  providers: Schema.Array(Schema.String),
  steps: Schema.Array(
    Schema.Struct({ step: Schema.Literals(["assigned", "served", "exposed", "converted", "paid"]), customers: Count })
  )
})

/** @since 0.4.0 */
export interface Funnel extends Schema.Schema.Type<typeof Funnel> {}

/**
 * How long the answers of a vendor took, in the days of the report. A bin holds answers above `from` and up to `to`
 * milliseconds.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Latency = Schema.Struct({
  provider: Schema.String,
  answers: Count,
  p50: Schema.optionalKey(Schema.Finite),
  p95: Schema.optionalKey(Schema.Finite),
  p99: Schema.optionalKey(Schema.Finite),
  bins: Schema.Array(Schema.Struct({ from: Schema.Finite, to: Schema.Finite, count: Count }))
})

/** @since 0.4.0 */
export interface Latency extends Schema.Schema.Type<typeof Latency> {}

/**
 * The vendor's own split inside an arm (Botsi's AI against its control group), to look at: customers were put there by the
 * vendor, after our assignment.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Treatment = Schema.Struct({
  arm: Schema.String,
  treatment: Schema.Literals(["Treatment", "Control", "None", "Unknown"]),
  exposed: Count,
  converted: Count,
  paid: Count,
  revenue: Schema.String,
  conversion: Arm.fields.conversion
})

/** @since 0.4.0 */
export interface Treatment extends Schema.Schema.Type<typeof Treatment> {}

/**
 * - `storedBefore`: whether the plan was there before the first exposure.
 * - `customers`: all that were assigned, and those exposed, who are what effects are measured on.
 * - `slowMs`: from how many milliseconds on an answer counts as slow.
 * - `seed`: null, as nothing here draws random numbers.
 * - `needs`: how many customers of both arms the plan's lift takes at the control's rate so far, and how many more days at
 *   the pace so far; for conversion as the primary metric.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Report = Schema.Struct({
  version: Schema.Literal(1),
  experiment: Schema.String,
  at: Timestamp,
  since: Schema.optionalKey(Timestamp),
  plan: Schema.toType(Plan),
  planStoredAt: Timestamp,
  storedBefore: Schema.Boolean,
  firstExposureAt: Schema.optionalKey(Timestamp),
  lastExposureAt: Schema.optionalKey(Timestamp),
  customers: Schema.Struct({ assigned: Count, exposed: Count }),
  seed: Schema.Null,
  slowMs: Schema.Finite,
  verdict: Verdict,
  gates: Schema.Array(Gate),
  checks: Schema.Array(Check),
  sampleRatio: Schema.Array(SampleRatio),
  contamination: Contamination,
  arms: Schema.Array(Arm),
  effects: Schema.Array(Effect),
  guardrails: Schema.Array(GuardrailResult),
  series: Schema.Array(Series),
  funnel: Schema.Array(Funnel),
  latency: Schema.Array(Latency),
  treatments: Schema.Array(Treatment),
  needs: Schema.optionalKey(Schema.Struct({ customers: Count, daysLeft: Schema.optionalKey(Count) })),
  exclusions: Estimate.fields.exclusions
})

/** @since 0.4.0 */
export interface Report extends Schema.Schema.Type<typeof Report> {}

/**
 * A report as JSON, and back.
 *
 * @category schemas
 * @since 0.4.0
 */
export const ReportJson = Schema.toCodecJson(Report)
