import type { Attribution } from "@priceport/core/domain/Attribution"
import { Purchase, type PurchaseOutcome } from "@priceport/core/domain/Purchase"
import * as PricingError from "@priceport/core/provider/PricingError"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as TimeBudget from "@priceport/core/provider/TimeBudget"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as PurchaseKey from "@priceport/core/purchase/PurchaseKey"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type { Entry, Known, OutboxStoreError } from "../OutboxStore.ts"
import { customerOf, type Desk, entryOf, orUnavailable, refuse, unknown } from "./desk.ts"
import * as Measures from "./measures.ts"
import * as Replay from "./replay.ts"

const operation = "validatePurchase"

const check = WireSchema.check(Purchase, { unknownMembers: "refuse" })

/** How often somebody who waits looks into a store that other processes deliver from. */
const lookEvery = 1_000

/** How long a store has at least to take a purchase in, also where nobody wants to wait for the vendor. */
const leastToStore = Duration.seconds(1)

type Attributed = Purchase & { readonly attribution: Attribution }

/** Accepts purchases: one validation for each transaction, whoever asks, and its result for all who ask again. */
export const make = (desk: Desk) => {
  const { id: own, lanes, ring, store, submit, vendors, waiters } = desk

  const entry = Effect.fnUntraced(function*(purchase: Attributed) {
    const { attribution, transaction } = purchase
    const acceptedAt = yield* Clock.currentTimeMillis
    const about = {
      kind: "purchase",
      id: yield* ring.fingerprint(...PurchaseKey.parts(transaction)),
      customer: yield* customerOf(ring, attribution),
      digest: yield* ring.fingerprint("content", PurchaseKey.content(purchase)),
      acceptedAt,
      dueAt: acceptedAt
    } as const
    return yield* entryOf(desk, about, { attribution, transaction })
  })

  /** Stores it, or finds out what is known of it; undefined while it is to be waited for. */
  const accept = Effect.fnUntraced(function*(asked: Replay.Asked) {
    const { entry } = asked
    const appended = yield* submit(entry)
    if (appended._tag === "Full") {
      yield* Measures.shed(entry.lane, "purchase")
      return yield* refuse(entry.lane, operation, new PricingError.QueueFull())
    }
    if (appended._tag === "Added") return yield* begin(entry)
    return yield* resolve(asked, appended.known, 3)
  })

  const begin = ({ dueAt, lane }: Entry) =>
    Effect.andThen(
      Measures.accepted(lane, "purchase"),
      Effect.sync(() => {
        lanes.get(lane)?.wake(dueAt)
        return undefined
      })
    )

  /** What is known of it, for this customer; replaced by the new one where that is right. */
  const resolve = (
    asked: Replay.Asked,
    known: Known,
    tries: number
  ): Effect.Effect<PurchaseOutcome | undefined, PricingError.PricingError | OutboxStoreError> =>
    Effect.gen(function*() {
      const { entry } = asked
      const answer = yield* Replay.of(desk, asked, known)
      switch (answer._tag) {
        case "Wait":
          return undefined
        case "Known":
          return yield* answer.outcome
        case "Conflict":
          return yield* refuse(entry.lane, operation, new PricingError.PurchaseConflict({ why: answer.why }))
        case "Replace": {
          // Whoever goes away meanwhile leaves no entry behind that no lane knows of.
          const replaced = yield* Effect.uninterruptible(
            Effect.tap(
              store.replace({ ...entry, digest: answer.digest }, known, answer.uncertain),
              (isReplaced) => isReplaced ? begin(entry) : Effect.void
            )
          )
          if (replaced) return undefined
          const found = yield* store.find(entry.id)
          if (found !== undefined && tries > 0) return yield* resolve(asked, found, tries - 1)
          const why = "the purchase is being validated"
          return yield* refuse(entry.lane, operation, new PricingError.PurchaseConflict({ why }))
        }
      }
    })

  const look = (asked: Replay.Asked): Effect.Effect<PurchaseOutcome, PricingError.PricingError | OutboxStoreError> =>
    Effect.sleep(lookEvery).pipe(
      // It is stored: a look that fails says nothing about it.
      Effect.andThen(Effect.orElseSucceed(store.find(asked.entry.id), () => undefined)),
      Effect.flatMap((known) => known === undefined ? Effect.undefined : Replay.outcomeOf(desk, asked, known)),
      Effect.filterOrElse(Predicate.isNotUndefined, () => look(asked))
    )

  const wait = (asked: Replay.Asked, word: Deferred.Deferred<PurchaseOutcome | undefined, PricingError.PricingError>) =>
    store.durability === "server" ? Effect.raceFirst(Deferred.await(word), look(asked)) : Deferred.await(word)

  const validate = Effect.fnUntraced(function*(purchase: Attributed, limit: Duration.Duration) {
    const stored = yield* entry(purchase)
    const { customer, id, lane } = stored
    const restored = "source" in purchase.transaction && purchase.transaction.source === "restore"
    const asked = { entry: stored, restored }
    const word = waiters.join(id, customer)
    const until = stored.acceptedAt + Duration.toMillis(limit)
    const timedOut = (reason: PricingError.Timeout) =>
      Effect.fail(new PricingError.PricingError({ provider: lane, operation, reason }))
    const accepted = Effect.catchTag(
      TimeBudget.within(accept(asked), Duration.max(limit, leastToStore)),
      "Timeout",
      timedOut
    )
    const outcome = Effect.flatMap(Effect.zip(accepted, Clock.currentTimeMillis), ([known, now]) => {
      if (known !== undefined) return Effect.succeed(known)
      const held = (lanes.get(lane)?.heldUntil() ?? 0) > until
      return held ? Effect.undefined : Effect.catchTag(
        TimeBudget.within(wait(asked, word), Duration.millis(Math.max(0, until - now))),
        "Timeout",
        () => Effect.undefined
      )
    })
    return yield* outcome.pipe(
      Effect.ensuring(Effect.sync(() => waiters.leave(id, customer, word))),
      Effect.filterOrElse(
        Predicate.isNotUndefined,
        () =>
          Effect.map(
            Effect.orElseSucceed(store.find(id), () => undefined),
            (known) => Replay.pending(stored, known)
          )
      )
    )
  })

  return (
    purchase: Purchase,
    options: PricingProvider.CallOptions = {}
  ): Effect.Effect<PurchaseOutcome, PricingError.PricingError> =>
    Effect.suspend(() => {
      const violation = check(purchase)
      if (violation !== undefined) {
        const reason = new PricingError.InvalidRequest({ field: violation.path, issue: violation.issue })
        return refuse(own, operation, reason)
      }
      const { attribution, transaction } = purchase
      if (attribution === undefined) return refuse(own, operation, PricingError.withoutAttribution())
      const { provider } = attribution
      const vendor = vendors.get(provider)
      if (vendor === undefined) return refuse(own, operation, unknown(provider))
      const store = transaction._tag === "AppStoreTransaction" ? "app_store" : "play_store"
      const capabilities = vendor.capabilities ?? vendor.provider.capabilities
      if (!capabilities.purchases.includes(store)) {
        const capability = capabilities.purchases.length === 0 ? operation : `${operation} ${store}`
        return refuse(provider, operation, new PricingError.Unsupported({ capability }))
      }
      const limit = TimeBudget.limit(options.timeout, PricingProvider.defaultTimeouts.validatePurchase)
      if (limit instanceof PricingError.InvalidRequest) return refuse(provider, operation, limit)
      if (!desk.isOpen()) return refuse(provider, operation, new PricingError.QueueFull())
      return validate({ ...purchase, attribution }, limit).pipe(orUnavailable(provider, operation))
    })
}
