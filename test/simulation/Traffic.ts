import type { PaywallCache } from "@priceport/core"
import type { Facts } from "./Facts.ts"
import type { Attempt } from "./Vendor.ts"

/** Judges an attempt when it reaches the vendor. */
type Check = (attempt: Attempt, facts: Facts) => string | false | undefined

/** In the very millisecond in which the vendor said so, others were on their way. */
const waitsAsAsked: Check = ({ startedAt }, { vendor }) => {
  const asked = vendor.askedToWait.find(({ at, until }) => at < startedAt && startedAt < until)
  return asked && `asked to wait until ${asked.until}, it came at ${startedAt}`
}

const sendsNothingWhileOpen: Check = ({ startedAt }, { circuit }) =>
  circuit.state === "open" && startedAt > circuit.since && `the circuit is open since ${circuit.since}`

const sendsOneProbe: Check = (_, { circuit }) => {
  const running = circuit.state === "half-open" && circuit.probes.find(({ outcome }) => outcome === "running")
  return running && `probe ${running.number} is running`
}

/** What must be true of every attempt. */
export const checks: Readonly<Record<string, Check>> = { waitsAsAsked, sendsNothingWhileOpen, sendsOneProbe }

/** Two attempts at one question that were there together, which only a forgotten customer may cause. */
export interface Pair {
  readonly older: Attempt
  readonly newer: Attempt
}

/** The attempts at the same question that are running, older than a new one. */
export const beside = (newer: Attempt, { ledger, settings, vendor }: Facts): ReadonlyArray<Pair> =>
  newer.keyless ? [] : Array.from(vendor.running)
    .filter((older) => older !== newer && !older.keyless && older.digest === newer.digest)
    // A lookup of a forgotten customer goes on for those who wait for it; it may have begun before this attempt.
    .filter((older) => ledger.forgottenAt(newer.names) < older.startedAt - settings.lookupTimeout)
    .map((older) => ({ older, newer }))

/** How many calls of each kind the application has made, and how many were answered from where. */
export interface Made {
  calls: number
  keyless: number
  others: number
  cache: number
  stale: number
}

/** Judges what the stack says of itself. */
type Audit = (stats: PaywallCache.Stats, made: Made, facts: Facts) => string | false | undefined

const addsUp: Audit = (stats, made, { settings }) => {
  const { bypassed, entries, failures, hits, inFlight, joined, lookups, misses, refusals, stale } = stats
  return (hits !== made.cache && `${hits} hits, ${made.cache} answers from the cache`) ||
    (stale !== made.stale && `${stale} stale, ${made.stale} stale answers`) ||
    (bypassed !== made.keyless && `${bypassed} bypassed, ${made.keyless} calls without key`) ||
    (failures + inFlight > lookups && `${failures} failures and ${inFlight} in flight of ${lookups} lookups`) ||
    (lookups < misses && `${misses} misses, ${lookups} lookups`) ||
    (hits + stale + refusals + misses + joined + bypassed < made.calls && `${made.calls} calls, ${text(stats)}`) ||
    (entries > settings.maxEntries && `${entries} entries, of at most ${settings.maxEntries}`)
}

const retriesWithinItsQuota: Audit = ({ bypassed, lookups }, { others }, { settings: { policy, quota }, vendor }) => {
  const first = lookups + bypassed
  const most = policy.retry?.times === 0 ? first : first + quota.floor + quota.ratio * (first + others)
  return vendor.attempts > most + 1e-6 && `${vendor.attempts} attempts, of at most ${most}`
}

const text = (stats: PaywallCache.Stats) => JSON.stringify(stats)

/** What must be true at any time. */
export const audits: Readonly<Record<string, Audit>> = { addsUp, retriesWithinItsQuota }
