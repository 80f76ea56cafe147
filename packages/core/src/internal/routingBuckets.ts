import type { Range } from "../routing/Assignment.ts"

/** All positions that a hash can have. */
const count = 10_000

/** Whose each position is; nobody's is -1. */
type Owners = Int32Array

/** The first bucket whose position is not below a number. */
const bucketOf = (position: number): number => {
  const near = Math.min(count, Math.max(0, Math.floor(position * count) - 1))
  let bucket = near
  while (bucket < count && bucket / count < position) bucket++
  return bucket
}

/** Whose position each is. Where ranges overlap, the first has it. */
export const fromRanges = (ranges: ReadonlyArray<ReadonlyArray<Range>>): { owners: Owners; arms: number } => {
  const owners = new Int32Array(count).fill(-1)
  ranges.forEach((parts, arm) => {
    for (const [from, to] of parts) {
      for (let bucket = bucketOf(from); bucket < bucketOf(to); bucket++) {
        if (owners[bucket] === -1) owners[bucket] = arm
      }
    }
  })
  return { owners, arms: ranges.length }
}

/** The ranges of each arm, those side by side as one. */
export const toRanges = ({ arms, owners }: { owners: Owners; arms: number }): ReadonlyArray<ReadonlyArray<Range>> => {
  const ranges: Array<Array<Range>> = Array.from({ length: arms }, () => [])
  let start = 0
  for (let bucket = 1; bucket <= count; bucket++) {
    if (bucket < count && owners[bucket] === owners[start]) continue
    const owner = owners[start]!
    if (owner >= 0) ranges[owner]!.push([start / count, bucket / count])
    start = bucket
  }
  return ranges
}

/** Takes from the arms that are too large and gives to those that are too small; what nobody has is given last. */
export const reweigh = (
  { arms, owners: before }: { owners: Owners; arms: number },
  weights: ReadonlyArray<number>,
  coverage: number
): { owners: Owners; arms: number } => {
  const owners = Int32Array.from(before)
  const sizes = Array.from({ length: Math.max(arms, weights.length) }, () => 0)
  for (const owner of owners) if (owner >= 0) sizes[owner]!++
  const targets = targetsOf(sizes, sizes.map((_, arm) => coverage * (weights[arm] ?? 0)))
  const missing = (arm: number) => targets[arm]! - sizes[arm]!

  const take = (bucket: number, arm: number) => {
    const owner = owners[bucket]!
    if (owner >= 0) sizes[owner]!--
    if (arm >= 0) sizes[arm]!++
    owners[bucket] = arm
  }
  /** What adjoins the arm comes first, so that its ranges stay few. */
  const grow = (arm: number, isFree: (owner: number) => boolean) => {
    for (let bucket = 1; bucket < count && missing(arm) > 0; bucket++) {
      if (owners[bucket - 1] === arm && isFree(owners[bucket]!)) take(bucket, arm)
    }
    for (let bucket = count - 2; bucket >= 0 && missing(arm) > 0; bucket--) {
      if (owners[bucket + 1] === arm && isFree(owners[bucket]!)) take(bucket, arm)
    }
    for (let bucket = 0; bucket < count && missing(arm) > 0; bucket++) {
      if (isFree(owners[bucket]!)) take(bucket, arm)
    }
  }
  const isSpare = (owner: number) => owner >= 0 && missing(owner) < 0
  const isNobodys = (owner: number) => owner === -1

  sizes.forEach((_, arm) => grow(arm, isSpare))
  sizes.forEach((_, arm) => grow(arm, isNobodys))
  for (let bucket = count - 1; bucket >= 0; bucket--) if (isSpare(owners[bucket]!)) take(bucket, -1)
  return { owners, arms: sizes.length }
}

/** How many buckets each arm gets: its share, rounded to the side where it is now, and all of them together rightly. */
const targetsOf = (sizes: ReadonlyArray<number>, shares: ReadonlyArray<number>): ReadonlyArray<number> => {
  const exact = shares.map((share) => Number((share * count).toFixed(6)))
  const targets = exact.map((size, arm) => Math.min(Math.ceil(size), Math.max(Math.floor(size), sizes[arm]!)))
  const total = Math.min(count, Math.round(exact.reduce((sum, size) => sum + size, 0)))
  let surplus = targets.reduce((sum, size) => sum + size, 0) - total
  const byRemainder = exact.map((size, arm) => ({ arm, size })).toSorted((a, b) => a.size % 1 - b.size % 1)
  for (const { arm, size } of byRemainder) {
    if (surplus > 0 && targets[arm]! > Math.floor(size)) {
      targets[arm]!--
      surplus--
    }
  }
  for (const { arm, size } of byRemainder.toReversed()) {
    if (surplus < 0 && targets[arm]! < Math.ceil(size)) {
      targets[arm]!++
      surplus++
    }
  }
  return targets
}
