import * as Result from "effect/Result"
import type { LatencyCount } from "../Ledger.ts"
import type { Latency } from "../Report.ts"
import * as Histogram from "../statistics/Histogram.ts"

/** How many buckets of the ledger make a bin of the report: each ends about a quarter later than the one before. */
const width = 6

export const latency = (counts: ReadonlyArray<LatencyCount>): ReadonlyArray<Latency> =>
  Array.from(Map.groupBy(counts, ({ provider }) => provider), ([provider, own]) => {
    const histogram = new Map(own.map(({ bucket, count }) => [bucket, count]))
    const quantile = (share: number) => Result.getOrUndefined(Histogram.quantile(histogram, share))
    const [p50, p95, p99] = [quantile(0.5), quantile(0.95), quantile(0.99)]
    return {
      provider,
      answers: own.reduce((sum, { count }) => sum + count, 0),
      ...p50 !== undefined && { p50 },
      ...p95 !== undefined && { p95 },
      ...p99 !== undefined && { p99 },
      bins: bins(own)
    }
  })

/** The first one holds all up to a millisecond, those between are there even if empty. */
const bins = (counts: ReadonlyArray<LatencyCount>): Latency["bins"] => {
  const merged = new Map<number, number>()
  for (const { bucket, count } of counts) {
    const bin = Math.max(0, Math.ceil(bucket / width))
    merged.set(bin, (merged.get(bin) ?? 0) + count)
  }
  const [first, last] = [Math.min(...merged.keys()), Math.max(...merged.keys())]
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    from: edge(first + index - 1),
    to: edge(first + index),
    count: merged.get(first + index) ?? 0
  }))
}

const edge = (bin: number): number => bin < 0 ? 0 : Histogram.ratio ** (bin * width)
