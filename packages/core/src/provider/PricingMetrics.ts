/**
 * Every metric there is, with its type, its unit, its labels and what it means.
 *
 * They are Effect's own `Metric`s: whatever exports the `MetricRegistry`, such as `OtlpMetrics` or `PrometheusMetrics` of
 * `effect/observability`, exports them. Labels are names out of closed sets, `values`, and the ids of your providers:
 * never a customer, a placement, an address or a vendor's text. So there are as many series as there are vendors, whoever
 * asks for what.
 *
 * What is rare is logged too, with `pricing.provider`, `pricing.operation`, `pricing.state`, `pricing.reason` and
 * `pricing.notes` as annotations: a circuit that opens (`Warn`), probes or closes (`Info`), bundled paywalls (`Warn`, once
 * a minute for each reason), a retry without quota and an answer that could be read in part only (`Debug`).
 *
 * @since 0.3.0
 */
import type { ProviderId } from "../domain/Identifier.ts"
import type { Provenance } from "../domain/Provenance.ts"
import * as PricingError from "./PricingError.ts"
import type { Operation } from "./PricingProvider.ts"

/**
 * What a label may say.
 *
 * - `outcome`: `ok`, the tag of the reason it failed with, `Interrupted` where the caller gave up, `Defect` for a bug.
 * - `source` and `reason`: as in `Provenance`; source `none` where there was no answer, reason `none` where none is needed.
 * - `state`: what a circuit became. `policy`: which one held a call back.
 * - `decision`: a retry was `sent`, or was not, for want of `quota` or of time left in the `budget`.
 * - `event`: the name of a count in `PaywallCache.Stats`.
 * - `cause`: why an attribution token was refused, of which nobody else is told.
 * - `verdict`: what a shadow read found, `failed` where it got no answer, `skipped` where too many were under way.
 * - `difference`: what two vendors' paywalls differ in.
 *
 * @category models
 * @since 0.3.0
 */
export interface Labels {
  readonly provider: ProviderId
  readonly operation: Operation
  readonly outcome: "ok" | PricingError.Reason["_tag"] | "Interrupted" | "Defect"
  readonly source: Provenance["source"] | "none"
  readonly reason: PricingError.Reason["_tag"] | "Defect" | "none"
  readonly state: "closed" | "half-open" | "open"
  readonly policy: "Breaker" | "NotBefore"
  readonly decision: "sent" | "quota" | "budget"
  readonly event: string
  readonly cause:
    | "malformed"
    | "unknown-key"
    | "forged"
    | "expired"
    | "future"
    | "provider"
    | "placement"
    | "subject"
  readonly verdict: "equal" | "benign" | "material" | "failed" | "skipped"
  readonly difference: "products" | "order" | "offers" | "price" | "currency" | "period" | "trial" | "experiment"
}

/** @since 0.3.0 */
export type Label = keyof Labels

/**
 * One metric. It has these labels, all of them, in every series. `unit` is the attribute of that name, from which
 * exporters take it.
 *
 * @category models
 * @since 0.3.0
 */
export interface Definition<L extends Label = Label> {
  readonly name: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly unit?: "seconds" | "bytes" | undefined
  readonly labels: ReadonlyArray<L>
  readonly description: string
  readonly boundaries?: ReadonlyArray<number> | undefined
}

const reasons = PricingError.Reason.members.map((member) => member.fields._tag.schema.literal)

/**
 * What each label says, out of a closed set. `provider` and `event` have no list: the one is your own, the other is what
 * the cache counts.
 *
 * @category constants
 * @since 0.3.0
 */
export const values: { readonly [L in Exclude<Label, "provider" | "event">]: ReadonlyArray<Labels[L]> } = {
  operation: ["getPaywall", "recordImpression", "validatePurchase"],
  outcome: ["ok", ...reasons, "Interrupted", "Defect"],
  source: ["live", "cache", "stale", "bundled", "none"],
  reason: ["none", ...reasons, "Defect"],
  state: ["closed", "half-open", "open"],
  policy: ["Breaker", "NotBefore"],
  decision: ["sent", "quota", "budget"],
  cause: ["malformed", "unknown-key", "forged", "expired", "future", "provider", "placement", "subject"],
  verdict: ["equal", "benign", "material", "failed", "skipped"],
  difference: ["products", "order", "offers", "price", "currency", "period", "trial", "experiment"]
}

