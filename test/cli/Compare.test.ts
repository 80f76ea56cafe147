import { assert, describe, it } from "@effect/vitest"
import * as SqliteRouting from "@priceport/compare/SqliteRouting"
import { Effect } from "effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { reason, run } from "./InProcess.ts"

const plan = {
  experiment: "botsi-or-corrily",
  arms: [{ arm: "botsi", weight: 0.5 }, { arm: "corrily", weight: 0.5 }],
  control: "botsi",
  currency: "USD",
  primary: "conversion",
  cap: 120,
  horizon: { _tag: "sequence", target: 40_000 }
}

const experiment = {
  _tag: "Experiment",
  id: "botsi-or-corrily",
  arms: [{ member: "botsi", weight: 0.5 }, { member: "corrily", weight: 0.5 }]
}

const migration = { _tag: "Migration", id: "leaving", from: "botsi", to: "corrily" }

const outcome = (transactionId: string, more: object = {}) => ({
  customer: "user-1",
  kind: "conversion",
  amount: "9.99",
  currency: "USD",
  at: "2026-11-02T10:00:00.000Z",
  transactionId,
  ...more
})

/** A folder of its own with these files, JSON or text, and a ledger that has the plan if it is to be there. */
const inFolder = Effect.fnUntraced(function*(files: Record<string, unknown>, hasLedger: boolean) {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "priceport-compare-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )
  const at = (name: string) => join(folder, name)
  for (const [name, content] of Object.entries({ "plan.json": plan, ...files })) {
    writeFileSync(at(name), typeof content === "string" ? content : JSON.stringify(content))
  }
  const options = { env: { PRICEPORT_LEDGER: at("ledger.sqlite") } }
  if (hasLedger) assert.strictEqual((yield* run(["compare", "plan", at("plan.json")], options)).code, 0)
  return { at, options }
})

const document = (args: ReadonlyArray<string>, options: Parameters<typeof run>[1]) =>
  Effect.map(run([...args, "--json"], options), ({ code, stderr, stdout }) => {
    assert.deepStrictEqual([code, stderr], [0, ""])
    return JSON.parse(stdout)
  })

describe("priceport compare plan", () => {
  it.effect("stores a plan with what stands unless set, and shows it", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({}, false)
      const stored = yield* document(["compare", "plan", at("plan.json")], options)
      assert.deepInclude(stored.plan, { ...plan, alpha: 0.05, contamination: 0.05 })
      assert.isTrue(stored.storedBefore)
      assert.deepStrictEqual(yield* document(["compare", "plan", "--experiment", plan.experiment], options), stored)
    }))

  it.effect("says which member of a plan is wrong, and makes no ledger out of it", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({ "plan.json": { ...plan, control: "nobody" } }, false)
      const { _tag, field } = yield* reason(["compare", "plan", at("plan.json")], options)
      assert.deepStrictEqual([_tag, field], ["InvalidPlan", "control"])
    }))

  it.effect("names a file that holds no JSON, and nothing of what is in it", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({ "plan.json": "secret-thing" }, false)
      const refused = yield* reason(["compare", "plan", at("plan.json")], options)
      assert.deepInclude(refused, { _tag: "InvalidRequest", field: "plan" })
      assert.notInclude(JSON.stringify(refused), "secret-thing")
    }))

  it.effect("says how many customers and days a plan takes, and stores nothing in a dry run", () =>
    Effect.gen(function*() {
      const power = { lift: 0.2, power: 0.8 }
      const fixed = { ...plan, power, horizon: { _tag: "fixed", customers: 16_000 } }
      const { at } = yield* inFolder({ "fixed.json": fixed, "sequence.json": { ...plan, power } }, false)
      const ask = (
        file: string,
        rate = "0.05"
      ) => ["compare", "plan", at(file), "--dry-run", "--rate", rate, "--per-day", "1000"]
      // (z(0.975) + z(0.8))^2 (p1 q1 + p2 q2) / (p1 - p2)^2 in each arm, as textbooks have it.
      const each = (1.959964 + 0.841621) ** 2 * (0.05 * 0.95 + 0.06 * 0.94) / 0.01 ** 2
      const { needs, storedAt } = yield* document(ask("fixed.json"), {})
      assert.isUndefined(storedAt)
      assert.closeTo(needs.customers, 2 * each, 5)
      assert.strictEqual(needs.days, Math.ceil(needs.customers / 1000))
      const often = yield* document(ask("sequence.json"), {})
      assert.isAbove(often.needs.customers, needs.customers)
      assert.deepInclude(yield* reason(ask("fixed.json", "1.5")), { _tag: "InvalidRequest", field: "rate" })
      assert.deepInclude(yield* reason(ask("plan.json")), { _tag: "InvalidRequest", field: "plan" })
    }))

  it.effect("needs a file or an experiment, not both, and a ledger", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* run(["compare", "plan"])).code, 2)
      assert.strictEqual((yield* run(["compare", "plan", "a.json", "--experiment", "e"])).code, 2)
      const refused = yield* reason(["compare", "plan", "a.json"])
      assert.deepInclude(refused, { _tag: "InvalidRequest", field: "PRICEPORT_LEDGER" })
    }))
})

