import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { temporaryFolder } from "../store/Folder.ts"
import * as Batches from "./Batches.ts"

describe("What a vendor said of a paywall", () => {
  it.effect(
    `is heard again as it was, ${Batches.total} times through a shared cache, tokens, retries, and an outbox on disk that is started again`,
    () =>
      Effect.gen(function*() {
        const folder = yield* temporaryFolder
        const stages = yield* Batches.run(1000000, (batch) => ({
          real: batch % 12 === 0,
          shared: batch % 5 === 1,
          outages: batch % 4 === 0 ? 0.08 : 0,
          direct: 0.8,
          filename: batch % 4 === 0 ? join(folder, `${batch}.db`) : undefined
        }))
        Batches.passedOften(stages, {
          live: 1_000,
          cache: 250,
          shared: 15,
          stale: 10,
          fallback: 10,
          json: 70,
          token: 50,
          "token, keys rotated": 50,
          adapters: 60,
          direct: 500,
          memory: 100,
          "memory, restarted": 40,
          SQLite: 40,
          "SQLite, restarted": 15,
          recalled: 20,
          "failed first": 20,
          batched: 25,
          impressions: 500,
          purchases: 250
        })
      }).pipe(Effect.scoped),
    1_200_000
  )
})
