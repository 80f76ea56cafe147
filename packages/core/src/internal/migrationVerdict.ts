import type { Verdict } from "../routing/MigrationState.ts"

/** One chance in a thousand: of a normal variable, one-sided, and of chi-square with one degree of freedom. */
const critical = { normal: 3.0902, chiSquare: 10.8276 }

/** A share of all against its bound. */
export const ofShare = (
  gate: Verdict["gate"],
  { bound, count, minimum, sample }: {
    readonly count: number
    readonly sample: number
    readonly bound: number
    readonly minimum: number
  }
): Verdict => {
  const value = sample === 0 ? undefined : count / sample
  const margin = critical.normal * Math.sqrt(bound * (1 - bound) / Math.max(1, sample))
  return verdictOf(gate, { value, bound, sample }, sample < minimum, (value) => value > bound + margin)
}

const verdictOf = (
  gate: Verdict["gate"],
  { bound, sample, value }: { readonly value: number | undefined; readonly bound: number; readonly sample: number },
  tooFew: boolean,
  isBeyondChance: (value: number) => boolean
): Verdict => ({
  gate,
  bound,
  sample,
  ...(value !== undefined && { value }),
  verdict: value === undefined || tooFew
    ? "unclear"
    : value <= bound
    ? "passed"
    : isBeyondChance(value)
    ? "failed"
    : "unclear"
})

/**
 * Sample-ratio mismatch. The same customers come again in the next measurement, so the statistic is that of one of them:
 * taken together they would see a mismatch where one unlucky draw is counted often.
 */
export const ofSplit = (
  to: number,
  { entries, minimum, moved, sample }: {
    readonly sample: number
    readonly entries: number
    readonly minimum: number
    readonly moved: number
  }
): Verdict => {
  const expected = sample * moved
  const rest = sample - expected
  const tooFew = sample < minimum || expected < 5 || rest < 5
  const value = expected <= 0 || rest <= 0 ? undefined : (to - expected) ** 2 * (1 / expected + 1 / rest) / entries
  return verdictOf("split", { value, bound: critical.chiSquare, sample }, tooFew, () => true)
}

interface Proportion {
  readonly count: number
  readonly of: number
}

/** The relative loss, and whether chance explains it. */
export const ofConversion = (
  { from, to }: { readonly from: Proportion; readonly to: Proportion },
  { bound, tooFew }: { readonly bound: number; readonly tooFew: boolean }
): Verdict => {
  const sample = Math.min(from.of, to.of)
  const before = from.count / Math.max(1, from.of)
  const after = to.count / Math.max(1, to.of)
  const pooled = Math.min(1, (from.count + to.count) / Math.max(1, from.of + to.of))
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / Math.max(1, from.of) + 1 / Math.max(1, to.of)))
  const value = before === 0 ? undefined : 1 - after / before
  return verdictOf("conversion", { value, bound, sample }, tooFew, () => before - after > critical.normal * spread)
}
