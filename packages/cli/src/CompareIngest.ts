/**
 * `priceport compare ingest`: outcomes out of files.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Argument, Command, Flag } from "./Cli.ts"
import * as CompareFailure from "./CompareFailure.ts"
import * as CompareLedger from "./CompareLedger.ts"
import * as CompareProgress from "./CompareProgress.ts"
import * as CompareReport from "./CompareReport.ts"
import * as Failure from "./Failure.ts"
import * as Output from "./Output.ts"

export const command = Command.make(
  "ingest",
  {
    ledger: CompareLedger.flag,
    json: Output.json,
    file: Argument.String("FILE|-").pipe(Argument.withDescription("The outcomes; `-` reads standard input")),
    format: Flag.Literals("format", ["ndjson", "csv"]).pipe(
      Flag.withDescription("How they are written; by the file's ending unless set, and NDJSON from standard input"),
      Flag.optional
    ),
    skipBad: Flag.Boolean("skip-bad").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Record the good lines and report the bad ones; without it one bad line stops everything"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function*(input) {
    const { file, skipBad } = input
    const { csv, ndjson } = yield* Effect.promise(() => import("@priceport/compare/Ingest"))
    const format = Option.getOrElse(input.format, () => /\.csv$/i.test(file) ? "csv" : "ndjson")
    const summary = yield* Effect.gen(function*() {
      const filename = yield* CompareLedger.file(input)
      const bytes = yield* CompareLedger.bytesOf(file)
      return yield* Effect.provide(
        CompareProgress.during(
          "lines",
          (onProgress) => (format === "csv" ? csv : ndjson)(bytes, { skipBad, onProgress })
        ),
        CompareLedger.layer(filename, "write")
      )
    }).pipe(
      Effect.catchTag("PlatformError", ({ reason }) =>
        Effect.fail(CompareFailure.invalid(
          "file",
          `Expected a readable file, but ${JSON.stringify(file)} is not one (${reason._tag})`
        ))),
      CompareFailure.telling("compare ingest", input)
    )
    yield* Output.print(CompareReport.ingested, input)(summary)
    if (summary.rejected > 0 && !skipBad) return yield* Failure.failed
  })
).pipe(
  Command.withShortDescription("Record what customers paid, from a file"),
  Command.withDescription(
    `Records outcomes, one a line: { "customer", "kind": "conversion" | "renewal" | "refund", "amount", "currency", "at",
  "transactionId" } as NDJSON, or CSV with a header of these names. An outcome counts once for its transaction and kind, so a
  file may be given again. Every line is checked before the first is recorded. Exits 1 where one is known with other content,
  which stays as it is; with --skip-bad that, too, is only reported.`
  ),
  Command.withExamples([
    {
      command: "priceport compare ingest outcomes.ndjson",
      description: "Record a file into the ledger of PRICEPORT_LEDGER"
    },
    { command: "priceport compare ingest - --format csv < outcomes.csv", description: "From standard input" }
  ])
)
