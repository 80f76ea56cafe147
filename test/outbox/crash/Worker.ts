/** Workers as their parent sees them. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import type { Order } from "./Job.ts"

export interface Ended {
  readonly code: number | null
  readonly accepted: ReadonlyArray<number>
  /** Whatever it printed. */
  readonly output: string
}

export type OnAccepted = (count: number, child: ChildProcess) => void

/** Runs a worker to its end. `onAccepted` may bring that about: it is told at the start and of each job answered for. */
export const run = (
  order: Order,
  onAccepted: OnAccepted = () => {}
): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "main.ts"), JSON.stringify(order)],
      { stdio: ["ignore", "pipe", "pipe"] }
    )
    const accepted: Array<number> = []
    let output = ""
    let rest = ""
    child.stderr.on("data", (chunk) => output += chunk)
    child.stdout.on("data", (chunk) => {
      output += chunk
      const lines = (rest + chunk).split("\n")
      rest = lines.pop()!
      for (const line of lines) {
        const [, number] = line.match(/^ACCEPTED (\d+)$/) ?? []
        if (number !== undefined) accepted.push(Number(number))
        if (number !== undefined || line === "STARTED") onAccepted(accepted.length, child)
      }
    })
    child.once("close", (code) => resume(Effect.succeed({ code, accepted, output })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** What a worker said that its flush came to. */
export const flushed = ({ code, output }: Ended) => {
  assert.strictEqual(code, 0, output)
  const [, json] = output.match(/^FLUSHED (.*)$/m) ?? []
  assert(json !== undefined, output)
  return JSON.parse(json) as { readonly delivered: number; readonly pending: number; readonly dead: number }
}
