/**
 * `priceport migrate`: from one vendor to another, a step at a time.
 */
import type { Config } from "@priceport/core/routing/Migration"
import type { MigrationState, Stage, Verdict } from "@priceport/core/routing/MigrationState"
import type { Status } from "@priceport/core/routing/MigrationSteps"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Command, Flag } from "./Cli.ts"
import * as CompareFailure from "./CompareFailure.ts"
import * as CompareLedger from "./CompareLedger.ts"
import * as Output from "./Output.ts"
import * as Style from "./Style.ts"
import * as Table from "./Table.ts"

const shared = {
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE|-"),
    Flag.withDescription("Required. The configuration of the Migration router, as JSON; `-` reads standard input")
  ),
  ledger: CompareLedger.flag,
  json: Output.json
}

const decided = {
  by: Flag.String("by").pipe(Flag.withMetavar("NAME"), Flag.withDescription("Required. Who decides so, for the log")),
  why: Flag.String("why").pipe(Flag.withMetavar("TEXT"), Flag.withDescription("Why, for the log"), Flag.optional)
}

const steps = Effect.promise(() => import("@priceport/core/routing/MigrationSteps"))

const nameOf = (stage: Stage): string => stage._tag === "Ramp" ? `Ramp, ${stage.percent} %` : stage._tag

const status: Output.Kind<Status> = {
  toJson: ({ since, ...status }) => ({ ...status, ...since > 0 && { since: instant(since) } }),
  toText: (style, { from, migration, moved, next, returned, since, stage, to, verdicts }) =>
    [
      `${style.bold(nameOf(stage))}: ${Style.printable(`${migration}, from ${from} to ${to}`)}${
        since > 0 ? style.dim(`, since ${instant(since)}`) : ""
      }`,
      `${share(moved)} of the customers are with ${Style.printable(to)}${
        returned > 0 ? `, ${share(returned)} were moved back and stay` : ""
      }`,
      next === undefined ? "There is no further stage." : `Next: ${nameOf(next)}`,
      ...verdicts.length === 0 ? [] : ["", Table.render(style, verdicts, gates)]
    ].join("\n")
}

const instant = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

const share = (value: number): string => `${Number((value * 100).toFixed(2))} %`

const gates: ReadonlyArray<Table.Column<Verdict>> = [
  { head: "Gate", cell: ({ gate }) => gate },
  { head: "Result", cell: ({ verdict }) => verdict },
  { head: "Measured", cell: ({ value }) => value === undefined ? undefined : String(Number(value.toPrecision(4))) },
  { head: "Bound", cell: ({ bound }) => String(bound) },
  { head: "Of", cell: ({ sample }) => String(sample) }
]

/** Reads the configuration, opens the log, and prints where the migration stands afterwards. */
const run = <E extends CompareFailure.Told>(
  operation: string,
  input: CompareLedger.Place & { readonly config: string; readonly json: boolean },
  use: (config: Config) => Effect.Effect<Status, E, MigrationState>
) =>
  Effect.gen(function*() {
    const filename = yield* CompareLedger.file(input)
    const config = yield* CompareLedger.json("config", input.config)
    const { layer } = yield* Effect.promise(() => import("@priceport/compare/SqliteRouting"))
    yield* CompareLedger.exists(filename)
    // `MigrationSteps` checks it.
    return yield* Effect.provide(use(config as Config), Layer.fresh(layer({ filename })))
  }).pipe(
    CompareFailure.telling(`migrate ${operation}`, input),
    Effect.flatMap(Output.print(status, input))
  )

const show = Command.make(
  "status",
  shared,
  (input) => Effect.flatMap(steps, ({ status }) => run("status", input, status))
).pipe(
  Command.withShortDescription("Where a migration stands"),
  Command.withDescription("Prints the stage, who is with which vendor, and what the gates say.")
)

const advance = Command.make(
  "advance",
  {
    ...shared,
    ...decided,
    force: Flag.Boolean("force").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Go on although gates have not passed; the log says so"),
      Flag.withDefault(false)
    ),
    release: Flag.Boolean("release").pipe(
      Flag.withoutNegation,
      Flag.withDescription("At the end: move those over, too, who were moved back before"),
      Flag.withDefault(false)
    )
  },
  (input) =>
    Effect.flatMap(steps, ({ advance }) =>
      run("advance", input, (config) => {
        const { by, force, release, why } = input
        return advance(config, { by, why: Option.getOrUndefined(why), force, release })
      }))
).pipe(
  Command.withShortDescription("Go one stage on"),
  Command.withDescription("Goes one stage on, if one window of the stage has passed and every gate passes.")
)

const rollback = Command.make(
  "rollback",
  { ...shared, ...decided },
  (input) =>
    Effect.flatMap(
      steps,
      ({ rollback }) =>
        run("rollback", input, (config) => rollback(config, { by: input.by, why: Option.getOrUndefined(input.why) }))
    )
).pipe(
  Command.withShortDescription("Go back to the old vendor with everybody"),
  Command.withDescription("Goes back to the old vendor with everybody, at once. No gate is asked.")
)

export const command = Command.make("migrate").pipe(
  Command.withShortDescription("From one vendor to another, a step at a time"),
  Command.withDescription(
    `Looks into the log of a migration and takes its steps. The log is in the ledger that the application's Migration router
  is given; processes that serve customers notice a step within seconds.`
  ),
  Command.withSubcommands([show, advance, rollback])
)
