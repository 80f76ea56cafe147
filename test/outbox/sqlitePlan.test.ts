import { assert, describe, it } from "@effect/vitest"
import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { Effect } from "effect"
import { DatabaseSync } from "node:sqlite"
import { temporaryFolder } from "./store/Folder.ts"

/** The statements that a store prepares, each with SQLite's plan for it: what it reads, table by table. */
const plans = Effect.gen(function*() {
  const filename = `${yield* temporaryFolder}/outbox.db`
  const statements = new Set<string>()
  const { prepare } = DatabaseSync.prototype
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      DatabaseSync.prototype.prepare = function(sql, ...rest) {
        statements.add(sql)
        return prepare.call(this, sql, ...rest)
      }
    }),
    () => Effect.sync(() => void (DatabaseSync.prototype.prepare = prepare))
  )
  yield* SqliteStore.make({ filename })
  const db = new DatabaseSync(filename, { readOnly: true })
  return Array.from(statements, (sql) => ({
    sql: sql.replace(/\s+/g, " "),
    steps: /^\s*pragma/.test(sql)
      ? []
      : prepare.call(db, `explain query plan ${sql}`).all().map(({ detail }) => String(detail))
  }))
}).pipe(Effect.scoped)

const indexOf = (steps: ReadonlyArray<string>) =>
  steps.flatMap((step) => step.match(/^SEARCH entries USING (?:COVERING )?INDEX (\w+ \(.*\))/)?.[1] ?? [])

describe("SqliteStore", () => {
  it.effect("never reads all entries", () =>
    Effect.gen(function*() {
      const scans = (yield* plans).flatMap(({ sql, steps }) =>
        steps.filter((step) => /^SCAN entries(?! USING INDEX dead)/.test(step)).map((step) => `${step}: ${sql}`)
      )
      assert.lengthOf(scans, 1)
      assert.match(scans[0]!, /^SCAN entries USING INDEX ready: update entries set state = 'queued'/)
    }))

  it.effect("finds the oldest of each kind without looking at the others", () =>
    Effect.gen(function*() {
      const counts = (yield* plans).find(({ sql }) => sql.includes("as oldest"))
      assert.deepStrictEqual(indexOf(counts!.steps), ["oldest (lane=? AND kind=?)"])
    }))

  it.effect("finds who has something to hand out without looking at anybody else", () =>
    Effect.gen(function*() {
      const claims = (yield* plans).filter(({ sql }) => sql.startsWith("select customer from entries where lane = ?1"))
      assert.deepStrictEqual(claims.map(({ steps }) => indexOf(steps)), [
        ["passing (lane=? AND pass_at<?)"],
        ["ready (lane=? AND ready_at<?)"]
      ])
      for (const { steps } of claims) assert.notInclude(steps.join(), "TEMP B-TREE")
    }))
})
