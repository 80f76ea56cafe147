import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as MigrationGates from "../routing/MigrationGates.ts"
import * as MigrationLog from "../routing/MigrationLog.ts"
import * as Count from "./migrationCount.ts"
import type { Logbook } from "./migrationLogbook.ts"

export interface Settings {
  readonly id: string
  readonly gates: MigrationGates.Gates
  readonly ramp: ReadonlyArray<number>
  readonly windowMs: number
  readonly minimum: number
  readonly refreshMs: number
}

/**
 * Follows the log, ends windows, and steps back where a gate fails, for as long as its scope is open. What another process
 * has measured is judged, too, so a process that was killed between measuring and stepping back is missed by nobody.
 */
export const start = Effect.fnUntraced(function*(logbook: Logbook, settings: Settings) {
  const { gates, id, minimum, ramp, refreshMs, windowMs } = settings
  let stage = logbook.state().stageSequence
  let startedAt = yield* Clock.currentTimeMillis
  let count = Count.begin(startedAt)
  let judged = -1
  let isReadable = true

  const begin = (now: number) => {
    stage = logbook.state().stageSequence
    startedAt = now
    count = Count.begin(now)
  }

  const endWindow = (now: number) =>
    Effect.suspend(() => {
      const ended = count
      const endedStage = stage
      begin(now)
      return ended.isEmpty()
        ? Effect.void
        : logbook.append((state) =>
          Effect.succeed(state.stageSequence === endedStage ? ended.measured(endedStage) : undefined)
        )
    })

  const stepBack = Effect.suspend(() => {
    const before = logbook.state().stageSequence
    let failed = ""
    return logbook.append((state, now) =>
      Effect.sync(() => {
        const to = MigrationLog.previous(state.stage, ramp)
        const verdicts = MigrationGates.judge(gates, state, { now, windowMs, minimum })
        judged = state.sequence
        failed = verdicts.flatMap(({ gate, verdict }) => verdict === "failed" ? [gate] : []).join(", ")
        return to !== undefined && failed !== "" ? { _tag: "SteppedBack", to, verdicts } : undefined
      })
    ).pipe(Effect.andThen(Effect.suspend(() =>
      logbook.state().stageSequence === before
        ? Effect.void
        : Effect.annotateLogs(Effect.logWarning("A migration stepped back"), {
          "pricing.migration": id,
          "pricing.gates": failed
        })
    )))
  })

  const look = Effect.gen(function*() {
    yield* logbook.refresh
    const now = yield* Clock.currentTimeMillis
    if (logbook.state().stageSequence !== stage) begin(now)
    if (now - startedAt >= windowMs) yield* endWindow(now)
    if (logbook.state().sequence !== judged) yield* stepBack
    isReadable = true
  })

  const report = (why: unknown) =>
    Effect.suspend(() => {
      if (!isReadable) return Effect.void
      isReadable = false
      return Effect.annotateLogs(Effect.logWarning("The log of a migration cannot be followed now", why), {
        "pricing.migration": id
      })
    })

  yield* look.pipe(
    Effect.catchCause((cause) => report(cause)),
    Effect.andThen(Effect.sleep(refreshMs)),
    Effect.forever,
    Effect.forkScoped
  )
  return { count: () => count }
})
