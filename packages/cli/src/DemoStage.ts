/**
 * How the demo tells what it does. Every step knows what must come of it: anything else ends the demo as a failure.
 */
import type * as PricingError from "@priceport/core/provider/PricingError"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { Stdio } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Style from "./Style.ts"

/** A result as the demo shows it. */
export interface Shown {
  readonly tag: string
  readonly text: string
}

type Told<A, R> = Effect.Effect<A, Failure.Exited, R | Stdio.Stdio>

/** Starts a part of the demo. */
export const chapter = (title: string): Effect.Effect<void> =>
  Effect.flatMap(Style.stdout, (style) => Console.log(`\n${style.bold(style.cyan(`== ${title}`))}`))

/** A step that must succeed, with this tag. */
export const step = <A, R>(
  title: string,
  expected: string,
  effect: Effect.Effect<A, PricingError.PricingError, R>,
  show: (style: Style.Style, value: A) => Shown
): Told<A, R> =>
  Effect.matchEffect(effect, {
    onFailure: (error) => Effect.andThen(tellFailure(title, error), surprise(title, expected, error.reason._tag)),
    onSuccess: (value) =>
      Effect.flatMap(Style.stdout, (style) => {
        const { tag, text } = show(style, value)
        const told = tell(style, title, text)
        return tag === expected ? Effect.as(told, value) : Effect.andThen(told, surprise(title, expected, tag))
      })
  })

/** A step that must fail, for this reason. */
export const refusal = <R>(
  title: string,
  expected: PricingError.Reason["_tag"],
  effect: Effect.Effect<unknown, PricingError.PricingError, R>
): Told<void, R> =>
  Effect.matchEffect(effect, {
    onFailure: (error) => {
      const { _tag } = error.reason
      return Effect.andThen(
        tellFailure(title, error),
        _tag === expected ? Effect.void : surprise(title, expected, _tag)
      )
    },
    onSuccess: () => surprise(title, expected, "a success")
  })

/** What a simulator counted, against what it must have counted. */
export const count = (title: string, counted: number, expected: number): Told<void, never> =>
  counted === expected
    ? Effect.flatMap(Style.stdout, (style) => Console.log(`  ${style.dim(`${title}: ${counted}`)}`))
    : surprise(title, String(expected), String(counted))

/** Shows a failure as the command would tell it. */
export const tellFailure = (title: string, error: PricingError.PricingError): Effect.Effect<void> =>
  Effect.flatMap(Style.stdout, (style) => tell(style, title, Failure.toText(style, error)))

/** Shows the text of a step under its title. */
export const tell = (style: Style.Style, title: string, text: string): Effect.Effect<void> =>
  Console.log(`\n${style.bold(title)}\n${text.replace(/^(?=.)/gm, "  ")}`)

const surprise = (title: string, expected: string, actual: string): Told<never, never> =>
  Effect.andThen(
    Console.error(`The demo failed at "${title}": expected ${expected}, got ${actual}.`),
    Effect.fail(Failure.failed)
  )
