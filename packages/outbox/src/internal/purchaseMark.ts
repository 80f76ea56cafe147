import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Claimed, OutboxStoreError, Service } from "../OutboxStore.ts"

/**
 * Remembers that a purchase was sent, where it must not be sent twice: a process that is killed cannot say what became of
 * its request. What was redriven has another expiry, and may be sent again.
 */
export interface PurchaseMark {
  /** Whether it was sent before by somebody who could not settle it. */
  readonly isSet: (entry: Claimed) => Effect.Effect<boolean, OutboxStoreError>
  readonly set: (entry: Claimed) => Effect.Effect<void, OutboxStoreError>
  readonly clear: (entry: Claimed) => Effect.Effect<void, OutboxStoreError>
}

export const make = (store: Service): PurchaseMark => {
  const write = (entry: Claimed, text: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => store.note(keyOf(entry), new TextEncoder().encode(text), now))

  return {
    isSet: (entry) =>
      Effect.map(
        store.recall(keyOf(entry)),
        (mark) => mark !== undefined && new TextDecoder().decode(mark) === textOf(entry)
      ),
    set: (entry) => write(entry, textOf(entry)),
    clear: (entry) => write(entry, "")
  }
}

const keyOf = ({ id }: Claimed) => `sent ${id}`

const textOf = ({ expiresAt }: Claimed) => String(expiresAt)
