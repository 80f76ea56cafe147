import { assert, describe, it } from "@effect/vitest"
import type { OutboxStore } from "@priceport/outbox"
import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { ConfigProvider, Effect, Exit, Layer, Scope } from "effect"
import { spawn } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { temporaryFolder } from "./store/Folder.ts"
import {
  append,
  claim,
  claimIds,
  delivered,
  handle,
  impression,
  known,
  plenty,
  purchase,
  replace,
  settle,
  start
} from "./store/Given.ts"

/** Runs a trial with the path of a file that is not there yet. */
const promise = (sentence: string, trial: (filename: string) => Effect.Effect<void, unknown, Scope.Scope>) =>
  it.live(
    sentence,
    () => Effect.scoped(Effect.flatMap(temporaryFolder, (folder) => trial(`${folder}/outbox.db`))),
    30_000
  )

/** Opens a file, does something, closes it again. */
const session = <A, E>(filename: string, use: (store: OutboxStore.Service) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(SqliteStore.make({ filename }), use))

const indexesOf = (filename: string) => {
  const db = new DatabaseSync(filename, { readOnly: true })
  const indexes = db.prepare("select name, sql from sqlite_schema where type = 'index' order by name").all()
  db.close()
  return indexes.map(({ name, sql }) => [name, sql])
}

const refusal = (filename: string) => Effect.flip(Effect.scoped(SqliteStore.make({ filename })))

