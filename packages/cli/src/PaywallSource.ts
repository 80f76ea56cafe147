/**
 * The paywall that an impression or a purchase belongs to: a file that holds what `paywall --json` printed, or the token
 * in it.
 */
import type { Expected } from "@priceport/core/attribution/AttributionToken"
import type { Impression } from "@priceport/core/domain/Impression"
import { Paywall } from "@priceport/core/domain/Paywall"
import * as PricingError from "@priceport/core/provider/PricingError"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CliError, FileSystem, Flag, Stdio } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as SealingKeys from "./SealingKeys.ts"
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
    Flag.withDescription("The paywall's attributionToken, in place of --paywall; needs PRICEPORT_SEALING_KEYS"),
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

/**
 * Reads what is known of the paywall. A token stands for the attribution it was made of, also where the file holds both.
 * What cannot be read is told by the file's name, never by what is in it.
 */
export const read = Effect.fnUntraced(function*(
  { attribution, paywall }: PaywallSource,
  operation: PricingProvider.Operation
): Effect.fn.Return<Impression, PricingError.PricingError, FileSystem.FileSystem | Stdio.Stdio> {
  if (Option.isSome(attribution)) return { attribution: yield* open(attribution.value, {}, operation) }
  const { attributionToken, ...held } = yield* readFile(Option.getOrElse(paywall, () => "-"), operation)
  if (attributionToken === undefined) return held
  const { placement, provider } = held
  return { ...held, attribution: yield* open(attributionToken, { placement, provider }, operation) }
})

const open = Effect.fnUntraced(function*(token: string, expected: Expected, operation: PricingProvider.Operation) {
  const tokens = yield* SealingKeys.requiredTokens(operation)
  return yield* Effect.mapError(
    tokens.open(token, expected),
    (reason) => new PricingError.PricingError({ provider: "priceport", operation, reason })
  )
})

const readFile = Effect.fnUntraced(function*(file: string, operation: PricingProvider.Operation) {
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
