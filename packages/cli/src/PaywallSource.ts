/**
 * The paywall that an impression or a purchase belongs to: a file that holds what `paywall --json` printed.
 */
import { Paywall } from "@priceport/core/domain/Paywall"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CliError, FileSystem, Flag, Stdio } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Syntax from "./Syntax.ts"

/** Exactly one of the two is needed; `validate` says so. */
export const flags = {
  paywall: Flag.String("paywall").pipe(
    Flag.withMetavar("FILE|-"),
    Flag.withDescription("The paywall, as a file that holds what `paywall --json` printed; `-` reads standard input"),
    Flag.optional
  ),
  attribution: Flag.String("attribution").pipe(
    Flag.withMetavar("TOKEN"),
    Flag.withDescription("The paywall's sealed attribution in place of --paywall; tokens come with a later release"),
    Flag.optional
  )
}

/** What the two flags hold. */
export interface PaywallSource {
  readonly paywall: Option.Option<string>
  readonly attribution: Option.Option<string>
}

/** The rule of the command line: one of the two, not both. */
export const validate = ({ attribution, paywall }: PaywallSource): Effect.Effect<void, CliError.CliError> =>
  Option.isSome(paywall) === Option.isSome(attribution)
    ? Effect.fail(new CliError.ValidationError({ message: "Exactly one of --paywall and --attribution is needed" }))
    : Effect.void

/** Reads the paywall. What cannot be read is told by the file's name, never by what is in it. */
export const read = Effect.fnUntraced(function*({ paywall }: PaywallSource, operation: PricingProvider.Operation) {
  if (Option.isNone(paywall)) {
    const issue = "Tokens are not supported yet: give the paywall itself with --paywall"
    return yield* Failure.invalid(operation, "attribution", issue)
  }
  const file = paywall.value
  const name = file === "-"
    ? "standard input"
    : file.length > 120 || file.includes("{")
    ? "what --paywall was given"
    : `the file ${JSON.stringify(file)}`
  const refuse = (issue: string) => Failure.invalid(operation, "paywall", issue)

  const text = yield* Effect.mapError(
    contentOf(file),
    ({ reason }) => refuse(`Expected a readable file, but ${name} is not one (${reason._tag})`)
  )
  if (text.trim() === "") return yield* refuse(`Expected what \`paywall --json\` prints, but ${name} is empty`)
  const json = Syntax.json(text)
  if (Option.isNone(json)) return yield* refuse(`Expected what \`paywall --json\` prints, but ${name} is not JSON`)
  return yield* Effect.mapError(
    decode(json.value),
    () => refuse(`Expected what \`paywall --json\` prints, but ${name} holds other JSON`)
  )
})

const contentOf = Effect.fnUntraced(function*(file: string) {
  if (file === "-") {
    const { stdin } = yield* Stdio.Stdio
    return yield* Stream.mkString(Stream.decodeText(stdin))
  }
  const fileSystem = yield* FileSystem.FileSystem
  return yield* fileSystem.readFileString(file)
})

const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Paywall))
