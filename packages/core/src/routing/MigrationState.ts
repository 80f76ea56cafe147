/**
 * Where a migration is, as an append-only log: the stage, who is with which vendor, and every reason for it follow from the
 * entries alone, see `MigrationLog.replay`.
 *
 * Several processes write one log. Each entry has the next sequence number, so of two writers one is told that the other
 * was first, reads on and decides again. Entries are JSON by `Schema.toCodecJson(Entry)`; they are never changed or removed.
 *
 * Without this service a `Migration` keeps its log in memory, and starts again with each process. A durable store is
 * another layer of it.
 *
 * @since 0.4.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { ProviderId } from "../domain/Identifier.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** A count for the vendor that is left, and one for the vendor that is moved to. */
const Pair = Schema.Struct({ from: Count, to: Count })

/**
 * - `Off`: nothing yet. `Shadow`: everybody is with the old vendor, the new one is read beside it.
 * - `Ramp`: this many percent are with the new vendor. `Complete`: everybody is, but those who were moved back before.
 * - `RolledBack`: everybody is with the old vendor, by decision.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Stage = Schema.Union([
  Schema.TaggedStruct("Off", {}),
  Schema.TaggedStruct("Shadow", {}),
  Schema.TaggedStruct("Ramp", {
    percent: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThan(100))
  }),
  Schema.TaggedStruct("Complete", {}),
  Schema.TaggedStruct("RolledBack", {})
])

/** @since 0.4.0 */
export type Stage = typeof Stage.Type

/**
 * What a gate found: the measured `value` of `sample` observations, and its `bound`. `unclear` is a value above the bound
 * that may be chance, or a sample that is too small: no reason to step back, and none to go on.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Verdict = Schema.Struct({
  gate: Schema.Literals(["mismatch", "errors", "latency", "split", "conversion"]),
  verdict: Schema.Literals(["passed", "unclear", "failed"]),
  value: Schema.optionalKey(Schema.Finite),
  bound: Schema.Finite,
  sample: Count
})

/** @since 0.4.0 */
export interface Verdict extends Schema.Schema.Type<typeof Verdict> {}

/**
 * What one process counted in one window of one stage, which the entry `stage` began.
 *
 * - `answered`, `failed`, `slow`: reads of customers, and in the stage `Shadow` the shadow's own reads of the new vendor.
 * - `customers`: how many were served, each once. `converted`: how many bought.
 * - `compared`: shadow reads that were compared; `material`: those of another meaning.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Measured = Schema.TaggedStruct("Measured", {
  stage: Count,
  startedAt: Schema.Int,
  answered: Pair,
  failed: Pair,
  slow: Pair,
  customers: Pair,
  converted: Pair,
  compared: Count,
  material: Count
})

/** @since 0.4.0 */
export interface Measured extends Schema.Schema.Type<typeof Measured> {}

/** Who did it, and why, in their own words. */
const decision = { by: Schema.String, why: Schema.optionalKey(Schema.String) }

/**
 * - `Started`: the first entry, which says between which vendors.
 * - `Advanced`: a stage further, with what the gates had found; `forced` where they did not all pass.
 * - `Released`: customers who had been moved back go to the new vendor after all.
 * - `SteppedBack`: a stage back by itself, with the gates that failed.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Event = Schema.Union([
  Schema.TaggedStruct("Started", { from: ProviderId, to: ProviderId }),
  Schema.TaggedStruct("Advanced", {
    ...decision,
    to: Stage,
    forced: Schema.optionalKey(Schema.Boolean),
    verdicts: Schema.Array(Verdict)
  }),
  Schema.TaggedStruct("Released", decision),
  Schema.TaggedStruct("RolledBack", decision),
  Schema.TaggedStruct("SteppedBack", { to: Stage, verdicts: Schema.Array(Verdict) }),
  Measured
])

/** @since 0.4.0 */
export type Event = typeof Event.Type

/**
 * One line of the log. The first has the sequence 1. `at` is in milliseconds since 1970.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Entry = Schema.Struct({ sequence: Count, at: Schema.Int, event: Event })

/** @since 0.4.0 */
export interface Entry extends Schema.Schema.Type<typeof Entry> {}

/**
 * The log cannot be read or written now.
 *
 * @category errors
 * @since 0.4.0
 */
export class MigrationStateError extends Schema.TaggedError<MigrationStateError>()("MigrationStateError", {
  why: Schema.String
}) {
  override get message(): string {
    return `The log of the migration is not at hand: ${this.why}`
  }
}

/**
 * @category models
 * @since 0.4.0
 */
export interface Service {
  /** The entries of a migration with a sequence above `after`, in order; none for a migration that nobody started. */
  readonly read: (migration: string, after: number) => Effect.Effect<ReadonlyArray<Entry>, MigrationStateError>

  /**
   * Appends an entry if its sequence is the one after the last, in one step, and says whether it was. False where another
   * writer was first. Once it answered true the entry is kept.
   */
  readonly append: (migration: string, entry: Entry) => Effect.Effect<boolean, MigrationStateError>
}

/**
 * @category services
 * @since 0.4.0
 */
export class MigrationState extends Context.Service<MigrationState, Service>()(
  "@priceport/core/routing/MigrationState"
) {}

/**
 * Keeps the logs in this process.
 *
 * @category constructors
 * @since 0.4.0
 */
export const makeMemory = (): Service => {
  const logs = new Map<string, Array<Entry>>()
  return {
    read: (migration, after) => Effect.sync(() => logs.get(migration)?.slice(after) ?? []),
    append: (migration, entry) =>
      Effect.sync(() => {
        const log = logs.get(migration) ?? []
        if (entry.sequence !== log.length + 1) return false
        logs.set(migration, log)
        log.push(entry)
        return true
      })
  }
}

/**
 * Layer that keeps the logs in this process.
 *
 * @category layers
 * @since 0.4.0
 */
export const layerMemory: Layer.Layer<MigrationState> = Layer.sync(MigrationState, makeMemory)
