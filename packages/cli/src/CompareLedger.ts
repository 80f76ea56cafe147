/**
 * Where the ledger of comparisons is, and what is told when it cannot be asked.
 */
import type { Ledger, LedgerError } from "@priceport/compare/Ledger"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { FileSystem, Flag, Stdio } from "./Cli.ts"
import * as CompareFailure from "./CompareFailure.ts"

/** The variable that names it. */
const variable = "PRICEPORT_LEDGER"

/** Shared by every command that needs the ledger. */
export const flag = Flag.String("ledger").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription(`The ledger, a SQLite file; ${variable} unless set`),
  Flag.optional
)

/** What every such command is given. */
export interface Place {
  readonly ledger: Option.Option<string>
}

/** The file that is named: by the flag, else by the variable. */
export const optional = ({ ledger }: Place): Effect.Effect<Option.Option<string>> =>
  Option.isSome(ledger)
    ? Effect.succeed(ledger)
    : Effect.orDie(Config.option(Config.NonEmptyString(variable)))

/** The same, where the command can do nothing without. */
export const file = (place: Place): Effect.Effect<string, CompareFailure.CompareFailure> =>
  Effect.flatMap(
    optional(place),
    Option.match({
      onNone: () => Effect.fail(CompareFailure.invalid(variable, "It is not set, and there is no --ledger")),
      onSome: Effect.succeed
    })
  )

/** Opens the ledger. Only where a plan is stored a file that is not there is made: elsewhere it is a slip of the pen. */
export const layer = (filename: string, use: "make" | "write" | "read"): Layer.Layer<Ledger, LedgerError> =>
  Layer.unwrap(Effect.map(
    Effect.promise(() => import("@priceport/compare/SqliteLedger")),
    ({ layer, layerReadOnly, makeReadOnly }) =>
      use === "read"
        ? layerReadOnly({ filename })
        : use === "make"
        ? layer({ filename })
        : Layer.unwrap(Effect.as(Effect.scoped(makeReadOnly({ filename })), layer({ filename })))
  ))

/** The bytes of a file, or of standard input. The latter is held in memory: some read it twice. */
export const bytesOf = (file: string) =>
  Effect.gen(function*() {
    if (file !== "-") return (yield* FileSystem.FileSystem).stream(file)
    const chunks = yield* Stream.runCollect((yield* Stdio.Stdio).stdin)
    return Stream.fromIterable(chunks)
  })

/** The JSON of a file, or of standard input. What cannot be read is told by the file's name, never by what is in it. */
export const json = (field: string, file: string) => {
  const name = file === "-" ? "standard input" : `the file ${JSON.stringify(file)}`
  return Effect.gen(function*() {
    const bytes = yield* bytesOf(file)
    const text = yield* Stream.mkString(Stream.decodeText(bytes))
    return yield* Effect.try({
      try: (): unknown => JSON.parse(text),
      catch: () => CompareFailure.invalid(field, `Expected JSON, but ${name} holds none`)
    })
  }).pipe(
    Effect.catchTag(
      "PlatformError",
      ({ reason }) =>
        Effect.fail(CompareFailure.invalid(field, `Expected a readable file, but ${name} is not one (${reason._tag})`))
    )
  )
}

/** Whether the file is a ledger already: a slip of the pen makes none. */
export const exists = (filename: string) =>
  Effect.flatMap(
    Effect.promise(() => import("@priceport/compare/SqliteLedger")),
    ({ makeReadOnly }) => Effect.asVoid(Effect.scoped(makeReadOnly({ filename })))
  )
