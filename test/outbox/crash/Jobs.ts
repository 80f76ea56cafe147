/** What the outbox is given: every customer sees a paywall, three of five buy, every second of them by Play Store. */
import { BotsiProvider } from "@priceport/botsi"
import type { Purchase } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import type { BotsiSimulator } from "@priceport/testing/simulators"
import { Effect, Redacted } from "effect"
import type { Job } from "./Job.ts"

/** In everything that only the vendor may read, so that it is found where it must not be. */
export const planted = "planted"

const customerId = (index: number) => `${planted}.customer.${index}@example.com`
const token = (index: number) => `${planted}-purchase-token-${index}-PA7Aez`

export const make = Effect.fnUntraced(function*(botsi: BotsiSimulator.BotsiSimulator["Service"], customers: number) {
  const provider = yield* BotsiProvider.make({
    baseUrl: botsi.baseUrl,
    secretKey: Redacted.make(botsi.secretKey)
  })
  const jobs = yield* Effect.forEach(
    Array.from({ length: customers }, (_, index) => index),
    Effect.fnUntraced(function*(index) {
      const customer = { id: customerId(index) }
      const { attribution, products } = yield* provider.getPaywall({ placement: "onboarding", customer })
      const impression = { impression: { attribution, shownAt: shownAt(index) } }
      const productId = products[0]!.id
      const purchase = index % 2 === 0
        ? {
          purchase: {
            attribution,
            transaction: {
              _tag: "AppStoreTransaction" as const,
              transactionId: token(index),
              originalTransactionId: token(index),
              productId,
              environment: "production" as const
            }
          }
        }
        : {
          purchase: {
            attribution,
            transaction: {
              _tag: "PlayStoreOneTimePurchase" as const,
              token: token(index),
              productId,
              environment: "sandbox" as const,
              price: { amountMicros: 9_990_000, currency: "EUR" }
            }
          }
        }
      return index % 5 < 3 ? [impression, purchase] : [impression]
    }),
    { concurrency: 16 }
  )
  return jobs.flat().map((job, number): Job => ({ number, ...job }))
}, Effect.provide(UndiciHttpClient.layer))

const shownAt = (index: number) => new Date(Date.UTC(2026, 2, 1) + index * 1000).toISOString()

/** What makes a purchase the same one twice, for the vendor as for us. */
export const transactionIdOf = (transaction: Purchase.Transaction): string =>
  transaction._tag === "AppStoreTransaction" ? transaction.transactionId : transaction.token

/** The transaction that a request to Botsi is about. */
export const transactionOf = (body: string): string | undefined => {
  const { token, transactionId } = body === "" ? {} : JSON.parse(body)
  return token ?? transactionId
}
