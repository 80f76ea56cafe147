/** Runs the table against one vendor. */
import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import * as Fallback from "@priceport/core/resilience/Fallback"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import * as Retry from "@priceport/core/resilience/Retry"
import { Effect, Exit } from "effect"
import { endOf, failureOf, matches, outcomes, survivesJson } from "./Match.ts"
import { limitMs, type Outer, outers } from "./Outer.ts"
import { policies } from "./Policies.ts"
import { type Row, rows } from "./Table.ts"
import * as World from "./World.ts"

const loaded = (paywall: Parameters<typeof FallbackBundle.fromPaywalls>[0][0]["paywall"]) =>
  FallbackBundle.load(FallbackBundle.toText(FallbackBundle.fromPaywalls([{ paywall }])), { file: "fallback.json" })

const throughEveryPolicy = Effect.fnUntraced(function*(id: World.VendorId, row: Row) {
  const world = yield* World.make(id, row)
  const onboarding = yield* loaded(world.paywall)
  const elsewhere = yield* loaded({ ...world.paywall, placement: "elsewhere" })
  yield* world.befall
  for (const policy of policies) {
    for (const operation of World.operations[id]) {
      const because = `${operation} through ${policy.name}`
      const provider = yield* policy.round(world.provider, { onboarding, elsewhere })
      const limitMs = policy.limits[operation]
      const before = yield* world.arrived
      const exit = yield* World.settle(
        World.call(provider, operation, world, policy.options),
        world,
        ...(row.hangs ? [limitMs] : [])
      )
      const times = policy.repeats && operation !== "validatePurchase" && row.retryable ? row.sent : 1
      if (endOf(row, operation) === "Recorded") {
        assert.deepStrictEqual(exit, Exit.succeed({ _tag: "Recorded" }), because)
      } else matches(failureOf(exit, because), row, { provider: id, operation, times, limitMs, because })
      if (row.cause !== "refused") assert.strictEqual((yield* world.arrived) - before, times, because)
    }
  }
}, Effect.provide(World.client))

const fromTheBundle = Effect.fnUntraced(function*(id: World.VendorId, row: Row) {
  const world = yield* World.make(id, row)
  const bundle = yield* loaded(world.paywall)
  yield* world.befall
  const ask = (options?: Fallback.Options) =>
    World.settle(
      Fallback.bundled(bundle, options)(Retry.transient({ base: 0 })(world.provider))
        .getPaywall(World.request, { timeout: "1 minute" }),
      world,
      ...(row.hangs ? [3000] : [])
    )
  const attempts = Array(row.sent).fill(`${id}: ${row.tag}`)
  for (const [options, stands] of [[undefined, row.bundled], [{ when: Fallback.onFailure }, true]] as const) {
    const exit = yield* ask(options)
    if (!stands) assert.deepStrictEqual(outcomes(failureOf(exit, "an outage").attempts), attempts)
    else if (Exit.isFailure(exit)) assert.fail(`not bundled: ${exit.cause}`)
    else {
      const { attribution, provenance } = exit.value
      assert.isUndefined(attribution)
      assert.deepInclude(provenance, { source: "bundled", reason: row.tag })
      assert.deepStrictEqual(outcomes(provenance.attempts), attempts)
    }
  }
}, Effect.provide(World.client))

/** The first attempt meets the fault, the second is under way when the time is over. */
const afterAnOuterTimeout = Effect.fnUntraced(function*(id: World.VendorId, row: Row, { options, round }: Outer) {
  const world = yield* World.make(id, row)
  const bundle = yield* loaded(world.paywall)
  // Where the first takes all of its 2,000 milliseconds, the second has 500 left.
  const steps = row.hangs ? [2000, limitMs - 2000] : [0, limitMs]
  const listed = [`${id}: ${row.tag}`, `${id}: Timeout`]
  for (const isBundled of [false, true]) {
    yield* world.befallOnceThenSilence
    const inner = yield* round(world.provider, row.hangs ? 2000 : 60_000)
    const provider = isBundled ? Fallback.bundled(bundle, { when: Fallback.onFailure })(inner) : inner
    const exit = yield* World.settle(provider.getPaywall(World.request, options), world, ...steps)
    if (isBundled) {
      if (Exit.isFailure(exit)) assert.fail(`not bundled: ${exit.cause}`)
      assert.deepStrictEqual(outcomes(exit.value.provenance.attempts), listed, row.fault)
      assert.strictEqual(exit.value.provenance.reason, "Timeout")
    } else {
      const error = failureOf(exit, row.fault)
      assert.deepStrictEqual({ ...error.reason }, { ...new PricingError.Timeout({ limitMs }) })
      assert.deepStrictEqual([error.provider, error.operation, error.isRetryable], [id, "getPaywall", true])
      assert.deepStrictEqual(outcomes(error.attempts), listed, row.fault)
      survivesJson(error)
    }
  }
}, Effect.provide(World.client))

/** One test a row and promise. */
export const suite = (id: World.VendorId) => {
  describe(`${id}: every fault is what the table says`, () => {
    it("has more than 70 of them, each of its own name", () => {
      assert.isAbove(new Set(rows.map(({ fault }) => fault)).size, 70)
      assert.lengthOf(new Set(rows.map(({ fault }) => fault)), rows.length)
    })

    it.effect.each(rows)("$fault: $tag, through every policy", (row) => throughEveryPolicy(id, row), 120_000)

    it.effect.each(rows)("$fault: bundled $bundled", (row) => fromTheBundle(id, row), 120_000)

    const interrupted = rows.filter(({ cause, sent }) => sent === 3 && cause !== "refused")
    for (const outer of outers) {
      it.effect(
        `an attempt that failed is still told of after the time of ${outer.name}`,
        () => Effect.forEach(interrupted, (row) => afterAnOuterTimeout(id, row, outer), { discard: true }),
        120_000
      )
    }
  })
}
