/**
 * `priceport demo`: shows the main job.
 */
import * as Effect from "effect/Effect"
import { Command, Flag } from "./Cli.ts"
import * as Vendors from "./Vendors.ts"

export const command = Command.make(
  "demo",
  {
    live: Flag.Boolean("live").pipe(
      Flag.withoutNegation,
      Flag.withDescription(
        "Ask the real vendors whose keys are set; reads only, for a customer nobody has, enrols nobody"
      ),
      Flag.withDefault(false)
    )
  },
  ({ live }) =>
    Effect.provide(
      live
        ? Effect.flatMap(Effect.promise(() => import("./DemoLive.ts")), (_) => _.run)
        : Effect.flatMap(Effect.promise(() => import("./Demo.ts")), (_) => _.run),
      Vendors.layerHttp
    )
).pipe(
  Command.withShortDescription("See the whole job at both vendors"),
  Command.withDescription(
    `Shows the whole job at both vendors through one interface: paywalls, impressions, purchases, and four failures.

  It runs against simulators that it starts itself: no key is read and nothing leaves the machine. --live asks the real
  vendors instead and writes nothing there. It fails when anything comes out otherwise than it must.`
  ),
  Command.withExamples([
    { command: "priceport demo", description: "The whole job, simulated" },
    { command: "priceport demo --live", description: "Check your keys, without a trace in your experiments" }
  ])
)
