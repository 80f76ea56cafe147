import { assert, describe, it } from "@effect/vitest"
import { PricingProvider, ProviderRegistry } from "@priceport/core"
import { Effect } from "effect"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Botsi from "./Botsi.ts"

const models = [32, 0, null]

const paywalls = Effect.forEach(
  models,
  (aiPricingModelId) =>
    Effect.map(Botsi.attributionOf({ isExperiment: true, aiPricingModelId }), (attribution) => ({ attribution }))
)

const batch = Effect.map(paywalls, ([first, ...others]) => [first!, ...others] as const)

describe("Botsi recordImpressions", () => {
  it.effect("sends the impressions of one customer in one request, in their order and verbatim", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, Botsi.ok)
      const outcomes = yield* provider.recordImpressions!(yield* batch)
      assert.deepStrictEqual(outcomes, models.map(() => ({ _tag: "Recorded" })))
      assert.lengthOf(sent, 1)
      assert.deepStrictEqual(
        sent[0]?.body,
        models.map((aiPricingModelId) => ({
          eventType: "paywall_shown",
          paywallId: 7,
          placementId: "ai-placement-id",
          isExperiment: true,
          aiPricingModelId,
          profileId: Botsi.profileId
        }))
      )
    }))

  it.effect("leaves out what must not count, and says so in its place", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, Botsi.ok)
      const [first, second] = yield* batch
      const outcomes = yield* provider.recordImpressions!([{}, first, second!])
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["NotCounted", "Recorded", "Recorded"])
      assert.lengthOf(sent[0]?.body as ReadonlyArray<unknown>, 2)
    }))

  it.effect("of nothing that counts sends nothing", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, Botsi.ok)
      assert.deepStrictEqual((yield* provider.recordImpressions!([{}])).map(({ _tag }) => _tag), ["NotCounted"])
      assert.lengthOf(sent, 0)
    }))

  it.effect("refuses all of them, and sends none, where one is another customer's, provider's or nobody's", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({}, Botsi.ok)
      const [first] = yield* batch
      const changed = (change: object) => ({ attribution: { ...first.attribution, ...change } })
      const reasons = yield* Effect.forEach([
        changed({ subject: { kind: "profileId", value: "another" } }),
        changed({ provider: "corrily" }),
        changed({ payload: { id: "7" } }),
        changed({ fetchedAt: "today" })
      ], (other) => Effect.map(Effect.flip(provider.recordImpressions!([first, other])), ({ reason }) => reason._tag))
      assert.deepStrictEqual(reasons, [
        "InvalidRequest",
        "AttributionMismatch",
        "AttributionMismatch",
        "InvalidRequest"
      ])
      assert.lengthOf(sent, 0)
    }))

  it.effect("fails as one, with the attempt", () =>
    Effect.gen(function*() {
      const { provider } = yield* Botsi.provider({}, FakeHttp.json({ error: "too large" }, 413))
      const error = yield* Effect.flip(provider.recordImpressions!(yield* batch))
      assert.deepInclude(error.reason, { _tag: "Rejected", status: 413 })
      assert.strictEqual(error.operation, "recordImpression")
      assert.lengthOf(error.attempts, 1)
    }))

  it.effect("a registry gives its members as they are, and a policy hides them and what does not pass it", () =>
    Effect.gen(function*() {
      const { provider } = yield* Botsi.provider({}, Botsi.ok)
      const registry = ProviderRegistry.make([provider])
      const outer = ProviderRegistry.make([registry], { id: "outer" })
      assert.strictEqual(outer.member?.("botsi"), provider)
      assert.strictEqual(outer.member?.("corrily"), undefined)
      const wrapped = PricingProvider.transform(registry, (call) => call)
      assert.strictEqual(wrapped.member, undefined)
      assert.deepStrictEqual(wrapped.members, ["botsi"])
      assert.strictEqual(PricingProvider.transform(provider, (call) => call).recordImpressions, undefined)
    }))
})
