import { assert, describe, it } from "@effect/vitest"
import { SealingKeys } from "@priceport/core"
import { Effect, Redacted } from "effect"
import { spawn } from "node:child_process"
import { text } from "node:stream/consumers"
import { botsi, corrily, keys, refused, tokens } from "./Samples.ts"

/** Starts a process that has these keys and nothing else, and gives it tokens. */
const ask = (sealingKeys: Redacted.Redacted, given: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const child = spawn(process.execPath, ["test/core/attribution/openTokens.ts"], {
      env: { PATH: process.env.PATH, PRICEPORT_SEALING_KEYS: Redacted.value(sealingKeys) },
      stdio: ["pipe", "pipe", "inherit"]
    })
    child.stdin.end(given.join("\n"))
    return (await text(child.stdout)).trim().split("\n").map((line) => JSON.parse(line))
  })

describe("a token in another process", () => {
  it.live(
    "opens, also after a restart and while the keys are rotated, and comes back from there",
    () =>
      Effect.gen(function*() {
        const staged = yield* SealingKeys.rotate(keys, { stage: true })
        const rotated = yield* SealingKeys.rotate(staged)
        const sealed = yield* Effect.forEach(
          [keys, staged, rotated],
          (text) => Effect.flatMap(tokens({}, text), (service) => service.seal(botsi))
        )
        const forged = sealed[0]!.replace(/.{9}$/, "AAAAAAAAA")
        const other = yield* Effect.flatMap(tokens(), (service) => service.seal(corrily))

        const answers = yield* Effect.forEach(
          [keys, staged, rotated],
          (text) => ask(text, [...sealed, other, forged]),
          { concurrency: "unbounded" }
        )
        const word = { refused: "refused" }
        for (const [at, [first, second, third, fourth, last]] of answers.entries()) {
          assert.deepStrictEqual([first.opened, second.opened, fourth.opened], [botsi, botsi, corrily])
          assert.deepStrictEqual(at === 0 ? third : third.opened, at === 0 ? word : botsi)
          assert.deepStrictEqual(last, word)
          const here = yield* tokens({}, rotated)
          assert.deepStrictEqual(yield* here.open(first.again), botsi)
          assert.deepStrictEqual(yield* here.open(fourth.again, { subject: corrily.subject }), corrily)
          yield* refused(here, first.again, { subject: corrily.subject })
        }
      }),
    60_000
  )
})
