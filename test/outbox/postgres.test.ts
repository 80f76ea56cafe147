import { PgClient } from "@effect/sql-pg"
import * as PostgresStore from "@priceport/outbox/PostgresStore"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { afterAll, beforeAll } from "vitest"
import { type Server, somePostgres, suite as serverSuite, withoutSomePostgres } from "../support/Servers.ts"
import { handle, suite } from "./store.ts"

/** Two workers' connections, kept from test to test. */
const connections = () =>
  ManagedRuntime.make(
    Layer.suspend(() => PgClient.layer({ url: Redacted.make(server.url), maxConnections: 5 }))
  )

let server: Pick<Server, "stop" | "url">
const workers = [connections(), connections()]
let schemas = 0

/** A schema of its own, dropped when the test ends. */
const ownSchema = (sql: PgClient.PgClient) =>
  Effect.acquireRelease(
    Effect.sync(() => `priceport_test_${process.pid}_${schemas++}`),
    (schema) => Effect.orDie(sql.unsafe(`drop schema if exists ${schema} cascade`))
  )

serverSuite("PostgresStore", withoutSomePostgres, () => {
  beforeAll(async () => {
    server = await somePostgres()
  }, 60_000)
  afterAll(async () => {
    for (const worker of workers) await worker.dispose()
    await server.stop()
  })

  suite("PostgreSQL", {
    durability: "server",
    open: Effect.gen(function*() {
      const clients = yield* Effect.forEach(
        workers,
        (worker) => Effect.promise(() => worker.runPromise(PgClient.PgClient))
      )
      const schema = yield* ownSchema(clients[0]!)
      return yield* Effect.forEach(
        clients,
        (client) =>
          handle(PostgresStore.layer({ schema }).pipe(Layer.provide(Layer.succeed(PgClient.PgClient, client))))
      )
    })
  })
})
