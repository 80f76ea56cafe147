import { NodeRedis } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import type { OutboxStore } from "@priceport/outbox"
import * as RedisStore from "@priceport/outbox/RedisStore"
import { Effect, Layer, Schedule } from "effect"
import { Redis } from "effect/persistence"
import { afterAll, beforeAll } from "vitest"
import { ownRedis, type Server, suite, withoutRedis } from "../support/Servers.ts"
import { handle } from "./store.ts"
import { append, claimIds, impression, plenty, start } from "./store/Given.ts"

let server: Server

const redis = Layer.suspend(() => NodeRedis.layer({ url: server.url }))

const worker = (prefix: string, options: Omit<RedisStore.Options, "prefix"> = {}) =>
  handle(Layer.provide(RedisStore.layer({ prefix, ...options }), redis))

/** A command of another program. */
const send = (command: string, ...parameters: ReadonlyArray<string>) =>
  Redis.Redis.use((redis) => redis.send(command, ...parameters)).pipe(Effect.provide(redis))

/** Once more until the server is there again; generous, as nothing here is about speed. */
const persistently = Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: "60 seconds" })))

suite("A Redis server of its own", withoutRedis, () => {
  beforeAll(async () => {
    server = await ownRedis()
  })
  afterAll(() => server.stop())

  it.live(
    "that is killed under load has what was accepted when it is back",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const store = yield* worker("killed", { timeout: "300 millis" })
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
        const killer = Effect.promise(async () => {
          await server.crash()
          await server.start()
        }).pipe(Effect.delay("30 millis"), Effect.repeat({ times: 3 }))
        yield* Effect.all([killer, ...Array.from({ length: 8 }, (_, name) => caller(name))], {
          concurrency: "unbounded"
        })
        assert.strictEqual(accepted.size, 320)
        assert.isAbove(refused.length, 0)
        assert.deepStrictEqual(new Set(refused.map(({ reason }) => reason)), new Set(["unavailable"]))
        const found = yield* persistently(claimIds(store, start))
        assert.sameMembers(found, Array.from(accepted))
      })),
    60_000
  )

  for (
    const [setting, value, usual] of [
      ["appendonly", "no", "yes"],
      ["appendfsync", "everysec", "always"],
      ["maxmemory-policy", "allkeys-lru", "noeviction"]
    ] as const
  ) {
    it.live(`with ${setting} ${value} is refused, unless loss is accepted`, () =>
      Effect.scoped(Effect.gen(function*() {
        yield* Effect.acquireRelease(
          send("CONFIG", "SET", setting, value),
          () => Effect.orDie(send("CONFIG", "SET", setting, usual))
        )
        const error = yield* Effect.flip(worker(setting))
        assert.deepInclude(error, { _tag: "OutboxStoreError", reason: "incompatible", operation: "open" })
        assert.include(error.message, `${setting} ${value}`)
        const store: OutboxStore.Service<"none"> = yield* Effect.provide(
          RedisStore.make({ prefix: setting, acceptLoss: true }),
          redis
        )
        assert.strictEqual(store.durability, "none")
      })))
  }

  it.live("that does not tell its settings is refused", () =>
    Effect.scoped(Effect.gen(function*() {
      yield* send("ACL", "SETUSER", "app", "on", ">secret", "~*", "+@all", "-config")
      const layer = RedisStore.layer().pipe(
        Layer.provide(NodeRedis.layer({ url: server.url, username: "app", password: "secret" }))
      )
      const error = yield* Effect.flip(handle(layer))
      assert.deepInclude(error, { _tag: "OutboxStoreError", reason: "incompatible" })
    })))

  it.live("in its type is as durable as a server", () =>
    Effect.gen(function*() {
      const store: OutboxStore.Service<"server"> = yield* RedisStore.make({ prefix: "typed" })
      assert.strictEqual(store.durability, "server")
    }).pipe(Effect.provide(redis)))

  it.live("with keys of the first version has them brought up to date, with everything in them", () =>
    Effect.scoped(Effect.gen(function*() {
      yield* Effect.scoped(Effect.flatMap(worker("older"), (store) => append(store, impression("a"), impression("b"))))
      yield* send("HSET", "{older}:at:botsi", "of a", "0000000000000001of a")
      yield* send("SET", "{older}:version", "1")
      const left = yield* Effect.flip(Effect.provide(RedisStore.make({ prefix: "older", migrate: false }), redis))
      assert.deepInclude(left, { reason: "incompatible", operation: "open" })
      assert.include(left.message, "older version")
      const store = yield* worker("older")
      assert.deepStrictEqual(yield* claimIds(store, start), ["a", "b"])
      assert.strictEqual(yield* send("EXISTS", "{older}:at:botsi"), 0)
      assert.strictEqual(yield* send("GET", "{older}:version"), "2")
    })))

  it.live("with keys of a newer version is refused, and left as it is", () =>
    Effect.scoped(Effect.gen(function*() {
      yield* worker("newer")
      yield* send("SET", "{newer}:version", "1000")
      const error = yield* Effect.flip(worker("newer"))
      assert.deepInclude(error, { _tag: "OutboxStoreError", reason: "incompatible", operation: "open" })
      assert.strictEqual(yield* send("GET", "{newer}:version"), "1000")
    })))

  it.live("whose scripts were flushed is given them again", () =>
    Effect.scoped(Effect.gen(function*() {
      const store = yield* worker("flushed")
      yield* append(store, impression("a"))
      yield* send("SCRIPT", "FLUSH")
      yield* append(store, impression("b"))
    })))

  it.live("fails without a word of the data", () =>
    Effect.scoped(Effect.gen(function*() {
      const store = yield* worker("silent")
      yield* send("SET", "{silent}:e:secret", "something else")
      const error = yield* Effect.flip(store.find("secret"))
      assert.strictEqual(error.message, "find: Redis answered WRONGTYPE")
    })))
})
