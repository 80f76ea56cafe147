/**
 * Promises about a paywall that was served.
 *
 * @since 0.1.0
 */
import { assert } from "@effect/vitest"
import { Paywall } from "@priceport/core/domain/Paywall"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Bench, counted } from "./Bench.ts"

/** Takes a paywall through JSON and back. */
export const throughJson = Effect.fnUntraced(function*(paywall: Paywall) {
  const text = yield* Schema.encodeEffect(codec)(paywall)
  return yield* Schema.decodeEffect(codec)(text)
})

const codec = Schema.fromJsonString(Schema.toCodecJson(Paywall))

/** Writes them down. */
export const promises = ({ options: { capabilities, customer, id, placement }, promise }: Bench): void => {
  promise(
    "names the provider that served it, and the placement in the application's words",
    ({ provider, request }) =>
      Effect.gen(function*() {
        const paywall = yield* provider.getPaywall(request)
        assert.strictEqual(paywall.provider, id)
        assert.strictEqual(paywall.placement, placement)
      })
  )

  promise("costs one request, and is live after one attempt", (given) =>
    Effect.gen(function*() {
      const { requests, result } = yield* counted(given, given.provider.getPaywall(given.request))
      assert.strictEqual(requests, 1)
      assert.strictEqual(result.provenance.source, "live")
      assert.deepStrictEqual(
        result.provenance.attempts.map(({ outcome, provider }) => ({ outcome, provider })),
        [{ outcome: "ok", provider: id }]
      )
    }))

  promise("carries an attribution to the identity that was used", ({ provider, request }) =>
    Effect.gen(function*() {
      const { attribution, id: paywallId } = yield* provider.getPaywall(request)
      assert.deepInclude(attribution, { provider: id, placement, paywallId, enrolled: true })
      assert.include([customer.profiles?.[id], customer.id, customer.ip], attribution?.subject.value)
    }))

  promise("survives JSON", ({ provider, request }) =>
    Effect.gen(function*() {
      const paywall = yield* provider.getPaywall(request)
      assert.deepStrictEqual(yield* throughJson(paywall), paywall)
    }))

  promise("holds no secret", ({ provider, request, vendor }) =>
    Effect.gen(function*() {
      const text = JSON.stringify(yield* provider.getPaywall(request))
      for (const secret of vendor.secrets) assert.notInclude(text, secret)
    }))

  promise("comes from a provider that claims no more than its vendor does", ({ provider }) =>
    Effect.sync(() => {
      assert.includeMembers([...provider.capabilities.purchases], [...capabilities.purchases])
      if (capabilities.exposure === "on-fetch") assert.strictEqual(provider.capabilities.exposure, "on-fetch")
      if (capabilities.repeatPurchase === "unknown") assert.strictEqual(provider.capabilities.repeatPurchase, "unknown")
    }))
}
