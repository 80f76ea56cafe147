/** What is reported of paywalls, and the ways it goes: at once with retries, or by an outbox that is started again. */
import { KeyRing, PricingProvider, ProviderRegistry, Purchase } from "@priceport/core"
import * as Retry from "@priceport/core/resilience/Retry"
import { MemoryStore, Outbox, OutboxStore } from "@priceport/outbox"
import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { Context, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import type * as Prng from "../../simulation/Prng.ts"
import { type Keys, type Tools, transaction, type Trip } from "./Journey.ts"
import * as Originals from "./Originals.ts"

/** How the reports of a batch travel. `filename`: in a SQLite file, else in memory. `direct`: how many at once, of 1. */
export interface Plan {
  readonly filename: string | undefined
  readonly direct: number
}

/** What is to be heard of a trip at the end. */
export interface Report extends Trip {
  readonly number: number
  readonly way: "direct" | "outbox"
  readonly impression: boolean
  readonly purchase: boolean
}

/** Reports everything as drawn. Halfway the outbox's process ends, and another one goes on with the keys after a rotation. */
export const make = Effect.fnUntraced(function*(trips: ReadonlyArray<Trip>, plan: Plan, tools: Tools) {
  const { after, before, passed, prng, world } = tools
  const { botsi, corrily, house } = world.vendors
  const reports = trips.map((trip, number) => drawn(prng, trip, number, plan))
  const [direct, stored] = [reports.filter(isDirect), reports.filter((report) => !isDirect(report))]
  world.fails = () => prng.chance(0.05)

  const retry = Retry.transient({ quota: { floor: 1_000_000 } })
  const vendors = ProviderRegistry.make([retry(botsi), retry(house)])
  yield* driven(Effect.forEach(direct, sent(vendors, tools), { concurrency: 10, discard: true }))
  passed("direct", direct.length)

  // What is accepted takes real time, and none of the clock's.
  const pace = { step: 100 }
  const memory = yield* MemoryStore.make
  const running = (keys: Keys, work: (outbox: Outbox.Outbox["Service"]) => Effect.Effect<void, unknown>) =>
    Effect.gen(function*() {
      const { filename } = plan
      const context = Context.make(PricingProvider.PricingProvider, ProviderRegistry.make([botsi, corrily, house]))
        .pipe(
          Context.add(OutboxStore.OutboxStore, filename === undefined ? memory : yield* SqliteStore.make({ filename })),
          Context.add(KeyRing.KeyRing, keys.ring)
        )
      yield* work(yield* Effect.provide(Outbox.make({ timeout: "1 hour", lease: "2 hours" }), context))
    }).pipe(Effect.scoped, (work) => driven(work, pace))

  const half = Math.floor(stored.length * prng.next())
  const accept = (outbox: Outbox.Outbox["Service"], some: ReadonlyArray<Report>) =>
    Effect.suspend(() => {
      pace.step = 0
      return Effect.forEach(some, accepted(outbox, tools), { concurrency: "unbounded", discard: true })
    }).pipe(Effect.ensuring(Effect.sync(() => void (pace.step = 100))))
  yield* running(before, (outbox) => Effect.andThen(accept(outbox, stored.slice(0, half)), outbox.shutdown(0)))
  passed(plan.filename === undefined ? "memory, restarted" : "SQLite, restarted", half)
  passed(plan.filename === undefined ? "memory" : "SQLite", stored.length)
  yield* running(after, (outbox) =>
    Effect.gen(function*() {
      yield* accept(outbox, stored.slice(half))
      const { dead, pending } = yield* outbox.flush("24 hours")
      if (pending > 0 || dead > 0) tools.wrong(`${pending} are pending, ${dead} were given up`)
    }))
  yield* running(
    after,
    (outbox) =>
      Effect.forEach(stored.filter(({ original }) => original.vendor === "corrily"), recalled(outbox, tools), {
        discard: true
      })
  )
  return reports
})

const isDirect = ({ way }: Report) => way === "direct"

const drawn = (prng: Prng.Prng, trip: Trip, number: number, plan: Plan): Report => {
  const { enrolled, vendor } = trip.original
  if (vendor === "corrily") return { ...trip, number, way: "outbox", impression: false, purchase: false }
  const both = prng.chance(0.1)
  const impression = enrolled && (both || prng.chance(0.75))
  return {
    ...trip,
    number,
    impression,
    purchase: both || !impression,
    way: prng.chance(plan.direct) ? "direct" : "outbox"
  }
}

/** Each kind of transaction, as its number says. */
const transactionOf = (number: number): Purchase.Transaction => {
  const about = { token: `t${number}`, productId: "premium", environment: "sandbox" } as const
  const price = { amountMicros: 1_990_000, currency: "EUR" }
  const id = { transactionId: `t${number}`, originalTransactionId: `o${number}` }
  if (number % 3 === 0) return { ...transaction, ...id }
  if (number % 3 === 1) return { _tag: "PlayStoreOneTimePurchase", ...about, price }
  const phase = { ...price, period: "P1M", recurrenceMode: 1, cycles: 0 }
  return { _tag: "PlayStoreSubscription", ...about, offer: { basePlanId: "monthly", pricingPhases: [phase] } }
}

/** The clock is driven on while other things take real time. */
const unhurried = { timeout: "1 hour" } as const

/** At once. A purchase that failed is sent again by whoever sent it. */
const sent = (vendors: PricingProvider.Service, { wrong }: Tools) => (report: Report) =>
  Effect.gen(function*() {
    const { attribution, impression, number, original, purchase } = report
    if (impression) {
      const { _tag } = yield* vendors.recordImpression({ attribution }, unhurried)
      if (_tag !== "Recorded") wrong(`an impression was ${_tag}`)
    }
    if (!purchase) return
    const bought = { attribution, transaction: transactionOf(number) }
    const { provider } = yield* Effect.retry(vendors.validatePurchase(bought, unhurried), { times: 1 })
    if (provider !== original.vendor) wrong(`a purchase of ${original.vendor}'s was validated by ${provider}`)
  })

const accepted = (outbox: Outbox.Outbox["Service"], { wrong }: Tools) => (report: Report) =>
  Effect.gen(function*() {
    const { attribution, impression, number, original, purchase } = report
    const should = original.vendor === "corrily" ? "ImplicitOnFetch" : impression ? "Queued" : "NotCounted"
    if (impression || !original.enrolled || should === "ImplicitOnFetch") {
      const { _tag } = yield* outbox.recordImpression({ attribution })
      if (_tag !== should) wrong(`an impression was ${_tag}, not ${should}`)
    }
    if (!purchase) return
    const bought = { attribution, transaction: transactionOf(number) }
    const outcome = yield* outbox.validatePurchase(bought, { timeout: 0 })
    if (!Purchase.isPending(outcome) && outcome.provider !== original.vendor) wrong("validated by another vendor")
  })

/** What Corrily was told of nothing about: it is kept for a restore. */
const recalled = (outbox: Outbox.Outbox["Service"], { passed, world, wrong }: Tools) => ({ original }: Report) =>
  Effect.map(outbox.recallAttribution({ provider: original.vendor, subject: original.subject }), (attribution) => {
    const should = world.expected(original)
    const is = attribution && Originals.text(attribution)
    if (is !== should) wrong(`${should} was recalled as ${is}`)
    passed("recalled")
  })

/** Lets the clock run while something is waited for that takes real time too. */
const driven = <A, E>(effect: Effect.Effect<A, E>, pace = { step: 100 }) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    while (fiber.pollUnsafe() === undefined) {
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* TestClock.adjust(pace.step)
    }
    return yield* Fiber.join(fiber)
  })
