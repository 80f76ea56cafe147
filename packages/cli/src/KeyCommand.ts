/**
 * `priceport key`: the keys that attribution tokens are sealed with.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Argument, CliError, Command, Flag, Stdio } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as SealingKeys from "./SealingKeys.ts"
import * as Vendors from "./Vendors.ts"

const text = Effect.promise(() => import("@priceport/core/attribution/SealingKeys"))

const print = (keys: Redacted.Redacted) => Console.log(Redacted.value(keys))

const create = Command.make("new", {}, () => Effect.flatMap(Effect.flatMap(text, ({ generate }) => generate), print))
  .pipe(
    Command.withShortDescription("Make keys"),
    Command.withDescription(
      `Prints one line: new keys, the value for ${SealingKeys.variable}. Keep it as a secret.

  Every process that seals tokens or opens them needs the same value.`
    ),
    Command.withExamples([{
      command: "export PRICEPORT_SEALING_KEYS=$(priceport key new)",
      description: "Make keys for this shell"
    }])
  )

const rotate = Command.make(
  "rotate",
  {
    source: Argument.String("-").pipe(
      Argument.withDescription(`Read the old value from standard input, not from ${SealingKeys.variable}`),
      Argument.atLeast(0)
    ),
    stage: Flag.Boolean("stage").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Only add the next key: it opens from now on, and seals after the next rotation"),
      Flag.withDefault(false)
    ),
    keep: Flag.Int("keep").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("How many keys that sealed before go on opening, 0 to 14; 3 unless set"),
      Flag.withDefault(3)
    )
  },
  Effect.fnUntraced(function*({ keep, source, stage }) {
    const { rotate } = yield* text
    const old = yield* oldKeys(source.length > 0)
    const next = yield* Effect.catchTag(rotate(old, { keep, stage }), "ConfigError", () => refuse(SealingKeys.expected))
    yield* print(next)
  })
).pipe(
  Command.validate(({ keep, source }) => {
    const message = source.some((given) => given !== "-")
      ? `The old value is no argument, where everybody can see it: set ${SealingKeys.variable}, or pipe it in and give -`
      : keep < 0 || keep > 14
      ? "--keep takes a number from 0 to 14"
      : undefined
    return message === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message }))
  }),
  Command.withShortDescription("Make the next keys out of the old ones"),
  Command.withDescription(
    `Takes the old value from ${SealingKeys.variable}, or from standard input where that is not set, and prints the next one.
  A new key seals from then on. The one that sealed, and two before it, go on opening: tokens live for 30 days.

  Where several processes share the value, rotate in two steps, so that none of them meets a token it cannot open: first
  with --stage, and give the result to all of them; then once more without it, and give that to all of them.

  When the keys have leaked: --keep 0. What was sealed so far does not open any more: deliver what is in an outbox first,
  with \`priceport outbox flush\`.`
  ),
  Command.withExamples([
    {
      command: "priceport key rotate --stage",
      description: "First step: all processes learn to open with the next key"
    },
    { command: "priceport key rotate", description: "Second step: they seal with it" },
    { command: "priceport key rotate - < old.txt", description: "Read the old value from a file" }
  ])
)

/** The old value, of the variable or of standard input. A line ends with a line feed; that is not part of it. */
const oldKeys = Effect.fnUntraced(function*(isPiped: boolean) {
  const { stdin, stdinIsTerminal } = yield* Stdio.Stdio
  if (!isPiped && (yield* Vendors.isSet(SealingKeys.variable))) return yield* Effect.orDie(SealingKeys.config)
  const read = !isPiped && (yield* stdinIsTerminal)
    ? ""
    : yield* Effect.orDie(Stream.mkString(Stream.decodeText(stdin)))
  const line = read.replace(/\r?\n$/, "")
  return line === ""
    ? yield* refuse(`${isPiped ? "Standard input is empty" : "It is not set"}. Expected the old value`)
    : Redacted.make(line)
})

const refuse = (issue: string) => {
  const field = SealingKeys.variable
  const reason = { _tag: "InvalidRequest", field, issue }
  const message = `priceport key rotate: InvalidRequest (${field}: ${issue})`
  return Failure.tell(
    { provider: "priceport", operation: "key rotate", reason, message, isRetryable: false },
    { json: false }
  )
}

export const command = Command.make("key").pipe(
  Command.withShortDescription("Keys that seal attribution tokens"),
  Command.withDescription(
    `The keys in ${SealingKeys.variable}, which seal a paywall's attribution into a token that a client may hold.`
  ),
  Command.withSubcommands([create, rotate])
)
