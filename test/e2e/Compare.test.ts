import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { failure, json, run } from "./Priceport.ts"

const plan = {
  experiment: "botsi-or-corrily",
  arms: [{ arm: "botsi", weight: 0.5 }, { arm: "corrily", weight: 0.5 }],
  control: "botsi",
  currency: "USD",
  primary: "conversion",
  cap: 120,
  horizon: { _tag: "sequence", target: 40_000 }
}

const outcome = {
  customer: "user-1",
  kind: "conversion",
  amount: "9.99",
  currency: "USD",
  at: "2026-11-02T10:00:00.000Z",
  transactionId: "t1"
}

describe("priceport compare", () => {
  it.effect("goes from a plan to a page in processes of their own, without a bar where nobody looks", () =>
    Effect.gen(function*() {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "priceport-compare-"))),
        (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
      )
      const page = join(folder, "report.html")
      writeFileSync(join(folder, "plan.json"), JSON.stringify(plan))
      const env = { PRICEPORT_LEDGER: join(folder, "ledger.sqlite") }

      const stored = yield* json(["compare", "plan", join(folder, "plan.json")], { env })
      assert.strictEqual(stored.document.plan.experiment, plan.experiment)
      const stdin = `${JSON.stringify(outcome)}\n`
      const ingested = yield* json(["compare", "ingest", "-"], { env, stdin })
      assert.deepInclude(ingested.document, { recorded: 1, known: 0 })
      const other = `${JSON.stringify({ ...outcome, amount: "19.99" })}\n`
      const conflict = yield* run(["compare", "ingest", "-", "--json"], { env, stdin: other })
      assert.strictEqual(conflict.code, 1)
      assert.deepInclude(JSON.parse(conflict.stdout), { recorded: 0, rejected: 1 })
      const skipped = yield* json(["compare", "ingest", "-", "--skip-bad"], { env, stdin: other })
      assert.deepInclude(skipped.document, { recorded: 0, rejected: 1 })

      const { code, stderr, stdout } = yield* run(["compare", "report", "--html", page], { env })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^No verdict yet\n/)
      assert.match(readFileSync(page, "utf8"), /^<!doctype html>[^]*<\/html>\n$/)
    }))

  it.effect("assigns nobody who has no name", () =>
    Effect.gen(function*() {
      const stdin = JSON.stringify({
        _tag: "Experiment",
        id: "either",
        arms: [{ member: "botsi", weight: 0.5 }, { member: "corrily", weight: 0.5 }]
      })
      const error = yield* failure(["assign", "--experiment", "-", "--customer", ""], { stdin })
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field: "customer" })
    }))
})
