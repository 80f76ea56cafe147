import { assert, describe, it } from "@effect/vitest"
import { type Paywall, Resilience } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import * as Failover from "@priceport/core/routing/Failover"
import { BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import { Effect, Layer } from "effect"
import * as Vendors from "../../support/Vendors.ts"

const customers = Array.from({ length: 1000 }, (_, index) => `customer-${index}`)

const latency = { minMs: 0, maxMs: 0 }

/** Both vendors on loopback, knowing everybody. */
const Simulated = Layer.mergeAll(
  BotsiSimulator.layer({ latency, customers: customers.map((customerUserId) => ({ customerUserId })) }),
  CorrilySimulator.layer({ latency }),
  UndiciHttpClient.layer
)

/** What is remembered stands in for a failure and answers nothing else, and it is that of half of the customers. */
const policy: Resilience.Policy = {
  retry: { times: 0 },
  breaker: { openFor: "10 minutes", openAtMost: "10 minutes" },
  cache: { timeToLive: 1, staleWhileRevalidate: 0, maxEntries: 500 }
}

/** Botsi with Corrily as its standby; Botsi dies once it has served all customers, who come back then. */
const outage = Effect.fnUntraced(function*(options: Partial<Failover.Config>, concurrency: number) {
  const vendors = yield* Effect.all([Vendors.makeBotsi, Vendors.makeCorrily])
  const members = yield* Effect.forEach(vendors, (vendor) => Resilience.harden(policy)(vendor))
  const provider = yield* Failover.make(
    { _tag: "Failover", id: "botsi-first", members: ["botsi", "corrily"], ...options },
    members.map(({ provider }) => provider)
  )
  const botsi = yield* BotsiSimulator.BotsiSimulator
  const corrily = yield* CorrilySimulator.CorrilySimulator
  const ask = (id: string) => provider.getPaywall({ placement: "onboarding", customer: { id } })

  const first = yield* Effect.forEach(customers, ask, { concurrency: 8 })
  assert.isTrue(first.every((paywall) => paywall.provider === "botsi"))
  const before = (yield* botsi.requests).length
  assert.strictEqual(before, customers.length)

  yield* botsi.inject(Fault.Status({ status: 503 }))
  const answers = yield* Effect.forEach(customers, (id) => Effect.result(ask(id)), { concurrency })
  return { answers, ask, botsi, corrily, provider, sent: (yield* botsi.requests).length - before }
})

const isKept = ({ provenance: { repriced, source, standby }, provider }: Paywall.Paywall) =>
  provider === "botsi" && source === "stale" && standby?.for === "botsi" && repriced === undefined

const isRepriced = ({ provenance: { repriced, source, standby }, provider }: Paywall.Paywall) =>
  provider === "corrily" && source === "live" && standby?.for === "botsi" && repriced === true

describe("A vendor that dies before 1,000 customers come back", () => {
  it.live(
    "costs what opened its circuit, and each of them keeps the prices or is told that they are others",
    () =>
      Effect.gen(function*() {
        const { answers, ask, botsi, corrily, provider, sent } = yield* outage({}, 1)
        assert.strictEqual(sent, 5)
        const paywalls = answers.flatMap((answer) => answer._tag === "Success" ? [answer.success] : [])
        assert.lengthOf(paywalls, 1000)
        assert.isTrue(paywalls.every((paywall) => isKept(paywall) || isRepriced(paywall)))
        assert.lengthOf(paywalls.filter(isKept), 500)

        // Each impression goes to who served the paywall, and a purchase of Botsi's waits for Botsi.
        yield* botsi.clearFaults
        const [kept, repriced] = [paywalls.find(isKept)!, paywalls.find(isRepriced)!]
        assert.strictEqual((yield* provider.recordImpression(kept))._tag, "Recorded")
        assert.strictEqual((yield* provider.recordImpression(repriced))._tag, "ImplicitOnFetch")

        yield* botsi.inject(Fault.Status({ status: 503 }))
        yield* corrily.inject(Fault.Status({ status: 503 }))
        const error = yield* Effect.flip(ask("customer-nobody-has-seen"))
        assert.deepStrictEqual([error.provider, error.reason._tag], ["botsi", "CircuitOpen"])
        assert.deepStrictEqual(error.attempts.map(({ provider }) => provider), ["corrily"])
      }).pipe(Effect.provide(Simulated)),
    60_000
  )

  it.live(
    "costs no more with all of them at once than were under way when the circuit opened",
    () =>
      Effect.gen(function*() {
        const { answers, sent } = yield* outage({ whenShown: "keepOnly" }, 16)
        assert.isAtMost(sent, 5 + 15)
        for (const answer of answers) {
          if (answer._tag === "Success") assert.isTrue(isKept(answer.success))
          else assert.strictEqual(answer.failure.provider, "botsi")
        }
        const reasons = new Set(
          answers.flatMap((answer) => answer._tag === "Failure" ? [answer.failure.reason._tag] : [])
        )
        assert.includeMembers(["Unavailable", "CircuitOpen"], [...reasons])
      }).pipe(Effect.provide(Simulated)),
    60_000
  )
})
