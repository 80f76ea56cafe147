import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { BotsiProvider } from "@priceport/botsi"
import { KeyRing, PricingProvider, SealingKeys } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { Outbox, OutboxStore } from "@priceport/outbox"
import * as PostgresStore from "@priceport/outbox/PostgresStore"
import * as RedisStore from "@priceport/outbox/RedisStore"
import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { dead, impression } from "../outbox/store/Given.ts"
import * as Servers from "../support/Servers.ts"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const customers = ["ada", "ben", "cleo"].map((customerUserId) => ({ customerUserId }))

/** Botsi, an outbox file with an impression of each customer that could not be delivered, and what opens it. */
const stuck = Effect.gen(function*() {
  const { env, vendor } = yield* Vendors.botsi({ customers })
  const keys = yield* SealingKeys.generate
  const file = (yield* Priceport.files)("outbox.sqlite", "")
  const provider = (settings: Record<string, string>) =>
    BotsiProvider.layerConfig().pipe(
      Layer.provide(UndiciHttpClient.layer),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(settings)))
    )
  const shown = yield* Effect.provide(
    PricingProvider.PricingProvider.use(({ getPaywall }) =>
      Effect.forEach(customers, ({ customerUserId: id }) => getPaywall({ placement: "onboarding", customer: { id } }))
    ),
    provider(env)
  )
  const outbox = Outbox.layer({ window: 0 }).pipe(
    Layer.provide([provider({ ...env, BOTSI_BASE_URL: "http://127.0.0.1:9" }), SqliteStore.layer({ filename: file })]),
    Layer.provide(KeyRing.layer(keys))
  )
  yield* Effect.provide(
    Outbox.Outbox.use((_) => Effect.forEach(shown, (paywall) => _.recordImpression(paywall))),
    outbox
  )
  return { vendor, file, env: { ...env, PRICEPORT_OUTBOX: file, PRICEPORT_SEALING_KEYS: Redacted.value(keys) } }
})

/** Gives entries up in a store, as an outbox does with those that are refused. */
const giveUp = (...ids: ReadonlyArray<string>) =>
  OutboxStore.OutboxStore.use(Effect.fnUntraced(function*(store) {
    const now = Date.now()
    const hour = 3_600_000
    const entries = ids.map((id) => impression(id, { acceptedAt: now, dueAt: now, expiresAt: now + hour }))
    yield* store.append(entries, { impressions: 10, total: 10 })
    const claim = { lane: "botsi", now, limit: 10, batch: 1, overtakeBefore: 0, leaseUntil: now + hour }
    yield* store.settle((yield* store.claim(claim)).map((entry) => dead(entry)))
  }))

describe.concurrent("priceport outbox", () => {
  it.live("says what is on its way, delivers it, and says that it did", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* stuck
      const before = yield* Priceport.json(["outbox", "status"], { env })
      assert.lengthOf(before.document, 1)
      assert.deepInclude(before.document[0], {
        provider: "botsi",
        kind: "impression",
        queued: 3,
        delivered: 0,
        dead: 0
      })

      const { document } = yield* Priceport.json(["outbox", "flush"], { env })
      assert.deepStrictEqual(document, { delivered: 3, pending: 0, dead: 0 })
      assert.strictEqual((yield* vendor.state).impressions.counted, 3)

      const after = yield* Priceport.json(["outbox", "status"], { env })
      assert.deepInclude(after.document[0], { queued: 0, delivered: 3 })
    }))

  it.live("exits 1 while something is pending, and says how much", () =>
    Effect.gen(function*() {
      const { env } = yield* stuck
      const down = { ...env, BOTSI_BASE_URL: "http://127.0.0.1:9" }
      const { code, stdout } = yield* Priceport.run(["outbox", "flush", "--within", "2 seconds", "--json"], {
        env: down
      })
      assert.deepStrictEqual([code, JSON.parse(stdout)], [1, { delivered: 0, pending: 3, dead: 0 }])
    }))

  it.live("needs the keys that sealed the entries, and names the variable", () =>
    Effect.gen(function*() {
      const { env } = yield* stuck
      const { PRICEPORT_SEALING_KEYS: _, ...without } = env
      const error = yield* Priceport.failure(["outbox", "flush"], { env: without })
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field: "PRICEPORT_SEALING_KEYS" })
    }))

  it.live("lists what was given up, queues it again, and deletes it", () =>
    Effect.gen(function*() {
      const store = ["--store", (yield* Priceport.files)("outbox.sqlite", "")]
      yield* Effect.provide(giveUp("a", "b", "c"), SqliteStore.layer({ filename: store[1]! }))

      const { document } = yield* Priceport.json(["outbox", "dead", ...store])
      assert.sameMembers(document.map(({ id }: { readonly id: string }) => id), ["a", "b", "c"])
      assert.deepInclude(document[0], { provider: "botsi", kind: "impression", reason: "Rejected" })

      assert.deepStrictEqual((yield* Priceport.json(["outbox", "redrive", ...store, "a"])).document, { redriven: 1 })
      assert.deepStrictEqual((yield* Priceport.json(["outbox", "drop", ...store, "--all"])).document, { dropped: 2 })
      const { stdout } = yield* Priceport.run(["outbox", "dead", ...store])
      assert.strictEqual(stdout, "Nothing was given up.\n")
      assert.deepInclude((yield* Priceport.json(["outbox", "status", ...store])).document[0], { queued: 1, dead: 0 })
    }))

  it.live("does what it can of several ids, and exits 1 where one is none of an entry that was given up", () =>
    Effect.gen(function*() {
      const store = ["--store", (yield* Priceport.files)("outbox.sqlite", "")]
      yield* Effect.provide(giveUp("a", "b"), SqliteStore.layer({ filename: store[1]! }))
      for (const [verb, id, answer] of [["redrive", "a", { redriven: 1 }], ["drop", "b", { dropped: 1 }]] as const) {
        const { code, stderr, stdout } = yield* Priceport.run(["outbox", verb, ...store, id, "nope", "--json"])
        assert.deepStrictEqual([code, JSON.parse(stdout)], [1, answer])
        assert.deepInclude(JSON.parse(stderr).error, { operation: `outbox ${verb}`, retryable: false })
        assert.deepInclude(JSON.parse(stderr).error.reason, { _tag: "NotFound", field: "ids" })
      }
    }))

  it.live("looks on while the application writes, and leaves changes to it", () =>
    Effect.gen(function*() {
      const filename = (yield* Priceport.files)("outbox.sqlite", "")
      yield* Effect.provide(
        Effect.gen(function*() {
          yield* giveUp("a")
          assert.lengthOf((yield* Priceport.json(["outbox", "dead", "--store", filename])).document, 1)
          const error = yield* Priceport.failure(["outbox", "redrive", "--store", filename, "--all"])
          assert.strictEqual(error.reason._tag, "InUse")
          assert.isTrue(error.retryable)
        }),
        SqliteStore.layer({ filename })
      )
    }))

  it.live("says what is missing, and never a password", () =>
    Effect.gen(function*() {
      const unset = yield* Priceport.failure(["outbox", "status"])
      assert.deepInclude(unset.reason, { _tag: "InvalidRequest", field: "PRICEPORT_OUTBOX" })
      const absent = join(tmpdir(), `no-such-outbox-${process.pid}.sqlite`)
      for (const command of [["status"], ["redrive", "--all"]]) {
        const error = yield* Priceport.failure(["outbox", ...command, "--store", absent])
        assert.strictEqual(error.reason._tag, "Unavailable")
      }
      assert.isFalse(existsSync(absent))
      for (const scheme of ["postgres", "redis"]) {
        const { code, stderr } = yield* Priceport.run([
          "outbox",
          "status",
          "--store",
          `${scheme}://u:pass-word@127.0.0.1:9/x`
        ])
        assert.strictEqual(code, 1)
        assert.notInclude(stderr, "pass-word")
      }
      const { code } = yield* Priceport.run(["outbox", "redrive", "--store", "x.sqlite"])
      assert.strictEqual(code, 2)
    }))
})

