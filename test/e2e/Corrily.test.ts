import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const paywall = [
  "paywall",
  "--provider",
  "corrily",
  "--placement",
  "plans",
  "--customer",
  "user-1",
  ...Priceport.patience
]

describe.concurrent("priceport at Corrily", () => {
  it.live("asks with the facts and the extras it was given, and needs no key of Botsi", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.corrily()
      const facts = [
        "--country",
        "de",
        "--currency",
        "GBP",
        "--ip",
        "203.0.113.7",
        "--attribute",
        "plan=a=b",
        "--attribute",
        "x="
      ]
      const { document } = yield* Priceport.json(
        [...paywall, ...facts, "--options", "{\"paywallId\":502,\"overrideCurrency\":true}"],
        { env }
      )

      assert.deepStrictEqual((yield* vendor.requests).map(({ body }) => body), [{
        user_id: "user-1",
        ip: "203.0.113.7",
        country: "DE",
        currency: "GBP",
        override_currency: true,
        paywall_id: "502",
        features: { plan: "a=b", x: "" }
      }])
      assert.strictEqual(document.id, "502")
      assert.deepStrictEqual(document.experiment, { _tag: "Unknown" })
      assert.strictEqual(document.products[0].price.currency, "GBP")
      assert.notProperty(document.products[0].price, "money")
      assert.deepStrictEqual(document.products[0].trial, { id: "70010", days: 7, type: "free" })
    }))

  it.live("counted when it was asked: the impression sends nothing, and a purchase is Unsupported", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.corrily()
      const { stdout } = yield* Priceport.json(paywall, { env })
      const impression = yield* Priceport.json(["impression", "--paywall", "-"], { env, stdin: stdout })
      assert.deepStrictEqual(impression.document, { _tag: "ImplicitOnFetch" })

      const bought = ["--token", "t", "--product", "pro.monthly", "--environment", "sandbox", "--one-time", "1:EUR"]
      const error = yield* Priceport.failure(
        ["purchase", "play-store", "--paywall", "-", ...bought],
        { env, stdin: stdout }
      )
      assert.deepStrictEqual(error, {
        provider: "corrily",
        operation: "validatePurchase",
        reason: { _tag: "Unsupported", capability: "validatePurchase" },
        message: "corrily.validatePurchase: Unsupported (validatePurchase)",
        retryable: false
      })
      assert.strictEqual((yield* vendor.requests).length, 1)
      assert.strictEqual((yield* vendor.state).exposures, 1)
    }))

  it.live("only looks with --no-enroll, and such a paywall does not count", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.corrily()
      const { document, stdout } = yield* Priceport.json([...paywall, "--no-enroll"], { env })
      assert.isFalse(document.attribution.enrolled)
      assert.deepStrictEqual(document.experiment, { _tag: "None" })

      const impression = yield* Priceport.json(["impression", "--paywall", "-"], { env, stdin: stdout })
      assert.strictEqual(impression.document._tag, "NotCounted")
      const { exposures, unenrolled } = yield* vendor.state
      assert.deepStrictEqual([exposures, unenrolled], [0, 1])
    }))
})
