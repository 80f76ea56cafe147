/**
 * P-values of several questions, made right for their number. Each answer stands where its p-value stood.
 *
 * @since 0.4.0
 */

/**
 * Holm: below alpha, no false one among all, with chance `1 - alpha`. For the arms against one control.
 *
 * @category combinators
 * @since 0.4.0
 */
export const holm = (ps: ReadonlyArray<number>): ReadonlyArray<number> => {
  const adjusted = ps.map(() => 1)
  let running = 0
  for (const [rank, index] of ascending(ps).entries()) {
    running = Math.max(running, Math.min(1, (ps.length - rank) * ps[index]!))
    adjusted[index] = running
  }
  return adjusted
}

/**
 * Benjamini and Hochberg: below alpha, at most that share of those found is false, on average. For secondary metrics.
 *
 * @category combinators
 * @since 0.4.0
 */
export const benjaminiHochberg = (ps: ReadonlyArray<number>): ReadonlyArray<number> => {
  const adjusted = ps.map(() => 1)
  let running = 1
  for (const [rank, index] of Array.from(ascending(ps).entries()).toReversed()) {
    running = Math.min(running, ps.length / (rank + 1) * ps[index]!)
    adjusted[index] = running
  }
  return adjusted
}

const ascending = (ps: ReadonlyArray<number>): ReadonlyArray<number> =>
  ps.map((_, index) => index).toSorted((a, b) => ps[a]! - ps[b]!)
