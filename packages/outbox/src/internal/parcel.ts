import type { ProviderId } from "@priceport/core/domain/Identifier"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import type { NonEmptyReadonlyArray } from "effect/Array"
import type * as Effect from "effect/Effect"
import type { Claimed } from "../OutboxStore.ts"
import type { Content, Envelope } from "./envelope.ts"
import type { LaneHealth } from "./laneHealth.ts"
import type { Notes } from "./notes.ts"
import type { PurchaseMark } from "./purchaseMark.ts"
import type { Settings } from "./settings.ts"
import type { Outcome, Settle } from "./settling.ts"

/** Entries of one customer that travel together, in our hands until `until`. A `probe` is sent while the lane is open. */
export interface Parcel {
  readonly entries: NonEmptyReadonlyArray<Claimed>
  readonly until: number
  readonly probe: boolean
}

/** An entry and what it says. */
export interface Item {
  readonly entry: Claimed
  readonly content: Content
}

/** What a lane delivers with. */
export interface Means {
  readonly lane: ProviderId
  readonly settings: Settings
  readonly provider: PricingProvider.Service
  readonly envelope: Envelope
  readonly notes: Notes
  readonly mark: PurchaseMark
  readonly settle: Settle
  readonly health: LaneHealth
  readonly pace: Effect.Effect<void>
  /** A request of so many impressions was too large. */
  readonly tooMany: (count: number) => void
  /** Something that failed is at its horizon then. */
  readonly expiring: (at: number) => void
}

/** Given back as it was, for whoever comes next. */
export const released = (entry: Claimed, reason: string): Outcome => ({
  entry,
  settled: { _tag: "Failed", dueAt: entry.dueAt, reason, counted: false }
})

/** Given up, without a word of the vendor; `lost` where it may have acted all the same. */
export const dead = (entry: Claimed, reason: string, at: number, lost = false): Outcome => ({
  entry,
  settled: { _tag: "Dead", at, reason, lost }
})
