import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Priceport from "./Priceport.ts"

// `priceport demo | head` closes the pipe early: there is nobody left to tell anything.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error
  process.exit(0)
})

NodeRuntime.runMain(Effect.provide(Priceport.run, NodeServices.layer))
