/**
 * One validation for each purchase, within this process.
 *
 * A purchase is reported more than once: the button is pressed twice, a restore follows, two requests race. The ledger lets
 * the first report through and gives everyone its result. What the vendor did is never guessed: where its reply was lost
 * the purchase is pending, which is neither a failure nor a success.
 *
 * It is a memory, and ends with the process. `@priceport/outbox` keeps the same promises on disk, and repeats by itself
 * what is pending; here the next report of the same purchase does.
 *
 * @since 0.3.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { timestamp } from "../domain/Identifier.ts"
import type { Purchase, PurchaseOutcome, ValidatedPurchase } from "../domain/Purchase.ts"
import { invalidPurchase } from "../internal/inputs.ts"
import { sha256 } from "../internal/sha256.ts"
import * as PricingError from "../provider/PricingError.ts"
import * as PricingProvider from "../provider/PricingProvider.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"
import * as Budget from "../resilience/Budget.ts"
import * as PurchaseKey from "./PurchaseKey.ts"

/**
 * - `keepFor`: how long a result is given again, 30 days unless set.
 * - `maxEntries`: how many purchases are remembered, 10,000 unless set; the oldest settled ones go first.
 * - `restore`: what a purchase reported with `source: "restore"` for another customer is: a conflict (`refuse`, unless
 *   set), or that customer's from now on (`move`).
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly keepFor?: Duration.Input | undefined
  readonly maxEntries?: number | undefined
  readonly restore?: "refuse" | "move" | undefined
}

/**
 * Validates a purchase once. `timeout` is how long to wait for the vendor's word, 10 seconds unless set; the call itself
 * goes on, with the provider's own time limit, and the outcome is pending until then.
 *
 * Fails as the provider does where nothing can have happened, and with `PurchaseConflict` where the same purchase was
 * reported for another customer, or with other facts.
 *
 * @category models
 * @since 0.3.0
 */
export type Validate = (
  purchase: Purchase,
  options?: PricingProvider.CallOptions
) => Effect.Effect<PurchaseOutcome, PricingError.PricingError>

/**
 * Makes a provider validate each purchase once. Calls to it live in the scope.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make = (options: Options = {}) => {
  const keepFor = Duration.toMillis(Duration.fromInputUnsafe(options.keepFor ?? "30 days"))
  const maxEntries = options.maxEntries ?? 10_000
  if (!(maxEntries >= 1)) throw new RangeError(`PurchaseLedger: maxEntries must be at least 1, got ${maxEntries}`)

  return (self: PricingProvider.Service): Effect.Effect<Validate, never, Scope.Scope> =>
    Effect.map(Effect.scope, (scope) => {
      const entries = new Map<string, Entry>()

      const refuse = (reason: PricingError.Reason) =>
        Effect.fail(new PricingError.PricingError({ provider: self.id, operation: "validatePurchase", reason }))

      const outcomeOf =
        (key: string, entry: Entry) => (reply: Exit.Exit<ValidatedPurchase, PricingError.PricingError>) =>
          isUnknown(reply) ? pending(key, entry) : reply

      const pending = (key: string, entry: Entry): Effect.Effect<PurchaseOutcome> =>
        Effect.map(sha256(key), (hash) => ({ key: hash, since: timestamp(entry.since) }))

      const wait = (key: string, entry: Entry, limit: Duration.Duration) =>
        TimeBudget.within(Deferred.await(entry.reply), limit).pipe(
          Effect.catchTag("Timeout", () => Effect.succeed(lost)),
          Effect.flatMap(outcomeOf(key, entry))
        )

      /** `before`: what is known of the purchase already, and stays known where this call is refused. */
      const start = (key: string, facts: Facts, now: number, before?: Entry) => {
        const { content, customer, purchase } = facts
        const since = before?.customer === customer ? before.since : now
        const entry: Entry = { content, customer, purchase, since, startedAt: now, reply: Deferred.makeUnsafe() }
        entries.delete(key)
        entries.set(key, entry)
        for (const [old, { settled }] of entries) {
          if (entries.size <= maxEntries) break
          if (settled !== undefined && !isUnknown(settled)) entries.delete(old)
        }
        const call = Effect.onExit(Budget.apart(self.validatePurchase(purchase)), (reply) =>
          Effect.sync(() => {
            const isRefused = Exit.isFailure(reply) && !isUnknown(reply)
            if (!isRefused) entry.settled = reply
            else if (before === undefined) entries.delete(key)
            else entries.set(key, before)
            // What was lost before is not made good by a call that did nothing.
            const word = isRefused && before?.customer === customer ? lost : reply
            Deferred.doneUnsafe(entry.reply, Exit.succeed(word))
          }))
        return Effect.as(Effect.forkIn(call, scope, { startImmediately: true }), entry)
      }

      return (purchase, callOptions) =>
        Clock.clockWith((clock) => {
          const { attribution } = purchase
          if (attribution === undefined || invalidPurchase(purchase) !== undefined) {
            return self.validatePurchase(purchase)
          }
          const limit = TimeBudget.limit(callOptions?.timeout, PricingProvider.defaultTimeouts.validatePurchase)
          if (limit instanceof PricingError.InvalidRequest) return refuse(limit)

          const key = PurchaseKey.text(purchase.transaction)
          const facts = {
            purchase,
            customer: JSON.stringify(PurchaseKey.customer(attribution)),
            content: PurchaseKey.content({ ...purchase, attribution })
          }
          const restored = "source" in purchase.transaction && purchase.transaction.source === "restore"
          const now = clock.currentTimeMillisUnsafe()
          const known = entries.get(key)

          if (known === undefined || now - known.startedAt >= keepFor && known.settled !== undefined) {
            return Effect.flatMap(start(key, facts, now), (entry) => wait(key, entry, limit))
          }
          if (known.customer !== facts.customer) {
            return restored && options.restore === "move" && known.settled !== undefined
              ? Effect.flatMap(start(key, facts, now, known), (entry) => wait(key, entry, limit))
              : refuse(new PricingError.PurchaseConflict({ why: "the purchase was reported for another customer" }))
          }
          if (known.content !== facts.content && !restored) {
            return refuse(new PricingError.PurchaseConflict({ why: "the purchase was reported with other facts" }))
          }
          return known.settled !== undefined && isUnknown(known.settled)
            ? Effect.flatMap(start(key, known, now, known), (entry) => wait(key, entry, limit))
            : wait(key, known, limit)
        })
    })
}

type Reply = Exit.Exit<ValidatedPurchase, PricingError.PricingError>

/** What is sent again, as it was first reported, and what tells it from another. */
interface Facts {
  readonly purchase: Purchase
  readonly customer: string
  readonly content: string
}

/** `since`: when it was first reported; `startedAt`: when the vendor was asked last. `settled` once it answered, or did not. */
interface Entry extends Facts {
  readonly since: number
  readonly startedAt: number
  readonly reply: Deferred.Deferred<Reply>
  settled?: Reply
}

const lost: Reply = Exit.interrupt()

/** The vendor may have validated it. */
const isUnknown = (reply: Reply): boolean => {
  if (Exit.isSuccess(reply)) return false
  const error = Exit.findErrorOption(reply)
  return error._tag === "None" || PricingError.mayHaveArrived(error.value.reason)
}
