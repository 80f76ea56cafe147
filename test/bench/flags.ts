/**
 * A hit through the whole recommended stack, beside what applications use to decide what to show: feature-flag clients
 * that hold their rules in memory. Each serves the same paywall of the same placement, without hooks, events or network,
 * and, where it says no more, one value for everybody, which is the least it can do.
 *
 * - OpenFeature: `getObjectValue` of the server SDK on its own in-memory provider.
 * - GrowthBook: `evalFeature` of its client for many users, with the customer's attributes: one value for everybody, and
 *   an experiment of two variations for one country, which is the decision that a paywall's vendor makes.
 * - LaunchDarkly: `variation` of the server SDK on its own test data, events off.
 */
import { GrowthBookClient } from "@growthbook/growthbook"
import { init } from "@launchdarkly/node-server-sdk"
import { TestData } from "@launchdarkly/node-server-sdk/integrations"
import { InMemoryProvider, type JsonValue, OpenFeature } from "@openfeature/server-sdk"
import { Effect } from "effect"
import assert from "node:assert/strict"
import { compare, report } from "./Rounds.ts"
import * as Stack from "./Stack.ts"

const { pricing, promised, requests } = Stack

/** One paywall for everybody, as JSON: a flag's value is the same object each time. */
const { provenance: _, ...page } = Stack.floor(requests[0]!)!
const value = JSON.parse(JSON.stringify(page))

await OpenFeature.setProviderAndWait(
  new InMemoryProvider({ onboarding: { variants: { page: value }, defaultVariant: "page", disabled: false } })
)
const openFeature = OpenFeature.getClient()
const evaluations = requests.map(({ customer }) => ({
  targetingKey: customer.id!,
  country: customer.country!,
  locale: customer.locale!,
  ...customer.attributes
}))

const growthBook = new GrowthBookClient().initSync({
  payload: {
    features: {
      onboarding: { defaultValue: value },
      experiment: {
        defaultValue: null,
        rules: [{
          key: "paywall",
          condition: { country: "DE" },
          hashAttribute: "id",
          variations: [value, value],
          weights: [0.5, 0.5]
        }]
      }
    }
  }
})
const users = requests.map(({ customer }) => ({
  attributes: { id: customer.id, country: customer.country, locale: customer.locale, ...customer.attributes }
}))

const quiet = () => undefined
const flags = new TestData()
await flags.update(flags.flag("onboarding").valueForAll(value))
const launchDarkly = init("sdk-key", {
  updateProcessor: flags.getFactory(),
  sendEvents: false,
  diagnosticOptOut: true,
  logger: { error: console.error, warn: quiet, info: quiet, debug: quiet }
})
await launchDarkly.waitForInitialization({ timeout: 5 })
const contexts = requests.map(({ customer }) => ({
  kind: "user",
  key: customer.id!,
  country: customer.country,
  locale: customer.locale,
  ...customer.attributes
}))

const nothing: JsonValue = {}
for (const [index, request] of requests.entries()) {
  const { attribution, provenance, ...shown } = await Effect.runPromise(pricing.getPaywall(request))
  assert.equal(provenance.source, "cache")
  assert.equal(attribution?.subject.value, request.customer.id)
  for (
    const served of [
      await openFeature.getObjectValue("onboarding", nothing, evaluations[index]),
      growthBook.evalFeature("onboarding", users[index]!).value,
      growthBook.evalFeature("experiment", users[index]!).value,
      await launchDarkly.variation("onboarding", contexts[index]!, nothing)
    ]
  ) {
    const { attribution: __, ...page } = served as typeof value
    assert.deepEqual(page, JSON.parse(JSON.stringify(shown)))
  }
}

const ours = ["priceport, in a fiber", "priceport by runSyncExit", "priceport by promise"] as const

report(
  `A hit among ${Stack.customers} customers, beside flag clients`,
  await compare([
    Stack.byPromise(
      "OpenFeature object value",
      (_, index) => openFeature.getObjectValue("onboarding", nothing, evaluations[index])
    ),
    Stack.plainly("GrowthBook evalFeature", (_, index) => growthBook.evalFeature("onboarding", users[index]!)),
    Stack.plainly(
      "GrowthBook evalFeature, an experiment",
      (_, index) => growthBook.evalFeature("experiment", users[index]!)
    ),
    Stack.byPromise(
      "LaunchDarkly variation",
      (_, index) => launchDarkly.variation("onboarding", contexts[index]!, nothing)
    ),
    Stack.inFiber(ours[0], (request) => pricing.getPaywall(request)),
    Stack.plainly(ours[1], (request) => Effect.runSyncExit(pricing.getPaywall(request))),
    Stack.byPromise(ours[2], (request) => promised.getPaywall(request))
  ], { rounds: 5, times: 150_000 }),
  [
    { subject: ours[0], against: "OpenFeature object value", atMost: 1 / 20 },
    { subject: ours[0], against: "GrowthBook evalFeature", atMost: 1 },
    { subject: ours[0], against: "GrowthBook evalFeature, an experiment", atMost: 1 },
    { subject: ours[0], against: "LaunchDarkly variation", atMost: 1 },
    { subject: ours[2], against: "OpenFeature object value", atMost: 1 / 20 },
    { subject: ours[2], against: "LaunchDarkly variation", atMost: 1 }
  ]
)
await Promise.all([promised.close(), OpenFeature.close(), launchDarkly.close()])
