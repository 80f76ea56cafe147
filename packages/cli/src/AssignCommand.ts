/**
 * `priceport assign`: which arm of an experiment a customer belongs to.
 */
import type { Decision } from "@priceport/core/routing/Experiment"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError, Command, Flag } from "./Cli.ts"
import * as CompareFailure from "./CompareFailure.ts"
import * as CompareLedger from "./CompareLedger.ts"
import * as Output from "./Output.ts"
import * as Style from "./Style.ts"
import * as Syntax from "./Syntax.ts"

interface Assigned {
  readonly experiment: string
  readonly decision: Decision
}

const ways = {
  hash: "by the hash of the experiment's key and the customer",
  kept: "kept from before",
  override: "put there by hand"
}

const reasons = {
  unknown: "nobody knows who it is",
  holdout: "it is in the holdout",
  namespace: "it is in another part of the namespace",
  coverage: "the experiment does not cover it"
}

const assigned: Output.Kind<Assigned> = {
  toJson: ({ decision: { _tag, ...decision }, experiment }) => ({ experiment, _tag, ...decision }),
  toText: (style, { decision, experiment }) =>
    decision._tag === "Assigned"
      ? `${style.bold(Style.printable(decision.arm))}: arm of ${Style.printable(experiment)}, ${ways[decision.by]}`
      : `${style.bold(Style.printable(decision.arm))}: outside of ${Style.printable(experiment)}, since ${
        reasons[decision.why]
      }`
}

export const command = Command.make(
  "assign",
  {
    experiment: Flag.String("experiment").pipe(
      Flag.withMetavar("FILE|-"),
      Flag.withDescription("Required. The configuration of the Experiment router, as JSON; `-` reads standard input")
    ),
    customer: Flag.String("customer").pipe(
      Flag.withMetavar("ID"),
      Flag.withDescription("Your own id of the customer"),
      Flag.optional
    ),
    profiles: Flag.String("profile-id").pipe(
      Flag.withMetavar("VENDOR=ID"),
      Flag.withDescription("A vendor's id of the customer; may be given several times"),
      Flag.filterMap(Syntax.keyValue, () => "VENDOR=ID"),
      Flag.atLeast(0)
    ),
    ledger: CompareLedger.flag,
    json: Output.json
  },
  Effect.fnUntraced(function*(input) {
    const Experiment = yield* Effect.promise(() => import("@priceport/core/routing/Experiment"))
    const customer = {
      ...Option.isSome(input.customer) && { id: input.customer.value },
      profiles: Object.fromEntries(input.profiles)
    }
    const result = yield* Effect.gen(function*() {
      if (customer.id === "") return yield* CompareFailure.invalid("customer", "Expected an id that is not empty")
      const read = yield* CompareLedger.json("experiment", input.experiment)
      const config = yield* experimentOf(read)
      const experiment = config.key ?? config.id
      const kept = yield* keptArms(input, experiment, customer)
      return { experiment, decision: Experiment.assign(config, customer, (unit) => kept.get(unit)) }
    }).pipe(CompareFailure.telling("assign", input))
    yield* Output.print(assigned, input)(result)
  })
).pipe(
  Command.validate(({ customer, profiles }) =>
    Option.isSome(customer) || profiles.length > 0
      ? Effect.void
      : Effect.fail(new CliError.ValidationError({ message: "At least one of --customer and --profile-id is needed" }))
  ),
  Command.withShortDescription("Say which arm of an experiment a customer belongs to"),
  Command.withDescription(
    `Assigns as the Experiment router does, and writes nothing. The file holds what the router is given: { "_tag":
  "Experiment", "id", "arms": [{ "member", "weight" }, ...] }, or a "Routers" configuration with one experiment in it. A plan
  will not do: it does not know coverage, holdout and overrides. With a ledger, arms that were kept there come first.`
  ),
  Command.withExamples([{
    command: "priceport assign --experiment experiment.json --customer user-1",
    description: "The arm of one customer"
  }])
)

/** The configuration of an experiment, alone or as the only one among other routers. */
const experimentOf = (read: unknown) =>
  Effect.gen(function*() {
    const { decode } = yield* Effect.promise(() => import("@priceport/core/routing/Routing"))
    const config = yield* decode(read)
    const experiments = (config._tag === "Routers" ? config.routers : [config]).filter(({ _tag }) =>
      _tag === "Experiment"
    )
    const [only] = experiments
    return only?._tag === "Experiment" && experiments.length === 1
      ? only
      : yield* CompareFailure.invalid("experiment", `Expected one experiment, but the file holds ${experiments.length}`)
  })

/** What the ledger kept of the customer. Without a ledger there is nothing. */
const keptArms = (
  input: CompareLedger.Place,
  experiment: string,
  customer: { readonly id?: string; readonly profiles: Readonly<Record<string, string>> }
) =>
  Effect.gen(function*() {
    const filename = yield* CompareLedger.optional(input)
    if (Option.isNone(filename)) return new Map<string, string>()
    const [{ make }, { units }] = yield* Effect.promise(() =>
      Promise.all([import("@priceport/compare/SqliteRouting"), import("@priceport/core/routing/Assignment")])
    )
    // A file that is not there is a slip of the pen, and is not made.
    yield* CompareLedger.exists(filename.value)
    const { keptAssignments } = yield* make({ filename: filename.value })
    const arms = yield* Effect.forEach(units(customer), (unit) =>
      Effect.map(keptAssignments.get(experiment, unit), (arm) => [unit, arm] as const))
    return new Map(arms.flatMap(([unit, arm]) =>
      arm === undefined ? [] : [[unit, arm]]
    ))
  }).pipe(Effect.scoped)
