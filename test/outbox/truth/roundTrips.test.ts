import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Batches from "./Batches.ts"

describe("What a vendor said of a paywall", () => {
  it.effect(
    `is heard again as it was, ${Batches.total} times through caches, outages, tokens, restarts, batches and retries`,
    () =>
      Effect.gen(function*() {
        const stages = yield* Batches.run(0, (batch) => ({
          real: batch % 10 === 0,
          shared: false,
          outages: batch % 4 === 0 ? 0.08 : 0,
          direct: 0.8,
          filename: undefined
        }))
        Batches.passedOften(stages, {
          live: 1_000,
          cache: 300,
          stale: 10,
          fallback: 10,
          json: 70,
          token: 50,
          "token, keys rotated": 50,
          adapters: 80,
          direct: 500,
          memory: 100,
          "memory, restarted": 40,
          recalled: 20,
          "failed first": 20,
          batched: 25,
          impressions: 500,
          purchases: 250
        })
      }),
    1_200_000
  )
})
