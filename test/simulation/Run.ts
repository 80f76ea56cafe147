import { Effect } from "effect"
import * as Coverage from "./Coverage.ts"
import * as World from "./World.ts"

/** What became of many worlds, up to the first that broke. */
export interface Run {
  readonly worlds: number
  readonly calls: number
  readonly coverage: Coverage.Coverage
  readonly broken: World.Report | undefined
}

/** Lives through the worlds of these seeds, one after the other. */
export const worlds = Effect.fnUntraced(function*(
  seeds: Iterable<number>,
  options?: Omit<World.Options, "seed" | "coverage">
): Effect.fn.Return<Run> {
  const coverage = Coverage.make()
  const run = { worlds: 0, calls: 0, coverage }
  for (const seed of seeds) {
    const report = yield* World.live({ ...options, seed, coverage })
    run.worlds++
    run.calls += report.calls
    if (report.violation !== undefined) return { ...run, broken: report }
  }
  return { ...run, broken: undefined }
})

/** The whole numbers from one to the other, both included. */
export const range = (first: number, last: number): ReadonlyArray<number> =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** Says what broke, when, and how to see it again. */
export const describe = ({ lastLines, seed, steps, violation }: World.Report): string =>
  [
    `the world of seed ${seed} broke in step ${steps}: ${violation?.invariant}: ${violation?.detail}`,
    "see it again:",
    `  PRICEPORT_SIMULATION_SEED=${seed} pnpm test --project simulation test/simulation/worlds.test.ts`,
    "what happened last, in milliseconds since 1970:",
    ...lastLines.map((line) => `  ${line}`)
  ].join("\n")

/** Runs without stack traces: they cost a fifth of a run, and nobody reads those of a vendor's failures. */
export const withoutStackTraces = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const limit = Error.stackTraceLimit
      Error.stackTraceLimit = 0
      return limit
    }),
    () => effect,
    (limit) => Effect.sync(() => void (Error.stackTraceLimit = limit))
  )