describe("priceport compare ingest", () => {
  it.effect("records a file once, however often it is given, and in either form", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({
        "a.ndjson": `${JSON.stringify(outcome("t1"))}\n${JSON.stringify(outcome("t2"))}\n`,
        "a.csv":
          "transactionId,customer,kind,amount,currency,at\nt2,user-1,conversion,9.99,USD,2026-11-02T10:00:00.000Z\n"
      }, true)
      const none = { rejected: 0, rejects: [] }
      assert.deepStrictEqual(
        yield* document(["compare", "ingest", at("a.ndjson")], options),
        { lines: 2, recorded: 2, known: 0, ...none }
      )
      assert.deepStrictEqual(
        yield* document(["compare", "ingest", at("a.csv")], options),
        { lines: 1, recorded: 0, known: 1, ...none }
      )
      const stdin = readFileSync(at("a.csv"), "utf8")
      assert.deepStrictEqual(
        yield* document(["compare", "ingest", "-", "--format", "csv"], { ...options, stdin }),
        { lines: 1, recorded: 0, known: 1, ...none }
      )
    }))

  it.effect("records nothing of a file with a bad line, or with --skip-bad what is good", () =>
    Effect.gen(function*() {
      const text = `${JSON.stringify(outcome("t1"))}\n${JSON.stringify(outcome("t2", { amount: "-1" }))}\n`
      const { at, options } = yield* inFolder({ "a.ndjson": text }, true)
      const { _tag, count, rejects } = yield* reason(["compare", "ingest", at("a.ndjson")], options)
      assert.deepStrictEqual([_tag, count, rejects[0].line, rejects[0].field], ["BadLines", 1, 2, "amount"])
      const { recorded, rejected } = yield* document(["compare", "ingest", at("a.ndjson"), "--skip-bad"], options)
      assert.deepStrictEqual([recorded, rejected], [1, 1])
    }))

  it.effect("makes no ledger of a slip of the pen", () =>
    Effect.gen(function*() {
      const { at } = yield* inFolder({ "a.ndjson": JSON.stringify(outcome("t1")) }, false)
      const refused = yield* reason(["compare", "ingest", at("a.ndjson"), "--ledger", at("ledgr.sqlite")])
      assert.strictEqual(refused._tag, "LedgerError")
      assert.throws(() => readFileSync(at("ledgr.sqlite")))
    }))
})

