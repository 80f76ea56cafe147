import * as Schema from "effect/Schema"
import { ProviderId } from "../domain/Identifier.ts"
import * as Assignment from "../routing/Assignment.ts"

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

const Range = Schema.Tuple([Share, Share]).check(
  Schema.makeFilter(([from, to]) => from <= to, { expected: "a range that does not end before it starts" })
)

const Arm = Schema.Struct({
  member: ProviderId,
  weight: Share,
  ranges: Schema.optional(Schema.Array(Range))
})

const Arms = Schema.NonEmptyArray(Arm).check(
  Schema.makeFilter((arms) => new Set(arms.map(({ member }) => member)).size === arms.length, {
    expected: "arms of different members; two configurations of one vendor need two ids"
  }),
  Schema.makeFilter((arms) => {
    const sum = arms.reduce((sum, { weight }) => sum + weight, 0)
    return Math.abs(sum - 1) < 1e-6 ? undefined : `Expected weights that add up to 1, got ${Number(sum.toFixed(6))}`
  }),
  Schema.makeFilter((arms) => arms.every(({ ranges }) => (ranges === undefined) === (arms[0].ranges === undefined)), {
    expected: "ranges for all arms, or for none"
  }),
  Schema.makeFilter((arms) => {
    const parts = arms.flatMap(({ ranges = [] }) => ranges).filter(([from, to]) => from < to)
      .toSorted(([a], [b]) => a - b)
    return parts.every(([from], index) => index === 0 || from >= parts[index - 1]![1])
  }, { expected: "ranges that do not overlap" })
)

interface Split {
  readonly arms: readonly [typeof Arm.Type, ...ReadonlyArray<typeof Arm.Type>]
  readonly coverage?: number | undefined
}

/** What each arm has of the hash. */
export const rangesOf = ({ arms, coverage }: Split): ReadonlyArray<ReadonlyArray<Assignment.Range>> =>
  arms[0].ranges === undefined
    ? Assignment.ranges(arms.map(({ weight }) => weight), coverage)
    : arms.map(({ ranges = [] }) => ranges)

/** Ranges are what decides, so weights that say something else would be taken for the plan. */
const misweighed = ({ arms, coverage = 1 }: Split) => {
  const index = arms.findIndex(({ ranges, weight }) => {
    const length = ranges?.reduce((sum, [from, to]) => sum + to - from, 0)
    return length !== undefined && Math.abs(length - weight * coverage) > 1.5e-4
  })
  return index < 0 ? undefined : {
    path: ["arms", index, "ranges"],
    issue: "Expected ranges as long as the weight times the coverage; Experiment.reweigh gives them"
  }
}

export const Config = Schema.TaggedStruct("Experiment", {
  id: ProviderId,
  key: Schema.optional(Schema.NonEmptyString),
  arms: Arms,
  coverage: Schema.optional(Share),
  namespace: Schema.optional(Schema.Struct({ name: Schema.NonEmptyString, range: Range })),
  holdout: Schema.optional(Schema.Struct({ name: Schema.NonEmptyString, share: Share })),
  overrides: Schema.optional(Schema.Record(Schema.NonEmptyString, ProviderId)),
  otherwise: Schema.optional(ProviderId),
  sticky: Schema.optional(Schema.Boolean)
}).check(
  Schema.makeFilter((config) => misweighed(config)),
  Schema.makeFilter(({ arms, overrides = {} }) => {
    const names = arms.map(({ member }) => member)
    const stray = Object.entries(overrides).find(([, arm]) => !names.includes(arm))
    return stray === undefined
      ? undefined
      : { path: ["overrides"], issue: `Expected an arm, one of ${names.join(", ")}, got ${stray[1]}` }
  })
)
