/**
 * Which arm is better, if the data can be trusted to tell.
 *
 * Customers count in the arm they were assigned to, whoever served them (intention to treat), from their first reported
 * exposure on, in both arms alike. Gates come first: the data themselves, the split of the customers, and how many of them
 * the other arm served. One that does not pass withholds the answer; no gate ever drops a customer.
 *
 * @since 0.4.0
 */
import { timestamp } from "@priceport/core/domain/Identifier"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { loadPlan, type UnknownExperiment } from "./Compare.ts"
import { arms, funnel, treatments } from "./internal/arms.ts"
import { checks } from "./internal/checks.ts"
import { effects } from "./internal/effects.ts"
import { contamination, gates, sampleRatios } from "./internal/gates.ts"
import { guardrails } from "./internal/guardrails.ts"
import { latency } from "./internal/latency.ts"
import { needs } from "./internal/needs.ts"
import * as Series from "./internal/series.ts"
import * as Tally from "./internal/tally.ts"
import { verdict } from "./internal/verdict.ts"
import { Ledger, type LedgerError } from "./Ledger.ts"
import type { Report } from "./Report.ts"

/**
 * - `since`: only customers who were assigned from then on, in milliseconds since 1970.
 * - `onProgress`: told how many customers are read so far, for a progress bar.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly since?: number | undefined
  readonly onProgress?: ((customers: number) => Effect.Effect<void>) | undefined
}

/**
 * The report of an experiment by its stored plan, as of now.
 *
 * @category constructors
 * @since 0.4.0
 */
export const report = (
  experiment: string,
  { onProgress = () => Effect.void, since }: Options = {}
): Effect.Effect<Report, UnknownExperiment | LedgerError, Ledger> =>
  Effect.gen(function*() {
    const ledger = yield* Ledger
    const { plan, storedAt, storedBefore } = yield* loadPlan(experiment)
    const now = yield* Clock.currentTimeMillis
    const sets = yield* ledger.vendorSets

    const reading = Tally.make(plan, sets, now)
    let read = 0
    yield* Stream.runForEachArray(ledger.rows(experiment, since), (rows) => {
      for (const row of rows) reading.add(row)
      return onProgress(read += rows.length)
    })
    const tally = reading.end()
    const over = Series.make(plan)
    yield* Stream.runForEachArray(ledger.payments(experiment, since), (payments) =>
      Effect.sync(() => payments.forEach(over.add)))

    const begun = since ?? tally.firstExposureAt ?? storedAt
    const checked = checks(plan, tally, yield* ledger.strays(begun))
    const sampleRatio = sampleRatios(plan, tally)
    const mixed = contamination(plan, tally, sets)
    const passed = gates(plan, tally, { checks: checked, sampleRatio, contamination: mixed })
    const closed = passed.find(({ refusal }) =>
      refusal !== undefined
    )?.refusal
    const { conversionsWithoutAmount, customers, overrides } = tally.oddities
    const exclusions = { overrides, conversionsWithoutAmount }
    const measured = effects(plan, tally, closed, exclusions)
    const guarded = guardrails(plan, tally, closed)
    const needed = needs(plan, tally, now)

    return {
      version: 1,
      experiment,
      at: timestamp(now),
      ...since !== undefined && { since: timestamp(since) },
      plan,
      planStoredAt: timestamp(storedAt),
      storedBefore,
      ...tally.firstExposureAt !== undefined && { firstExposureAt: timestamp(tally.firstExposureAt) },
      ...tally.lastExposureAt !== undefined && { lastExposureAt: timestamp(tally.lastExposureAt) },
      customers: { assigned: customers, exposed: tally.oddities.exposed },
      seed: null,
      slowMs: ledger.slowMs,
      verdict: verdict(passed, measured, guarded),
      gates: passed,
      checks: checked,
      sampleRatio,
      contamination: mixed,
      arms: arms(plan, tally),
      effects: measured,
      guardrails: guarded,
      series: closed === undefined ? over.end(tally, now) : [],
      funnel: funnel(tally),
      latency: latency(yield* ledger.latencies(begun)),
      treatments: treatments(plan, tally),
      ...needed !== undefined && { needs: needed },
      exclusions
    }
  })
