/**
 * What must hold for a migration to go on, and what sends it a stage back.
 *
 * Each gate compares what was measured with a bound. Above the bound by more than chance explains (one chance in a
 * thousand, one-sided) it failed; above it by less, or with too few observations, it is unclear. A migration goes on when
 * all have passed, and steps back when one has failed.
 *
 * Judged is the last window of the stage; where it holds too few observations, as far back in the stage as it takes.
 *
 * @since 0.4.0
 */
import * as Schema from "effect/Schema"
import * as MigrationVerdict from "../internal/migrationVerdict.ts"
import type { State } from "./MigrationLog.ts"
import type { Measured, Verdict } from "./MigrationState.ts"

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

const off = Schema.Literal(false)

/**
 * The bounds. `false` leaves a gate out.
 *
 * - `mismatch`: the share of compared paywalls of another meaning, at most 0.02 unless set.
 * - `errors`: how much larger the share of failed reads may be with the new vendor than with the old one, 0.02 unless set.
 * - `latency`: the share of the new vendor's answers that take longer than `ms`, at most 0.05 above 2,000 unless set.
 * - `split`: whether the customers served by each vendor are as many as the ramp says (chi-square, p at least 0.001), true
 *   unless set.
 * - `conversion`: how much smaller the share of customers who buy may be with the new vendor, relative to the old one. Not
 *   judged unless set: it takes purchases that reach this router, see `Migration`.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Gates = Schema.Struct({
  mismatch: Schema.optional(Schema.Union([off, Schema.Struct({ atMost: Share })])),
  errors: Schema.optional(Schema.Union([off, Schema.Struct({ atMost: Share })])),
  latency: Schema.optional(Schema.Union([
    off,
    Schema.Struct({ ms: Schema.Finite.check(Schema.isGreaterThan(0)), atMost: Share })
  ])),
  split: Schema.optional(Schema.Boolean),
  conversion: Schema.optional(Schema.Union([off, Schema.Struct({ atMost: Share })]))
})

/** @since 0.4.0 */
export interface Gates extends Schema.Schema.Type<typeof Gates> {}

/**
 * What stands unless set.
 *
 * @category constants
 * @since 0.4.0
 */
export const defaults = {
  mismatch: { atMost: 0.02 },
  errors: { atMost: 0.02 },
  latency: { ms: 2000, atMost: 0.05 },
  split: true,
  conversion: false
} as const satisfies Gates

/**
 * What each gate says of a stage. None has a say before there is a second vendor to look at.
 *
 * @category conversions
 * @since 0.4.0
 */
export const judge = (gates: Gates, { measured, moved, stage }: Pick<State, "measured" | "moved" | "stage">, options: {
  readonly now: number
  readonly windowMs: number
  readonly minimum: number
}): ReadonlyArray<Verdict> => {
  if (stage._tag === "Off" || stage._tag === "RolledBack") return []
  const { minimum, now, windowMs } = options
  const {
    conversion = defaults.conversion,
    errors = defaults.errors,
    latency = defaults.latency,
    mismatch = defaults.mismatch,
    split = defaults.split
  } = gates

  /** The last window, or as many of the last measurements as it takes. */
  const recent = (size: (entry: Measured) => number) => {
    const found: Array<Measured> = []
    let sample = 0
    for (const entry of measured.toReversed()) {
      if (entry.at <= now - windowMs && sample >= minimum) break
      found.push(entry)
      sample += size(entry)
    }
    const sum = (count: (entry: Measured) => number) => found.reduce((total, entry) => total + count(entry), 0)
    return { sample, sum, entries: found.length }
  }

  const share = (gate: Verdict["gate"], count: number, sample: number, bound: number): Verdict =>
    MigrationVerdict.ofShare(gate, { count, sample, bound, minimum })

  const verdicts: Array<Verdict> = []
  if (mismatch !== false && stage._tag !== "Complete") {
    const { sample, sum } = recent(({ compared }) => compared)
    verdicts.push(share("mismatch", sum(({ material }) => material), sample, mismatch.atMost))
  }
  if (errors !== false) {
    const { sample, sum } = recent(({ answered, failed }) => answered.to + failed.to)
    const before = sum(({ answered, failed }) => answered.from + failed.from)
    const usual = before < minimum ? 0 : sum(({ failed }) => failed.from) / before
    verdicts.push(share("errors", sum(({ failed }) => failed.to), sample, Math.min(1, usual + errors.atMost)))
  }
  if (latency !== false) {
    const { sample, sum } = recent(({ answered }) => answered.to)
    verdicts.push(share("latency", sum(({ slow }) => slow.to), sample, latency.atMost))
  }
  if (stage._tag === "Ramp" && split) {
    const { entries, sample, sum } = recent(({ customers }) => customers.from + customers.to)
    verdicts.push(MigrationVerdict.ofSplit(sum(({ customers }) => customers.to), { sample, entries, minimum, moved }))
  }
  if (stage._tag === "Ramp" && conversion !== false) {
    const { sample, sum } = recent(({ customers }) => Math.min(customers.from, customers.to))
    verdicts.push(MigrationVerdict.ofConversion({
      from: { count: sum(({ converted }) => converted.from), of: sum(({ customers }) => customers.from) },
      to: { count: sum(({ converted }) => converted.to), of: sum(({ customers }) => customers.to) }
    }, { tooFew: sample < minimum, bound: conversion.atMost }))
  }
  return verdicts
}
