import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { PlacementId, Timestamp } from "../domain/Identifier.ts"
import { Paywall } from "../domain/Paywall.ts"

/** The format that is written and read. */
export const version = 1

const { design, externalId, id, name, products, provider, remoteConfig } = Paywall.fields

/** A paywall without what belongs to one customer and one answer. */
export const BundledPaywall = Schema.Struct({ provider, id, externalId, name, products, design, remoteConfig })

/** A language tag: `de`, `de-AT`, `zh-Hant-TW`. */
export const Locale = Schema.String.check(
  Schema.isPattern(/^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*$/, { expected: "a language tag such as de or de-AT" })
)

const Instant = Timestamp.check(
  Schema.makeFilter((text: string) => Option.isSome(DateTime.make(text)), { expected: "an instant that exists" })
)

export const Contents = Schema.Struct({
  version: Schema.Literal(version),
  pulledAt: Instant,
  expiresAt: Instant,
  paywalls: Schema.NonEmptyArray(Schema.Struct({
    placement: PlacementId,
    locale: Schema.optionalKey(Locale),
    paywall: BundledPaywall
  }))
})

export interface Contents extends Schema.Schema.Type<typeof Contents> {}

const codec = Schema.toCodecJson(Contents)

export const decode = Schema.decodeUnknownExit(codec, { onExcessProperty: "error" })

export const encode = Schema.encodeSync(codec)

/** Reads JSON text. */
export const parse: (text: string) => Option.Option<unknown> = Option.liftThrowable(JSON.parse)

/** Where and why a value is no bundle; the value itself is not part of it. */
export const explain = (error: Schema.SchemaError): string => {
  const [first] = SchemaIssue.makeFormatterStandardSchemaV1()(error.issue).issues
  const path = (first?.path ?? []).map((segment) => typeof segment === "object" ? segment.key : segment)
  const where = path.reduce<string>(
    (text, key) => typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    ""
  )
  return `${where === "" ? "" : `${where}: `}${first?.message ?? "cannot be read"}`
}
