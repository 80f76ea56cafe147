/**
 * `priceport simulate`: both vendors on this machine.
 */
import type { Fault } from "@priceport/testing/simulators"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError, Command, Flag } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Output from "./Output.ts"
import * as Syntax from "./Syntax.ts"
import type { VendorId } from "./Vendors.ts"

const simulators = Effect.promise(() => import("@priceport/testing/simulators"))

const port = (name: string, vendor: string) =>
  Flag.Int(name).pipe(
    Flag.withMetavar("N"),
    Flag.withDescription(`${vendor}'s port on 127.0.0.1; any free one unless set`),
    Flag.withDefault(0)
  )

const flags = {
  botsiPort: port("botsi-port", "Botsi"),
  corrilyPort: port("corrily-port", "Corrily"),
  seed: Flag.String("seed").pipe(
    Flag.withMetavar("S"),
    Flag.withDescription("The same seed gives every customer the same experiment arm and prices again"),
    Flag.map(Syntax.seed),
    Flag.optional
  ),
  latency: Flag.String("latency").pipe(
    Flag.withMetavar("MS"),
    Flag.withDescription(
      "How long answers take, in milliseconds: MIN..MAX, or one number; 40..1500 unless set, 0 is none"
    ),
    Flag.filterMap(Syntax.latency, () => "milliseconds such as 40..1500, or 0"),
    Flag.optional
  ),
  faults: Flag.String("fault").pipe(
    Flag.withMetavar("VENDOR=FAULT"),
    Flag.withDescription(
      "Let every request meet a fault, such as botsi=silence or corrily=status:429,retry-after=3; may be given several times"
    ),
    Flag.filterMap(Syntax.fault, () => "botsi=FAULT or corrily=FAULT"),
    Flag.mapEffect(([vendor, text]) => Effect.map(parse(text), (fault) => ({ vendor, fault }))),
    Flag.atLeast(0)
  ),
  json: Output.json
}

const parse = (text: string): Effect.Effect<Fault.Fault, CliError.CliError> =>
  Effect.flatMap(simulators, ({ Fault }) =>
    Effect.mapError(
      Fault.parse(text),
      ({ message }) => new CliError.ValidationError({ message: `Invalid value for flag --fault: ${message}` })
    ))

export const command = Command.make(
  "simulate",
  flags,
  Effect.fnUntraced(function*(input) {
    const { BotsiSimulator, CorrilySimulator } = yield* simulators
    const options = (vendor: VendorId) => ({
      port: vendor === "botsi" ? input.botsiPort : input.corrilyPort,
      seed: Option.getOrUndefined(input.seed),
      latency: Option.getOrUndefined(input.latency),
      faults: input.faults.filter((fault) => fault.vendor === vendor)
    })
    const botsi = yield* BotsiSimulator.make(options("botsi")).pipe(Effect.catch(refuse("botsi", input)))
    const corrily = yield* CorrilySimulator.make(options("corrily")).pipe(Effect.catch(refuse("corrily", input)))
    yield* Output.print(running, input)({
      botsi: { baseUrl: botsi.baseUrl, secretKey: botsi.secretKey },
      corrily: { baseUrl: corrily.baseUrl, apiKey: corrily.apiKey }
    })
    // A stop that was asked for is no failure.
    return yield* Effect.onInterrupt(Effect.never, () => Effect.die(new Failure.Exited({ code: 0 })))
  }, Effect.scoped)
).pipe(
  Command.withShortDescription("Run both vendors on this machine"),
  Command.withDescription(
    `Runs a Botsi and a Corrily on this machine, with keys of their own, until it is stopped. Prints what to set so that
  the other commands talk to them. Nothing leaves the machine.

  They behave as the vendors' pages say and refuse what these do not allow. Their Botsi knows the placements onboarding,
  settings and ai-placement-id, and only customers that \`priceport profile create\` created.`
  ),
  Command.withExamples([
    { command: "priceport simulate", description: "Run both, then paste the printed lines into another terminal" },
    {
      command: "priceport simulate --latency 0 --fault botsi=silence --fault corrily=status:429,retry-after=3",
      description: "A Botsi that never answers, and a Corrily that is overrun"
    }
  ])
)

const refuse = (vendor: VendorId, options: { readonly json: boolean }) => ({ message }: { readonly message: string }) =>
  Failure.tell({
    provider: vendor,
    operation: "simulate",
    reason: { _tag: "InvalidRequest", field: `${vendor}-port`, issue: message },
    message: `${vendor}.simulate: InvalidRequest (${vendor}-port: ${message})`,
    isRetryable: false
  }, options)

interface Running {
  readonly botsi: { readonly baseUrl: string; readonly secretKey: string }
  readonly corrily: { readonly baseUrl: string; readonly apiKey: string }
}

/** Every line is one that a shell takes. */
const running: Output.Kind<Running> = {
  toJson: (value) => value,
  toText: (style, { botsi, corrily }) =>
    [
      style.dim("# Botsi and Corrily run on this machine until Ctrl+C. Paste this into another terminal:"),
      `export BOTSI_BASE_URL=${botsi.baseUrl}`,
      `export BOTSI_SECRET_KEY=${botsi.secretKey}`,
      `export CORRILY_BASE_URL=${corrily.baseUrl}`,
      `export CORRILY_API_KEY=${corrily.apiKey}`,
      style.dim("# Then, for example:"),
      style.dim("#   priceport paywall --provider corrily --placement onboarding --customer user-1")
    ].join("\n")
}
