/**
 * Botsi against Corrily: half of the customers each, for two weeks, and a report that says who earns more.
 *
 * Customers and their purchases are simulated, so it has no `--live`. `--open` shows the report in the browser.
 */
import { NodeRuntime } from "@effect/platform-node"
import { BotsiProvider } from "@priceport/botsi"
import { Analysis, Compare, type Ledger, LedgerJournal } from "@priceport/compare"
import * as HtmlReport from "@priceport/compare/HtmlReport"
import * as SqliteLedger from "@priceport/compare/SqliteLedger"
import * as TextReport from "@priceport/compare/TextReport"
import { Pricing, RoutedPricing } from "@priceport/core"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import * as Assignment from "@priceport/core/routing/Assignment"
import type * as Routing from "@priceport/core/routing/Routing"
import { CorrilyProvider } from "@priceport/corrily"
import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { Clock, ConfigProvider, Console, Effect, Layer } from "effect"
import { spawn } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Who is asked. The arms are vendors here; a `Failover` could be one, so that no customer goes without. */
const experiment: Routing.Config = {
  _tag: "Experiment",
  id: "botsi-or-corrily",
  arms: [{ member: "botsi", weight: 0.5 }, { member: "corrily", weight: 0.5 }]
}

/** What will be asked of the numbers, stored before there are any. */
const plan = {
  experiment: "botsi-or-corrily",
  arms: [{ arm: "botsi", weight: 0.5 }, { arm: "corrily", weight: 0.5 }],
  control: "botsi",
  currency: "USD",
  primary: "revenuePerCustomer",
  secondary: ["conversion"],
  cap: 100,
  horizon: { _tag: "sequence", target: 800 }
}

/** Pricing as in any application; the journal writes down who was assigned, served and shown what. */
const Shop = RoutedPricing.layer(experiment, [BotsiProvider.makeConfig(), CorrilyProvider.makeConfig()]).pipe(
  Layer.provide([UndiciHttpClient.layer, LedgerJournal.layer()])
)

/** A customer sees a paywall, and may buy. The payment provider tells of it, whoever served the paywall. */
const visit = Effect.fn("visit")(function*(id: string) {
  const pricing = yield* Pricing.Pricing
  const paywall = yield* pricing.getPaywall({ placement: "onboarding", customer: { id, country: "US" } })
  yield* pricing.recordImpression(paywall)
  const appetite = paywall.provider === "corrily" ? 0.24 : 0.1
  if (Assignment.hash("buys", id) >= appetite) return
  yield* Compare.recordOutcome({
    customer: id,
    kind: "conversion",
    amount: "9.99",
    currency: "USD",
    at: new Date(yield* Clock.currentTimeMillis).toISOString(),
    transactionId: `order-${id}`
  })
})

/** Lets an effect believe that it runs some days ago. */
const daysAgo = (days: number) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.clockWith((clock) => {
    const then = () => clock.currentTimeMillisUnsafe() - days * 86_400_000
    const shifted = { currentTimeMillisUnsafe: then, currentTimeMillis: Effect.sync(then) }
    return Effect.provideService(effect, Clock.Clock, Object.assign(Object.create(clock) as Clock.Clock, shifted))
  })

const twoWeeks = Effect.forEach(
  Array.from({ length: 14 }, (_, day) => day),
  (day) =>
    Effect.forEach(
      Array.from({ length: 60 }, (_, index) => `customer-${day}-${index}`),
      visit,
      { concurrency: 20, discard: true }
    ).pipe(daysAgo(14 - day)),
  { discard: true }
)

const show = Effect.fn("show")(function*(folder: string) {
  const report = yield* Analysis.report("botsi-or-corrily")
  const { headline, sentences } = TextReport.verdict(report)
  yield* Console.log([headline, ...sentences].join("\n  "))

  const page = join(folder, "report.html")
  writeFileSync(page, HtmlReport.render(report))
  yield* Console.log(`the whole report: ${page}`)
  if (process.argv.includes("--open")) open(page)
})

const open = (file: string) => {
  const [command, ...args] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[process.platform as string] ??
    ["xdg-open"]
  spawn(command!, [...args, file], { detached: true, stdio: "ignore" }).on("error", () => {}).unref()
}

const main = Effect.gen(function*() {
  const botsi = yield* BotsiSimulator.make({ latency: { minMs: 2, maxMs: 8 }, profiles: "implicit" })
  const corrily = yield* CorrilySimulator.make({ latency: { minMs: 1, maxMs: 5 } })
  const vendors = ConfigProvider.layer(ConfigProvider.fromUnknown({
    BOTSI_BASE_URL: botsi.baseUrl,
    BOTSI_SECRET_KEY: botsi.secretKey,
    CORRILY_BASE_URL: corrily.baseUrl,
    CORRILY_API_KEY: corrily.apiKey
  }))
  const folder = mkdtempSync(join(tmpdir(), "priceport-"))

  const story: Effect.Effect<void, unknown, Ledger.Ledger> = Effect.gen(function*() {
    yield* daysAgo(15)(Compare.storePlan(plan))
    // When the shop closes, what the journal still holds is written.
    yield* Effect.provide(twoWeeks, Shop.pipe(Layer.provide(vendors)))
    yield* show(folder)
  })
  yield* Effect.provide(story, SqliteLedger.layer({ filename: join(folder, "compare.sqlite") }))
})

NodeRuntime.runMain(Effect.scoped(main))
