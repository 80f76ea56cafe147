import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Priceport from "./Priceport.ts"

NodeRuntime.runMain(Effect.provide(Priceport.run, NodeServices.layer))
