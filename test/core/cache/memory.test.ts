import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as ChildProcess from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Report } from "./memoryProcess.ts"

const MiB = 1024 ** 2

/**
 * Passes customers through a cache in a process of its own. V8 tidies up late where nothing makes it, most of all on a busy
 * machine: what it may take is bounded here, so that what is seen is what the cache keeps, and a leak ends the process.
 */
const pass = (vendor: "botsi" | "corrily", stack: "cache" | "harden", customers: number): Effect.Effect<Report> =>
  Effect.callback((resume) => {
    const program = fileURLToPath(new URL("./memoryProcess.ts", import.meta.url))
    const flags = ["--expose-gc", "--max-semi-space-size=8", "--max-old-space-size=160"]
    const child = ChildProcess.execFile(
      process.execPath,
      [...flags, program, vendor, stack, String(customers)],
      (error, stdout, stderr) => resume(error === null ? Effect.sync(() => JSON.parse(stdout)) : Effect.die(stderr))
    )
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

/** The heap of a process whose first quarter of customers filled the cache grows no more. */
const isFlat = ({ heap }: Report): void => {
  const least = (quarter: number) => Math.min(...heap.slice(quarter * 4, quarter * 4 + 4))
  assert.lengthOf(heap, 16)
  assert.isAtMost(least(3), least(1) * 1.05)
}

const told = (report: Report): void => {
  const { customers, empty, heap, ms, peak, stats: { bytes, entries } } = report
  const weight = heap.at(-1)! - empty
  console.log({
    customers,
    microsecondsEach: Math.round(1000 * ms / customers),
    peakMiB: Math.round(peak / MiB),
    heapMiB: heap.map((used) => Math.round(used / MiB)).join(" "),
    entries,
    heapPerEntry: Math.round(weight / entries),
    heapPerEstimatedByte: Number((weight / bytes).toFixed(2))
  })
}

describe("PaywallCache, in a process of its own", () => {
  it.live("stays as large as 10,000 entries while 1,000,000 customers of Botsi pass", () =>
    Effect.gen(function*() {
      const report = yield* pass("botsi", "cache", 1_000_000)
      told(report)
      isFlat(report)
      assert.isBelow(report.peak, 300 * MiB)
      assert.deepInclude(report.stats, {
        entries: 10_000,
        misses: 1_000_000,
        lookups: 1_000_000,
        evictions: 990_000,
        hits: 0,
        inFlight: 0,
        failures: 0
      })
      assert.isAtMost(report.bytesAtMost, 64 * MiB)
    }), { concurrent: true, timeout: 900_000 })

  it.live("does so within the whole recommended stack, with 100,000 customers", () =>
    Effect.gen(function*() {
      const report = yield* pass("botsi", "harden", 100_000)
      told(report)
      isFlat(report)
      assert.isBelow(report.peak, 300 * MiB)
      assert.deepInclude(report.stats, { entries: 10_000, misses: 100_000, evictions: 90_000, inFlight: 0 })
      assert.isAtMost(report.bytesAtMost, 64 * MiB)
    }), { concurrent: true, timeout: 900_000 })

  it.live(
    "stays within 64 MiB of large pages of Corrily, by evicting, and the heap within that too",
    () =>
      Effect.gen(function*() {
        const report = yield* pass("corrily", "cache", 3200)
        told(report)
        isFlat(report)
        const { bytes, entries, evictions, misses } = report.stats
        assert.isAtMost(report.bytesAtMost, 64 * MiB)
        assert.isAbove(bytes, 60 * MiB)
        assert.isBelow(entries, 1000)
        assert.strictEqual(entries + evictions, misses)
        assert.isAtMost(report.heap.at(-1)! - report.empty, 64 * MiB)
      }),
    300_000
  )
})
