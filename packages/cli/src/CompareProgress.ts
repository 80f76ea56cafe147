/**
 * A bar on standard error while something long goes on, for whoever looks at a terminal.
 */
import * as Effect from "effect/Effect"
import { Stdio } from "./Cli.ts"

/** As much of `cli-progress` as is used here: it has no types of its own. */
interface CliProgress {
  readonly SingleBar: new(
    options: {
      readonly format: string
      readonly stream: NodeJS.WritableStream
      readonly clearOnComplete: boolean
      readonly hideCursor: boolean
      readonly fps: number
    }
  ) => {
    readonly start: (total: number, value: number, payload: { readonly what: string }) => void
    readonly update: (value: number) => void
    readonly setTotal: (total: number) => void
    readonly stop: () => void
  }
}

// @ts-expect-error: it has no types.
const load: Effect.Effect<CliProgress> = Effect.promise(() => import("cli-progress"))

const shown = (what: string) =>
  Effect.acquireRelease(
    Effect.map(load, ({ SingleBar }) => {
      const format = "{bar} {value} {what}, {duration_formatted}"
      const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true, fps: 5 })
      bar.start(1, 0, { what })
      return bar
    }),
    (bar) => Effect.sync(() => bar.stop())
  )

/**
 * Runs an effect that says how far it is. Nobody knows how much there is in all, so the bar has room for as much again, until
 * it is gone. Without a terminal there is none.
 */
export const during = <A, E, R>(
  what: string,
  use: (onProgress: (value: number) => Effect.Effect<void>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | Stdio.Stdio> =>
  Effect.scoped(Effect.gen(function*() {
    const { stderrIsTerminal } = yield* Stdio.Stdio
    if (!(yield* stderrIsTerminal)) return yield* use(() => Effect.void)
    const bar = yield* shown(what)
    let total = 1
    return yield* use((value) =>
      Effect.sync(() => {
        if (value >= total) bar.setTotal(total = value * 2)
        bar.update(value)
      })
    )
  }))
