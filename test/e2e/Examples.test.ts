import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
import { promisify } from "node:util"

const run = promisify(execFile)

const numbers = readdirSync("examples").flatMap((file) => file.match(/^(\d+)-/)?.[1] ?? [])

/** What each must have said, so that an example that does nothing is not taken for one that works. */
const expected: Record<string, RegExp> = {
  "01": /impression: Recorded/,
  "02": /impression: ImplicitOnFetch[^]*the old paywall's purchase went to botsi/,
  "03": /offers: premium_monthly/,
  "04": /source: cache[^]*source: bundled \(Transport\)/,
  "05": /killed after 25 reports[^]*60 accepted, Botsi has 60/,
  "06":
    /ada: botsi[^]*cache, itself, repriced: false[^]*grace: corrily[^]*live, for botsi[^]*is back[^]*grace: corrily[^]*alan: botsi/,
  "07":
    /^corrily is ahead of botsi: [\d.]+ % more revenue per customer\n[^]*95 % interval from [^]*the whole report: .+report\.html/,
  "08":
    /Shadow: 0 % on corrily[^]*Ramp: 50 %[^]*corrily is down, stepped back to Shadow[^]*Complete: 100 % on corrily[^]*the old paywall's purchase went to botsi/,
  "09":
    /outcome="NotFound"[^]*source="bundled"[^]*the collector got [1-9]\d* spans, [1-9]\d* metrics, [1-9]\d* log records/
}

describe.concurrent("examples", () => {
  it.each(numbers)("example %s runs", async (number) => {
    const { stderr, stdout } = await run(process.execPath, ["examples/run.ts", number])
    assert.match(stdout, expected[number] ?? assert.fail(`say what example ${number} must print`))
    assert.strictEqual(stderr, "")
  })
})
