/**
 * Amounts capped, so that one huge purchase does not decide an experiment.
 *
 * The cap is chosen from earlier data and frozen in the plan: one chosen from the experiment's own data moves with it, and
 * cannot be applied to sums that are kept already. What is estimated then is the mean of capped amounts.
 *
 * @since 0.4.0
 */

/**
 * The amount, no further from 0 than the cap.
 *
 * @category combinators
 * @since 0.4.0
 */
export const cap = (limit: number) => (amount: number): number => Math.max(-limit, Math.min(limit, amount))

/**
 * The cap for a plan: the amount that the given share of paying customers do not exceed. None where nobody paid.
 *
 * @category constructors
 * @since 0.4.0
 */
export const limit = (amounts: ReadonlyArray<number>, share = 0.99): number | undefined => {
  const paid = amounts.filter((amount) => amount > 0).toSorted((a, b) => a - b)
  return paid[Math.max(0, Math.ceil(share * paid.length) - 1)]
}
