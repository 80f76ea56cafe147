/**
 * A migration as whoever runs it sees it: where it stands, and a step on or back.
 *
 * Everything happens in the log, `MigrationState`, so it may be done from another process. Processes that serve customers
 * notice within `refreshMs` of their configuration.
 *
 * @since 0.4.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as MigrationConfig from "../internal/migrationConfig.ts"
import * as Logbook from "../internal/migrationLogbook.ts"
import type { RoutingError } from "../internal/routingError.ts"
import * as MigrationGates from "./MigrationGates.ts"
import * as MigrationLog from "./MigrationLog.ts"
import { type Event, MigrationState, type MigrationStateError, Stage, Verdict } from "./MigrationState.ts"

/**
 * - `moved`, `returned`: the shares of customers who are with the new vendor, and who were moved back and stay.
 * - `next`: the stage that `advance` leads to; absent where there is none. `verdicts`: what the gates say now.
 * - `since`: when the stage began, in milliseconds since 1970; 0 before the start. `entries`: the length of the log.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Status = Schema.Struct({
  migration: Schema.String,
  from: Schema.String,
  to: Schema.String,
  stage: Stage,
  since: Schema.Int,
  moved: Schema.Finite,
  returned: Schema.Finite,
  next: Schema.optionalKey(Stage),
  verdicts: Schema.Array(Verdict),
  entries: Schema.Int
})

/** @since 0.4.0 */
export interface Status extends Schema.Schema.Type<typeof Status> {}

/**
 * The migration does not go on now: for `why`, and what the gates say.
 *
 * @category errors
 * @since 0.4.0
 */
export class AdvanceRefused extends Schema.TaggedError<AdvanceRefused>()("AdvanceRefused", {
  why: Schema.String,
  verdicts: Schema.Array(Verdict)
}) {
  override get message(): string {
    return `The migration does not go on: ${this.why}`
  }
}

/**
 * Who takes the step, and why, for the log.
 *
 * @category models
 * @since 0.4.0
 */
export interface Decision {
  readonly by: string
  readonly why?: string | undefined
}

/**
 * Where a migration stands.
 *
 * @category accessors
 * @since 0.4.0
 */
export const status = (
  config: MigrationConfig.Config
): Effect.Effect<Status, MigrationStateError | RoutingError, MigrationState> =>
  Effect.flatMap(
    opened(config),
    ({ logbook, settings }) =>
      Effect.clockWith((clock) => Effect.sync(() => statusOf(settings, logbook, clock.currentTimeMillisUnsafe())))
  )

/**
 * Goes a stage on: to the shadow reads, through the ramp, to everybody. Refused before one window of the stage has passed
 * and while a gate does not pass, unless `force` is set; the log says so then.
 *
 * Customers who were moved back before stay with the old vendor when everybody else is moved. One step more moves them,
 * too, which is the one way that a customer changes vendors a second time; it takes `release`.
 *
 * @category combinators
 * @since 0.4.0
 */
export const advance = (
  config: MigrationConfig.Config,
  decision: Decision & { readonly force?: boolean | undefined; readonly release?: boolean | undefined }
): Effect.Effect<Status, AdvanceRefused | MigrationStateError | RoutingError, MigrationState> =>
  changed(config, (settings, state, now, seen) =>
    Effect.suspend((): Effect.Effect<Event, AdvanceRefused> => {
      const verdicts = verdictsOf(settings, state, now)
      const refuse = (why: string) => Effect.fail(new AdvanceRefused({ why, verdicts }))
      if (state.stageSequence !== seen.stageSequence) return refuse("another step was taken at the same time")
      const to = MigrationLog.next(state.stage, settings.ramp)
      if (to === undefined) {
        if (state.returned === 0) return refuse("everybody is with the new vendor")
        return decision.release === true
          ? Effect.succeed({ _tag: "Released", ...words(decision) })
          : refuse(`${percent(state.returned)} of the customers were moved back before and stay, until released`)
      }
      const isGuarded = state.stage._tag === "Shadow" || state.stage._tag === "Ramp"
      const isEarly = isGuarded && now - state.since < settings.windowMs
      const open = verdicts.filter(({ verdict }) => verdict !== "passed").map(({ gate }) => gate)
      if (decision.force !== true) {
        if (open.length > 0) return refuse(`these gates have not passed: ${open.join(", ")}`)
        if (isEarly) return refuse("the stage began less than a window ago")
      }
      const forced = open.length > 0 || isEarly
      return Effect.succeed({ _tag: "Advanced", ...words(decision), to, verdicts, ...(forced && { forced }) })
    }))

/**
 * Goes back to the old vendor with everybody. Taken again, the way begins with the shadow reads, and those who were moved
 * back stay.
 *
 * @category combinators
 * @since 0.4.0
 */
export const rollback = (
  config: MigrationConfig.Config,
  decision: Decision
): Effect.Effect<Status, MigrationStateError | RoutingError, MigrationState> =>
  changed(config, (_, { stage }) =>
    Effect.succeed(
      stage._tag === "Off" || stage._tag === "RolledBack"
        ? undefined
        : { _tag: "RolledBack", ...words(decision) }
    ))

const opened = Effect.fnUntraced(function*(config: MigrationConfig.Config) {
  const settings = yield* MigrationConfig.settings(config)
  const logbook = yield* Logbook.open(yield* MigrationState, settings.id)
  yield* MigrationConfig.checkVendors(settings, logbook.state())
  return { settings, logbook }
})

/** Writes what is decided on, after the first entry, and says where the migration stands then. */
const changed = <E>(
  config: MigrationConfig.Config,
  decide: (
    settings: MigrationConfig.Settings,
    state: MigrationLog.State,
    now: number,
    seen: MigrationLog.State
  ) => Effect.Effect<Event | undefined, E>
): Effect.Effect<Status, E | MigrationStateError | RoutingError, MigrationState> =>
  Effect.gen(function*() {
    const { logbook, settings } = yield* opened(config)
    const { from, to } = settings
    yield* logbook.append(({ sequence }) => Effect.succeed(sequence === 0 ? { _tag: "Started", from, to } : undefined))
    yield* MigrationConfig.checkVendors(settings, logbook.state())
    const seen = logbook.state()
    yield* logbook.append((state, now) => decide(settings, state, now, seen))
    return yield* Effect.clockWith((clock) =>
      Effect.sync(() => statusOf(settings, logbook, clock.currentTimeMillisUnsafe()))
    )
  })

const verdictsOf = ({ gates, minimum, windowMs }: MigrationConfig.Settings, state: MigrationLog.State, now: number) =>
  MigrationGates.judge(gates, state, { now, windowMs, minimum })

const statusOf = (settings: MigrationConfig.Settings, logbook: Logbook.Logbook, now: number): Status => {
  const state = logbook.state()
  const { from, id, ramp, to } = settings
  const { moved, returned, sequence, since, stage } = state
  const next = MigrationLog.next(stage, ramp)
  return {
    migration: id,
    from,
    to,
    stage,
    since,
    moved,
    returned,
    ...(next !== undefined && { next }),
    verdicts: verdictsOf(settings, state, now),
    entries: sequence
  }
}

const words = ({ by, why }: Decision) => ({ by, ...(why !== undefined && { why }) })

const percent = (share: number) => `${Math.round(share * 10_000) / 100} %`
