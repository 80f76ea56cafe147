/**
 * `priceport impression`: reports that a paywall was shown.
 */
import * as Effect from "effect/Effect"
import { Command } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Output from "./Output.ts"
import * as PaywallSource from "./PaywallSource.ts"
import * as Results from "./Results.ts"
import * as Vendors from "./Vendors.ts"

export const command = Command.make(
  "impression",
  { ...PaywallSource.flags, json: Output.json },
  Effect.fnUntraced(function*(input) {
    yield* PaywallSource.read(input, "recordImpression").pipe(
      Effect.flatMap((paywall) =>
        Effect.flatMap(Vendors.origin(paywall, "recordImpression"), (vendor) => vendor.recordImpression(paywall))
      ),
      Effect.provide(Vendors.layerHttp),
      Failure.telling(input),
      Effect.flatMap(Output.print(Results.impression, input))
    )
  })
).pipe(
  Command.validate((input) => PaywallSource.validate(input)),
  Command.withShortDescription("Report that a paywall was shown"),
  Command.withDescription(
    `Reports to the vendor that served a paywall that it was shown.

  Botsi counts one for each customer and paywall. Corrily counted when the paywall was fetched: nothing is sent, and the
  outcome is ImplicitOnFetch.`
  ),
  Command.withExamples([
    { command: "priceport impression --paywall paywall.json", description: "Report a paywall that was kept in a file" },
    { command: "priceport impression --attribution pp1...", description: "Report what a client holds of a paywall" },
    {
      command:
        "priceport paywall --provider botsi --placement onboarding --customer user-1 --json | priceport impression --paywall -",
      description: "Ask and report in one go"
    }
  ])
)
