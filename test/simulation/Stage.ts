import type { Attribution, Paywall, PaywallCache, Pricing, PricingError } from "@priceport/core"
import { type Effect, Exit, type Fiber, Option } from "effect"
import * as Answers from "./Answers.ts"
import type { Call, Ended } from "./Call.ts"
import type { Coverage } from "./Coverage.ts"
import type { Visitor } from "./Customers.ts"
import type { EventLog } from "./EventLog.ts"
import type { Facts } from "./Facts.ts"
import type * as Prng from "./Prng.ts"
import * as Traffic from "./Traffic.ts"
import type { Attempt } from "./Vendor.ts"

/** An invariant that did not hold. */
export interface Violation {
  readonly invariant: string
  readonly detail: string
}

/** Everything in one world. */
export interface Stage {
  readonly facts: Facts
  readonly pricing: Pricing.Pricing["Service"]
  readonly visitors: ReadonlyArray<Visitor>
  readonly random: Prng.Prng
  readonly log: EventLog
  readonly coverage: Coverage
  readonly waiting: Set<Call>
  readonly made: Traffic.Made
  /** The paywalls whose impression has been reported. */
  readonly reported: Set<string>
  readonly pairs: Array<Traffic.Pair>
  readonly violations: Array<Violation>
  readonly now: () => number
  /** Starts an effect at once, in a fiber of its own. */
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
  calls: number
}

export const violate = ({ log, now, violations }: Stage, invariant: string, detail: string): void => {
  violations.push({ invariant, detail })
  log.add(`${now()} VIOLATION ${invariant}: ${detail}`)
}

/** Notes what became of a call, and judges it. */
export const end = (stage: Stage, call: Call, exit: Exit.Exit<Paywall.Paywall, PricingError.PricingError>): void => {
  const { coverage, facts, log, made, now, waiting } = stage
  const ended: Ended = {
    call,
    exit,
    endedAt: now(),
    paywall: Exit.isSuccess(exit) ? exit.value : undefined,
    error: Option.getOrUndefined(Exit.findErrorOption(exit))
  }
  const { error, paywall } = ended
  waiting.delete(call)
  const source = paywall?.provenance.source
  const outcome = source ?? error?.reason._tag ?? (Exit.hasDies(exit) ? "defect" : "interrupted")
  log.add(`${now()} call ${call.number} ${outcome} ${paywall?.id ?? error?.message ?? ""}`)
  coverage.add(source === undefined ? `outcome ${outcome}` : `source ${source}`)
  if (ended.endedAt === call.deadline && error?.reason._tag === "Timeout") coverage.add("answered at the deadline")
  if (paywall !== undefined && paywall.provenance.attempts.length > 1) coverage.add("answered after a retry")
  if (source === "stale" && paywall!.provenance.ageMs! >= facts.settings.revalidateUntil) coverage.add("stale if error")
  if (outcome === "defect" && call.heldSince !== undefined) coverage.add("a defect beside a good answer")
  if (error?.reason._tag === "CircuitOpen") coverage.add(heldBack(error.reason, facts))
  if (source === "cache") made.cache++
  if (source === "stale") made.stale++

  for (const [name, check] of Object.entries(Answers.checks)) {
    const wrong = check(ended, facts)
    if (typeof wrong === "string") violate(stage, name, `call ${call.number}: ${wrong}`)
  }
  if (paywall !== undefined) remember(stage, ended, paywall)
}

/** Why a call was not sent: the gate knows a time, a circuit whose probe is running knows none. */
const heldBack = ({ until }: PricingError.CircuitOpen, { circuit }: Facts): string => {
  if (until === undefined) return "held back while half-open"
  return circuit.state === "open" ? "held back while open" : "held back by Retry-After"
}

const remember = ({ facts: { ledger, settings } }: Stage, { call, endedAt }: Ended, paywall: Paywall.Paywall) => {
  call.visitor.shown = paywall
  const { fetchedAt, source } = paywall.provenance
  const isHeld = source === "cache" || source === "stale" ||
    // A lookup that began after the customer was forgotten.
    (source === "live" && call.kind === "keyed" && endedAt - ledger.forgottenAt(call.names) > settings.lookupTimeout)
  if (isHeld) ledger.hold(call.digest, call.names, Date.parse(fetchedAt))
}

/** Judges an attempt that reaches the vendor now. */
export const onAttempt = (stage: Stage, attempt: Attempt): void => {
  const { coverage, facts, log, now, pairs } = stage
  const { circuit, vendor } = facts
  log.add(`${now()} attempt ${attempt.number} while ${vendor.kind}`)
  coverage.add(`vendor ${vendor.kind}`)
  for (const [name, check] of Object.entries(Traffic.checks)) {
    const wrong = check(attempt, facts)
    if (typeof wrong === "string") violate(stage, name, `attempt ${attempt.number}: ${wrong}`)
  }
  pairs.push(...Traffic.beside(attempt, facts))
  if (circuit.state === "half-open") circuit.probes.push(attempt)
  if (vendor.lastCut.get(attempt.digest) === now()) coverage.add("a hung lookup replaced")
}

export const onEnd = (stage: Stage, attempt: Attempt): void => {
  const { coverage, log, now, pairs } = stage
  log.add(`${now()} attempt ${attempt.number} ${attempt.outcome}`)
  coverage.add(`attempt ${attempt.outcome}`)
  const pair = pairs.find(({ older }) => older === attempt)
  if (pair !== undefined && now() > pair.newer.startedAt) {
    violate(stage, "asksOnceAtATime", `attempts ${pair.older.number} and ${pair.newer.number} ask the same`)
  }
}

/** Judges what comes back to the vendor. */
export const onAttribution = (stage: Stage, attribution: Attribution.Attribution): void => {
  const text = stage.facts.vendor.answers.get(attribution.paywallId)?.text ?? ""
  const returned = JSON.stringify(attribution)
  if (!text.includes(`"attribution":${returned}`)) violate(stage, "isVerbatim", `${returned} came back for ${text}`)
}

/** Judges the world between two steps. */
export const audit = (stage: Stage, stats: PaywallCache.Stats): void => {
  const { facts, made, now, waiting } = stage
  for (const [name, check] of Object.entries(Traffic.audits)) {
    const wrong = check(stats, made, facts)
    if (typeof wrong === "string") violate(stage, name, wrong)
  }
  for (const call of waiting) {
    if (call.deadline < now()) violate(stage, "nobodyWaitsForEver", `call ${call.number} is waiting still`)
  }
}
