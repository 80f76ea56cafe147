import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const customer = "user-of-four-arms"

const arms = [
  { placement: "treated", isExperiment: true, aiPricingModelId: 32 },
  { placement: "compared", isExperiment: false, aiPricingModelId: 32 },
  { placement: "zero", isExperiment: false, aiPricingModelId: 0 },
  { placement: "none", isExperiment: false, aiPricingModelId: null }
]

describe("priceport: what Botsi gave comes back exactly", () => {
  it.live("from paywall through a file and standard input to impression and purchase, for each of the four arms", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi({
        customers: [{ customerUserId: customer }],
        placements: arms.map(({ placement, ...arm }) => ({ id: placement, arm }))
      })
      const write = yield* Priceport.files

      yield* Effect.forEach(arms, ({ aiPricingModelId, isExperiment, placement }, index) =>
        Effect.gen(function*() {
          const asked = [
            "paywall",
            "--provider",
            "botsi",
            "--placement",
            placement,
            "--customer",
            customer,
            ...Priceport.patience
          ]
          const { document, stdout } = yield* Priceport.json(asked, { env })
          const echoed = `"isExperiment":${isExperiment},"aiPricingModelId":${aiPricingModelId}`
          assert.include(
            stdout,
            `"payload":{"id":${100 * (index + 1) + (isExperiment ? 1 : 0)},"placementId":"${placement}",${echoed}}`
              .replace(/"id":\d+/, `"id":${document.id}`)
          )

          const file = write(`${placement}.json`, stdout)
          const impression = yield* Priceport.json(["impression", "--paywall", file], { env })
          assert.deepStrictEqual(impression.document, { _tag: "Recorded" })

          const bought = ["--transaction-id", `t-${index}`, "--original-transaction-id", `t-${index}`]
          const purchase = yield* Priceport.json(
            [
              "purchase",
              "app-store",
              "--paywall",
              "-",
              ...bought,
              "--product",
              "premium_monthly",
              "--environment",
              "sandbox"
            ],
            { env, stdin: stdout }
          )
          assert.strictEqual(purchase.document.provider, "botsi")
          assert.strictEqual(purchase.document.customer.id, customer)
          assert.notProperty(purchase.document, "trial")

          const sent = (yield* vendor.requests).filter(({ bodyText, path }) =>
            !path.endsWith("/paywalls") && bodyText.includes(`"placementId":"${placement}"`)
          )
          assert.deepStrictEqual(sent.map(({ path }) => path.replace("/api/v1/web-api", "")).toSorted(), [
            "/events",
            "/purchases/apple-store/validate"
          ])
          for (const { bodyText } of sent) assert.include(bodyText, echoed)
        }), { concurrency: 2 })

      const { impressions, sales } = yield* vendor.state
      assert.deepStrictEqual(impressions.byArm, { "true/32": 1, "false/32": 1, "false/0": 1, "false/null": 1 })
      assert.hasAllKeys(sales, ["true/32", "false/32", "false/0", "false/null"])
    }))
})