const metric = <const L extends Label>(definition: Definition<L>): Definition<L> => definition

/**
 * @category metrics
 * @since 0.3.0
 */
export const attempts = metric({
  name: "priceport_attempts_total",
  type: "counter",
  labels: ["provider", "operation", "outcome"],
  description: "Calls to a vendor, each attempt for itself"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const attemptDuration = metric({
  name: "priceport_attempt_duration_seconds",
  type: "histogram",
  unit: "seconds",
  labels: ["provider", "operation"],
  description: "How long a vendor took for an attempt, whatever came of it",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10]
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const calls = metric({
  name: "priceport_calls_total",
  type: "counter",
  labels: ["provider", "operation", "outcome"],
  description: "Whole calls that memory did not answer, their retries and waits included"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const budgetUsed = metric({
  name: "priceport_budget_used_ratio",
  type: "histogram",
  labels: ["provider", "operation"],
  description: "Which share of its time budget a whole call used; 1 is all of it",
  boundaries: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const retries = metric({
  name: "priceport_retries_total",
  type: "counter",
  labels: ["provider", "operation", "decision"],
  description: "Retries that were due: sent, or not for want of quota or budget"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const breakerState = metric({
  name: "priceport_breaker_state",
  type: "gauge",
  labels: ["provider", "operation"],
  description: "The state of a circuit: 0 closed, 1 half-open, 2 open"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const breakerTransitions = metric({
  name: "priceport_breaker_transitions_total",
  type: "counter",
  labels: ["provider", "operation", "state"],
  description: "Changes of a circuit, by the state it went to"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const heldBack = metric({
  name: "priceport_held_back_total",
  type: "counter",
  labels: ["provider", "operation", "policy"],
  description: "Calls that were not sent because the vendor is failing, or has asked to be left alone"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const retryAfter = metric({
  name: "priceport_retry_after_seconds",
  type: "histogram",
  unit: "seconds",
  labels: ["provider", "operation"],
  description: "How long a vendor asked to be left alone",
  boundaries: [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const paywalls = metric({
  name: "priceport_paywalls_total",
  type: "counter",
  labels: ["provider", "source", "reason"],
  description: "Answers to getPaywall by source; none where there was nothing to show, and why"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const paywallNotes = metric({
  name: "priceport_paywall_notes_total",
  type: "counter",
  labels: ["provider"],
  description: "Parts of vendors' answers that could not be read and were left out"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const cacheEvents = metric({
  name: "priceport_cache_events_total",
  type: "counter",
  labels: ["provider", "event"],
  description: "What the cache counts: hits, stale, refusals, misses, joined and the like"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const cacheEntries = metric({
  name: "priceport_cache_entries",
  type: "gauge",
  labels: ["provider"],
  description: "How many paywalls and refusals the cache holds"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const cacheBytes = metric({
  name: "priceport_cache_bytes",
  type: "gauge",
  unit: "bytes",
  labels: ["provider"],
  description: "How much memory they take, by estimate"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const cacheLookups = metric({
  name: "priceport_cache_lookups_in_flight",
  type: "gauge",
  labels: ["provider"],
  description: "How many lookups of the cache are under way"
})

/**
 * @category metrics
 * @since 0.3.0
 */
export const attributionRefused = metric({
  name: "priceport_attribution_refused_total",
  type: "counter",
  labels: ["cause"],
  description: "Attribution tokens that were not opened, by cause"
})

/**
 * @category metrics
 * @since 0.4.0
 */
export const shadowReads = metric({
  name: "priceport_shadow_reads_total",
  type: "counter",
  labels: ["provider", "verdict"],
  description: "Reads of a candidate beside the vendor that serves, by what the comparison said"
})

/**
 * @category metrics
 * @since 0.4.0
 */
export const shadowDifferences = metric({
  name: "priceport_shadow_differences_total",
  type: "counter",
  labels: ["provider", "difference"],
  description: "Shadow reads that differed in this, benign differences included"
})

/**
 * All of them.
 *
 * @category constants
 * @since 0.3.0
 */
export const all: ReadonlyArray<Definition> = [
  attempts,
  attemptDuration,
  calls,
  budgetUsed,
  retries,
  breakerState,
  breakerTransitions,
  heldBack,
  retryAfter,
  paywalls,
  paywallNotes,
  cacheEvents,
  cacheEntries,
  cacheBytes,
  cacheLookups,
  attributionRefused,
  shadowReads,
  shadowDifferences
]
