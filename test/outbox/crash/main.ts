/**
 * The process that is killed: an outbox on a real store, with Botsi's real adapter, that is given jobs as fast as it takes
 * them. It prints `ACCEPTED <number>` when the outbox has answered for a job, and nothing that a job says.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as BotsiProvider from "@priceport/botsi/BotsiProvider"
import * as KeyRing from "@priceport/core/attribution/KeyRing"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import * as Outbox from "@priceport/outbox/Outbox"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { readFileSync, writeSync } from "node:fs"
import type { Job, Order } from "./Job.ts"
import { storeOf } from "./storeOf.ts"

const order: Order = JSON.parse(process.argv[2]!)
const jobs: ReadonlyArray<Job> = JSON.parse(readFileSync(order.jobs, "utf8"))

/** At once, past every buffer: what was said before a kill is heard. */
const say = (line: string) => Effect.sync(() => writeSync(1, `${line}\n`))

const program = Effect.gen(function*() {
  const outbox = yield* Outbox.Outbox

  const report = ({ impression, number, purchase }: Job) =>
    Effect.andThen(
      impression === undefined
        ? Effect.asVoid(outbox.validatePurchase(purchase!, { timeout: "2 seconds" }))
        : Effect.asVoid(outbox.recordImpression(impression)),
      say(`ACCEPTED ${number}`)
    )

  // A customer sees a paywall first, and buys then.
  const reportAll = Effect.forEach(
    Map.groupBy(jobs, ({ impression, purchase }) => (impression ?? purchase)!.attribution!.subject.value).values(),
    (jobs) => Effect.forEach(jobs, report, { discard: true }),
    { concurrency: 16, discard: true }
  )

  yield* say("STARTED")
  yield* reportAll
  if (order.ending === "repeat") return yield* Effect.forever(reportAll)
  yield* say(`FLUSHED ${JSON.stringify(yield* outbox.flush("60 seconds"))}`)
})

const Provider = Layer.effect(
  PricingProvider.PricingProvider,
  BotsiProvider.make({ baseUrl: order.baseUrl, secretKey: Redacted.make(order.secretKey) })
).pipe(Layer.provide(UndiciHttpClient.layer))

/** A request may take a second, so that what a killed worker had in its hands is soon free again. */
const OutboxLayer = Outbox.layer({ window: "50 millis", timeout: "1 second", lease: "6 seconds" }).pipe(
  Layer.provide([Provider, KeyRing.layer(Redacted.make(order.sealingKeys)), storeOf(order.store)])
)

NodeRuntime.runMain(Effect.provide(program, OutboxLayer), {
  // Ended by a signal is ended well, when everything was put away.
  teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Exit.hasInterrupts(exit) ? 0 : 1)
})
