/**
 * The `priceport` command: its subcommands, and what holds for all of them.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AssignCommand from "./AssignCommand.ts"
import * as AttributeCommand from "./AttributeCommand.ts"
import { CliConfig, CliError, CliOutput, Command, FileSystem, GlobalFlag, Path } from "./Cli.ts"
import * as CompareCommand from "./CompareCommand.ts"
import * as DemoCommand from "./DemoCommand.ts"
import * as DoctorCommand from "./DoctorCommand.ts"
import * as Failure from "./Failure.ts"
import * as FallbackCommand from "./FallbackCommand.ts"
import * as ImpressionCommand from "./ImpressionCommand.ts"
import * as KeyCommand from "./KeyCommand.ts"
import * as MigrateCommand from "./MigrateCommand.ts"
import * as OutboxCommand from "./OutboxCommand.ts"
import * as PaywallCommand from "./PaywallCommand.ts"
import * as ProfileCommand from "./ProfileCommand.ts"
import * as PurchaseCommand from "./PurchaseCommand.ts"
import * as SimulateCommand from "./SimulateCommand.ts"
import * as Style from "./Style.ts"

const command = Command.make("priceport").pipe(
  Command.withDescription(
    `One command for pricing vendors: ask which paywall to show, report that it was shown, have the purchase validated.

  Keys come from the environment: BOTSI_SECRET_KEY for Botsi, CORRILY_API_KEY for Corrily. BOTSI_BASE_URL and
  CORRILY_BASE_URL point somewhere else, for example to the simulators that \`priceport simulate\` starts.
  PRICEPORT_SEALING_KEYS, from \`priceport key new\`, seals a paywall's attribution into a token that a client may hold.
  PRICEPORT_LEDGER names the file in which vendors are compared.

  Exit codes: 0 it worked; 1 it did not, and standard error says why; 2 the command line could not be read.`
  ),
  Command.withSubcommands([
    PaywallCommand.command,
    ImpressionCommand.command,
    PurchaseCommand.command,
    ProfileCommand.command,
    AttributeCommand.command,
    FallbackCommand.command,
    DoctorCommand.command,
    OutboxCommand.command,
    KeyCommand.command,
    CompareCommand.command,
    AssignCommand.command,
    MigrateCommand.command,
    SimulateCommand.command,
    DemoCommand.command
  ]),
  Command.withExamples([
    { command: "priceport demo", description: "See the whole job, without keys and without a network" },
    {
      command: "priceport paywall --provider botsi --placement onboarding --customer user-1",
      description: "Ask Botsi what to show"
    }
  ])
)

const manifest = Effect.gen(function*() {
  const path = yield* Path.Path
  const fileSystem = yield* FileSystem.FileSystem
  const file = yield* path.fromFileUrl(new URL("../package.json", import.meta.url))
  return yield* Effect.flatMap(fileSystem.readFileString(file), decodeManifest)
})

const decodeManifest = Schema.decodeEffect(Schema.fromJsonString(Schema.Struct({ version: Schema.String })))

/** What was asked for goes to standard output; help that nobody asked for goes to standard error. */
const presenter = (stdout: Style.Style, stderr: Style.Style): CliOutput.Presenter => {
  const out = CliOutput.defaultFormatter({ colors: stdout.canColor })
  const err = CliOutput.defaultFormatter({ colors: stderr.canColor })
  return {
    present: (event) => {
      switch (event._tag) {
        case "Version":
          return Console.log(out.formatVersion(event.name, event.version))
        case "Help":
          return event.reason === "Requested"
            ? Console.log(out.formatHelpDoc(event.helpDoc))
            : Console.error(err.formatHelpDoc(event.helpDoc))
        case "InvalidInvocation":
          return Console.error(`${err.formatHelpDoc(event.helpDoc)}\n${err.formatErrors(event.errors)}`)
      }
    }
  }
}

/** Runs the command with the arguments of the process. Every failure has been told when it ends. */
export const run = Effect.gen(function*() {
  const present = presenter(yield* Style.stdout, yield* Style.stderr)
  const main = Command.run(command, yield* Effect.orDie(manifest))
  yield* Effect.provide(
    main,
    Layer.merge(
      CliOutput.layerPresenter(present),
      CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })
    )
  )
}).pipe(
  Effect.catchIf(CliError.isCliError, () => Effect.fail(Failure.misused)),
  Effect.catchDefect((defect) => {
    const name = Predicate.isError(defect) ? defect.name : "not an Error"
    return Effect.andThen(
      Console.error(`priceport has a bug (${name}). Please report it with the command you ran, without its keys.`),
      Effect.fail(Failure.failed)
    )
  })
)
