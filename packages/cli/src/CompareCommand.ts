/**
 * `priceport compare`: which vendor earns more.
 */
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Command, Flag } from "./Cli.ts"
import * as CompareFailure from "./CompareFailure.ts"
import * as CompareIngest from "./CompareIngest.ts"
import * as CompareLedger from "./CompareLedger.ts"
import * as ComparePlan from "./ComparePlan.ts"
import * as CompareProgress from "./CompareProgress.ts"
import * as CompareReport from "./CompareReport.ts"
import * as Output from "./Output.ts"

const report = Command.make(
  "report",
  {
    ledger: CompareLedger.flag,
    json: Output.json,
    experiment: Flag.String("experiment").pipe(
      Flag.withMetavar("E"),
      Flag.withDescription("The experiment; the one in the ledger unless set"),
      Flag.optional
    ),
    html: Flag.String("html").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("Write a page for a browser, too; an existing file is replaced"),
      Flag.optional
    ),
    since: Flag.String("since").pipe(
      Flag.withMetavar("WHEN"),
      Flag.withDescription("Only customers who were assigned from then on: a day such as 2026-11-01, or an instant"),
      Flag.filterMap(
        (text) => /^\d{4}-/.test(text) ? DateTime.make(text) : Option.none(),
        () => "a day or an instant (ISO 8601)"
      ),
      Flag.optional
    )
  },
  Effect.fnUntraced(function*(input) {
    const since = Option.getOrUndefined(Option.map(input.since, DateTime.toEpochMillis))
    const { report } = yield* Effect.promise(() => import("@priceport/compare/Analysis"))
    const made = yield* Effect.gen(function*() {
      const filename = yield* CompareLedger.file(input)
      return yield* Effect.provide(
        Effect.flatMap(
          CompareReport.experiment(input.experiment),
          (experiment) => CompareProgress.during("customers", (onProgress) => report(experiment, { since, onProgress }))
        ),
        CompareLedger.layer(filename, "read")
      )
    }).pipe(CompareFailure.telling("compare report", input))
    const written = yield* CompareReport.write(input.html, made).pipe(CompareFailure.telling("compare report", input))
    if (input.json) {
      const { ReportJson } = yield* Effect.promise(() => import("@priceport/compare/Report"))
      yield* Console.log(JSON.stringify(yield* Effect.orDie(Schema.encodeEffect(ReportJson)(made))))
    } else yield* CompareReport.print(made, written)
  })
).pipe(
  Command.withShortDescription("Say who earns more, or why that cannot be said"),
  Command.withDescription(
    `Reads the ledger and says which arm is ahead, by how much, and how sure that is. Where the data cannot be trusted, the
  split is not the planned one, or too many customers were served by the other arm's vendor, the verdict is withheld; that is
  an answer, too, so the exit code is 0.`
  ),
  Command.withExamples([
    { command: "priceport compare report --html report.html", description: "The verdict here, everything as a page" },
    { command: "priceport compare report --since 2026-11-01 --json", description: "Everything as JSON" }
  ])
)

export const command = Command.make("compare").pipe(
  Command.withShortDescription("Which vendor earns more"),
  Command.withDescription(
    "Compares vendors by what their customers paid. The ledger is told of assignments and exposures by the application."
  ),
  Command.withSubcommands([ComparePlan.command, CompareIngest.command, report])
)
