/**
 * Which arm of an experiment a customer belongs to: the same one every time, in every process, in every language that
 * follows the same pages.
 *
 * Hash, buckets and namespaces are those that GrowthBook publishes for its SDKs ("Build Your Own SDK", hash version 2), so
 * that another stack with the same experiment key agrees.
 *
 * @since 0.4.0
 */
import type { Customer } from "../domain/Customer.ts"
import * as Buckets from "../internal/routingBuckets.ts"

/**
 * Who is assigned: the customer's own id; for one who has none, the first vendor profile by name of the vendor. Nobody for
 * one who has neither: an address is shared by many.
 *
 * @category conversions
 * @since 0.4.0
 */
export const unit = (customer: Customer): string | undefined => units(customer)[0]

/**
 * All names that a customer is assigned under: the own id first. One who was anonymous and logged in has both, which is
 * how the arm is found again.
 *
 * @category conversions
 * @since 0.4.0
 */
export const units = ({ id, profiles = {} }: Customer): ReadonlyArray<string> => [
  ...(id === undefined ? [] : [id]),
  ...Object.entries(profiles).toSorted(([a], [b]) => a < b ? -1 : 1).map(([provider, profile]) =>
    `${provider}:${profile}`
  )
]

/**
 * A number in [0, 1), in steps of 1/10,000, the same for the same seed and value.
 *
 * @category hashing
 * @since 0.4.0
 */
export const hash = (seed: string, value: string): number => (fnv1a(String(fnv1a(seed + value))) % 10_000) / 10_000

/**
 * A number in [0, 1), in steps of 1/1,000: the older version, which GrowthBook goes on using for namespaces.
 *
 * @category hashing
 * @since 0.4.0
 */
export const hashV1 = (seed: string, value: string): number => (fnv1a(value + seed) % 1000) / 1000

/** 32-bit FNV-1a over UTF-16 code units, as the published SDKs do it. */
const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/**
 * From where up to where, in [0, 1]; the end is not part of it.
 *
 * @category models
 * @since 0.4.0
 */
export type Range = readonly [from: number, to: number]

/**
 * One range for each weight, side by side, each cut to the `coverage` share of itself. Weights that do not add up to 1 are
 * refused by the schema of an experiment.
 *
 * @category constructors
 * @since 0.4.0
 */
export const ranges = (weights: ReadonlyArray<number>, coverage = 1): ReadonlyArray<ReadonlyArray<Range>> => {
  let from = 0
  return weights.map((weight) => {
    const start = from
    from += weight
    return [[start, start + coverage * weight]]
  })
}

/**
 * The index of the ranges that a number falls into; none where it is in nobody's.
 *
 * @category conversions
 * @since 0.4.0
 */
export const choose = (ranges: ReadonlyArray<ReadonlyArray<Range>>, position: number): number | undefined => {
  const index = ranges.findIndex((parts) => parts.some(([from, to]) => position >= from && position < to))
  return index < 0 ? undefined : index
}

/**
 * A part of a namespace: experiments with parts that do not overlap share no customer.
 *
 * @category models
 * @since 0.4.0
 */
export interface Namespace {
  readonly name: string
  readonly range: Range
}

/**
 * Whether a unit is in its part of a namespace.
 *
 * @category predicates
 * @since 0.4.0
 */
export const isInNamespace = ({ name, range: [from, to] }: Namespace, unit: string): boolean => {
  const position = hashV1(`__${name}`, unit)
  return position >= from && position < to
}

/**
 * The ranges for other weights, such that only those customers move who must: out of an arm that becomes smaller, into one
 * that becomes larger. The result is in steps of 1/10,000, which is all that `hash` tells apart; each arm comes within one
 * step of its weight.
 *
 * @category combinators
 * @since 0.4.0
 */
export const reweigh = (
  from: ReadonlyArray<ReadonlyArray<Range>>,
  weights: ReadonlyArray<number>,
  coverage = 1
): ReadonlyArray<ReadonlyArray<Range>> => Buckets.toRanges(Buckets.reweigh(Buckets.fromRanges(from), weights, coverage))
