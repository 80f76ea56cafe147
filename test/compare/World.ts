/** Customers of a made-up experiment, as a journal tells of them. */
import { type Ledger, type Outcome, Plan } from "@priceport/compare"
import { type Journal } from "@priceport/core"
import { Effect, Result } from "effect"

export const day = 86_400_000

/** A Monday. */
export const start = Date.UTC(2026, 2, 2)

export const plan = (change: Record<string, unknown> = {}): Plan.Plan =>
  Result.getOrThrow(Plan.make({
    experiment: "vendors",
    arms: [{ arm: "botsi", weight: 0.5 }, { arm: "corrily", weight: 0.5 }],
    control: "botsi",
    currency: "EUR",
    primary: "conversion",
    secondary: ["revenuePerCustomer", "revenuePerPayer"],
    cap: 100,
    horizon: { _tag: "sequence", target: 2000 },
    ...change
  }))

export const assigned = (unit: string, arm: string, change: Partial<Journal.Assigned> = {}): Journal.Assigned => ({
  _tag: "Assigned",
  at: start,
  experiment: "vendors",
  arm,
  unit,
  by: "hash",
  ...change
})

export const served = (unit: string, provider: string, change: Partial<Journal.Served> = {}): Journal.Served => ({
  _tag: "Served",
  at: start + 10,
  ms: 40,
  unit,
  subject: { kind: "customerUserId", value: unit },
  provider,
  placement: "onboarding",
  source: "live",
  treatment: "None",
  ...change
})

export const exposed = (unit: string, provider: string, change: Partial<Journal.Exposed> = {}): Journal.Exposed => ({
  _tag: "Exposed",
  at: start + 20,
  provider,
  placement: "onboarding",
  paywallId: "1",
  subject: { kind: "customerUserId", value: unit },
  source: "live",
  outcome: "Recorded",
  ...change
})

/** A customer who was assigned, served and shown a paywall. */
export const visit = (unit: string, arm: string, at = start): ReadonlyArray<Journal.Event> => [
  assigned(unit, arm, { at }),
  served(unit, arm, { at: at + 10 }),
  exposed(unit, arm, { at: at + 20 })
]

export const sale = (unit: string, micros: number | null, change: Partial<Outcome.Entry> = {}): Outcome.Entry => ({
  id: `sale of ${unit}`,
  kind: "conversion",
  units: [unit],
  micros,
  currency: micros === null ? null : "EUR",
  at: start + 60_000,
  source: "told",
  ...change
})

/** As many customers in each arm, of whom the first ones buy, at `micros` each. */
export const population = (
  ledger: Ledger.Service,
  arms: Record<
    string,
    { readonly customers: number; readonly sales: number; readonly micros?: number; readonly days?: number }
  >
) =>
  Effect.forEach(
    Object.entries(arms),
    ([arm, { customers, days = 1, micros = 10_000_000, sales }]) =>
      Effect.gen(function*() {
        const names = Array.from({ length: customers }, (_, index) => `${arm}-${index}`)
        const at = (index: number) => start + (index % days) * day
        yield* ledger.append(names.flatMap((name, index) => visit(name, arm, at(index))))
        yield* ledger.record(names.slice(0, sales).map((name, index) => sale(name, micros, { at: at(index) + 60_000 })))
      })
  )

/** Numbers in [0, 1), the same for the same seed. */
export const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

export const shuffled = <A>(items: ReadonlyArray<A>, next: () => number): ReadonlyArray<A> =>
  items.map((item) => [next(), item] as const).toSorted(([a], [b]) => a - b).map(([, item]) => item)
