import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Paywall } from "../domain/Paywall.ts"

/** What counts of an entry: the paywall, and when it came, in milliseconds since 1970. */
interface Entry {
  readonly paywall: Paywall
  readonly storedAt: number
}

/** See `SharedPaywalls.Sealing`. */
interface Sealing {
  readonly seal: (plaintext: Uint8Array, context: string) => Effect.Effect<Uint8Array>
  readonly open: (sealed: Uint8Array, context: string) => Effect.Effect<Uint8Array, unknown>
}

/** An entry as it is stored, with the marks that stood when it was asked for, sorted as their names. */
const Content = Schema.Struct({ marks: Schema.Array(Schema.String), storedAt: Schema.Finite, paywall: Paywall })
const codec = Schema.toCodecJson(Content)
const read = Schema.decodeUnknownEffect(codec)
const write = Schema.encodeEffect(codec)
const text = Schema.fromJsonString(codec)
const readText = Schema.decodeUnknownEffect(text)
const writeText = Schema.encodeEffect(text)

const readSealed = Schema.decodeUnknownEffect(Schema.Struct({ sealed: Schema.String }))
const readMark = Schema.decodeUnknownOption(Schema.Struct({ mark: Schema.String }))

/** The text of a mark, empty where none stands. */
export const markOf = (value: unknown): string =>
  Option.match(readMark(value), { onNone: () => "", onSome: ({ mark }) => mark })

/** The value to store. `place` is its key, which a sealed value is bound to. */
export const encode = (
  entry: Entry,
  place: string,
  marks: ReadonlyArray<string>,
  sealing: Sealing | undefined
): Effect.Effect<object, unknown> =>
  sealing === undefined
    ? Effect.map(write({ ...entry, marks }), (value) => value as object)
    : writeText({ ...entry, marks }).pipe(
      Effect.flatMap((plaintext) => sealing.seal(new TextEncoder().encode(plaintext), place)),
      Effect.map((sealed) => ({ sealed: Base64.encode(sealed) }))
    )

/** The entry of a stored value. None where it cannot be read, where it should be sealed, or where other marks stand now. */
export const decode = (
  value: unknown,
  place: string,
  marks: ReadonlyArray<string>,
  sealing: Sealing | undefined
): Effect.Effect<Entry | undefined> =>
  (sealing === undefined ? read(value) : readSealed(value).pipe(
    Effect.flatMap(({ sealed }) => Effect.fromResult(Base64.decode(sealed))),
    Effect.flatMap((sealed) => sealing.open(sealed, place)),
    Effect.flatMap((plaintext) => readText(new TextDecoder().decode(plaintext)))
  )).pipe(
    Effect.map((content) => isSame(content.marks, marks) ? content : undefined),
    Effect.orElseSucceed(() => undefined)
  )

const isSame = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index])
