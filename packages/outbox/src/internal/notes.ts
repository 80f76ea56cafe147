import type { KeyRing } from "@priceport/core/attribution/KeyRing"
import type { Attribution, Subject } from "@priceport/core/domain/Attribution"
import type { ProviderId } from "@priceport/core/domain/Identifier"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import type { OutboxStoreError, Service } from "../OutboxStore.ts"
import type { Envelope } from "./envelope.ts"

/** A customer of a provider, and a product; without one, whatever the customer was shown last. */
export interface Place {
  readonly provider: ProviderId
  readonly subject: Subject
  readonly productId?: string | undefined
}

/** The last attribution of each customer, and of each product of the customer. */
export interface Notes {
  /** Soon; the last one of a customer is enough. */
  readonly later: (attribution: Attribution) => void
  /** Now. A note that cannot be made is none of the entry's business. */
  readonly save: (attribution: Attribution, productId?: string) => Effect.Effect<void>
  readonly recall: (place: Place) => Effect.Effect<Attribution | undefined, OutboxStoreError>
  readonly drain: Effect.Effect<void>
}

const interval = 1_000
const mostWaiting = 10_000

export const make = (
  store: Service,
  ring: KeyRing["Service"],
  envelope: Envelope
): Effect.Effect<Notes, never, Scope.Scope> =>
  Effect.gen(function*() {
    const waiting = new Map<string, Attribution>()
    const latch = Latch.makeUnsafe()

    const keyOf = ({ productId, provider, subject }: Place) =>
      ring.fingerprint("last attribution", provider, subject.kind, subject.value, ...(productId ? [productId] : []))

    const write = (attribution: Attribution, productId?: string) =>
      Effect.gen(function*() {
        const key = yield* keyOf({ ...attribution, productId })
        yield* store.note(key, yield* envelope.note.seal(key, attribution), yield* Clock.currentTimeMillis)
      })

    const save: Notes["save"] = (attribution, productId) =>
      write(attribution, productId).pipe(
        Effect.catch(({ operation, reason }) =>
          Effect.logWarning("The last attribution could not be noted").pipe(Effect.annotateLogs({ operation, reason }))
        )
      )

    const drain = Effect.suspend(() => {
      latch.closeUnsafe()
      const attributions = Array.from(waiting.values())
      waiting.clear()
      return Effect.forEach(attributions, (attribution) => save(attribution), { discard: true, concurrency: 256 })
    })

    yield* latch.await.pipe(
      Effect.andThen(Effect.sleep(interval)),
      Effect.andThen(Effect.uninterruptible(drain)),
      Effect.forever,
      Effect.forkScoped
    )

    const find = (place: Place) =>
      Effect.gen(function*() {
        const soon = place.productId === undefined ? waiting.get(nameOf(place)) : undefined
        if (soon !== undefined) return soon
        const key = yield* keyOf(place)
        const note = yield* store.recall(key)
        return note && (yield* envelope.note.open(key, note))
      })

    return {
      save,
      drain,
      later: (attribution) => {
        const key = nameOf(attribution)
        waiting.delete(key)
        waiting.set(key, attribution)
        if (waiting.size > mostWaiting) waiting.delete(waiting.keys().next().value!)
        latch.openUnsafe()
      },
      recall: (place) =>
        Effect.filterOrElse(
          find(place),
          (found) => found !== undefined || place.productId === undefined,
          () => find({ ...place, productId: undefined })
        )
    }
  })

const nameOf = ({ provider, subject: { kind, value } }: Pick<Place, "provider" | "subject">): string =>
  JSON.stringify([provider, kind, value])