Servers.suite("priceport outbox at PostgreSQL", Servers.withoutSomePostgres, () => {
  let server: Pick<Servers.Server, "stop" | "url">
  beforeAll(async () => {
    server = await Servers.somePostgres()
  }, 60_000)
  afterAll(() => server.stop())

  /** The store of an application in a schema of its own. */
  const storeIn = (schema: string) => PostgresStore.layerUrl({ url: Redacted.make(server.url), schema })

  it.live("looks into the schema that is named", () =>
    Effect.gen(function*() {
      const schema = `named_${process.pid}`
      yield* Effect.provide(giveUp("a"), storeIn(schema))
      const flag = yield* Priceport.json(["outbox", "status", "--store", server.url, "--schema", schema])
      const variables = { PRICEPORT_OUTBOX: server.url, PRICEPORT_OUTBOX_POSTGRES_SCHEMA: schema }
      const variable = yield* Priceport.json(["outbox", "status"], { env: variables })
      for (const { document } of [flag, variable]) {
        assert.deepInclude(document[0], { provider: "botsi", kind: "impression", queued: 0, dead: 1 })
      }
    }))

  it.live("makes no outbox where there is none", () =>
    Effect.gen(function*() {
      const schema = `none_${process.pid}`
      for (const command of [["status"], ["redrive", "--all"], ["status"]]) {
        const place = ["--store", server.url, "--schema", schema]
        const error = yield* Priceport.failure(["outbox", ...command, ...place])
        assert.strictEqual(error.reason._tag, "Incompatible")
        assert.include(error.message, `there is no outbox in the schema "${schema}"`)
      }
    }))
})

Servers.suite("priceport outbox at Redis", Servers.withoutSomeRedis, () => {
  let server: Pick<Servers.Server, "stop" | "url">
  beforeAll(async () => {
    server = await Servers.someRedis()
  }, 60_000)
  afterAll(() => server.stop())

  it.live("looks under the prefix that is named, and makes no outbox where there is none", () =>
    Effect.gen(function*() {
      const place = ["--store", server.url, "--prefix", `named ${process.pid}`]
      for (const command of [["status"], ["drop", "--all"], ["status"]]) {
        const error = yield* Priceport.failure(["outbox", ...command, ...place])
        assert.strictEqual(error.reason._tag, "Incompatible")
      }
      const store = RedisStore.layer({ prefix: `named ${process.pid}`, acceptLoss: true }).pipe(
        Layer.provide(NodeRedis.layer({ url: server.url }))
      )
      yield* Effect.provide(giveUp("a"), store)
      const { document } = yield* Priceport.json(["outbox", "status", ...place])
      assert.deepInclude(document[0], { provider: "botsi", kind: "impression", queued: 0, dead: 1 })
    }))

  it.live("says once that a server is not there, in its own words", () =>
    Effect.gen(function*() {
      const { code, stderr } = yield* Priceport.run(["outbox", "status", "--store", "redis://127.0.0.1:9"])
      assert.strictEqual(code, 1)
      assert.match(stderr, /^. priceport outbox status: Unavailable \(the Redis server cannot be reached\)\n[^\n]+\n$/)
    }))
})
