import { Pricing } from "@priceport/core"
import { Effect, Exit, Layer, Metric, Random, References, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Application from "./Application.ts"
import type * as Coverage from "./Coverage.ts"
import type * as EventLog from "./EventLog.ts"
import * as Fault from "./Fault.ts"
import * as Hash from "./Hash.ts"
import type * as Prng from "./Prng.ts"
import * as Setup from "./Setup.ts"
import { audit, violate, type Violation } from "./Stage.ts"
import type * as Vendor from "./Vendor.ts"

/**
 * - `calls`: how many `getPaywall` calls at least, 100 unless set.
 * - `make`: makes the stack, `Pricing.make` unless set.
 */
export interface Options {
  readonly seed: number
  readonly coverage: Coverage.Coverage
  readonly calls?: number
  readonly make?: typeof Pricing.make
}

/** What became of a world. */
export interface Report {
  readonly seed: number
  readonly calls: number
  readonly steps: number
  /** Of all that happened. */
  readonly hash: () => string
  readonly violation: Violation | undefined
  readonly lastLines: ReadonlyArray<string>
}

/** Lives through one world, which is the same whenever it is the same seed. */
export const live = (options: Options): Effect.Effect<Report> => {
  let fibers = 0
  return program(options, () => fibers).pipe(
    Effect.provideService(References.TracerEnabled, false),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provideService(Metric.FiberRuntimeMetrics, {
      recordFiberStart: () => void fibers++,
      recordFiberEnd: () => void fibers--
    }),
    Random.withSeed(options.seed),
    // A busy machine must not change what happens.
    Effect.provide(Layer.merge(TestClock.layer({ warningDelay: "1 hour" }), Hash.layer))
  )
}

const program = Effect.fnUntraced(function*({ calls = 100, coverage, make, seed }: Options, fibers: () => number) {
  const stage = yield* Setup.make(seed, coverage, make ?? Pricing.make)
  const { facts, log, pricing, random, scope, violations, visitors, waiting } = stage
  const { vendor } = facts
  const before = fibers()
  let steps = 0

  while (stage.calls < calls && violations.length === 0) {
    steps++
    if (random.chance(0.3)) Object.assign(vendor, turn(random, log))
    const visitor = random.pick(visitors)
    if (random.chance(0.7)) Application.act(stage, visitor)
    for (let left = random.between(2, 9); left > 0; left--) {
      Application.call(stage, random.chance(0.5) ? visitor : undefined)
    }
    if (random.chance(0.3)) Application.interrupt(stage)
    yield* settle
    yield* TestClock.adjust(pause(random))
    yield* settle
    audit(stage, yield* pricing.stats)
  }

  if (violations.length === 0) {
    if (random.chance(0.15)) {
      for (let left = 3; left > 0; left--) Application.call(stage)
      if (waiting.size > 0) coverage.add("closed while callers wait")
      facts.open = false
      log.add(`${facts.vendor.attempts} attempts, and the application ends`)
      yield* Scope.close(scope, Exit.void)
      yield* settle
      const left = Array.from(vendor.running).filter(({ keyless }) => !keyless)
      if (left.length > 0) violate(stage, "leavesNothingRunning", `${left.length} lookups are running`)
    }
    yield* TestClock.adjust("30 seconds")
    yield* settle
    const stats = yield* pricing.stats
    audit(stage, stats)
    for (const name of ["hits", "stale", "refusals", "misses", "joined", "bypassed", "evictions"] as const) {
      coverage.add(`cache ${name}`, stats[name])
    }
    if (waiting.size > 0) violate(stage, "nobodyWaitsForEver", `${waiting.size} calls are waiting still`)
    yield* Scope.close(scope, Exit.void)
    yield* settle
    if (vendor.running.size > 0) violate(stage, "leavesNothingRunning", `${vendor.running.size} attempts are running`)
    if (fibers() !== before) violate(stage, "leavesNothingRunning", `${fibers() - before} fibers are left`)
    const { attempts } = vendor
    yield* TestClock.adjust("2 hours")
    if (vendor.attempts !== attempts) violate(stage, "leavesNothingRunning", "the vendor was asked after the end")
  } else yield* Scope.close(scope, Exit.void)

  return {
    seed,
    calls: stage.calls,
    steps,
    hash: log.hash,
    violation: violations[0],
    lastLines: log.last(25)
  }
})

/** The vendor changes. */
const turn = (random: Prng.Prng, log: EventLog.EventLog): Pick<Vendor.Vendor, "kind" | "prices"> => {
  const kind = random.weighted(Fault.weights)
  const prices = kind === "repriced" ? random.between(1, 99) : 9
  log.add(`the vendor is ${kind}, ${prices}`)
  return { kind, prices }
}

/** How long nothing happens, in milliseconds. */
const pause = (random: Prng.Prng): number => {
  switch (random.weighted({ instant: 2, brief: 4, seconds: 5, minutes: 3, hours: 1, days: 0.3 })) {
    case "instant":
      return random.between(0, 5)
    case "brief":
      return random.between(10, 400)
    case "seconds":
      return random.between(500, 8_000)
    case "minutes":
      return random.between(10_000, 1_800_000)
    case "hours":
      return random.between(1, 8) * 3_600_000
    case "days":
      return random.between(1, 20) * 86_400_000
  }
}

/** Lets everything that can go on without the clock go on. */
const settle = Effect.forEach(Array.from({ length: 6 }), () => Effect.yieldNow, { discard: true })
