import { assert, describe, it } from "@effect/vitest"
import { BotsiClient, BotsiProvider } from "@priceport/botsi"
import { CorrilyProvider } from "@priceport/corrily"
import { BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import { Cause, Effect, Exit, Layer, Logger, Redacted, References, Tracer } from "effect"
import { inspect } from "node:util"
import * as Vendors from "../support/Vendors.ts"

/** Twenty texts that tell a key, a person or a purchase. None may come out of a failed call. */
const planted = {
  botsiKey: "sk_planted-1.aZ09+/=",
  corrilyKey: "planted-2/key+",
  customerId: "planted-3 \"quoted\" 😀",
  profileId: "PLANTED-4-0CA8-480F-9819-3955A5428E39",
  ip: "203.0.113.5",
  transactionId: "planted-6-2000000871590381",
  originalTransactionId: "planted-7-2000000261699248",
  token: "planted-8.AOJ1OwvCGA8J2uUoKEpN5aNvpsFR8DXef",
  email: "planted-9@mail.test",
  phone: "+12344556710",
  username: "planted-11",
  advertisingId: "planted-12",
  idfa: "planted-13",
  attributeId: "planted-14",
  attributeValue: "planted-15",
  firstValue: "planted-16",
  secondValue: "planted-17",
  trait: "planted-18",
  otherTrait: "planted-19",
  ipv6: "2001:db8::20"
}

/** What a call can be seen in: its failure in every form, its spans, and every log line. */
const observed = Effect.fnUntraced(function*<A, E>(call: Effect.Effect<A, E>) {
  const seen: Array<string> = []
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const logger = Logger.make((options) => {
    seen.push(Logger.formatJson.log(options), Logger.formatLogFmt.log(options))
  })
  const exit = yield* Effect.exit(Effect.tapCause(call, (cause) => Effect.logDebug("the call failed", cause))).pipe(
    Effect.provide(Logger.layer([logger])),
    Effect.provideService(References.MinimumLogLevel, "All"),
    Effect.withTracer(tracer)
  )
  for (const { attributes, events, links, name, status: ended } of spans) {
    // A span keeps what it returned, which no exporter reads; what it failed with is exported.
    const status = ended._tag === "Ended" && Exit.isFailure(ended.exit) ? ended : ended._tag
    seen.push(inspect({ name, attributes, events, links, status }, { depth: 20, showHidden: true, getters: true }))
  }
  if (Exit.isFailure(exit)) {
    seen.push(
      Cause.pretty(exit.cause),
      inspect(exit, { depth: 20, showHidden: true, getters: true }),
      JSON.stringify(exit)
    )
    for (const reason of exit.cause.reasons) {
      if (reason._tag === "Fail") seen.push(inspect(reason.error), String(reason.error), JSON.stringify(reason.error))
    }
  }
  return { failed: Exit.isFailure(exit), spans: spans.length, text: seen.join("\n") }
})

/** A text as it stands, as JSON and URLs write it, and without regard to case. */
const formsOf = (secret: string) =>
  [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)].map((form) => form.toLowerCase())

const assertSilent = (text: string, what: string) => {
  const lower = text.toLowerCase()
  for (const [name, secret] of Object.entries(planted)) {
    for (const form of formsOf(secret)) assert.isFalse(lower.includes(form), `${name} came out of ${what}`)
  }
}

const attribution = {
  provider: "botsi",
  placement: "onboarding",
  paywallId: "100",
  subject: { kind: "profileId", value: planted.profileId },
  enrolled: true,
  fetchedAt: "2026-01-01T00:00:00.000Z",
  payload: { id: 100, placementId: "onboarding", isExperiment: true, aiPricingModelId: 32 }
}

const latency = { minMs: 0, maxMs: 0 }
const options = { timeout: "150 millis" } as const
const product = { productId: "premium", environment: "sandbox" } as const
const who = { profileId: planted.profileId }

