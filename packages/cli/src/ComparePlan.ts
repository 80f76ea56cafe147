/**
 * `priceport compare plan`: what will be asked, before there is an answer.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Argument, CliError, Command, Flag } from "./Cli.ts"
import * as CompareFailure from "./CompareFailure.ts"
import * as CompareLedger from "./CompareLedger.ts"
import * as ComparePower from "./ComparePower.ts"
import * as CompareReport from "./CompareReport.ts"
import * as Output from "./Output.ts"

export const command = Command.make(
  "plan",
  {
    ledger: CompareLedger.flag,
    json: Output.json,
    file: Argument.String("FILE|-").pipe(
      Argument.withDescription("The plan, as JSON; `-` reads standard input"),
      Argument.optional
    ),
    experiment: Flag.String("experiment").pipe(
      Flag.withMetavar("E"),
      Flag.withDescription("Show the stored plan of this experiment, in place of a file"),
      Flag.optional
    ),
    ...ComparePower.flags,
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Check the file and store nothing; needs no ledger"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function*(input) {
    const planned = yield* Effect.gen(function*() {
      const stored = yield* storedOrChecked(input)
      return { ...stored, needs: yield* ComparePower.needs(stored.plan, input) }
    }).pipe(CompareFailure.telling("compare plan", input))
    yield* Output.print(CompareReport.plan, input)(planned)
  })
).pipe(
  Command.validate(({ experiment, file }) =>
    Option.isSome(file) !== Option.isSome(experiment)
      ? Effect.void
      : Effect.fail(new CliError.ValidationError({ message: "Exactly one of FILE and --experiment is needed" }))
  ),
  Command.withShortDescription("Store what will be asked, before there is an answer"),
  Command.withDescription(
    `Stores the plan of an experiment: its arms and their weights, the control, the metrics, the revenue cap, alpha, and when
  one may look. The ledger is made where there is none. Storing the same plan again changes nothing; one that customers were
  already exposed under stays as it is. With --rate it says how many customers of all arms the plan's power takes; for a
  confidence sequence, if it is looked at on 14 days.`
  ),
  Command.withExamples([
    { command: "priceport compare plan plan.json --ledger compare.sqlite", description: "Store a plan" },
    {
      command: "priceport compare plan plan.json --dry-run --rate 0.05 --per-day 400",
      description: "How long it will take, before anything is stored"
    },
    { command: "priceport compare plan --experiment botsi-or-corrily", description: "Show a stored plan" }
  ])
)

/** The plan of the file, stored unless it is only to be checked; or the one that is stored. */
const storedOrChecked = (
  input: CompareLedger.Place & {
    readonly dryRun: boolean
    readonly experiment: Option.Option<string>
    readonly file: Option.Option<string>
  }
) =>
  Effect.gen(function*() {
    const { loadPlan, storePlan } = yield* Effect.promise(() => import("@priceport/compare/Compare"))
    if (Option.isSome(input.experiment)) {
      const filename = yield* CompareLedger.file(input)
      return yield* Effect.provide(loadPlan(input.experiment.value), CompareLedger.layer(filename, "read"))
    }
    const read = CompareLedger.json("plan", Option.getOrElse(input.file, () => "-"))
    if (input.dryRun) {
      const { make } = yield* Effect.promise(() => import("@priceport/compare/Plan"))
      return { plan: yield* Effect.fromResult(make(yield* read)) }
    }
    const filename = yield* CompareLedger.file(input)
    return yield* Effect.provide(storePlan(yield* read), CompareLedger.layer(filename, "make"))
  })
