/**
 * `priceport outbox`: what was accepted and is still to be delivered, and what was given up.
 */
import type { PricingError } from "@priceport/core/provider/PricingError"
import type { OutboxStoreError } from "@priceport/outbox/OutboxStore"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { Argument, CliError, Command, Flag } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Results from "./OutboxResults.ts"
import * as OutboxStores from "./OutboxStores.ts"
import * as Output from "./Output.ts"
import * as Syntax from "./Syntax.ts"
import * as Vendors from "./Vendors.ts"

const provider = Flag.String("provider").pipe(
  Flag.withMetavar("ID"),
  Flag.withDescription("Only entries of this provider"),
  Flag.optional
)

const shared = { ...OutboxStores.flags, json: Output.json }

interface Shared {
  readonly store: Option.Option<Redacted.Redacted>
  readonly schema: Option.Option<string>
  readonly prefix: Option.Option<string>
  readonly json: boolean
}

const notSet: Failure.Problem = {
  provider: "priceport",
  operation: "outbox",
  reason: { _tag: "InvalidRequest", field: OutboxStores.variable, issue: "It is not set" },
  message: `priceport outbox: InvalidRequest (${OutboxStores.variable}: it is not set, and there is no --store)`,
  isRetryable: false
}

/** Where the store is: the flags, else the variables. */
const placeOf = Effect.fnUntraced(function*({ json, prefix, schema, store }: Shared) {
  const text = Option.isSome(store) ? store.value : yield* Effect.catchTag(
    Config.Redacted(OutboxStores.variable),
    "ConfigError",
    () => Failure.tell(notSet, { json })
  )
  const named = yield* Effect.option(Config.String("PRICEPORT_OUTBOX_POSTGRES_SCHEMA"))
  return {
    store: text,
    schema: Option.getOrUndefined(Option.orElse(schema, () => named)),
    prefix: Option.getOrUndefined(prefix)
  }
})

/** Does something with the store, and tells why where that cannot be. */
const withStore = <A, R>(
  operation: string,
  input: Shared,
  options: { readonly readOnly: boolean },
  use: Effect.Effect<A, PricingError | OutboxStoreError, R>
) =>
  Effect.flatMap(placeOf(input), (place) =>
    Effect.provide(use, OutboxStores.layer(place, options)).pipe(
      Effect.catchTags({
        OutboxStoreError: (error) => Failure.tell(OutboxStores.problem(operation)(error), input),
        PricingError: (error) => Failure.tell(error, input)
      })
    ))

const letters = Effect.flatMap(Effect.promise(() => import("@priceport/outbox/DeadLetters")), ({ make }) => make())

const status = Command.make(
  "status",
  shared,
  Effect.fnUntraced(function*(input) {
    const { count } = yield* Effect.promise(() => import("@priceport/outbox/Backlog"))
    const counts = yield* withStore("status", input, { readOnly: true }, count)
    yield* Output.print(Results.counts, input)(counts)
  })
).pipe(
  Command.withShortDescription("How much is queued, under way, delivered and given up"),
  Command.withDescription(
    "Counts the entries of an outbox by provider and kind. A SQLite file may be in use by the application meanwhile."
  )
)

