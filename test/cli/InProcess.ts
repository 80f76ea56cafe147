import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Console, Effect, Exit, Layer, Runtime, Stdio, Stream } from "effect"
import { TerminalCapabilities } from "effect/cli"
import * as Priceport from "../../packages/cli/src/Priceport.ts"

/** Runs the command in this process: no vendor is near, so only what needs none can be asked. */
export const run = (
  args: ReadonlyArray<string>,
  options: { readonly env?: Record<string, string>; readonly stdin?: string } = {}
) =>
  Effect.gen(function*() {
    const printed = { stdout: "", stderr: "" }
    const write = (stream: keyof typeof printed) => (text: unknown) => {
      printed[stream] += `${String(text)}\n`
    }
    const stdio = Stdio.layerTest({
      args: Effect.succeed(args),
      stdin: Stream.encodeText(Stream.succeed(options.stdin ?? ""))
    })
    const exit = yield* Effect.exit(
      Priceport.run.pipe(
        Effect.provide(Layer.mergeAll(NodeServices.layer, stdio)),
        Effect.provideService(Console.Console, {
          ...globalThis.console,
          log: write("stdout"),
          error: write("stderr")
        }),
        Effect.provideService(TerminalCapabilities.TerminalCapabilities, {
          canColor: false,
          canAnimate: false,
          canPrompt: false
        }),
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: options.env ?? {} }))
      )
    )
    let code = 0
    Runtime.defaultTeardown(exit, (number) => {
      code = number
    })
    return { ...printed, code, isReported: Exit.isFailure(exit) }
  })

/** Runs the command with `--json`, which must fail, and reads the reason. */
export const reason = (args: ReadonlyArray<string>, options?: Parameters<typeof run>[1]) =>
  Effect.map(run([...args, "--json"], options), ({ code, stderr, stdout }) => {
    if (code !== 1 || stdout !== "") throw new Error(`ended with ${code}: ${stdout}${stderr}`)
    return JSON.parse(stderr).error.reason
  })
