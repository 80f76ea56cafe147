/**
 * Colours for people who look at a terminal. None for pipes and files, with `NO_COLOR`, or where `TERM` is `dumb`.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Stdio, TerminalCapabilities } from "./Cli.ts"

/** Ways to write a text. */
export interface Style {
  readonly canColor: boolean
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

/** The escape sequences of a terminal, or nothing at all. */
export const make = (canColor: boolean): Style => {
  const wrap = (code: number) => (text: string) => canColor ? `\u001b[${code}m${text}\u001b[0m` : text
  return { canColor, bold: wrap(1), dim: wrap(2), red: wrap(31), green: wrap(32), yellow: wrap(33), cyan: wrap(36) }
}

/** The style of standard output. */
export const stdout: Effect.Effect<Style> = Effect.map(
  TerminalCapabilities.TerminalCapabilities,
  ({ canColor }) => make(canColor)
)

/** The style of standard error, which may be a terminal when standard output is not. */
export const stderr: Effect.Effect<Style, never, Stdio.Stdio> = Effect.flatMap(Stdio.Stdio, (stdio) =>
  Effect.provide(
    stdout,
    Layer.provide(
      TerminalCapabilities.layer,
      Layer.succeed(Stdio.Stdio, { ...stdio, stdoutIsTerminal: stdio.stderrIsTerminal })
    )
  ))

/** A vendor's text without the characters that would move the cursor or colour the screen. */
export const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ")
