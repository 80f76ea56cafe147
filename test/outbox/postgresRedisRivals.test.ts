import { assert, it } from "@effect/vitest"
import { BotsiProvider } from "@priceport/botsi"
import { type Purchase, SealingKeys } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { BotsiSimulator } from "@priceport/testing/simulators"
import { Effect, Redacted } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll } from "vitest"
import { ownPostgres, ownRedis, type Server, suite, withoutPostgres, withoutRedis } from "../support/Servers.ts"
import type { Target } from "./crash/Job.ts"
import type { Answers, Order } from "./postgresRedisRival.ts"

const calls = 1000

/** A process that is ready to report; `go` lets it, and gives the answers it got. */
const rival = (order: Order) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, "postgresRedisRival.ts"), JSON.stringify(order)],
        {
          stdio: ["pipe", "pipe", "inherit"]
        }
      )
      const output = text(child.stdout)
      await Promise.race([
        once(child.stdout, "data"),
        once(child, "exit").then(([code]) => assert.fail(`a process ended at once with ${code}`))
      ])
      const go = async (): Promise<Answers> => {
        child.stdin.end("go")
        return JSON.parse((await output).trim().split("\n").at(-1)!)
      }
      return { child, go }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

const compete = (store: Target) =>
  Effect.gen(function*() {
    const botsi = yield* BotsiSimulator.make({ profiles: "implicit", latency: { minMs: 20, maxMs: 40 } })
    const provider = yield* BotsiProvider.make({ baseUrl: botsi.baseUrl, secretKey: Redacted.make(botsi.secretKey) })
    const purchases = yield* Effect.forEach(["one", "other"], (id) =>
      Effect.map(provider.getPaywall({ placement: "onboarding", customer: { id } }), ({ attribution, products }) => (
        {
          attribution,
          transaction: {
            _tag: "AppStoreTransaction",
            transactionId: "2000000123",
            originalTransactionId: "2000000123",
            productId: products[0]!.id,
            environment: "production"
          }
        } satisfies Purchase.Purchase
      )))
    const order: Order = {
      baseUrl: botsi.baseUrl,
      secretKey: botsi.secretKey,
      sealingKeys: Redacted.value(yield* SealingKeys.generate),
      store,
      purchases,
      calls: calls / 2
    }
    const rivals = [yield* rival(order), yield* rival(order)]
    const answers = yield* Effect.promise(() =>
      Promise.all(rivals.map(({ go }) =>
        go()
      ))
    )

    const { validations } = yield* botsi.state
    assert.strictEqual(validations.credited, 1)
    assert.strictEqual(validations.received, 1)
    const each = purchases.map((_, customer) => {
      const all = answers.map((answers) => answers[customer]!)
      return {
        answers: new Set(all.flatMap(Object.keys)),
        times: all.flatMap(Object.values).reduce((a, b) => a + b, 0)
      }
    })
    assert.deepStrictEqual(each.map(({ times }) => times), [calls / 2, calls / 2])
    const [winner, loser] = each[0]!.answers.has("PurchaseConflict") ? each.toReversed() : each
    assert.deepStrictEqual(loser!.answers, new Set(["PurchaseConflict"]))
    const [word, ...others] = winner!.answers
    assert.deepStrictEqual(others, [])
    assert.strictEqual(JSON.parse(word!).provider, "botsi")
  }).pipe(Effect.scoped, Effect.provide(UndiciHttpClient.layer))

let postgres: Server
let redis: Server

suite(`${calls} reports of one transaction by two customers in two processes, on PostgreSQL`, withoutPostgres, () => {
  beforeAll(async () => {
    postgres = await ownPostgres()
  }, 60_000)
  afterAll(() => postgres.stop())

  it.live(
    "are validated once: one customer's, the same word for all of its calls, the rest a conflict",
    () => compete({ kind: "postgres", url: postgres.url, schema: "rivals" }),
    90_000
  )
})

suite(`${calls} reports of one transaction by two customers in two processes, on Redis`, withoutRedis, () => {
  beforeAll(async () => {
    redis = await ownRedis()
  })
  afterAll(() => redis.stop())

  it.live(
    "are validated once: one customer's, the same word for all of its calls, the rest a conflict",
    () => compete({ kind: "redis", url: redis.url, prefix: "rivals" }),
    90_000
  )
})
