/**
 * What happened to each customer of an experiment, kept: assigned to which arm, served by whom, shown what, bought what.
 *
 * A ledger is told events by the journal of `Pricing` and the routers, and outcomes by the application, and keeps for each
 * experiment and customer one row that is up to date at any time. A report reads these rows once.
 *
 * The order in which things are told does not matter, nor whether they are told again: outcomes count once for a transaction,
 * and everything else is a first and last time and a number.
 *
 * @since 0.4.0
 */
import type { Event } from "@priceport/core/routing/Journal"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Entry } from "./Outcome.ts"
import type { Plan, PlanFrozen } from "./Plan.ts"
import type { NoPlan } from "./statistics/Refusal.ts"

/**
 * The ledger cannot do it now. `unavailable`: the disk or the server; `incompatible`: the file is not for this version.
 *
 * @category errors
 * @since 0.4.0
 */
export class LedgerError extends Schema.TaggedError<LedgerError>()("LedgerError", {
  reason: Schema.Literals(["unavailable", "incompatible"]),
  operation: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `LedgerError (${this.operation}: ${this.detail})`
  }
}

/**
 * One customer in one experiment. Times are milliseconds since 1970, amounts millionths.
 *
 * What was before the assignment is in `covariate` and `earlyOutcomes` only; the clocks of two machines may differ by five
 * minutes.
 *
 * - `arm`: the first one assigned; `arms`: how many different ones; `overridden`: put there by hand.
 * - `exposedAt`: the first counted report of an exposure; `earlyShow`: there is one, but only from before the assignment.
 * - `served`, `standby`: which vendors served, and which of them in another's stead; numbers of `Service.vendorSets`.
 * - `treatment`: the vendor's own split, as first served: 0 treatment, 1 control, 2 none, 3 unknown, null not served.
 * - `micros`: sales minus refunds in `currency`, which is `*` for sales of several.
 *
 * @category models
 * @since 0.4.0
 */
export interface Row {
  readonly unit: string
  readonly arm: string
  readonly arms: number
  readonly overridden: number
  readonly assignedAt: number
  readonly exposedAt: number | null
  readonly earlyShow: number
  readonly served: number
  readonly standby: number
  readonly treatment: number | null
  readonly answers: number
  readonly slow: number
  readonly bundledAnswers: number
  readonly standbyAnswers: number
  readonly unanswered: number
  readonly shows: number
  readonly standbyShows: number
  readonly uncountedShows: number
  readonly convertedAt: number | null
  readonly paid: number
  readonly micros: number
  readonly currency: string | null
  readonly covariate: number
  readonly unpriced: number
  readonly earlyOutcomes: number
  readonly refundsWithoutSale: number
  readonly refundsAboveSale: number
  readonly doubles: number
  readonly lastOutcomeAt: number | null
}

/**
 * One dated change of what a customer is worth: `converts` is 1 at the first conversion, `pays` at the first amount above 0.
 *
 * @category models
 * @since 0.4.0
 */
export interface Payment {
  readonly unit: string
  readonly arm: string
  readonly exposedAt: number
  readonly at: number
  readonly micros: number
  readonly converts: number
  readonly pays: number
}

/**
 * @category models
 * @since 0.4.0
 */
export interface StoredPlan {
  readonly plan: Plan
  readonly storedAt: number
  readonly storedBefore: boolean
}

/**
 * Answers of a vendor in one bucket of `statistics/Histogram`.
 *
 * @category models
 * @since 0.4.0
 */
export interface LatencyCount {
  readonly provider: string
  readonly bucket: number
  readonly count: number
}

/**
 * What belongs to no customer. `lost`: events that were dropped because the ledger could not be written for long;
 * `showsWithoutCustomer`: exposures that name none, those of bundles for one; `shows`: all of them.
 * `outcomesOfNobody`: outcomes of names that were never assigned to anything; `outcomes`: all of them.
 *
 * @category models
 * @since 0.4.0
 */
export interface Strays {
  readonly lost: number
  readonly showsWithoutCustomer: number
  readonly shows: number
  readonly outcomesOfNobody: number
  readonly outcomes: number
}

/**
 * What became of an outcome: new, known already, or known with other content.
 *
 * @category models
 * @since 0.4.0
 */
export type Recorded = "recorded" | "known" | "conflict"

/**
 * - `durability`: what is still there after the process ended.
 * - `slowMs`: from how many milliseconds on an answer counts as slow; fixed when the ledger was made.
 * - `append`: writes what a journal was told. `lost` adds to the number of events that had to be dropped.
 * - `record`: writes outcomes, and says of each what became of it, in the same order.
 * - `storePlan`: keeps a plan; the same one again is fine. A ledger's rows are made anew where it changes what they hold.
 * - `rows`: customers whose first assignment was at or after `since`, by name.
 * - `payments`: what the exposed ones of these did, by customer and time.
 * - `vendorSets`: the sets of vendors by their numbers in rows; 0 is the empty one.
 *
 * @category models
 * @since 0.4.0
 */
export interface Service {
  readonly durability: "memory" | "file" | "server"
  readonly slowMs: number
  readonly append: (events: ReadonlyArray<Event>, lost?: number) => Effect.Effect<void, LedgerError>
  readonly record: (outcomes: ReadonlyArray<Entry>) => Effect.Effect<ReadonlyArray<Recorded>, LedgerError>
  readonly storePlan: (plan: Plan, at: number) => Effect.Effect<StoredPlan, LedgerError | PlanFrozen | NoPlan>
  readonly plan: (experiment: string) => Effect.Effect<StoredPlan | undefined, LedgerError>
  readonly experiments: Effect.Effect<ReadonlyArray<string>, LedgerError>
  readonly rows: (experiment: string, since?: number) => Stream.Stream<Row, LedgerError>
  readonly payments: (experiment: string, since?: number) => Stream.Stream<Payment, LedgerError>
  readonly latencies: (since: number) => Effect.Effect<ReadonlyArray<LatencyCount>, LedgerError>
  readonly strays: (since: number) => Effect.Effect<Strays, LedgerError>
  readonly vendorSets: Effect.Effect<ReadonlyMap<number, ReadonlyArray<string>>, LedgerError>
}

/**
 * @category services
 * @since 0.4.0
 */
export class Ledger extends Context.Service<Ledger, Service>()("@priceport/compare/Ledger") {}
