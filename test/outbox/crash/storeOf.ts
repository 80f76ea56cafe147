import type { OutboxStore } from "@priceport/outbox/OutboxStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Target } from "./Job.ts"

/** The store of a target; only its own modules are loaded. */
export const storeOf = (target: Target): Layer.Layer<OutboxStore, unknown> =>
  Layer.unwrap(Effect.promise(() => load(target)))

const load = async (target: Target): Promise<Layer.Layer<OutboxStore, unknown>> => {
  switch (target.kind) {
    case "sqlite": {
      const SqliteStore = await import("@priceport/outbox/SqliteStore")
      return SqliteStore.layer(target)
    }
    case "postgres": {
      const PostgresStore = await import("@priceport/outbox/PostgresStore")
      return PostgresStore.layerUrl({ url: Redacted.make(target.url), schema: target.schema })
    }
    case "redis": {
      const RedisStore = await import("@priceport/outbox/RedisStore")
      const NodeRedis = await import("@effect/platform-node/NodeRedis")
      return RedisStore.layer({ prefix: target.prefix }).pipe(Layer.provide(NodeRedis.layer({ url: target.url })))
    }
  }
}
