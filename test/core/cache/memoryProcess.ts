/**
 * A process of its own, since its memory is what is measured: distinct customers pass through a cache, each asks once.
 * Prints a `Report` as one line of JSON. Needs `--expose-gc`; the arguments are vendor, stack and number of customers.
 */
import type { Paywall } from "@priceport/core/domain/Paywall"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import * as Resilience from "@priceport/core/resilience/Resilience"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import assert from "node:assert/strict"
import { PaywallAnswer as BotsiAnswer } from "../../../packages/botsi/src/BotsiSchema.ts"
import { toPaywall as toBotsi } from "../../../packages/botsi/src/internal/paywall.ts"
import { PaywallAnswer as CorrilyAnswer } from "../../../packages/corrily/src/CorrilySchema.ts"
import { toPaywall as toCorrily } from "../../../packages/corrily/src/internal/paywall.ts"
import * as answers from "../../bench/answers.ts"

/** `heap` is what is in use after each sixteenth of the customers, in bytes; `empty` before the first, `peak` the RSS. */
export interface Report {
  readonly customers: number
  readonly stats: PaywallCache.Stats
  readonly bytesAtMost: number
  readonly empty: number
  readonly heap: ReadonlyArray<number>
  readonly peak: number
  readonly ms: number
}

const texts = { botsi: JSON.stringify(answers.botsi), corrily: JSON.stringify(answers.corrily) }
const readBotsi = WireSchema.reader(BotsiAnswer)
const readCorrily = WireSchema.reader(CorrilyAnswer)

const requestOf = (index: number): PaywallRequest => ({
  placement: "onboarding",
  customer: { id: `customer-${index}`, country: "DE", locale: "de-DE", attributes: { plan: "free", team: "blue" } }
})

/** Maps an answer as the adapters do, parsed anew for each customer. */
const vendors: Readonly<Record<string, (request: PaywallRequest) => Paywall>> = {
  botsi: (request) =>
    sound(toBotsi(read(readBotsi(JSON.parse(texts.botsi))).data, {
      provider: "botsi",
      request,
      subject: { kind: "customerUserId", value: request.customer.id! },
      placementId: "onboarding",
      fetchedAt: new Date().toISOString()
    })),
  corrily: (request) =>
    sound(toCorrily(read(readCorrily(JSON.parse(texts.corrily))), {
      provider: "corrily",
      request,
      encoded: {
        subject: { kind: "user_id", value: request.customer.id! },
        enrolled: true,
        body: { user_id: request.customer.id! }
      },
      fetchedAt: new Date().toISOString()
    }))
}

const read = <A>(exit: Exit.Exit<A, unknown>): A => {
  assert(Exit.isSuccess(exit))
  return exit.value
}

const sound = (mapped: Paywall | Error): Paywall => {
  if (mapped instanceof Error) throw mapped
  return mapped
}

const capabilities = { exposure: "on-impression", purchases: [], repeatPurchase: "safe" } as const

/** `harden` is the whole recommended stack round a provider as adapters make it, `cache` nothing but the cache. */
const stacks: Readonly<Record<string, (id: string) => ReturnType<ReturnType<typeof PaywallCache.make>>>> = {
  harden: (id) => Resilience.harden()(PricingProvider.make({ id, capabilities, getPaywall: answer(id) })),
  cache: (id) =>
    PaywallCache.make()({
      id,
      capabilities,
      getPaywall: answer(id),
      recordImpression: () => Effect.die("not called"),
      validatePurchase: () => Effect.die("not called")
    })
}

const answer = (id: string) => {
  const toPaywall = vendors[id]!
  return (request: PaywallRequest) => Effect.sync(() => toPaywall(request))
}

const heapUsed = (): number => {
  globalThis.gc!()
  return process.memoryUsage().heapUsed
}

const [vendor = "", stack = "", many = ""] = process.argv.slice(2)
const customers = Number(many)

const measure = Effect.gen(function*() {
  const { provider, stats } = yield* stacks[stack]!(vendor)
  const empty = heapUsed()
  const heap: Array<number> = []
  let bytesAtMost = 0
  const startedAt = performance.now()
  for (let index = 0; index < customers; index++) {
    yield* provider.getPaywall(requestOf(index))
    if (index % 100 === 0) bytesAtMost = Math.max(bytesAtMost, (yield* stats).bytes)
    if ((index + 1) % (customers / 16) === 0) heap.push(heapUsed())
  }
  const report: Report = {
    customers,
    stats: yield* stats,
    bytesAtMost,
    empty,
    heap,
    peak: process.resourceUsage().maxRSS * 1024,
    ms: Math.round(performance.now() - startedAt)
  }
  process.stdout.write(`${JSON.stringify(report)}\n`)
})

await Effect.runPromise(Effect.scoped(measure))
