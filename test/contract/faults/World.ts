/** One vendor that a fault befalls, with the test clock standing still unless it is moved here. */
import { BotsiProvider } from "@priceport/botsi"
import type { PricingError, PricingProvider, Purchase } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { CorrilyProvider } from "@priceport/corrily"
import { BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import { Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Vendors from "../../support/Vendors.ts"
import * as Socket from "./Socket.ts"
import type { Row } from "./Table.ts"

export const request = { placement: "onboarding", customer: Vendors.customer }

const latency = { minMs: 0, maxMs: 0 }

/** A simulator, and the adapter pointed to it or elsewhere. */
const starts = {
  botsi: Effect.gen(function*() {
    const simulator = yield* BotsiSimulator.make({ latency, customers: [{ customerUserId: Vendors.customer.id }] })
    const secretKey = Redacted.make(simulator.secretKey)
    return { simulator, providerAt: (baseUrl: string) => BotsiProvider.make({ baseUrl, secretKey }) }
  }),
  corrily: Effect.gen(function*() {
    const simulator = yield* CorrilySimulator.make({ latency })
    const apiKey = Redacted.make(simulator.apiKey)
    return { simulator, providerAt: (baseUrl: string) => CorrilyProvider.make({ baseUrl, apiKey }) }
  })
}

export type VendorId = keyof typeof starts

/** Starts a vendor. `befall` makes its next request, or all that follow, meet the row's fault, and any later one none. */
export const make = Effect.fnUntraced(function*(id: VendorId, { cause }: Pick<Row, "cause">) {
  const { providerAt, simulator } = yield* starts[id]
  const good = yield* providerAt(simulator.baseUrl)
  const socket = yield* Socket.make
  const isDeed = typeof cause === "function"
  const provider = isDeed
    ? yield* providerAt(socket.baseUrl)
    : cause === "refused"
    ? yield* providerAt(yield* Socket.refused)
    : good
  return {
    provider,
    paywall: yield* good.getPaywall(request),
    /** How many requests the vendor has seen. */
    arrived: isDeed ? socket.arrived : Effect.map(simulator.requests, (requests) => requests.length),
    befall: isDeed
      ? socket.next(cause)
      : cause === "refused"
      ? Effect.void
      : Effect.andThen(simulator.clearFaults, simulator.inject(cause)),
    befallOnceThenSilence: isDeed
      ? socket.next(cause, Socket.silence)
      : cause === "refused"
      ? Effect.void
      : simulator.clearFaults.pipe(
        Effect.andThen(simulator.inject(cause, { times: 1 })),
        Effect.andThen(simulator.inject(Fault.Silence()))
      )
  }
})

/** The HTTP client of a world, with connections of its own. */
export const client = UndiciHttpClient.layer

export type World = Effect.Success<ReturnType<typeof make>>

const transaction: Purchase.Transaction = {
  _tag: "AppStoreTransaction",
  transactionId: "2000000871590381",
  originalTransactionId: "2000000261699248",
  productId: "premium_monthly",
  environment: "sandbox"
}

/** The operations that reach a vendor, and each as one call. */
export const operations = {
  botsi: ["getPaywall", "recordImpression", "validatePurchase"],
  corrily: ["getPaywall"]
} as const satisfies Readonly<Record<VendorId, ReadonlyArray<PricingProvider.Operation>>>

export const call = (
  provider: PricingProvider.Service,
  operation: PricingProvider.Operation,
  { paywall }: Pick<World, "paywall">,
  options?: PricingProvider.CallOptions
): Effect.Effect<unknown, PricingError.PricingError> => {
  switch (operation) {
    case "getPaywall":
      return provider.getPaywall(request, options)
    case "recordImpression":
      return provider.recordImpression(paywall, options)
    case "validatePurchase":
      return provider.validatePurchase({ attribution: paywall.attribution, transaction }, options)
  }
}

/**
 * Waits for a call. Each time another request has arrived, the clock moves on by the next of the steps, and then by the
 * last: without steps only the vendor can end the call.
 */
export const settle = Effect.fnUntraced(function*<A, E>(
  effect: Effect.Effect<A, E>,
  { arrived }: Pick<World, "arrived">,
  ...steps: ReadonlyArray<number>
) {
  let seen = yield* arrived
  let taken = 0
  const fiber = yield* Effect.forkChild(Effect.exit(effect), { startImmediately: true })
  while (steps.length > 0 && fiber.pollUnsafe() === undefined) {
    if ((yield* arrived) > seen) {
      seen++
      yield* TestClock.adjust(steps[Math.min(taken++, steps.length - 1)]!)
    } else {
      yield* TestClock.withLive(Effect.sleep(1))
    }
  }
  return yield* Fiber.join(fiber)
})
