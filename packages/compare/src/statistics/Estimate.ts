/**
 * What the numbers of an experiment say, and how sure they are.
 *
 * One customer is one observation, counted in the arm the customer was assigned to, whatever was shown later. The way from
 * customers to an answer has four steps, each a module:
 *
 * 1. `Moments`: an arm and a metric, kept as a handful of sums. Nothing else of a customer is needed, so arms grow by the
 *    customer, merge in any order and come out the same. `Winsor` caps revenue before it is added: a cap cannot be applied
 *    to a sum.
 * 2. `Contrast`: two arms and a kind of metric (a proportion, a mean, a ratio of two means, or, in `Cuped`, a mean with what
 *    was known before) become two means with their variances. Too few customers, or too few of them who did anything, end
 *    here as `NotEnoughData` (`Sufficiency` has the rules).
 * 3. `Comparison`: the difference of the two, or the relative lift.
 * 4. `Boundary`: how wide the interval is, by the method of the plan.
 *
 * The method is a confidence sequence unless the plan says otherwise: an interval that holds at every look at once, so that
 * one may look each day and stop at will (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: "Time-uniform central limit theory and
 * asymptotic confidence sequences", Annals of Statistics 2024, the Gaussian mixture of theorem 2.2). It is wider than an
 * interval for one look, by about half, and that is the price of looking. A fixed horizon is for a plan stored beforehand: it
 * answers when the planned number of customers is there, not before.
 *
 * The promise of a sequence is proved for customers who join and are settled. One who joined and may still buy is counted as
 * of the look; both arms have such customers alike, and the false positives that come of it are simulated in the tests, too.
 *
 * Around these: `SampleRatio` (is the split what was planned? asked first), `ChanceToWin` (the Bayesian view), `Multiplicity`
 * (several arms, several metrics), `Guardrail` (is it worse by more than we accept?), `Power` and `SequentialPower` (how many
 * customers, how many days), `Histogram` (latency, to look at), `ClopperPearson` (a share, exactly).
 *
 * Latency and fallback are guardrails as ratios, judged by customer: slow answers per answer, standby answers per answer. A
 * customer's answers hang together, so they are not counted as if each were on its own; "slower than the plan's bound" has
 * a variance that a few sums tell, which a 99th percentile has not.
 *
 * Refusals are values of `Refusal`, not NaN: every number that comes out is finite. Nothing here draws random numbers, so no
 * answer depends on a seed. Amounts are in the unit they came in; the currency must be one (`MixedCurrencies`).
 *
 * Only this folder knows `@stdlib`, and only `Distribution` and `ChanceToWin` in it.
 *
 * @since 0.4.0
 */

/**
 * What an interval promises. `confidence-sequence`: covers at all looks together, with probability `1 - alpha`;
 * `fixed-horizon`: covers at the one planned look; `exact`: the same, and not only for many customers; `credible`: holds
 * `1 - alpha` of the posterior.
 *
 * @category models
 * @since 0.4.0
 */
export type IntervalKind = "confidence-sequence" | "fixed-horizon" | "exact" | "credible"

/**
 * @category models
 * @since 0.4.0
 */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly kind: IntervalKind
  readonly alpha: number
}

/**
 * How many were left out, by the reason's name.
 *
 * @category models
 * @since 0.4.0
 */
export type Exclusions = Readonly<Record<string, number>>

/**
 * @category models
 * @since 0.4.0
 */
export interface PerArm<A> {
  readonly control: A
  readonly treatment: A
}

/**
 * The treatment against the control. A `difference` is in the metric's unit, a `lift` a share of the control's mean: 0.05 is
 * five percent more. `p` is two-sided, against no difference, the same on both scales; with a confidence sequence it may be read at
 * every look.
 * `mean` is each arm's own.
 *
 * @category models
 * @since 0.4.0
 */
export interface Estimate {
  readonly scale: "difference" | "lift"
  readonly estimate: number
  readonly standardError: number
  readonly interval: Interval
  readonly p: number
  readonly mean: PerArm<number>
  readonly n: PerArm<number>
  readonly exclusions: Exclusions
}

/**
 * How to build an interval. `sequence`: `target` is the number of customers, all arms of the comparison together, at which it
 * is to be narrowest; stored with the plan, for the interval holds only while it stays the same. `fixed`: `n` is the planned
 * number of customers of both arms, and there is no answer before it is reached; the first one is the answer, and later ones,
 * with more customers, do not count as further chances.
 *
 * @category models
 * @since 0.4.0
 */
export type Method =
  | { readonly _tag: "sequence"; readonly alpha: number; readonly target: number }
  | { readonly _tag: "fixed"; readonly alpha: number; readonly n: number }

/**
 * A method with another alpha: for several arms against one control, `alpha / arms` keeps all intervals right at once.
 *
 * @category combinators
 * @since 0.4.0
 */
export const withAlpha = (method: Method, alpha: number): Method => ({ ...method, alpha })
