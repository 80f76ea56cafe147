/**
 * Results on standard output: one JSON document for programs, or text for people.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Flag } from "./Cli.ts"
import * as Style from "./Style.ts"

/** Shared by every command that has a result. */
export const json = Flag.Boolean("json").pipe(
  Flag.withoutNegation,
  Flag.withDescription("Print one JSON document, and a failure as one line of JSON on standard error"),
  Flag.withDefault(false)
)

/** A kind of result: its schema, and how people read it. */
export interface Kind<A> {
  readonly toJson: (value: A) => unknown
  readonly toText: (style: Style.Style, value: A) => string
}

/** Makes a kind of result out of a schema of the domain. */
export const kind = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  toText: (style: Style.Style, value: S["Type"]) => string
): Kind<S["Type"]> => ({ toJson: Schema.encodeSync(Schema.toCodecJson(schema)), toText })

/** Prints a result. */
export const print = <A>(kind: Kind<A>, options: { readonly json: boolean }) => (value: A): Effect.Effect<void> =>
  options.json
    ? Console.log(JSON.stringify(kind.toJson(value)))
    : Effect.flatMap(Style.stdout, (style) => Console.log(kind.toText(style, value)))
