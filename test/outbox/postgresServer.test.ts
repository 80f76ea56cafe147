import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import type { OutboxStore } from "@priceport/outbox"
import * as PostgresStore from "@priceport/outbox/PostgresStore"
import { Effect, Fiber, Redacted, Schedule } from "effect"
import { Reactivity } from "effect/reactivity"
import { afterAll, beforeAll } from "vitest"
import { ownPostgres, type Server, suite, withoutPostgres } from "../support/Servers.ts"
import { handle } from "./store.ts"
import { append, claim, claimIds, delivered, impression, known, plenty, settle, start } from "./store/Given.ts"

let server: Server

/** A worker with connections of its own. */
const worker = (schema: string, options: Partial<PostgresStore.UrlOptions> = {}) =>
  handle(PostgresStore.layerUrl({ url: Redacted.make(server.url), schema, ...options }))

/** Another program's connection. */
const query = (statement: string) =>
  Effect.gen(function*() {
    const sql = yield* PgClient.make({ url: Redacted.make(server.url), maxConnections: 1 })
    return yield* sql.unsafe(statement)
  }).pipe(Effect.scoped, Effect.provide(Reactivity.layer))

/** Once more until the server is there again; generous, as nothing here is about speed. */
const persistently = Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: "60 seconds" })))

suite("A PostgreSQL server of its own", withoutPostgres, () => {
  beforeAll(async () => {
    server = await ownPostgres()
  }, 60_000)
  afterAll(() => server.stop())

  it.live(
    "that crashes has what was accepted when it is back, and the same store goes on with it",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const store = yield* worker("crashing")
        yield* append(store, impression("before"))
        yield* Effect.promise(server.crash)
        const error = yield* Effect.flip(store.append([impression("meanwhile")], plenty))
        assert.deepInclude(error, { _tag: "OutboxStoreError", reason: "unavailable", operation: "append" })
        assert.notInclude(error.message, "meanwhile")
        yield* Effect.promise(server.start)
        yield* persistently(store.append([impression("after")], plenty))
        assert.deepStrictEqual(yield* claimIds(store, start), ["before", "after"])
      })),
    60_000
  )

  it.live(
    "whose connections are killed under load loses nothing that was accepted",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const store = yield* worker("killed")
        const accepted = new Set<string>()
        const refused: Array<OutboxStore.OutboxStoreError> = []
        const caller = (name: number) =>
          Effect.forEach(Array.from({ length: 40 }, (_, index) => `${name}-${index}`), (id) =>
            store.append([impression(id)], plenty).pipe(
              Effect.tap(() =>
                Effect.sync(() => accepted.add(id))
              ),
              Effect.tapError((error) => Effect.sync(() => refused.push(error))),
              persistently
            ))
        const killer = query(
          "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'"
        ).pipe(Effect.andThen(Effect.sleep("20 millis")), Effect.repeat({ times: 9 }))
        yield* Effect.all([killer, ...Array.from({ length: 8 }, (_, name) => caller(name))], {
          concurrency: "unbounded"
        })
        assert.strictEqual(accepted.size, 320)
        assert.isAbove(refused.length, 0)
        assert.deepStrictEqual(new Set(refused.map(({ reason }) => reason)), new Set(["unavailable"]))
        assert.sameMembers(yield* claimIds(store, start), Array.from(accepted))
      })),
    60_000
  )

  it.live("hands out an entry that was numbered first and stored last, as soon as it is due", () =>
    Effect.scoped(Effect.gen(function*() {
      const store = yield* worker("late")
      const customer = "one customer"
      const sql = yield* PgClient.make({ url: Redacted.make(server.url) }).pipe(Effect.provide(Reactivity.layer))
      // An open transaction with the same id holds up the call that has both: its first entry has its number by then.
      const held = yield* sql.withTransaction(Effect.gen(function*() {
        yield* sql.unsafe(
          `insert into late.entries (id, seq, kind, lane, customer, digest, payload, accepted_at, due_at, ready_at, expires_at)
          values ('z', 0, '', '', '', '', '', 0, 0, 0, 0)`
        )
        const fiber = yield* Effect.forkScoped(store.append([impression("a", { customer }), impression("z")], plenty))
        yield* query("select 1 / count(*) from pg_stat_activity where wait_event_type = 'Lock'").pipe(persistently)
        yield* append(store, impression("b", { customer, dueAt: start + 1000 }))
        return yield* Effect.fail(fiber)
      })).pipe(Effect.flip)
      assert(Fiber.isFiber(held))
      yield* Fiber.join(held)
      assert.deepStrictEqual(yield* claimIds(store, start, { batch: 10 }), ["a", "z"])
    })))

  it.live("makes the tables once when two workers start at the same moment", () =>
    Effect.scoped(Effect.gen(function*() {
      const stores = yield* Effect.all(Array.from({ length: 6 }, () => worker("together")), {
        concurrency: "unbounded"
      })
      for (const [index, store] of stores.entries()) yield* append(store, impression(`from ${index}`))
      assert.lengthOf(yield* claimIds(stores[0]!, start), stores.length)
    })))

  it.live("with tables of the first version has them brought up to date, with everything in them", () =>
    Effect.scoped(Effect.gen(function*() {
      yield* Effect.scoped(Effect.flatMap(worker("older"), (store) => append(store, impression("a"), impression("b"))))
      yield* query(`do $$ begin
        delete from older.versions where version > 1;
        alter table older.entries set (fillfactor = 80), drop column uncertain;
        create or replace function older.refresh(text[], text[]) returns void language plpgsql
          as 'begin raise exception ''of another version''; end';
      end $$`)
      const left = yield* Effect.flip(worker("older", { migrate: false }))
      assert.deepInclude(left, { reason: "incompatible", operation: "open" })
      assert.include(left.message, "older version")
      const store = yield* worker("older")
      const [a, b] = yield* claim(store, start)
      yield* settle(store, delivered(a!), delivered(b!))
      assert.strictEqual((yield* known(store, "b"))?.state, "delivered")
      const [entries] = yield* query("select reloptions from pg_class where oid = 'older.entries'::regclass")
      assert.deepInclude(entries, { reloptions: ["fillfactor=65"] })
    })))

  it.live("with tables of a newer version is refused, and left as it is", () =>
    Effect.scoped(Effect.gen(function*() {
      yield* worker("newer")
      yield* query("insert into newer.versions values (1000)")
      const error = yield* Effect.flip(worker("newer"))
      assert.deepInclude(error, { _tag: "OutboxStoreError", reason: "incompatible", operation: "open" })
      assert.include(error.message, "1000")
    })))

  it.live("whose tables were dropped under a store is called incompatible", () =>
    Effect.scoped(Effect.gen(function*() {
      const store = yield* worker("dropped")
      yield* query("drop schema dropped cascade")
      const error = yield* Effect.flip(store.find("secret"))
      assert.deepInclude(error, { reason: "incompatible", operation: "find" })
      assert.notInclude(error.message, "secret")
    })))

  it.live("fails without a word of the data, of the statement or of the password", () =>
    Effect.scoped(Effect.gen(function*() {
      const store = yield* worker("silent")
      // PostgreSQL's texts hold no NUL.
      const error = yield* Effect.flip(store.append([impression("secret \0 id", { customer: "secret" })], plenty))
      assert.strictEqual(error.message, "append: PostgreSQL failed (22021)")
      const url = Redacted.make(server.url.replace("postgres@", "nobody:secret@"))
      const refused = yield* Effect.flip(worker("silent", { url }))
      assert.strictEqual(refused.reason, "unavailable")
      assert.notInclude(JSON.stringify(refused), "secret")
    })))

  it.live("that does not answer in time is unavailable, and the store goes on when it does", () =>
    Effect.scoped(Effect.gen(function*() {
      const store = yield* worker("slow", { timeout: "300 millis" })
      yield* Effect.scoped(Effect.gen(function*() {
        const sql = yield* PgClient.make({ url: Redacted.make(server.url) })
        yield* sql.withTransaction(Effect.gen(function*() {
          yield* sql.unsafe("lock table slow.entries in access exclusive mode")
          const error = yield* Effect.flip(store.append([impression("a")], plenty))
          assert.deepInclude(error, { reason: "unavailable", detail: "PostgreSQL did not answer within 300ms" })
        }))
      })).pipe(Effect.provide(Reactivity.layer))
      yield* persistently(append(store, impression("b")))
      assert.strictEqual(yield* store.find("a"), undefined)
    })))
})