describe("priceport compare report", () => {
  it.effect("tells the verdict in words, and writes the page", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({}, true)
      const { code, stderr, stdout } = yield* run(["compare", "report", "--html", at("report.html")], options)
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^No verdict yet\nThere is too little data/)
      assert.include(stdout, `Written: ${at("report.html")}`)
      assert.include(readFileSync(at("report.html"), "utf8"), "No verdict yet")
    }))

  it.effect("prints all of it as JSON", () =>
    Effect.gen(function*() {
      const { options } = yield* inFolder({}, true)
      const report = yield* document(["compare", "report", "--since", "2026-11-01"], options)
      assert.deepInclude(report, { version: 1, experiment: plan.experiment, since: "2026-11-01T00:00:00.000Z" })
    }))

  it.effect("refuses what it cannot know or write", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({}, true)
      const unknown = yield* reason(["compare", "report", "--experiment", "other"], options)
      assert.deepInclude(unknown, { _tag: "UnknownExperiment", known: [plan.experiment] })
      const unwritable = yield* reason(["compare", "report", "--html", at("no/such/folder.html")], options)
      assert.deepInclude(unwritable, { _tag: "InvalidRequest", field: "html" })
      assert.strictEqual((yield* run(["compare", "report", "--since", "yesterday"], options)).code, 2)
    }))
})

describe("priceport assign", () => {
  it.effect("assigns by the hash as the router does, and keeps what a ledger kept", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({ "e.json": experiment }, true)
      const ask = ["assign", "--experiment", at("e.json"), "--customer", "user-1"]
      const assigned = yield* document(ask, {})
      assert.deepInclude(assigned, { experiment: "botsi-or-corrily", _tag: "Assigned", unit: "user-1", by: "hash" })
      const other = assigned.arm === "botsi" ? "corrily" : "botsi"
      yield* Effect.scoped(Effect.flatMap(
        SqliteRouting.make({ filename: at("ledger.sqlite") }),
        ({ keptAssignments }) => keptAssignments.put("botsi-or-corrily", "user-1", other)
      ))
      assert.deepInclude(yield* document(ask, options), { arm: other, by: "kept" })
      assert.deepInclude(yield* document(ask, {}), { arm: assigned.arm, by: "hash" })
    }))

  it.effect("finds the experiment among routers, and says what is wrong with a configuration", () =>
    Effect.gen(function*() {
      const { at } = yield* inFolder({
        "routers.json": { _tag: "Routers", serve: "botsi-or-corrily", routers: [experiment] },
        "plan.json": plan
      }, false)
      const found = yield* document(["assign", "--experiment", at("routers.json"), "--profile-id", "botsi=p1"], {})
      assert.deepInclude(found, { unit: "botsi:p1" })
      const refused = yield* reason(["assign", "--experiment", at("plan.json"), "--customer", "user-1"])
      assert.strictEqual(refused._tag, "RoutingError")
      assert.strictEqual((yield* run(["assign", "--experiment", at("routers.json")])).code, 2)
    }))
})

describe("priceport migrate", () => {
  it.effect("goes on, is held by its gates, goes on by force, and back", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({ "m.json": migration }, true)
      const config = ["--config", at("m.json")]
      assert.deepInclude(yield* document(["migrate", "status", ...config], options), {
        migration: "leaving",
        stage: { _tag: "Off" },
        next: { _tag: "Shadow" }
      })
      const step = ["migrate", "advance", ...config, "--by", "ada"]
      assert.deepStrictEqual((yield* document(step, options)).stage, { _tag: "Shadow" })
      assert.strictEqual((yield* reason(step, options))._tag, "AdvanceRefused")
      assert.strictEqual((yield* document([...step, "--force"], options)).stage._tag, "Ramp")
      const back = yield* document(["migrate", "rollback", ...config, "--by", "ada", "--why", "a test"], options)
      assert.deepStrictEqual(back.stage, { _tag: "RolledBack" })
      assert.include((yield* run(["migrate", "status", ...config], options)).stdout, "RolledBack: leaving")
    }))

  it.effect("needs a name for the log, and a configuration that is one", () =>
    Effect.gen(function*() {
      const { at, options } = yield* inFolder({ "m.json": { ...migration, to: "botsi" } }, true)
      assert.strictEqual((yield* run(["migrate", "advance", "--config", at("m.json")], options)).code, 2)
      assert.strictEqual((yield* reason(["migrate", "status", "--config", at("m.json")], options))._tag, "RoutingError")
    }))
})
