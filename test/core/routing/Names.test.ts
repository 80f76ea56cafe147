import { assert, it } from "@effect/vitest"
import { LedgerJournal } from "@priceport/compare"
import { Ledger } from "@priceport/compare/Ledger"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import { Journal, type PaywallRequest, RoutedPricing } from "@priceport/core"
import { Effect, Stream } from "effect"
import { plan } from "../../compare/World.ts"
import * as Stub from "../Stub.ts"

/** Names its customers as the adapter of that vendor does. */
const vendor = (id: "botsi" | "corrily") =>
  Stub.make({
    id,
    getPaywall: ({ customer, placement }: PaywallRequest.PaywallRequest) =>
      Effect.succeed({
        ...Stub.paywall,
        provider: id,
        placement,
        attribution: {
          ...Stub.attribution,
          provider: id,
          placement,
          subject: id === "botsi"
            ? { kind: "profileId", value: customer.profiles!["botsi"]! }
            : customer.id !== undefined
            ? { kind: "user_id", value: customer.id }
            : { kind: "ip", value: customer.ip! }
        }
      })
  }).provider

for (const arm of ["botsi", "corrily"] as const) {
  it.effect(`a customer of ${arm} who logs in is one customer of the experiment`, () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger
      yield* ledger.storePlan(plan(), 0)
      yield* Effect.gen(function*() {
        const journal = yield* LedgerJournal.make()
        const { pricing } = yield* Effect.provideService(
          RoutedPricing.make({
            _tag: "Experiment",
            id: "vendors",
            arms: [{ member: "botsi", weight: arm === "botsi" ? 1 : 0 }, {
              member: "corrily",
              weight: arm === "botsi" ? 0 : 1
            }]
          }, [vendor("botsi"), vendor("corrily")]),
          Journal.Journal,
          journal
        )
        for (
          const customer of [
            { ip: "203.0.113.7", profiles: { botsi: "p-1" } },
            { id: "ada", ip: "203.0.113.7", profiles: { botsi: "p-1" } }
          ]
        ) {
          yield* pricing.recordImpression(yield* pricing.getPaywall({ placement: "onboarding", customer }))
        }
      }).pipe(Effect.scoped)
      const rows = yield* Stream.runCollect(ledger.rows("vendors"))
      assert.deepStrictEqual(rows.map(({ unit, arm, exposedAt }) => [unit, arm, exposedAt !== null]), [[
        "ada",
        arm,
        true
      ]])
    }).pipe(Effect.provide(SqliteLedger.layer({ filename: ":memory:" }))))
}
