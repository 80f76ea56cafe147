import { Duration, Effect } from "effect"
import * as ChildProcess from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The command, as plain Node runs it: no build, no loader. */
const bin = "packages/cli/src/bin.ts"

const compileCache = join(tmpdir(), "priceport-compile-cache")

/** For a `paywall` that must succeed however busy the machine is. */
export const patience = ["--timeout", "60 seconds"]

/** How a process ended, and what it printed. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  /** The only variables the process has beside the machine's own. */
  readonly env?: Record<string, string>
  readonly stdin?: string
}

const start = (args: ReadonlyArray<string>, options: Options) =>
  ChildProcess.spawn(process.execPath, [bin, ...args], {
    // Node's own cache of compiled modules: from the environment it also covers the file that would switch it on.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: compileCache, ...options.env }
  })

/** Runs the command to its end. */
export const run = (args: ReadonlyArray<string>, options: Options = {}): Effect.Effect<Outcome> =>
  Effect.callback<Outcome>((resume) => {
    const child = start(args, options)
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text)
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text)
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    // A process that ended before it read its input is no failure of the test.
    child.stdin.on("error", () => {})
    child.stdin.end(options.stdin ?? "")
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** Runs the command, which must succeed, and reads what `--json` printed. */
export const json = (args: ReadonlyArray<string>, options: Options = {}) =>
  Effect.flatMap(
    run([...args, "--json"], options),
    ({ code, stderr, stdout }) =>
      code === 0 && stderr === "" && /^[^\n]+\n$/.test(stdout)
        ? Effect.succeed({ stdout, document: JSON.parse(stdout) })
        : Effect.die(new Error(`priceport ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`))
  )

/** Runs the command, which must fail, and reads the one line that `--json` printed. */
export const failure = (args: ReadonlyArray<string>, options: Options = {}) =>
  Effect.flatMap(
    run([...args, "--json"], options),
    ({ code, stderr, stdout }) =>
      code === 1 && stdout === "" && /^[^\n]+\n$/.test(stderr)
        ? Effect.succeed(JSON.parse(stderr).error)
        : Effect.die(new Error(`priceport ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`))
  )

/** A process that goes on until it is stopped. */
interface Running {
  /** Waits for a text on standard output. */
  readonly printed: (pattern: RegExp) => Effect.Effect<string>
  /** Sends a signal and waits for the end. */
  readonly stop: (signal: NodeJS.Signals) => Effect.Effect<Outcome>
}

/** Starts the command; the process does not outlive the scope. */
export const running = Effect.fnUntraced(function*(args: ReadonlyArray<string>, options: Options = {}) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => start(args, options)),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  let stdout = ""
  let stderr = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text)
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text)
  const ended = new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })))
  const printed = (pattern: RegExp): Effect.Effect<string> =>
    Effect.suspend(() =>
      pattern.test(stdout)
        ? Effect.succeed(stdout)
        : child.exitCode === null
        ? Effect.andThen(Effect.sleep(Duration.millis(20)), printed(pattern))
        : Effect.die(new Error(`priceport ${args.join(" ")} ended with ${child.exitCode}: ${stdout}${stderr}`))
    )
  return {
    printed,
    stop: (signal) => Effect.andThen(Effect.sync(() => child.kill(signal)), Effect.promise(() => ended))
  } satisfies Running
})

/** Writes files that are gone when the scope closes. */
export const files = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "priceport-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  ),
  (folder) => (name: string, text: string): string => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
)
