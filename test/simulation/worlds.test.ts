import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Coverage from "./Coverage.ts"
import * as Fault from "./Fault.ts"
import * as Run from "./Run.ts"
import * as World from "./World.ts"

/** One world to see again, if the environment names it. */
const seed = process.env["PRICEPORT_SIMULATION_SEED"]

/** How many worlds of at least 100 calls: `pnpm test:long` lives through ten times as many. */
const worlds = process.env["PRICEPORT_TEST_LONG"] === "1" ? 10_000 : 1_000

/** What 1,000 worlds must have seen, and how often at least. */
const least: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.keys(Fault.kinds).map((kind) => [`vendor ${kind}`, 100])),
  ...Object.fromEntries(
    [
      "Unavailable",
      "RateLimited",
      "Transport",
      "Unauthorized",
      "Forbidden",
      "NotFound",
      "Rejected",
      "InvalidResponse",
      "Timeout",
      "CircuitOpen",
      "InvalidRequest",
      "defect",
      "interrupted"
    ].map((outcome) => [`outcome ${outcome}`, 100])
  ),
  "source live": 10_000,
  "source cache": 5_000,
  "source stale": 5_000,
  "source bundled": 2_000,
  "attempt answered": 10_000,
  "attempt cut": 1_000,
  "attempt died": 100,
  "answered after a retry": 100,
  "answered at the deadline": 1_000,
  "circuit closed -> open": 300,
  "circuit open -> half-open": 300,
  "circuit half-open -> open": 300,
  "circuit half-open -> closed": 100,
  "held back while open": 1_000,
  "held back while half-open": 20,
  "held back by Retry-After": 300,
  "cache hits": 5_000,
  "cache stale": 5_000,
  "stale if error": 1_000,
  "cache refusals": 1_000,
  "cache misses": 10_000,
  "cache joined": 5_000,
  "cache bypassed": 1_000,
  "cache evictions": 1_000,
  "a hung lookup replaced": 50,
  "a caller gave up": 1_000,
  "closed while callers wait": 20,
  "forgotten": 1_000,
  "forgotten while asking": 100,
  "log in": 300,
  "log out": 300,
  "change locale": 300,
  "change attributes": 300,
  "change profile": 300,
  "change address": 300,
  "change country": 300,
  "prefetch done": 300,
  "prefetch Unsupported": 300,
  "purchase validated": 100,
  "purchase Unsupported": 100,
  "purchase Unattributable": 50,
  "impression Recorded": 50,
  "impression ImplicitOnFetch": 100,
  "impression NotCounted": 100
}

const all = () =>
  it.live(`hold in all of ${worlds} seeds, and have seen everything`, () =>
    Effect.gen(function*() {
      const { broken, calls, coverage, worlds: lived } = yield* Run.worlds(Run.range(1, worlds))
      if (broken !== undefined) assert.fail(Run.describe(broken))
      assert.isAtLeast(lived, 1_000)
      assert.isAtLeast(calls, 100 * worlds)
      assert.deepStrictEqual(Coverage.missing(coverage, least), [])
    }).pipe(Run.withoutStackTraces))

const one = (seed: number) =>
  it.live(`hold with seed ${seed}`, () =>
    Effect.gen(function*() {
      const { broken } = yield* Run.worlds([seed])
      if (broken !== undefined) assert.fail(Run.describe(broken))
    }))

describe("simulated worlds", () => {
  if (seed === undefined) all()
  else one(Number(seed))

  it.live("are the same again for the same seed, and others for another", () =>
    Effect.gen(function*() {
      const hashOf = (seed: number) =>
        Effect.map(World.live({ seed, coverage: Coverage.make() }), (report) => report.hash())
      const first = yield* Effect.forEach(Run.range(1, 25), hashOf)
      const second = yield* Effect.forEach(Run.range(1, 25), hashOf)
      assert.deepStrictEqual(second, first)
      assert.strictEqual(new Set(first).size, 25)
    }))
})
