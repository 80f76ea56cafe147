import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as CanonicalBase64 from "./canonicalBase64.ts"

/** One key. `id` is 4 characters of base64url and in clear beside everything that the key sealed. */
export interface Key {
  readonly id: string
  readonly secret: Uint8Array
}

/**
 * What `PRICEPORT_SEALING_KEYS` holds.
 *
 * - `index`: the secret under which identifiers are hashed; the same for good.
 * - `sealing`: the key that seals.
 * - `opening`: keys that sealed before, the latest first.
 * - `staged`: the key that will seal after the next rotation, and only opens until then.
 */
export interface SealingKeys {
  readonly index: Uint8Array
  readonly sealing: Key
  readonly opening: ReadonlyArray<Key>
  readonly staged?: Key | undefined
}

/** The bytes of a secret, and of an id. */
export const secretLength = 32
export const idLength = 3

/** How many keys one text may hold. */
export const maxKeys = 16

/** Every key of a text: the first seals, all open. */
export const all = ({ opening, sealing, staged }: SealingKeys): ReadonlyArray<Key> => [
  sealing,
  ...opening,
  ...(staged === undefined ? [] : [staged])
]

/** `pk1.<index>.<id>:<key>,<id>:<key>,+<id>:<key>`: the first key seals, the one with a `+` is staged. */
export const format = ({ index, opening, sealing, staged }: SealingKeys): string => {
  const keys = [sealing, ...opening].map(formatKey)
  const last = staged === undefined ? [] : [`+${formatKey(staged)}`]
  return `pk1.${CanonicalBase64.encode(index)}.${[...keys, ...last].join(",")}`
}

const formatKey = ({ id, secret }: Key): string => `${id}:${CanonicalBase64.encode(secret)}`

/** The keys of a text. Which part of another text is wrong is not told, since it is a secret. */
export const read = (text: Redacted.Redacted): Effect.Effect<SealingKeys, Config.ConfigError> => {
  const keys = parse(Redacted.value(text))
  return keys === undefined ? Effect.fail(unreadable) : Effect.succeed(keys)
}

const unreadable = new Config.ConfigError(
  new Schema.SchemaError(
    new SchemaIssue.Pointer(
      ["PRICEPORT_SEALING_KEYS"],
      new SchemaIssue.InvalidValue({ expected: "one line as `priceport key new` prints it" })
    )
  )
)

const parse = (text: string): SealingKeys | undefined => {
  const [, indexText = "", keysText = ""] = /^pk1\.([\w-]{43})\.((?:[\w-]{4}:[\w-]{43},)*\+?[\w-]{4}:[\w-]{43})$/.exec(
    text
  ) ?? []
  const texts = keysText.split(",")
  const isStaged = keysText.includes("+")
  const index = CanonicalBase64.decode(indexText)
  const keys = texts.flatMap(parseKey)
  const isDistinct = new Set(keys.map(({ id }) => id)).size === texts.length
    && new Set(texts.map((key) => key.slice(-43))).size === texts.length
  const ordered = isStaged ? keys.slice(0, -1) : keys
  const [sealing, ...opening] = ordered
  return index !== undefined && sealing !== undefined && isDistinct && texts.length <= maxKeys
    ? { index, sealing, opening, staged: isStaged ? keys.at(-1) : undefined }
    : undefined
}

const parseKey = (text: string): ReadonlyArray<Key> => {
  const [id = "", secretText = ""] = text.replace("+", "").split(":")
  const secret = CanonicalBase64.decode(secretText)
  return secret?.length === secretLength ? [{ id, secret }] : []
}
