/**
 * Impressions and purchases that survive: kill it at any time, start it again, nothing is lost.
 *
 * Run by itself it starts a worker, kills it half-way, starts it again, and compares what was accepted with what Botsi has.
 * It writes, so it has no `--live`.
 */
import { NodeRuntime } from "@effect/platform-node"
import { BotsiProvider } from "@priceport/botsi"
import { AttributionToken, Pricing, SealingKeys } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { Outbox } from "@priceport/outbox"
import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { BotsiSimulator } from "@priceport/testing/simulators"
import { Console, Effect, Layer, Redacted } from "effect"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

const Botsi = BotsiProvider.layerConfig().pipe(Layer.provide(UndiciHttpClient.layer))

/** Whatever is reported is in the file before the call returns, sealed with the keys in PRICEPORT_SEALING_KEYS. */
const durable = (filename: string) =>
  Pricing.layer().pipe(
    Layer.provideMerge(Outbox.layer()),
    Layer.provide([SqliteStore.layer({ filename }), AttributionToken.layerConfig()])
  )

/** Shows paywalls and reports them. `Queued` means that it is stored; that it is delivered is the outbox's business. */
const work = Effect.fn("work")(function*(customers: ReadonlyArray<string>) {
  const pricing = yield* Pricing.Pricing
  for (const id of customers) {
    const paywall = yield* pricing.getPaywall({ placement: "onboarding", customer: { id } })
    const { _tag } = yield* pricing.recordImpression(paywall)
    yield* Console.log(`${_tag} ${id}`)
  }
  const outbox = yield* Outbox.Outbox
  const { pending } = yield* outbox.flush()
  yield* Console.log(`done, ${pending} still to be delivered`)
})

const customers = Array.from({ length: 60 }, (_, index) => `customer-${index}`)

/** A process of its own, which is killed after so many reports. Gives back whose impressions it had accepted. */
const start = (environment: Record<string, string>, killAfter: number) =>
  Effect.callback<ReadonlyArray<string>>((resume) => {
    const accepted: Array<string> = []
    const worker = spawn(process.execPath, [import.meta.filename], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "inherit"]
    })
    createInterface({ input: worker.stdout }).on("line", (line) => {
      const [, id] = line.match(/^Queued (.+)$/) ?? []
      if (id !== undefined) accepted.push(id)
      if (accepted.length === killAfter) worker.kill("SIGKILL")
    }).on("close", () => resume(Effect.succeed(accepted)))
  })

const main = Effect.gen(function*() {
  const botsi = yield* BotsiSimulator.make({
    latency: { minMs: 20, maxMs: 80 },
    customers: customers.map((customerUserId) => ({ customerUserId }))
  })
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "priceport-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )
  const environment = {
    OUTBOX_FILE: join(folder, "outbox.sqlite"),
    PRICEPORT_SEALING_KEYS: Redacted.value(yield* SealingKeys.generate),
    BOTSI_BASE_URL: botsi.baseUrl,
    BOTSI_SECRET_KEY: botsi.secretKey
  }
  const seen = Effect.map(botsi.state, ({ impressions }) => impressions.counted)

  const killed = yield* start(environment, 25)
  yield* Console.log(`killed after ${killed.length} reports; Botsi has ${yield* seen}`)
  const finished = yield* start(environment, Infinity)
  const accepted = new Set([...killed, ...finished]).size
  yield* Console.log(`started again and finished; ${accepted} accepted, Botsi has ${yield* seen}`)
})

const { OUTBOX_FILE } = process.env
if (OUTBOX_FILE === undefined) NodeRuntime.runMain(Effect.scoped(main))
else NodeRuntime.runMain(Effect.provide(work(customers), Layer.provide(durable(OUTBOX_FILE), Botsi)))
