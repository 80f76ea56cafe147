/**
 * Plans and outcomes, written into the ledger at hand.
 *
 * @since 0.4.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Ledger, type LedgerError, type StoredPlan } from "./Ledger.ts"
import { entry, type InvalidOutcome, type Outcome, OutcomeConflict } from "./Outcome.ts"
import * as Plan from "./Plan.ts"
import type { NoPlan } from "./statistics/Refusal.ts"

/**
 * Nothing was stored under this experiment key. `known` are those that have a plan or customers.
 *
 * @category errors
 * @since 0.4.0
 */
export class UnknownExperiment extends Schema.TaggedError<UnknownExperiment>()("UnknownExperiment", {
  experiment: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `UnknownExperiment (${this.experiment} has no plan; known: ${this.known.join(", ") || "none"})`
  }
}

/**
 * Records an outcome, once for its transaction and kind. False says that it was known.
 *
 * @category combinators
 * @since 0.4.0
 */
export const recordOutcome = (
  outcome: Outcome
): Effect.Effect<boolean, InvalidOutcome | OutcomeConflict | LedgerError, Ledger> =>
  Effect.gen(function*() {
    const ledger = yield* Ledger
    const checked = yield* Effect.fromResult(entry(outcome))
    const [recorded] = yield* ledger.record([checked])
    if (recorded === "conflict") return yield* new OutcomeConflict({ kind: checked.kind, transactionId: checked.id })
    return recorded === "recorded"
  })

/**
 * Stores a plan, from a file or as a value; before the experiment begins. The same plan again changes nothing.
 *
 * @category combinators
 * @since 0.4.0
 */
export const storePlan = (
  plan: unknown
): Effect.Effect<StoredPlan, Plan.InvalidPlan | Plan.PlanFrozen | NoPlan | LedgerError, Ledger> =>
  Effect.gen(function*() {
    const ledger = yield* Ledger
    const checked = yield* Effect.fromResult(Plan.make(plan))
    return yield* ledger.storePlan(checked, yield* Clock.currentTimeMillis)
  })

/**
 * The plan of an experiment.
 *
 * @category combinators
 * @since 0.4.0
 */
export const loadPlan = (experiment: string): Effect.Effect<StoredPlan, UnknownExperiment | LedgerError, Ledger> =>
  Effect.gen(function*() {
    const ledger = yield* Ledger
    const stored = yield* ledger.plan(experiment)
    if (stored === undefined) return yield* new UnknownExperiment({ experiment, known: yield* ledger.experiments })
    return stored
  })
