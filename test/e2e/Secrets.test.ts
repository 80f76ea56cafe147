import { assert, describe, it } from "@effect/vitest"
import { Fault } from "@priceport/testing/simulators"
import { Effect } from "effect"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const customer = "planted-customer"

const paywall = (vendor: string) => [
  "paywall",
  "--provider",
  vendor,
  "--placement",
  "onboarding",
  "--customer",
  customer,
  "--ip",
  "203.0.113.77",
  "--timeout",
  "400 millis"
]

const secrets = /planted|203\.0\.113\.77/

const served = JSON.stringify({
  provider: "botsi",
  id: "100",
  placement: "onboarding",
  products: [],
  experiment: { _tag: "None" },
  attribution: {
    provider: "botsi",
    placement: "onboarding",
    paywallId: "100",
    subject: { kind: "customerUserId", value: customer },
    enrolled: true,
    fetchedAt: "2026-01-01T00:00:00.000Z",
    payload: { id: 100, placementId: "onboarding", isExperiment: false, aiPricingModelId: null }
  },
  provenance: { source: "live", fetchedAt: "2026-01-01T00:00:00.000Z", notes: [], attempts: [] }
})

/** The result of a good answer names the customer, as it must; a failure never does. */
const assertSilent = (what: string, { code, stderr, stdout }: Priceport.Outcome, key: string) => {
  const said = code === 0 ? stderr : stdout + stderr
  assert.notMatch(said, secrets, what)
  assert.notInclude(stdout + stderr, key, what)
  assert.notMatch(stderr, /^\s+at |has a bug/m, what)
  assert.oneOf(code, [0, 1], what)
}

describe.concurrent("priceport: no key and no id in what it prints", () => {
  it.live("whatever goes wrong at Botsi", () =>
    Effect.gen(function*() {
      const key = "sk_planted.key-1"
      yield* Effect.forEach(Fault.all, (fault, index) =>
        Effect.gen(function*() {
          const { env } = yield* Vendors.botsi({
            secretKey: key,
            customers: [{ customerUserId: customer }],
            faults: [{ fault }]
          })
          const args = index % 2 === 0 ? [...paywall("botsi"), "--json"] : paywall("botsi")
          assertSilent(JSON.stringify(fault), yield* Priceport.run(args, { env }), key)
        }), { concurrency: 3 })
    }))

  it.live("whatever goes wrong at Corrily", () =>
    Effect.gen(function*() {
      const key = "planted-key.2"
      const faults = [
        Fault.Redirect({}),
        Fault.EchoSecrets({}),
        Fault.EchoSecrets({ status: 500 })
      ]
      yield* Effect.forEach(faults, (fault) =>
        Effect.gen(function*() {
          const { env } = yield* Vendors.corrily({ apiKey: key, faults: [{ fault }] })
          const args = [...paywall("corrily"), "--attribute", "team=planted-attribute"]
          assertSilent(JSON.stringify(fault), yield* Priceport.run(args, { env }), key)
        }), { concurrency: 3 })
    }))

  it.live("when the vendor quotes the whole request, whatever was asked", () =>
    Effect.gen(function*() {
      const key = "sk_planted.key-3"
      const { env } = yield* Vendors.botsi({ secretKey: key, faults: [{ fault: Fault.EchoSecrets({}) }] })
      const bought = ["--product", "p", "--environment", "sandbox", "--paywall", "-"]
      const commands = [
        ["impression", "--paywall", "-"],
        ["purchase", "app-store", ...bought, "--transaction-id", "planted-1", "--original-transaction-id", "planted-0"],
        ["purchase", "play-store", ...bought, "--token", "planted-token", "--one-time", "1:EUR"],
        [
          "profile",
          "create",
          "--country",
          "US",
          "--device",
          "d",
          "--os",
          "o",
          "--platform",
          "ios",
          "--app-version",
          "1",
          "--customer",
          customer
        ],
        ["attribute", "add", "--profile-id", "planted-profile", "--key", "k", "--value", "planted-value"],
        [
          "attribute",
          "update",
          "--customer",
          customer,
          "--id",
          "planted-attribute",
          "--key",
          "k",
          "--value",
          "planted-value"
        ],
        ["attribute", "add-many", "--customer", customer, "--set", "k=planted-value", "--set", "l=planted-other"]
      ]
      yield* Effect.forEach(commands, (args) =>
        Effect.gen(function*() {
          const outcome = yield* Priceport.run(args, { env, stdin: served })
          assertSilent(args.join(" "), outcome, key)
          assert.match(outcome.stderr, /Rejected \(400 .*\[redacted\]/)
        }), { concurrency: 3 })
    }))
})
