import { PricingError } from "@priceport/core"
import { Cause, Exit } from "effect"
import type { Ended } from "./Call.ts"
import type { Facts } from "./Facts.ts"
import * as Fault from "./Fault.ts"
import * as Original from "./Original.ts"

/** Judges one answer: what is wrong with it, in words, or nothing. */
type Check = (ended: Ended, facts: Facts) => string | false | undefined

const endsByItsDeadline: Check = ({ call, endedAt }) =>
  endedAt > call.deadline && `it ended ${endedAt - call.deadline} ms after its deadline`

/** The vendor has stamped its answer with all that it was asked. */
const answersTheQuestion: Check = ({ call, paywall }, { bundle }) => {
  if (paywall === undefined) return
  if (paywall.placement !== call.request.placement) return `the paywall is of ${paywall.placement}`
  if (paywall.provenance.source === "bundled") {
    const expected = bundle?.find(call.request.placement, call.locale)?.paywall.id
    return paywall.id !== expected && `${paywall.id} came from the bundle in place of ${expected}`
  }
  const { asked } = paywall.remoteConfig as { readonly asked: string }
  return asked !== call.digest && `${call.digest} was asked, ${asked} was answered`
}

const keepsEnrolmentApart: Check = ({ call, paywall }) => {
  const enrolled = paywall?.attribution?.enrolled
  return enrolled !== undefined && enrolled !== (call.request.enroll !== false) && `enrolled is ${enrolled}`
}

const isVerbatim: Check = ({ paywall }, { vendor }) => {
  if (paywall === undefined || paywall.provenance.source === "bundled") return
  const text = Original.textOf(paywall)
  const original = vendor.answers.get(paywall.id)?.text
  return text !== original && `${original} became ${text}`
}

const tellsWhereItComesFrom: Check = ({ call, endedAt, paywall }, { bundle, settings, vendor }) => {
  if (paywall === undefined) return
  const { ageMs, attempts, fetchedAt, reason, source } = paywall.provenance
  const age = endedAt - Date.parse(fetchedAt)
  if (source === "bundled") {
    return (paywall.attribution !== undefined && "a bundled paywall has an attribution") ||
      (reason === undefined && "a bundled paywall has no reason") ||
      (fetchedAt !== bundle?.contents.pulledAt && `the bundle was not pulled at ${fetchedAt}`) ||
      (ageMs !== age && `the bundle is ${age} ms old, not ${ageMs}`)
  }
  const answeredAt = vendor.answers.get(paywall.id)?.answeredAt
  if (Date.parse(fetchedAt) !== answeredAt) return `it was fetched at ${answeredAt}, not ${fetchedAt}`
  if (source === "live") {
    return (age !== 0 && `a live answer is ${age} ms old`) ||
      (answeredAt < call.startedAt && "a live answer is older than its question") ||
      (attempts.at(-1)?.outcome !== "ok" && "a live answer has no attempt that brought it")
  }
  if (ageMs !== age) return `it is ${age} ms old, not ${ageMs}`
  if (call.kind !== "keyed") return `a call without a key was answered from memory`
  if (source === "cache") return age >= settings.timeToLive && `${age} ms is too old for ${source}`
  return (age < settings.timeToLive && `${age} ms is not stale`) ||
    (age >= Math.max(settings.usableUntil, settings.revalidateUntil) && `${age} ms is too old for anything`) ||
    (age >= settings.revalidateUntil && reason === undefined && !vendor.lastDeath.has(call.digest) &&
      `an answer of ${age} ms stands in for no reason`)
}

/** Only a mistake of the vendor's own adapter is a defect, and only to those who wait for it. */
const bringsNoDefect: Check = ({ call, endedAt, exit }, { open, vendor }) => {
  if (Exit.isSuccess(exit)) return
  const defects = exit.cause.reasons.filter(Cause.isDieReason).map(({ defect }) => defect)
  const strange = defects.find((defect) => !(defect instanceof Fault.Bug))
  if (strange !== undefined) return `it died of ${String(strange)}`
  if (defects.length > 0 && vendor.lastDeath.get(call.digest) !== endedAt) return "it died of an old bug"
  return Cause.hasInterrupts(exit.cause) && !call.givenUp && open && "it was interrupted by nobody"
}

const failsTruthfully: Check = ({ endedAt, error }, { vendor }) => {
  if (error === undefined) return
  if (!(error instanceof PricingError.PricingError)) return `it failed with ${String(error)}`
  const { attempts, operation, provider, reason } = error
  if (provider !== vendor.provider.id || operation !== "getPaywall") return `it blames ${provider}.${operation}`
  const later = attempts.find(({ ms, startedAt }) => ms < 0 || Date.parse(startedAt) + ms > endedAt)
  if (later !== undefined) return `an attempt ended after the call: ${JSON.stringify(later)}`
  if (reason._tag === "Timeout" && attempts.length === 0 && reason.limitMs > 0) return "it waited for no attempt"
  return reason._tag === "CircuitOpen" && reason.until !== undefined && Date.parse(reason.until) <= endedAt &&
    `it says to wait until ${reason.until}`
}

/** A good answer within its limits is given sooner than an error or the bundle. */
const losesNoGoodAnswer: Check = ({ call, endedAt, error, paywall }, { ledger, settings }) => {
  if (call.heldSince === undefined || settings.maxEntries < 10_000) return
  if (ledger.generation(call.names) !== call.generation || endedAt - call.heldSince >= settings.usableUntil) return
  const lost = `an answer of ${endedAt - call.heldSince} ms was there`
  if (error !== undefined) return `${lost}, and it failed: ${error.reason._tag}`
  return paywall?.provenance.source === "bundled" && `${lost}, and it came from the bundle`
}

const neverGoesBack: Check = ({ call, paywall }, { ledger }) =>
  paywall !== undefined && paywall.provenance.source !== "bundled" && call.heldSince !== undefined &&
  ledger.generation(call.names) === call.generation &&
  Date.parse(paywall.provenance.fetchedAt) < call.heldSince && "a newer answer had been there"

/** Nothing that was asked for before serves who comes after. */
const forgetsWhatItIsTold: Check = ({ call, paywall }, { vendor }) => {
  const askedAt = vendor.answers.get(paywall?.id ?? "")?.askedAt ?? Infinity
  return askedAt < call.forgottenAt && "the customer had been forgotten since"
}

/** The bundle is for outages: it hides no refusal, and no outage gets past it. */
const bundleAnswersOutages: Check = ({ call, error, paywall }, { bundle }) => {
  const isBundled = bundle?.find(call.request.placement) !== undefined
  const { provenance } = paywall ?? {}
  if (provenance?.source === "bundled") {
    return !outages.has(provenance.reason ?? "") && `it hides ${provenance.reason}`
  }
  const tag = error?.reason._tag ?? ""
  return isBundled && outages.has(tag) && tag !== "NotFound" && `${tag} got past the bundle`
}

const outages = new Set([
  "Timeout",
  "Unavailable",
  "Transport",
  "RateLimited",
  "Unauthorized",
  "Forbidden",
  "InvalidResponse",
  "CircuitOpen",
  // Without a word of the vendor's.
  "NotFound"
])

/** What must be true of every answer. */
export const checks: Readonly<Record<string, Check>> = {
  endsByItsDeadline,
  answersTheQuestion,
  keepsEnrolmentApart,
  isVerbatim,
  tellsWhereItComesFrom,
  bringsNoDefect,
  failsTruthfully,
  losesNoGoodAnswer,
  neverGoesBack,
  forgetsWhatItIsTold,
  bundleAnswersOutages
}
