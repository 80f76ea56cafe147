import type { KeyRing } from "@priceport/core/attribution/KeyRing"
import type { Attribution } from "@priceport/core/domain/Attribution"
import type { Timestamp } from "@priceport/core/domain/Identifier"
import { type Transaction, ValidatedPurchase } from "@priceport/core/domain/Purchase"
import { PricingError } from "@priceport/core/provider/PricingError"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"

/** What an entry says: a paywall that was shown, or a purchase that was made on one. Plain JSON as it stands. */
export interface Content {
  readonly attribution: Attribution
  readonly shownAt?: Timestamp
  readonly transaction?: Transaction
}

/** What a vendor said of a purchase, for good. */
export const Result = Schema.Union([
  Schema.TaggedStruct("Validated", { purchase: ValidatedPurchase }),
  Schema.TaggedStruct("Refused", { error: PricingError })
])

export type Result = typeof Result.Type

interface Text<A> {
  readonly encode: (value: A) => string
  readonly decode: (text: string) => Exit.Exit<A, unknown>
}

/** Why something sealed cannot be read: its key is not in this ring, or it is not what it should be. */
type Unread = "unknown-key" | "unreadable"

/** Seals what a store holds, each piece to the place it is kept at, and opens it there only. */
export const make = (ring: KeyRing["Service"]) => ({
  content: sealed(ring, "content", json<Content>()),
  result: sealed(ring, "result", result),
  note: sealed(ring, "note", json<Attribution>())
})

export type Envelope = ReturnType<typeof make>

const sealed = <A>(ring: KeyRing["Service"], kind: string, { decode, encode }: Text<A>) => {
  const context = (at: string) => `priceport outbox ${kind} ${at}`
  const read = (at: string, bytes: Uint8Array): Effect.Effect<A, Unread> =>
    ring.open(bytes, context(at)).pipe(
      Effect.mapError(({ cause }): Unread => cause === "unknown-key" ? cause : "unreadable"),
      Effect.flatMap((clear) => Effect.mapError(decode(fromUtf8.decode(clear)), (): Unread => "unreadable"))
    )
  return {
    seal: (at: string, value: A): Effect.Effect<Uint8Array> => ring.seal(utf8.encode(encode(value)), context(at)),
    read,
    /** Undefined for what cannot be read. */
    open: (at: string, bytes: Uint8Array): Effect.Effect<A | undefined> =>
      read(at, bytes).pipe(Effect.catch(() => Effect.undefined))
  }
}

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()

const decodeJson = Schema.decodeExit(Schema.fromJsonString(Schema.Json))

/** What only we can have sealed needs no second look: the adapter that gets it decides what it makes of it. */
const json = <A>(): Text<A> => ({
  encode: (value) => JSON.stringify(value),
  decode: (text) => Exit.map(decodeJson(text), (value) => value as A)
})

const resultText = Schema.fromJsonString(Schema.toCodecJson(Result))

const result: Text<Result> = { encode: Schema.encodeSync(resultText), decode: Schema.decodeExit(resultText) }