/** Every operation there is, each with the texts that it sends. */
const calls = Effect.gen(function*() {
  const botsiSimulator = yield* BotsiSimulator.BotsiSimulator
  const corrilySimulator = yield* CorrilySimulator.CorrilySimulator
  const account = { secretKey: Redacted.make(planted.botsiKey), baseUrl: botsiSimulator.baseUrl }
  const client = yield* BotsiClient.make(account)
  const botsi = yield* BotsiProvider.make(account)
  const corrily = yield* CorrilyProvider.make({
    apiKey: Redacted.make(planted.corrilyKey),
    baseUrl: corrilySimulator.baseUrl
  })
  return {
    simulators: [botsiSimulator, corrilySimulator],
    calls: {
      "botsi.getPaywall by id": botsi.getPaywall(
        { placement: "onboarding", customer: { id: planted.customerId, ip: planted.ip } },
        options
      ),
      "botsi.getPaywall by profile": botsi.getPaywall(
        { placement: "onboarding", customer: { profiles: { botsi: planted.profileId }, ip: planted.ipv6 } },
        options
      ),
      "botsi.recordImpression": botsi.recordImpression({ attribution }, options),
      "botsi.validatePurchase, App Store": botsi.validatePurchase({
        attribution,
        transaction: {
          _tag: "AppStoreTransaction",
          ...product,
          transactionId: planted.transactionId,
          originalTransactionId: planted.originalTransactionId
        }
      }, options),
      "botsi.validatePurchase, Play Store": botsi.validatePurchase({
        attribution,
        transaction: {
          _tag: "PlayStoreOneTimePurchase",
          ...product,
          token: planted.token,
          price: { amountMicros: 1, currency: "USD" }
        }
      }, options),
      createProfile: client.createProfile({
        country: "US",
        device: "Iphone 15",
        os: "ios 15.0.2",
        platform: "ios",
        appVersion: "2.3.4",
        customerUserId: planted.customerId,
        email: planted.email,
        phone: planted.phone,
        username: planted.username,
        advertisingId: planted.advertisingId,
        idfa: planted.idfa,
        ip: planted.ip
      }, options),
      addAttribute: client.addAttribute({ ...who, custom: { key: "level", value: planted.attributeValue } }, options),
      updateAttribute: client.updateAttribute({
        ...who,
        attrId: planted.attributeId,
        custom: { key: "level", value: planted.attributeValue }
      }, options),
      addAttributes: client.addAttributes({
        ...who,
        custom: [{ key: "a", value: planted.firstValue }, { key: "b", value: planted.secondValue }]
      }, options),
      "corrily.getPaywall": corrily.getPaywall({
        placement: "onboarding",
        customer: {
          id: planted.customerId,
          ip: planted.ipv6,
          attributes: { team: planted.trait, cohort: planted.otherTrait }
        }
      }, options)
    }
  }
})

const Simulators = Layer.mergeAll(
  BotsiSimulator.layer({ latency, secretKey: planted.botsiKey, customers: [{ profileId: planted.profileId }] }),
  CorrilySimulator.layer({ latency, apiKey: planted.corrilyKey })
)

describe.concurrent("no failed call shows a key, a person or a purchase", () => {
  const clients = Object.entries(Vendors.httpClients)
  for (const [name, http] of clients) {
    it.live.each(Fault.all.map((fault) => ({ fault, what: JSON.stringify(fault) })))(
      `over ${name}, with $what`,
      ({ fault, what }) =>
        Effect.gen(function*() {
          const { calls: all, simulators } = yield* calls
          for (const simulator of simulators) yield* simulator.inject(fault)
          const outcomes = yield* Effect.forEach(
            Object.entries(all),
            ([operation, call]) =>
              Effect.map(observed<unknown, unknown>(call), (outcome) => ({ ...outcome, operation })),
            { concurrency: "unbounded" }
          )
          for (const { operation, text } of outcomes) assertSilent(text, `${operation} after ${what}`)
          assert.isAbove(outcomes.reduce((sum, { spans }) => sum + spans, 0), 0, "spans were recorded")
        }).pipe(Effect.provide(Layer.mergeAll(Simulators, http))),
      30_000
    )
  }

  it.live("and the search would find one", () =>
    Effect.gen(function*() {
      const { text } = yield* observed(Effect.die(`the key ${planted.botsiKey.toUpperCase()} is wrong`))
      assert.throws(() => assertSilent(text, "an error of ours"), "botsiKey")
    }))
})
