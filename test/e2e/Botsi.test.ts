import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const device = ["--device", "iPhone 15", "--os", "iOS 17.0", "--platform", "ios", "--app-version", "2.3.4"]

const customer = "user-1"

const profileId = "6f0c1d3e-1111-4222-8333-444455556666"

const customers = [{ customerUserId: customer, profileId }]

const bodies = Effect.fnUntraced(function*(vendor: Effect.Success<ReturnType<typeof Vendors.botsi>>["vendor"]) {
  return (yield* vendor.requests).map(({ body, method, path }) => [method, path.replace("/api/v1/web-api", ""), body])
})

describe.concurrent("priceport at Botsi", () => {
  it.live("creates a profile and adds, replaces and adds many attributes", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi()
      const { document: profile } = yield* Priceport.json(
        ["profile", "create", "--country", "US", ...device, "--customer", customer],
        { env }
      )
      assert.strictEqual(Object.keys(profile)[0], "profileId")
      assert.strictEqual(profile.customerUserId, customer)
      assert.notInclude(Object.values(profile), null)

      const who = ["--profile-id", profile.profileId]
      const added = yield* Priceport.json(["attribute", "add", ...who, "--key", "plan", "--value", ""], { env })
      assert.deepStrictEqual(Object.keys(added.document), ["id", "key", "value"])
      const id = added.document.id

      const update = ["attribute", "update", ...who, "--id", id, "--key", "plan", "--value", "gold"]
      const updated = yield* Priceport.json(update, { env })
      assert.deepStrictEqual(updated.document, { id, key: "plan", value: "gold" })

      const set = ["--set", "b=x=y", "--set", "a=", "--set", "c=3"]
      const many = yield* Priceport.json(["attribute", "add-many", "--customer", customer, ...set], { env })
      assert.deepStrictEqual(
        many.document.map(({ key, value }: { key: string; value: string }) => [key, value]),
        [["b", "x=y"], ["a", ""], ["c", "3"]]
      )

      const { profileId } = profile
      assert.deepStrictEqual(yield* bodies(vendor), [
        ["POST", "/profiles", {
          country: "US",
          device: "iPhone 15",
          os: "iOS 17.0",
          platform: "ios",
          appVersion: "2.3.4",
          customerUserId: customer
        }],
        ["POST", "/profiles/custom-attributes", { profileId, custom: { key: "plan", value: "" } }],
        ["PUT", "/profiles/custom-attributes", { profileId, attrId: id, custom: { key: "plan", value: "gold" } }],
        ["POST", "/profiles/custom-attributes-all", {
          customerUserId: customer,
          custom: [{ key: "b", value: "x=y" }, { key: "a", value: "" }, { key: "c", value: "3" }]
        }]
      ])
    }))

  it.live("asks by the profile rather than by the customer, with the facts it was given", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi({ customers })
      const facts = ["--country", "de", "--store-country", "AT", "--locale", "de-DE", "--ip", "203.0.113.7"]
      const { document } = yield* Priceport.json([
        "paywall",
        "--provider",
        "botsi",
        "--placement",
        "settings",
        "--customer",
        customer,
        "--profile-id",
        profileId,
        ...facts,
        "--options",
        "{}",
        "--timeout",
        "60 seconds"
      ], { env })

      assert.deepStrictEqual(document.attribution.subject, { kind: "profileId", value: profileId })
      assert.deepStrictEqual(document.experiment, { _tag: "None" })
      assert.deepStrictEqual((yield* bodies(vendor)).at(-1), ["POST", "/paywalls", {
        profileId,
        placementId: "settings",
        country: "de",
        storeCountry: "AT",
        locale: "de-DE",
        ip: "203.0.113.7"
      }])
    }))

  it.live("validates Play Store purchases with all phases in order, and an App Store one as stated", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi({ customers })
      const { stdout } = yield* Priceport.json(
        [
          "paywall",
          "--provider",
          "botsi",
          "--placement",
          "ai-placement-id",
          "--customer",
          customer,
          ...Priceport.patience
        ],
        { env }
      )
      const bought = ["--product", "premium_monthly", "--environment", "production", "--paywall", "-"]
      const validate = (...args: ReadonlyArray<string>) =>
        Priceport.json(["purchase", ...args, ...bought], { env, stdin: stdout })

      const phases = ["--phase", "0:EUR:P1W:2:1", "--phase", "4990000:EUR:P1M:2:3", "--phase", "9990000:EUR:P1M:1:0"]
      const plan = ["--base-plan", "monthly", "--offer", "intro"]
      const subscription = yield* validate("play-store", "--token", "token-1", ...plan, ...phases)
      assert.isTrue(subscription.document.trial)
      const oneTime = yield* validate("play-store", "--token", "token-2", "--one-time", "4500000:EUR")
      assert.isFalse(oneTime.document.trial)
      const transaction = ["--transaction-id", "t-1", "--original-transaction-id", "t-0"]
      yield* validate("app-store", ...transaction, "--source", "restore", "--no-subscription")

      const shown = {
        placementId: "ai-placement-id",
        paywallId: 42,
        isExperiment: true,
        aiPricingModelId: 32,
        customerUserId: customer,
        productId: "premium_monthly",
        environment: "production"
      }
      const phase = (
        priceAmountMicros: number,
        billingPeriod: string,
        recurrenceMode: number,
        billingCycleCount: number
      ) => ({ priceAmountMicros, currencyCode: "EUR", billingPeriod, recurrenceMode, billingCycleCount })
      assert.deepStrictEqual((yield* bodies(vendor)).slice(-3), [
        ["POST", "/purchases/play-store/validate", {
          ...shown,
          token: "token-1",
          isSubscription: true,
          subscriptionOfferDetails: {
            basePlanId: "monthly",
            offerId: "intro",
            pricingPhases: [phase(0, "P1W", 2, 1), phase(4_990_000, "P1M", 2, 3), phase(9_990_000, "P1M", 1, 0)]
          }
        }],
        ["POST", "/purchases/play-store/validate", {
          ...shown,
          token: "token-2",
          isSubscription: false,
          oneTimePurchaseOfferDetails: { priceAmountMicros: 4_500_000, currencyCode: "EUR" }
        }],
        ["POST", "/purchases/apple-store/validate", {
          ...shown,
          transactionId: "t-1",
          originalTransactionId: "t-0",
          source: "restore",
          isSubscription: false
        }]
      ])
    }))

  it.live("shows people tables, without colours where there is no terminal", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.botsi({ customers })
      const { code, stderr, stdout } = yield* Priceport.run(
        [
          "paywall",
          "--provider",
          "botsi",
          "--placement",
          "ai-placement-id",
          "--customer",
          customer,
          ...Priceport.patience
        ],
        { env }
      )
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^Premium Paywall {2}botsi paywall 42, placement ai-placement-id, live, \d+ ms$/m)
      assert.match(stdout, /^Experiment: Treatment, variant 32/m)
      assert.match(stdout, /^PRODUCT +BASE PLAN +OFFERS\npremium_monthly +monthly-base +intro-offer-7d$/m)
      assert.notInclude(stdout, "\u001b")
    }))
})
