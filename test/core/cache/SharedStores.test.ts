/** The shared level in the stores that several processes really share. */
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, it } from "@effect/vitest"
import * as SharedPaywalls from "@priceport/core/resilience/SharedPaywalls"
import { Effect, Layer, Redacted } from "effect"
import { Persistence } from "effect/persistence"
import * as Servers from "../../support/Servers.ts"
import * as Vendor from "./Vendor.ts"

const registering = (layer: Layer.Layer<Persistence.BackingPersistence, unknown>) => () => {
  it.live("serves one process what another was answered, and forgets in both", () =>
    Effect.gen(function*() {
      const backing = yield* Persistence.BackingPersistence
      const storeId = `priceport_test_${globalThis.process.pid}`
      const store = yield* backing.make(storeId)
      yield* Effect.addFinalizer(() => Effect.ignore(store.clear))
      const open = Effect.gen(function*() {
        // The servers of a test may be slow to start with; in an application they are not waited for.
        const shared = yield* SharedPaywalls.make({ storeId, timeout: "5 seconds" })
        return yield* Vendor.make({ shared })
      })
      const [one, two, three] = [yield* open, yield* open, yield* open]
      const live = yield* one.ask()
      const cached = yield* Effect.repeat(three.ask(), { until: ({ provenance }) => provenance.source === "cache" })
      assert.strictEqual(cached.provenance.source, "cache")
      const again = yield* two.ask()
      assert.strictEqual(again.provenance.source, "cache")
      assert.deepStrictEqual(again.attribution, live.attribution)
      assert.isEmpty(two.vendor.calls)

      yield* one.invalidate({ id: "u-1" })
      const four = yield* open
      assert.strictEqual((yield* four.ask()).provenance.source, "live")
      for (const { stats } of [one, two, three, four]) assert.strictEqual((yield* stats).sharedFailures, 0)
    }).pipe(Effect.scoped, Effect.provide(layer)), 30_000)
}

Servers.suite(
  "PaywallCache, shared through Redis",
  await Servers.unreachable(Servers.redisUrl),
  registering(Persistence.layerBackingRedis.pipe(Layer.provide(NodeRedis.layer({ url: Servers.redisUrl }))))
)

Servers.suite(
  "PaywallCache, shared through PostgreSQL",
  await Servers.unreachable(Servers.postgresUrl),
  registering(
    Persistence.layerBackingSql.pipe(Layer.provide(PgClient.layer({ url: Redacted.make(Servers.postgresUrl) })))
  )
)
