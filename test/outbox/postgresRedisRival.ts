/**
 * One of two processes that report the same transaction at the same time, each for two customers. It prints `READY`, waits
 * for anything on its input, and prints what came of its calls: by customer, each different answer and how often.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as BotsiProvider from "@priceport/botsi/BotsiProvider"
import type { Purchase } from "@priceport/core"
import * as KeyRing from "@priceport/core/attribution/KeyRing"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import * as Outbox from "@priceport/outbox/Outbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { once } from "node:events"
import type { Target } from "./crash/Job.ts"
import { storeOf } from "./crash/storeOf.ts"

export interface Order {
  readonly baseUrl: string
  readonly secretKey: string
  readonly sealingKeys: string
  readonly store: Target
  /** The same transaction, each with another customer's attribution. */
  readonly purchases: ReadonlyArray<Purchase.Purchase>
  readonly calls: number
}

/** By customer: how often each answer came. An answer is the vendor's word, `Pending`, or the tag of a reason. */
export type Answers = ReadonlyArray<Readonly<Record<string, number>>>

const order: Order = JSON.parse(process.argv[2]!)

const program = Effect.gen(function*() {
  const outbox = yield* Outbox.Outbox
  const answers: Array<Record<string, number>> = order.purchases.map(() => ({}))
  console.log("READY")
  yield* Effect.promise(() => once(process.stdin, "data"))
  yield* Effect.forEach(
    Array.from({ length: order.calls }, (_, call) => call % order.purchases.length),
    (customer) =>
      outbox.validatePurchase(order.purchases[customer]!, { timeout: "60 seconds" }).pipe(
        Effect.map((outcome) => "provider" in outcome ? JSON.stringify(outcome) : "Pending"),
        Effect.catchTag("PricingError", ({ reason }) => Effect.succeed(reason._tag)),
        Effect.tap((answer) => Effect.sync(() => answers[customer]![answer] = (answers[customer]![answer] ?? 0) + 1))
      ),
    { concurrency: "unbounded", discard: true }
  )
  console.log(JSON.stringify(answers satisfies Answers))
  process.stdin.destroy()
})

const Provider = Layer.effect(
  PricingProvider.PricingProvider,
  BotsiProvider.make({ baseUrl: order.baseUrl, secretKey: Redacted.make(order.secretKey) })
).pipe(Layer.provide(UndiciHttpClient.layer))

const OutboxLayer = Outbox.layer().pipe(
  Layer.provide([Provider, KeyRing.layer(Redacted.make(order.sealingKeys)), storeOf(order.store)])
)

NodeRuntime.runMain(Effect.provide(program, OutboxLayer))
