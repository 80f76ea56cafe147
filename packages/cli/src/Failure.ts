/**
 * What the command does when something fails: it tells on standard error, for people or as one line of JSON, and leaves
 * with an exit code.
 */
import * as PricingError from "@priceport/core/provider/PricingError"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import type { Stdio } from "./Cli.ts"
import * as Hint from "./Hint.ts"
import * as Style from "./Style.ts"

/** The end of the command after everything there is to say has been said. */
export class Exited extends Data.TaggedError("Exited")<{ readonly code: 0 | 1 | 2 }> {
  override readonly [Runtime.errorExitCode] = this.code
  override readonly [Runtime.errorReported] = false
}

/** The operation failed. */
export const failed = new Exited({ code: 1 })

/** The command line could not be read. */
export const misused = new Exited({ code: 2 })

/** A failure as it is told. `PricingError` is one; what only this command does has no place in that type. */
export interface Problem {
  readonly provider: string
  readonly operation: string
  readonly reason: {
    readonly _tag: string
    readonly field?: string
    readonly issue?: string
    readonly retryAfterMs?: number
    readonly sent?: "no" | "maybe"
  }
  readonly message: string
  readonly isRetryable: boolean
}

/** A request that this command itself refuses. */
export const invalid = (operation: PricingError.Operation, field: string, issue: string, provider = "priceport") =>
  new PricingError.PricingError({ provider, operation, reason: new PricingError.InvalidRequest({ field, issue }) })

const encodeReason = Schema.encodeUnknownSync(Schema.toCodecJson(PricingError.Reason))

/** A failure as one line of JSON. */
export const toJson = ({ isRetryable, message, operation, provider, reason }: Problem): string =>
  JSON.stringify({
    error: {
      provider,
      operation,
      reason: Schema.is(PricingError.Reason)(reason) ? encodeReason(reason) : reason,
      message,
      retryable: isRetryable
    }
  })

/** A failure for people: what happened, and what can be done about it. */
export const toText = (style: Style.Style, problem: Problem): string => {
  const [head, ...tail] = Style.printable(problem.message).split(problem.reason._tag)
  const what = `${head}${style.bold(problem.reason._tag)}${tail.join(problem.reason._tag)}`
  return `${style.red("✗")} ${what}\n  ${Hint.of(problem)}`
}

/** Tells a failure on standard error and ends the command. */
export const tell = (
  problem: Problem,
  options: { readonly json: boolean }
): Effect.Effect<never, Exited, Stdio.Stdio> =>
  Effect.flatMap(Style.stderr, (style) =>
    Effect.andThen(
      Console.error(options.json ? toJson(problem) : toText(style, problem)),
      Effect.fail(failed)
    ))

/** Tells every failure of an effect. */
export const telling =
  (options: { readonly json: boolean }) =>
  <A, R>(effect: Effect.Effect<A, PricingError.PricingError, R>): Effect.Effect<A, Exited, R | Stdio.Stdio> =>
    effect.pipe(Effect.catch((error) => tell(error, options)))
