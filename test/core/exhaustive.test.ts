/**
 * What an application does that handles every case. This file does not compile when a reason, a source, an outcome or an
 * experiment is added and left out here, and neither when leaving one out goes unnoticed.
 */
import { assert, describe, it } from "@effect/vitest"
import { Experiment, Impression, PricingError, Provenance } from "@priceport/core"

type Reason = PricingError.Reason
type Source = Provenance.Provenance["source"]
type Outcome = Impression.ImpressionOutcome
type Arm = Experiment.Experiment

/** What there is to do, for each reason. */
const advice = (reason: Reason): string => {
  switch (reason._tag) {
    case "InvalidRequest":
      return `mend ${reason.field}: ${reason.issue}`
    case "Unsupported":
      return `do without ${reason.capability}`
    case "Unattributable":
    case "AttributionMismatch":
    case "PurchaseConflict":
      return `look into it: ${reason.why}`
    case "QueueFull":
      return "deliver what is queued"
    case "CircuitOpen":
      return reason.until === undefined ? "ask again soon" : `ask again at ${reason.until}`
    case "Timeout":
      return `allow more than ${reason.limitMs} ms`
    case "Unauthorized":
    case "Forbidden":
      return "check the key"
    case "NotFound":
    case "Rejected":
      return `ask for something else: ${reason.detail}`
    case "RateLimited":
    case "Unavailable":
      return `ask again in ${reason.retryAfterMs ?? 1000} ms`
    case "Transport":
      return reason.sent === "no" ? "ask again" : "find out what became of it"
    case "InvalidResponse":
      return `tell the vendor: ${reason.path} ${reason.detail}`
  }
}

/** One of each. */
const reasons: { readonly [Tag in Reason["_tag"]]: Extract<Reason, { readonly _tag: Tag }> } = {
  InvalidRequest: new PricingError.InvalidRequest({ field: "placement", issue: "empty" }),
  Unsupported: new PricingError.Unsupported({ capability: "prefetch" }),
  Unattributable: new PricingError.Unattributable({ why: "bundled" }),
  AttributionMismatch: new PricingError.AttributionMismatch({ why: "another vendor's" }),
  PurchaseConflict: new PricingError.PurchaseConflict({ why: "another customer's" }),
  QueueFull: new PricingError.QueueFull({}),
  CircuitOpen: new PricingError.CircuitOpen({}),
  Timeout: new PricingError.Timeout({ limitMs: 800 }),
  Unauthorized: new PricingError.Unauthorized({}),
  Forbidden: new PricingError.Forbidden({}),
  NotFound: new PricingError.NotFound({}),
  Rejected: new PricingError.Rejected({}),
  RateLimited: new PricingError.RateLimited({}),
  Unavailable: new PricingError.Unavailable({}),
  Transport: new PricingError.Transport({ detail: "broken", sent: "maybe" }),
  InvalidResponse: new PricingError.InvalidResponse({ path: "", detail: "not JSON" })
}

const sources: Readonly<Record<Source, boolean>> = { live: true, cache: true, stale: true, bundled: false }

const outcomes: { readonly [Tag in Outcome["_tag"]]: Extract<Outcome, { readonly _tag: Tag }> } = {
  Recorded: { _tag: "Recorded" },
  Duplicate: { _tag: "Duplicate" },
  ImplicitOnFetch: { _tag: "ImplicitOnFetch" },
  NotCounted: { _tag: "NotCounted", why: "bundled" },
  Queued: { _tag: "Queued" }
}

const arms: Readonly<Record<Arm["_tag"], string>> = {
  Treatment: "32",
  Control: "Control",
  None: "None",
  Unknown: "Unknown"
}

const isFromVendor = (source: Source): boolean => {
  switch (source) {
    case "live":
    case "cache":
    case "stale":
      return true
    case "bundled":
      return false
  }
}

const isDone = (outcome: Outcome): boolean => {
  switch (outcome._tag) {
    case "Recorded":
    case "Duplicate":
    case "ImplicitOnFetch":
      return true
    case "NotCounted":
      return outcome.why === ""
    case "Queued":
      return false
  }
}

const arm = (experiment: Arm): string => {
  switch (experiment._tag) {
    case "Treatment":
    case "Control":
      return experiment.variant ?? experiment._tag
    case "None":
    case "Unknown":
      return experiment._tag
  }
}

// None of what follows compiles, and each comment is the error where it does: what guards the above is then gone.

/** The table as it was before one of its members was added. */
type Before<Table, Added extends keyof Table> = Omit<Table, Added>

declare const before: <Table, Added extends keyof Table>() => Before<Table, Added>

const unhandled = {
  // @ts-expect-error: `Transport` is missing
  reason: (): typeof reasons => before<typeof reasons, "Transport">(),
  // @ts-expect-error: `stale` is missing
  source: (): typeof sources => before<typeof sources, "stale">(),
  // @ts-expect-error: `Queued` is missing
  outcome: (): typeof outcomes => before<typeof outcomes, "Queued">(),
  // @ts-expect-error: `Unknown` is missing
  arm: (): typeof arms => before<typeof arms, "Unknown">(),

  // @ts-expect-error: nothing is said of `Timeout`
  reasonSwitch: (reason: (typeof reasons)["QueueFull" | "Timeout"]): string => {
    switch (reason._tag) {
      case "QueueFull":
        return "deliver what is queued"
    }
  },
  // @ts-expect-error: nothing is said of `bundled`
  sourceSwitch: (source: Source): boolean => {
    switch (source) {
      case "live":
      case "cache":
      case "stale":
        return true
    }
  },
  // @ts-expect-error: nothing is said of `Queued`
  outcomeSwitch: (outcome: Outcome): boolean => {
    switch (outcome._tag) {
      case "Recorded":
      case "Duplicate":
      case "ImplicitOnFetch":
      case "NotCounted":
        return true
    }
  },
  // @ts-expect-error: nothing is said of `Control`
  armSwitch: (experiment: Arm): string => {
    switch (experiment._tag) {
      case "Treatment":
      case "None":
      case "Unknown":
        return experiment._tag
    }
  }
}

describe("An application that handles every case", () => {
  it("has something to do for each reason, and for no other", () => {
    const all = PricingError.Reason.members.map((member) => member.identifier)
    assert.sameMembers(Object.keys(reasons), all)
    for (const reason of Object.values(reasons)) assert.isNotEmpty(advice(reason))
    assert.lengthOf(new Set(Object.values(reasons).map((reason) => reason._tag)), all.length)
  })

  it("knows each source, outcome and arm", () => {
    for (const source of Provenance.Provenance.fields.source.literals) {
      assert.strictEqual(isFromVendor(source), sources[source])
    }
    assert.deepStrictEqual(Object.values(outcomes).map(isDone), [true, true, true, false, false])
    assert.lengthOf(Impression.ImpressionOutcome.members, Object.keys(outcomes).length)
    assert.strictEqual(arm({ _tag: "Treatment", variant: "32" }), arms.Treatment)
    for (const _tag of ["Control", "None", "Unknown"] as const) assert.strictEqual(arm({ _tag }), arms[_tag])
    assert.lengthOf(Experiment.Experiment.members, Object.keys(arms).length)
  })

  it("would not compile otherwise", () => {
    assert.lengthOf(Object.keys(unhandled), 8)
  })
})