const dead = Command.make(
  "dead",
  {
    ...shared,
    provider,
    limit: Flag.Int("limit").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("How many at most, 100 unless set"),
      Flag.withDefault(100)
    ),
    after: Flag.String("after").pipe(
      Flag.withMetavar("ID"),
      Flag.withDescription("Go on after this entry"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function*(input) {
    const page = {
      provider: Option.getOrUndefined(input.provider),
      limit: input.limit,
      after: Option.getOrUndefined(input.after)
    }
    const entries = yield* withStore("dead", input, { readOnly: true }, Effect.flatMap(letters, (_) => _.list(page)))
    yield* Output.print(Results.dead, input)(entries)
  })
).pipe(
  Command.validate(({ limit }) =>
    limit >= 1
      ? Effect.void
      : Effect.fail(new CliError.ValidationError({ message: "--limit takes a number from 1 on" }))
  ),
  Command.withShortDescription("What was given up, and why"),
  Command.withDescription("Lists the entries that were given up, the oldest death first, with the reason of each.")
)

/** Which of the dead: never all of them by leaving something out. */
const selection = {
  ...shared,
  provider,
  all: Flag.Boolean("all").pipe(
    Flag.withoutNegation,
    Flag.withDescription("All that were given up"),
    Flag.withDefault(false)
  ),
  ids: Argument.String("ID").pipe(
    Argument.withDescription("What `outbox dead` lists; may be given several times"),
    Argument.atLeast(0)
  )
}

interface Selection extends Shared {
  readonly provider: Option.Option<string>
  readonly all: boolean
  readonly ids: ReadonlyArray<string>
}

const oneSelection = ({ all, ids, provider }: Selection) =>
  [all, ids.length > 0, Option.isSome(provider)].filter(Boolean).length === 1
    ? Effect.void
    : Effect.fail(new CliError.ValidationError({ message: "Give ids, or --provider, or --all" }))

const selectedBy = ({ ids, provider }: Selection) => ({
  provider: Option.getOrUndefined(provider),
  ids: ids.length > 0 ? ids : undefined
})

/** Fails where some of the ids were none of an entry that was given up. */
const orStrange = (operation: string, input: Selection, found: number) => {
  const strange = new Set(input.ids).size - found
  if (strange <= 0) return Effect.void
  const issue = `${strange} of them ${strange === 1 ? "names" : "name"} nothing that was given up`
  return Failure.tell({
    provider: "priceport",
    operation: `outbox ${operation}`,
    reason: { _tag: "NotFound", field: "ids", issue },
    message: `priceport outbox ${operation}: NotFound (ids: ${issue})`,
    isRetryable: false
  }, input)
}

const redrive = Command.make(
  "redrive",
  selection,
  Effect.fnUntraced(function*(input) {
    const use = Effect.flatMap(letters, (_) => _.redrive(selectedBy(input)))
    const redriven = yield* withStore("redrive", input, { readOnly: false }, use)
    yield* Output.print(Results.redriven, input)({ redriven })
    yield* orStrange("redrive", input, redriven)
  })
).pipe(
  Command.validate(oneSelection),
  Command.withShortDescription("Queue again what was given up"),
  Command.withDescription(
    `Queues entries again, as if they were accepted now. They are delivered by the application, or by \`outbox flush\`.

  A SQLite file has one writer: stop the application first.`
  )
)

const drop = Command.make(
  "drop",
  selection,
  Effect.fnUntraced(function*(input) {
    const use = Effect.flatMap(letters, (_) => _.drop(selectedBy(input)))
    const dropped = yield* withStore("drop", input, { readOnly: false }, use)
    yield* Output.print(Results.dropped, input)({ dropped })
    yield* orStrange("drop", input, dropped)
  })
).pipe(
  Command.validate(oneSelection),
  Command.withShortDescription("Delete what was given up"),
  Command.withDescription(
    "Deletes entries that were given up, for good. A SQLite file has one writer: stop the application first."
  )
)

const flush = Command.make(
  "flush",
  {
    ...shared,
    within: Flag.String("within").pipe(
      Flag.withMetavar("DURATION"),
      Flag.withDescription("How long to try, 30 seconds unless set"),
      Flag.filterMap(Syntax.duration, () => "a duration such as \"30 seconds\""),
      Flag.withDefault(Duration.seconds(30))
    ),
    repeatPurchases: Flag.Boolean("repeat-purchases").pipe(
      Flag.withDescription(
        "Whether a purchase whose request may have arrived is sent again. --no-repeat-purchases where the application sets `repeatPurchases: false`"
      ),
      Flag.withDefault(true)
    )
  },
  Effect.fnUntraced(function*(input) {
    const { deliver } = yield* Effect.promise(() => import("./OutboxFlush.ts"))
    const use = Effect.provide(deliver(input), Vendors.layerHttp)
    const flushed = yield* withStore("flush", input, { readOnly: false }, use)
    yield* Output.print(Results.flushed, input)(flushed)
    if (flushed.pending > 0 || flushed.dead > 0) return yield* Failure.failed
  })
).pipe(
  Command.withShortDescription("Deliver what is queued"),
  Command.withDescription(
    `Delivers what is queued, and says how much was delivered, is still pending, and was given up. Exits 1 where something is
  pending or was given up. A SQLite file has one writer: stop the application first. Needs the keys that sealed the entries, in PRICEPORT_SEALING_KEYS, and those of the vendors that have entries.`
  )
)

export const command = Command.make("outbox").pipe(
  Command.withShortDescription("Impressions and purchases that are stored and on their way"),
  Command.withDescription(
    `What an application accepted and is still to deliver, in the SQLite file or at the server that ${OutboxStores.variable} names.`
  ),
  Command.withSubcommands([status, flush, dead, redrive, drop]),
  Command.withExamples([
    { command: "priceport outbox status --store outbox.sqlite", description: "See what is on its way" },
    { command: "priceport outbox redrive --store outbox.sqlite --all", description: "Try again what was given up" }
  ])
)