describe("SqliteStore", () => {
  promise("has everything when it is opened again", (filename) =>
    Effect.gen(function*() {
      yield* session(filename, (store) =>
        Effect.gen(function*() {
          yield* append(store, purchase("a"), impression("b"), purchase("c"))
          const [a] = yield* claim(store, start, { limit: 1 })
          yield* settle(store, delivered(a!, start + 1, new Uint8Array([1, 2])))
          yield* store.note("key", new Uint8Array([3]), start)
        }))
      yield* session(filename, (store) =>
        Effect.gen(function*() {
          assert.deepInclude(yield* known(store, "a"), { state: "delivered", result: new Uint8Array([1, 2]) })
          assert.deepStrictEqual(yield* claimIds(store, start), ["b", "c"])
          assert.deepStrictEqual(yield* store.recall("key"), new Uint8Array([3]))
        }))
    }))

  promise("hands out at once what the last process had in its hands", (filename) =>
    Effect.gen(function*() {
      const customer = "one customer"
      const entries = [
        impression("i1", { customer }),
        impression("i2", { customer }),
        purchase("p", { customer })
      ]
      const [old] = yield* session(filename, (store) =>
        Effect.andThen(append(store, ...entries), claim(store, start, { batch: 100, leaseUntil: start * 2 })))
      yield* session(filename, (store) =>
        Effect.gen(function*() {
          assert.strictEqual((yield* known(store, "i1")).state, "queued")
          assert.strictEqual(yield* store.nextDueAt("botsi"), start)
          assert.deepStrictEqual(yield* store.settle([delivered(old!)]), ["i1"])
          assert.deepStrictEqual(yield* claimIds(store, start, { batch: 100 }), ["i1", "i2"])
        }))
    }))

  promise(
    "refuses a second writer, by whatever path, until the first has closed the file",
    (filename) =>
      Effect.gen(function*() {
        const first = yield* Scope.make()
        const store = yield* Scope.provide(SqliteStore.make({ filename }), first)
        const alias = `${filename}-alias`
        symlinkSync(filename, alias)
        for (const path of [filename, alias]) {
          const error = yield* refusal(path)
          assert.strictEqual(error.reason, "in-use")
          assert.match(
            error.detail,
            /outbox\.db is in use by another process, and only one may write it: stop that one/
          )
        }
        yield* append(store, impression("a"))
        yield* Scope.close(first, Exit.void)
        yield* session(alias, (again) => known(again, "a"))
      })
  )

  promise("refuses a second process until the first is killed", (filename) =>
    Effect.gen(function*() {
      const holder = yield* holding(filename)
      assert.strictEqual((yield* refusal(filename)).reason, "in-use")
      const { stderr } = yield* holder.kill
      assert.strictEqual(stderr, "")
      yield* session(filename, (store) => known(store, "from the other process"))
    }))

  promise("lets others look on while it writes, and change nothing", (filename) =>
    Effect.gen(function*() {
      const store = yield* SqliteStore.make({ filename })
      yield* append(store, impression("a"))
      const onlooker = yield* SqliteStore.makeReadOnly({ filename })
      yield* append(store, purchase("b"))
      assert.strictEqual((yield* known(onlooker, "b")).state, "queued")
      assert.lengthOf(yield* onlooker.counts, 2)
      const refused = yield* Effect.flip(onlooker.append([impression("c")], plenty))
      assert.deepInclude(refused, { reason: "unavailable", detail: "the file can only be read" })
      yield* append(store, impression("c"))
    }))

  promise("creates nothing where there is nothing to look at", (filename) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(SqliteStore.makeReadOnly({ filename }))
      assert.strictEqual(error.reason, "unavailable")
      assert.deepStrictEqual(readdirSync(filename.replace("/outbox.db", "")), [])
    }))

  promise(
    "keeps its files to their owner, and leaves none of the working ones behind",
    (filename) =>
      Effect.gen(function*() {
        const folder = filename.replace("/outbox.db", "")
        const modes = yield* session(filename, (store) =>
          Effect.as(
            append(store, impression("a")),
            Object.fromEntries(readdirSync(folder).map((file) => [file, statSync(`${folder}/${file}`).mode & 0o777]))
          ))
        assert.deepStrictEqual(modes, {
          "outbox.db": 0o600,
          "outbox.db-lock": 0o600,
          "outbox.db-shm": 0o600,
          "outbox.db-wal": 0o600
        })
        assert.deepStrictEqual(readdirSync(folder).toSorted(), ["outbox.db", "outbox.db-lock"])
      })
  )

  promise(
    "has committed what it answers for, to a write-ahead log",
    (filename) =>
      session(filename, (store) =>
        Effect.gen(function*() {
          yield* append(store, impression("a"))
          const onlooker = new DatabaseSync(filename, { readOnly: true })
          assert.strictEqual(onlooker.prepare("pragma journal_mode").get()?.journal_mode, "wal")
          assert.strictEqual(onlooker.prepare("select count(*) as n from entries").get()?.n, 1)
          onlooker.close()
        }))
  )

  promise("waits for the disk whenever something must not be lost", (filename) =>
    Effect.gen(function*() {
      const store = yield* SqliteStore.make({ filename })
      const begun: Array<string> = []
      yield* watchingExec((sql) => begun.push(sql))
      yield* append(store, purchase("a"))
      const [a] = yield* claim(store, start)
      yield* settle(store, delivered(a!))
      yield* replace(store, purchase("a"))
      yield* store.note("key", new Uint8Array([1]), start)
      yield* append(store, impression("b", { lane: "corrily" }))
      yield* claim(store, start, { lane: "corrily" })
      const synchronous = begun.filter((sql) => sql !== "commit").map((sql) =>
        sql.match(/^pragma synchronous = (\w+); begin/)?.[1]
      )
      assert.deepStrictEqual(synchronous, ["full", "full", "full", "full", "full", "full", "normal"])
    }))

  promise("is in the file that the environment names", (filename) =>
    Effect.gen(function*() {
      const env = { PRICEPORT_OUTBOX: filename }
      const named = Layer.provide(SqliteStore.layerConfig, ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      yield* Effect.scoped(Effect.flatMap(handle(named), (store) => append(store, impression("a"))))
      yield* session(filename, (store) => known(store, "a"))
    }))

  promise("brings a file of the first version up to date, with everything in it", (filename) =>
    Effect.gen(function*() {
      yield* session(filename, (store) => append(store, impression("a"), purchase("b"), impression("c")))
      const indexes = indexesOf(filename)
      edit(
        filename,
        `drop index unsettled; drop index oldest; alter table entries drop column uncertain;
        create index unsettled on entries (customer, seq, lane, kind, accepted_at, settled_at) where settled_at is null;
        pragma user_version = 1`
      )
      assert.strictEqual((yield* Effect.flip(SqliteStore.makeReadOnly({ filename }))).reason, "incompatible")
      yield* session(filename, (store) =>
        Effect.gen(function*() {
          assert.deepStrictEqual(yield* claimIds(store, start), ["a", "b", "c"])
        }))
      assert.deepStrictEqual(indexesOf(filename), indexes)
    }))

  promise("refuses a file of a newer version", (filename) =>
    Effect.gen(function*() {
      yield* session(filename, (store) => append(store, impression("a")))
      edit(filename, "pragma user_version = 99")
      const error = yield* refusal(filename)
      assert.strictEqual(error.reason, "incompatible")
      assert.match(error.detail, /newer version .*\(99, known here: \d+\)/)
      assert.strictEqual((yield* Effect.flip(SqliteStore.makeReadOnly({ filename }))).reason, "incompatible")
    }))

  promise("refuses the database of something else, and leaves it as it is", (filename) =>
    Effect.gen(function*() {
      edit(filename, "create table theirs (a)")
      const before = readFileSync(filename)
      assert.strictEqual((yield* refusal(filename)).reason, "incompatible")
      assert.isTrue(before.equals(readFileSync(filename)))
    }))

  promise("says what is wrong with a file that is no database", (filename) =>
    Effect.gen(function*() {
      writeFileSync(filename, "not a database, but long enough to be looked at ".repeat(100))
      assert.deepInclude(yield* refusal(filename), { reason: "unavailable", detail: "the file is no SQLite database" })
    }))

  promise("says what is wrong with a damaged file", (filename) =>
    Effect.gen(function*() {
      yield* session(filename, (store) =>
        append(store, ...Array.from({ length: 500 }, (_, index) => impression(`e${index}`))))
      const bytes = readFileSync(filename)
      bytes.fill(0xa5, 4096 * 3)
      writeFileSync(filename, bytes)
      const error = yield* Effect.flip(session(filename, (store) =>
        Effect.andThen(claim(store, start), store.counts)))
      assert(error._tag === "OutboxStoreError")
      assert.strictEqual(error.reason, "unavailable")
      assert.match(error.detail, /^the file is damaged: put it aside/)
    }))

  promise("says what is wrong with a path", (filename) =>
    Effect.gen(function*() {
      for (const path of [`${filename}/no/such/folder.db`, `${filename}-folder`]) {
        if (path.endsWith("-folder")) mkdirSync(path)
        const error = yield* refusal(path)
        assert.strictEqual(error.reason, "unavailable")
        assert.match(error.detail, /^the file cannot be opened: its folder must exist/)
      }
    }))

  promise("is unavailable once it is closed", (filename) =>
    Effect.gen(function*() {
      const closed = yield* session(filename, Effect.succeed)
      for (
        const call of [closed.append([impression("a")], plenty), claim(closed, start), closed.counts, closed.find("a")]
      ) {
        assert.deepInclude(yield* Effect.flip(call as Effect.Effect<unknown, OutboxStore.OutboxStoreError>), {
          reason: "unavailable",
          detail: "the file is closed"
        })
      }
    }))

  promise("stores all of a call or nothing of it", (filename) =>
    Effect.gen(function*() {
      const store = yield* SqliteStore.make({ filename })
      const broken = { ...impression("c"), digest: null as never }
      const error = yield* Effect.flip(store.append([impression("a"), impression("b"), broken], plenty))
      assert.strictEqual(error.reason, "unavailable")
      assert.deepStrictEqual(yield* store.counts, [])
      yield* append(store, impression("a"))
    }))
})

