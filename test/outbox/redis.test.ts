import { NodeRedis } from "@effect/platform-node"
import * as RedisStore from "@priceport/outbox/RedisStore"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll } from "vitest"
import { type Server, someRedis, suite as serverSuite, withoutSomeRedis } from "../support/Servers.ts"
import { handle, suite } from "./store.ts"

let server: Pick<Server, "stop" | "url">
let prefixes = 0

serverSuite("RedisStore", withoutSomeRedis, () => {
  beforeAll(async () => {
    server = await someRedis()
  })
  afterAll(() => server.stop())

  suite("Redis", {
    durability: "server",
    open: Effect.suspend(() => {
      const prefix = `test:${prefixes++}`
      const worker = handle(RedisStore.layer({ prefix }).pipe(Layer.provide(NodeRedis.layer({ url: server.url }))))
      return Effect.all([worker, worker])
    })
  })
})
