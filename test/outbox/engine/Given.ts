/** An outbox on a store in memory, vendors that a test directs, and what they were asked. */
import {
  type Attribution,
  KeyRing,
  PricingError,
  PricingProvider,
  ProviderRegistry,
  type Purchase
} from "@priceport/core"
import { MemoryStore, Outbox, OutboxStore } from "@priceport/outbox"
import { type Array, Clock, Context, Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** What reached a vendor: who, when, and as what. Impressions of one request stand together. */
interface Request {
  readonly at: number
  readonly operation: "impression" | "purchase"
  readonly provider: string
  readonly customer: string
  readonly ids: ReadonlyArray<string>
}

export type Answer = (request: Request) => Effect.Effect<void, PricingError.Reason | PricingError.PricingError>

export interface Vendor {
  readonly provider: PricingProvider.Service
  readonly requests: Array<Request>
  /** How every request is answered from now on. */
  answer: Answer
  inFlight: number
  mostInFlight: number
}

export const vendor = (options: {
  readonly id?: string
  readonly answer?: Answer
  readonly batches?: boolean
  readonly exposure?: "on-fetch" | "on-impression"
} = {}): Vendor => {
  const { answer = () => Effect.void, batches = false, exposure = "on-impression", id = "botsi" } = options
  const request = (
    operation: Request["operation"],
    attributions: ReadonlyArray<Attribution.Attribution>,
    ids: ReadonlyArray<string>
  ) =>
    Clock.clockWith((clock) => {
      const customer = attributions[0]!.subject.value
      const request = { at: clock.currentTimeMillisUnsafe(), operation, provider: id, customer, ids }
      self.requests.push(request)
      self.inFlight++
      self.mostInFlight = Math.max(self.mostInFlight, self.inFlight)
      return Effect.ensuring(self.answer(request), Effect.sync(() => self.inFlight--))
    })
  const paywalls = (attributions: ReadonlyArray<Attribution.Attribution>) =>
    attributions.map(({ paywallId }) => paywallId)
  const self: Vendor = {
    requests: [],
    answer,
    inFlight: 0,
    mostInFlight: 0,
    provider: PricingProvider.make({
      id,
      capabilities: { exposure, purchases: ["app_store"], repeatPurchase: "unknown" },
      getPaywall: () => Effect.die("not asked for here"),
      recordImpression: (attribution) =>
        Effect.as(request("impression", [attribution], paywalls([attribution])), { _tag: "Recorded" }),
      ...(batches && {
        recordImpressions: (attributions: ReadonlyArray<Attribution.Attribution>) =>
          request("impression", attributions, paywalls(attributions))
      }),
      validatePurchase: (attribution, transaction) =>
        Effect.as(request("purchase", [attribution], [transactionId(transaction)]), validated(id, transaction))
    })
  }
  return self
}

const transactionId = (transaction: Purchase.Transaction) =>
  transaction._tag === "AppStoreTransaction" ? transaction.transactionId : transaction.token

export const validated = (provider: string, transaction: Purchase.Transaction): Purchase.ValidatedPurchase => ({
  provider,
  customer: { entitlements: [{ key: transactionId(transaction), active: true }] }
})

export const fails = (reason: PricingError.Reason): Answer => () => Effect.fail(reason)
export const unavailable = new PricingError.Unavailable({ status: 503 })
export const lost = new PricingError.Transport({ detail: "reset", sent: "maybe" })
export const rejected = new PricingError.Rejected({ status: 400, detail: "no such paywall" })

export const attribution = (customer: string, paywallId: string, provider = "botsi"): Attribution.Attribution => ({
  provider,
  placement: "onboarding",
  paywallId,
  subject: { kind: "customerUserId", value: customer },
  enrolled: true,
  fetchedAt: "2026-03-01T12:00:00.000Z",
  payload: { id: 42, aiPricingModelId: null, isExperiment: false }
})

export const impression = (customer: string, paywallId: string, provider?: string) => ({
  attribution: attribution(customer, paywallId, provider)
})

export const purchase = (
  customer: string,
  transactionId: string,
  options: { readonly provider?: string } & Partial<Purchase.AppStoreTransaction> = {}
) => {
  const { provider, ...transaction } = options
  return {
    attribution: attribution(customer, "shown", provider),
    transaction: {
      _tag: "AppStoreTransaction",
      transactionId,
      originalTransactionId: transactionId,
      productId: "premium",
      environment: "production",
      ...transaction
    }
  } satisfies Purchase.Purchase
}

/** A ring that hashes for real and only marks what it seals, for tests of many entries. */
const plainRing: KeyRing.KeyRing["Service"] = {
  seal: (clear, context) =>
    Effect.sync(() => new TextEncoder().encode(`${context}\n${Buffer.from(clear).toString("base64")}`)),
  open: (sealed, context) => {
    const [sealedFor, clear = ""] = new TextDecoder().decode(sealed).split("\n")
    return sealedFor === context
      ? Effect.succeed(new Uint8Array(Buffer.from(clear, "base64")))
      : Effect.fail(new KeyRing.Unopened({ cause: "forged" }))
  },
  fingerprint: (...parts) => Effect.sync(() => createHash("sha256").update(JSON.stringify(parts)).digest("base64url"))
}

/** Vendors behind one port. */
export const registry = (first: Vendor, ...others: ReadonlyArray<Vendor>) =>
  ProviderRegistry.make([first.provider, ...others.map(({ provider }) => provider)])

export interface Running {
  readonly outbox: Outbox.Outbox["Service"]
  readonly store: OutboxStore.Service
  readonly stop: Effect.Effect<void>
}

/** Starts an outbox, on the store of another one where it is given. It stops with the test. */
export const start = (
  vendors: Vendor | Array.NonEmptyReadonlyArray<Vendor>,
  options: Outbox.Options = {},
  given: { readonly store?: OutboxStore.Service; readonly ring?: KeyRing.KeyRing["Service"] } = {}
) =>
  Effect.gen(function*() {
    const store = given.store ?? (yield* MemoryStore.make)
    const [first, ...others] = "provider" in vendors ? [vendors] : vendors
    const provider = others.length === 0 ? first.provider : registry(first, ...others)
    const scope = yield* Scope.make()
    const outbox = yield* Outbox.make(options).pipe(
      Effect.provide(
        Context.make(PricingProvider.PricingProvider, provider).pipe(
          Context.add(OutboxStore.OutboxStore, store),
          Context.add(KeyRing.KeyRing, given.ring ?? plainRing)
        )
      ),
      Scope.provide(scope)
    )
    const stop = Scope.close(scope, Exit.void)
    // A request that hangs under the test's clock would hold the end of the test up.
    yield* Effect.addFinalizer(() => Effect.andThen(outbox.shutdown(0), stop))
    return { outbox, store, stop }
  })

/** Runs something while the clock goes on for this long, in steps: what it waits for begins when it has come there. */
export const passing = <A, E>(effect: Effect.Effect<A, E>, time: number) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect)
    for (let step = 0; step < 20; step++) yield* TestClock.adjust(time / 20)
    return yield* Fiber.join(fiber)
  })

/** When the requests were sent, from the first one on. */
export const times = ({ requests }: Vendor) => requests.map(({ at }) => at - requests[0]!.at)

export const idsOf = ({ requests }: Vendor) => requests.flatMap(({ ids }) => ids)
