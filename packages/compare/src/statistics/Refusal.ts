/**
 * Why there is no answer.
 *
 * @since 0.4.0
 */
import * as Schema from "effect/Schema"

/**
 * Too little is known for the interval to mean what it says. `n` is what there is of `what`, `needed` what there must be.
 *
 * @category errors
 * @since 0.4.0
 */
export class NotEnoughData extends Schema.TaggedError<NotEnoughData>()("NotEnoughData", {
  what: Schema.String,
  n: Schema.Finite,
  needed: Schema.Finite
}) {
  override get message(): string {
    return `NotEnoughData (${this.what}: ${this.n}, needs ${this.needed})`
  }
}

/**
 * The arms have other sizes than planned, by more than chance allows: customers were lost or counted twice, and not at
 * random. Nothing else about the experiment can be trusted. `p` is the chance of a split this far off.
 *
 * @category errors
 * @since 0.4.0
 */
export class SampleRatioMismatch extends Schema.TaggedError<SampleRatioMismatch>()("SampleRatioMismatch", {
  p: Schema.Finite,
  alpha: Schema.Finite,
  observed: Schema.Array(Schema.Finite),
  expected: Schema.Array(Schema.Finite)
}) {
  override get message(): string {
    return `SampleRatioMismatch (observed ${this.observed.join(" : ")}, expected ${
      this.expected.map((count) => count.toFixed(1)).join(" : ")
    }, p = ${this.p.toPrecision(2)})`
  }
}

/**
 * More customers than the plan accepts were served by an arm that is not theirs.
 *
 * @category errors
 * @since 0.4.0
 */
export class Contaminated extends Schema.TaggedError<Contaminated>()("Contaminated", {
  share: Schema.Finite,
  bound: Schema.Finite
}) {
  override get message(): string {
    return `Contaminated (${this.share.toPrecision(3)} of the customers, the plan accepts ${this.bound})`
  }
}

/**
 * Amounts of several currencies, which have no sum.
 *
 * @category errors
 * @since 0.4.0
 */
export class MixedCurrencies extends Schema.TaggedError<MixedCurrencies>()("MixedCurrencies", {
  currencies: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `MixedCurrencies (${this.currencies.join(", ")})`
  }
}

/**
 * A fixed horizon was asked for, but no plan was stored before the data came.
 *
 * @category errors
 * @since 0.4.0
 */
export class NoPlan extends Schema.TaggedError<NoPlan>()("NoPlan", { experiment: Schema.String }) {
  override get message(): string {
    return `NoPlan (${this.experiment}: a fixed horizon needs a plan stored before the first customer)`
  }
}

/**
 * @category schemas
 * @since 0.4.0
 */
export const Refusal = Schema.Union([NotEnoughData, SampleRatioMismatch, Contaminated, MixedCurrencies, NoPlan])

/** @since 0.4.0 */
export type Refusal = typeof Refusal.Type
