/**
 * Kills an outbox at random moments until everything it accepted has arrived.
 *
 * **Example** (Killing it on a store)
 *
 * ```ts
 * suite("SQLite", Effect.map(temporaryFolder, (folder) => ({
 *   target: { kind: "sqlite", filename: `${folder}/outbox.db` },
 *   dump: Effect.sync(() => readFileSync(`${folder}/outbox.db`))
 * })))
 * ```
 */
import { assert, describe, it } from "@effect/vitest"
import { SealingKeys } from "@priceport/core"
import { BotsiSimulator } from "@priceport/testing/simulators"
import { Effect, Random, Redacted, type Scope } from "effect"
import { Buffer } from "node:buffer"
import { writeFileSync } from "node:fs"
import { temporaryFolder } from "../store/Folder.ts"
import * as Arrived from "./Arrived.ts"
import type { Order, Target } from "./Job.ts"
import * as Jobs from "./Jobs.ts"
import * as Recorder from "./Recorder.ts"
import * as Worker from "./Worker.ts"

export interface Store {
  readonly target: Target
  /** Everything that the store keeps. Asked while no worker runs. */
  readonly dump: Effect.Effect<Buffer>
}

const long = process.env["PRICEPORT_TEST_LONG"] === "1"
const [kills, customers] = long ? [50, 12_500] : [5, 150]

/** Registers the tests. `open` gives an empty store. */
export const suite = (name: string, open: Effect.Effect<Store, unknown, Scope.Scope>): void =>
  void describe(`Outbox on ${name}`, () => {
    it.live(
      `delivers everything it accepted, killed ${kills} times, and shows it to nobody else`,
      () =>
        Effect.scoped(Effect.gen(function*() {
          const bench = yield* setUp(open, customers)
          let waiting = 0
          for (let kill = 0; kill < kills; kill++) {
            const [after, delay] = [yield* below(1.5 * bench.jobs.length / kills), yield* below(40)]
            const ended = yield* bench.run("repeat", (accepted, child) => {
              if (accepted === after) setTimeout(() => child.kill("SIGKILL"), delay)
            })
            assert.strictEqual(ended.code, null, ended.output)
            waiting += bench.waiting()
          }
          assert.isAbove(waiting, 0, "no kill met an entry that was accepted and not yet sent")
          yield* bench.finish
        })).pipe(Random.withSeed(`killed on ${name}`)),
      long ? 900_000 : 120_000
    )

    it.live(
      "loses nothing and exits with 0 when it is asked to end under load",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const bench = yield* setUp(open, 40)
          const ended = yield* bench.run("repeat", (accepted, child) => {
            if (accepted === 20) child.kill("SIGTERM")
          })
          assert.strictEqual(ended.code, 0, ended.output)
          yield* bench.finish
        })),
      120_000
    )
  })

const below = (limit: number) => Random.nextIntBetween(0, Math.ceil(limit), { halfOpen: true })

/** A vendor, an empty store, and workers that report what no worker before them was answered for. */
const setUp = Effect.fnUntraced(function*(open: Effect.Effect<Store, unknown, Scope.Scope>, customers: number) {
  const { dump, target } = yield* open
  const botsi = yield* BotsiSimulator.make({ profiles: "implicit", latency: { minMs: 0, maxMs: 20 } })
  const recorder = yield* Recorder.make(botsi.baseUrl, Jobs.transactionOf)
  const jobs = yield* Jobs.make(botsi, customers)
  const sealingKeys = Redacted.value(yield* SealingKeys.generate)
  const file = `${yield* temporaryFolder}/jobs.json`
  const accepted = new Set<number>()
  const output: Array<string> = []

  const run = (ending: Order["ending"], onAccepted?: Worker.OnAccepted) =>
    Effect.suspend(() => {
      const left = jobs.filter(({ number }) => !accepted.has(number))
      // Some are reported twice: that must change nothing.
      writeFileSync(file, JSON.stringify(ending === "repeat" ? [...left, ...jobs.slice(0, 20)] : left))
      const { baseUrl } = recorder
      return Worker.run(
        { baseUrl, secretKey: botsi.secretKey, sealingKeys, store: target, jobs: file, ending },
        onAccepted
      )
    }).pipe(Effect.tap((ended) =>
      Effect.sync(() => {
        for (const number of ended.accepted) accepted.add(number)
        output.push(ended.output)
      })
    ))

  /** Has the rest reported and everything delivered, then looks at what arrived, and at what was left lying about. */
  const finish = Effect.gen(function*() {
    const before = yield* dump
    const last = yield* run("flush")
    assert.deepInclude(Worker.flushed(last), { pending: 0, dead: 0 }, last.output)
    Arrived.check(jobs, recorder, yield* botsi.state)

    const places = { "the store": Buffer.concat([before, yield* dump]), "the output": Buffer.from(output.join("")) }
    const keys = sealingKeys.split(/[.,:]/).filter((part) => part.length > 10)
    for (const [place, bytes] of Object.entries(places)) {
      assert.isAbove(bytes.length, 0)
      for (const secret of [Jobs.planted, botsi.secretKey, ...keys]) {
        assert.isFalse(bytes.includes(secret), `${secret} is in ${place}`)
      }
    }
  })

  /** How many entries were accepted and not sent so far. */
  const waiting = () => Arrived.missing(jobs.filter(({ number }) => accepted.has(number)), recorder)

  return { jobs, run, waiting, finish }
})