/** Sees every text that is executed, until the test ends. */
const watchingExec = (see: (sql: string) => void) => {
  const { exec } = DatabaseSync.prototype
  return Effect.acquireRelease(
    Effect.sync(() => {
      DatabaseSync.prototype.exec = function(sql) {
        see(sql)
        return exec.call(this, sql)
      }
    }),
    () => Effect.sync(() => void (DatabaseSync.prototype.exec = exec))
  )
}

/** Changes a file behind the store's back. */
const edit = (filename: string, sql: string) => {
  const db = new DatabaseSync(filename)
  db.exec(sql)
  db.close()
}

/** Another process that has the file open, once it has stored an entry. */
const holding = Effect.fnUntraced(function*(filename: string) {
  const program = `
    import { Effect } from "effect"
    import * as SqliteStore from "@priceport/outbox/SqliteStore"
    Effect.runFork(Effect.scoped(Effect.gen(function*() {
      const store = yield* SqliteStore.make({ filename: ${JSON.stringify(filename)} })
      yield* store.append([${JSON.stringify({ ...impression("from the other process"), payload: [] })}].map(
        (entry) => ({ ...entry, payload: new Uint8Array(entry.payload) })), { impressions: 9, total: 9 })
      console.log("stored")
      yield* Effect.never
    })))
    setInterval(() => {}, 1000)`
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["--input-type=module-typescript", "--eval", program], { stdio: "pipe" })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  let stderr = ""
  child.stderr.on("data", (chunk) => stderr += chunk)
  yield* Effect.callback<void>((resume) => {
    child.stdout.once("data", () => resume(Effect.void))
    child.once("exit", (code) => resume(Effect.die(`the other process ended with ${code}: ${stderr}`)))
  })
  return {
    kill: Effect.callback<{ readonly stderr: string }>((resume) => {
      child.removeAllListeners("exit")
      child.once("exit", () => resume(Effect.succeed({ stderr })))
      child.kill("SIGKILL")
    })
  }
})
