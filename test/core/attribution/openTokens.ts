/** Another process: opens the tokens that it reads, one a line, with the keys of its environment, and seals what it opened. */
import { NodeRuntime } from "@effect/platform-node"
import { AttributionToken } from "@priceport/core"
import { Console, Effect, Result } from "effect"
import { readFileSync } from "node:fs"

Effect.gen(function*() {
  const service = yield* AttributionToken.AttributionToken
  for (const token of readFileSync(0, "utf8").split("\n")) {
    const opened = yield* Effect.result(service.open(token))
    yield* Console.log(
      Result.isFailure(opened)
        ? JSON.stringify({ refused: opened.failure.why })
        : JSON.stringify({ opened: opened.success, again: yield* service.seal(opened.success) })
    )
  }
}).pipe(Effect.provide(AttributionToken.layerConfig()), NodeRuntime.runMain)
