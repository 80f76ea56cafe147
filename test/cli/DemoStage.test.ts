import { assert, describe, it } from "@effect/vitest"
import * as PricingError from "@priceport/core/provider/PricingError"
import { Console, Effect, Stdio } from "effect"
import * as DemoStage from "../../packages/cli/src/DemoStage.ts"
import * as Failure from "../../packages/cli/src/Failure.ts"

const timeout = Effect.fail(
  new PricingError.PricingError({
    provider: "botsi",
    operation: "getPaywall",
    reason: new PricingError.Timeout({ limitMs: 1 })
  })
)

const show = (_: unknown, tag: string) => ({ tag, text: tag })

/** Plays a part of the demo, and gives back what was on standard error when it failed. */
const play = Effect.fnUntraced(function*(part: Effect.Effect<unknown, Failure.Exited, Stdio.Stdio>) {
  let stderr = ""
  const error = (text: unknown) => {
    stderr += String(text)
  }
  const exited = yield* Effect.flip(part).pipe(
    Effect.provideService(Console.Console, { ...globalThis.console, log: () => {}, error }),
    Effect.provide(Stdio.layerTest({}))
  )
  assert.strictEqual(exited, Failure.failed)
  return stderr
})

describe("the demo fails", () => {
  it.effect("when an outcome is not the expected one", () =>
    Effect.gen(function*() {
      const stderr = yield* play(DemoStage.step("impression", "Recorded", Effect.succeed("NotCounted"), show))
      assert.include(stderr, "expected Recorded, got NotCounted")
    }))

  it.effect("when a step fails", () =>
    Effect.gen(function*() {
      const stderr = yield* play(DemoStage.step("impression", "Recorded", timeout, show))
      assert.include(stderr, "expected Recorded, got Timeout")
    }))

  it.effect("when a failure has another reason, or does not happen", () =>
    Effect.gen(function*() {
      assert.include(yield* play(DemoStage.refusal("a wrong key", "Unauthorized", timeout)), "got Timeout")
      assert.include(yield* play(DemoStage.refusal("a wrong key", "Unauthorized", Effect.void)), "got a success")
    }))

  it.effect("when the simulator counted otherwise", () =>
    Effect.gen(function*() {
      assert.include(yield* play(DemoStage.count("impressions", 2, 1)), "expected 1, got 2")
    }))
})
