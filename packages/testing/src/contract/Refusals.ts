/**
 * Promises about calls that cost the vendor nothing.
 *
 * @since 0.1.0
 */
import { assert } from "@effect/vitest"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import type { PricingError } from "@priceport/core/provider/PricingError"
import * as Effect from "effect/Effect"
import { type Bench, counted, type Given } from "./Bench.ts"
import * as ErrorTexts from "./ErrorTexts.ts"
import * as Transactions from "./Transactions.ts"

/** Writes them down. */
export const promises = ({ operations, options: { capabilities, customer }, promise }: Bench): void => {
  const fact = (members: object) => ({ customer: { ...customer, ...members } })

  const wrong: ReadonlyArray<{ readonly when: string; readonly members: object; readonly field: RegExp }> = [
    { when: "nothing tells who the customer is", members: { customer: {} }, field: /^customer\b/ },
    { when: "the placement is empty", members: { placement: "" }, field: /^placement$/ },
    { when: "a member does not exist", members: { enrol: false }, field: /^enrol$/ },
    { when: "the country is none", members: fact({ country: "Germany" }), field: /^customer\.country$/ },
    { when: "the currency is none", members: fact({ currency: "euro" }), field: /^customer\.currency$/ },
    { when: "the address is none", members: fact({ ip: "localhost" }), field: /^customer\.ip$/ }
  ]

  for (const { field, members, when } of wrong) {
    promise(`when ${when}`, (given) =>
      Effect.gen(function*() {
        const request = { ...given.request, ...members } as PaywallRequest
        assert.match(yield* refusedField(given, given.provider.getPaywall(request)), field)
      }))
  }

  for (const { name, prepare } of operations) {
    promise(`when the timeout of ${name} is no duration`, (given) =>
      Effect.gen(function*() {
        const call = yield* prepare(given)
        assert.strictEqual(yield* refusedField(given, call({ timeout: "soon" as never })), "timeout")
      }))
  }

  promise("for an impression of a customer who was not to be enrolled", (given) =>
    Effect.gen(function*() {
      const paywall = yield* given.provider.getPaywall({ ...given.request, enroll: false })
      assert.isFalse(paywall.attribution?.enrolled)
      yield* notCounted(given, paywall)
    }))

  promise(
    "for an impression of a bundled paywall, or of one without an attribution",
    (given) =>
      Effect.gen(function*() {
        const { attribution, provenance } = yield* given.provider.getPaywall(given.request)
        yield* notCounted(given, { attribution, provenance: { ...provenance, source: "bundled" } })
        yield* notCounted(given, { provenance })
        yield* notCounted(given, {})
      })
  )

  promise("for an impression of another provider's paywall", (given) =>
    Effect.gen(function*() {
      const attribution = yield* foreignAttribution(given)
      const reason = yield* refused(given, given.provider.recordImpression({ attribution }))
      assert.strictEqual(reason._tag, "AttributionMismatch")
    }))

  for (const transaction of Transactions.all("premium_monthly")) {
    if (capabilities.purchases.includes(Transactions.storeOf(transaction))) {
      promise(`for a purchase of another provider's paywall: ${transaction._tag}`, (given) =>
        Effect.gen(function*() {
          const attribution = yield* foreignAttribution(given)
          const reason = yield* refused(given, given.provider.validatePurchase({ attribution, transaction }))
          assert.strictEqual(reason._tag, "AttributionMismatch")
        }))

      promise(`for a purchase without an attribution: ${transaction._tag}`, (given) =>
        Effect.gen(function*() {
          const reason = yield* refused(given, given.provider.validatePurchase({ transaction }))
          assert.strictEqual(reason._tag, "Unattributable")
        }))
    } else {
      promise(
        `for a purchase that the vendor does not validate: ${transaction._tag}`,
        (given) =>
          Effect.gen(function*() {
            const { attribution } = yield* given.provider.getPaywall(given.request)
            const reason = yield* refused(given, given.provider.validatePurchase({ attribution, transaction }))
            assert.strictEqual(reason._tag, "Unsupported")
          })
      )
    }
  }
}

/** Why a call is refused, which must not have reached the vendor. */
const refused = Effect.fnUntraced(function*<A>(given: Given, call: Effect.Effect<A, PricingError>) {
  const { requests, result: error } = yield* counted(given, Effect.flip(call))
  assert.strictEqual(requests, 0)
  assert.deepStrictEqual(error.attempts, [])
  assert.isFalse(error.isRetryable)
  yield* ErrorTexts.assertDiscreet(given, error)
  return error.reason
})

/** The member that a refused request has wrong. */
const refusedField = <A>(given: Given, call: Effect.Effect<A, PricingError>) =>
  Effect.map(
    refused(given, call),
    (reason) => reason._tag === "InvalidRequest" ? reason.field : assert.fail(reason.message)
  )

const notCounted = Effect.fnUntraced(
  function*(given: Given, impression: Parameters<Given["provider"]["recordImpression"]>[0]) {
    const { requests, result: outcome } = yield* counted(given, given.provider.recordImpression(impression))
    assert.strictEqual(outcome._tag, "NotCounted")
    assert.strictEqual(requests, 0)
  }
)

const foreignAttribution = ({ provider, request }: Given) =>
  Effect.map(
    provider.getPaywall(request),
    ({ attribution }) => attribution && { ...attribution, provider: "another-provider" }
  )
