import { isArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Claimed, OutboxStoreError, Service } from "../OutboxStore.ts"
import { dead, type Means, type Parcel, released } from "./parcel.ts"

/** What a lane has claimed and not yet sent. */
export interface LaneClaims {
  /** What to send next. While the lane is open, one entry at a time. */
  readonly next: (now: number) => Effect.Effect<Parcel | undefined, OutboxStoreError>
  /** Gives back what was not sent. */
  readonly release: Effect.Effect<void>
  /** A request of so many impressions was too large: there will be fewer in the next. */
  readonly tooMany: (count: number) => void
  /** Something that failed is at its horizon then. */
  readonly expiring: (at: number) => void
  readonly nextExpiry: () => number
  /** Gives up what is past its horizon, also while nothing is sent. */
  readonly expire: (now: number) => Effect.Effect<void, OutboxStoreError>
}

/** How many parcels of one entry are claimed at once for each one that is sent at the same time. */
const ahead = 4

/** How many seconds' worth of requests are claimed at once, where there is a rate. */
const secondsAhead = 5

/** How many horizons are kept in mind. What is past another one is given up when its turn comes. */
const mostHorizons = 1_000

/** Of how many entries one is chosen for a probe. */
const lookedAt = 256

export const make = (
  store: Service,
  { health, lane, settings, settle }: Omit<Means, "tooMany" | "expiring">
): LaneClaims => {
  const { concurrency, lease, overtakeAfter, rate = Infinity } = settings
  let batch = settings.batch
  let waiting: Array<Parcel> = []
  const horizons = new Set<number>()

  const release = Effect.suspend(() => {
    const entries = waiting.flatMap((parcel) => parcel.entries)
    waiting = []
    return settle(entries.map((entry) => released(entry, "Released")))
  })

  const limit = () => Math.max(1, Math.min(Math.max(batch, concurrency * ahead), Math.ceil(rate * secondsAhead)))

  /** Claims, and gives up what is past its horizon. */
  const take = Effect.fnUntraced(function*(now: number, most: number, batch: number) {
    const claimed = yield* store.claim({
      lane,
      now,
      limit: most,
      batch,
      overtakeBefore: now - overtakeAfter,
      leaseUntil: now + lease
    })
    const late = claimed.filter(({ expiresAt }) => expiresAt <= now)
    yield* settle(late.map((entry) => dead(entry, "Expired", now)))
    return { late: late.length, live: claimed.filter(({ expiresAt }) => expiresAt > now) }
  })

  const claim = Effect.fnUntraced(function*(now: number) {
    const probe = health.isOpen()
    const { late, live } = yield* take(now, probe ? lookedAt : limit(), probe ? 1 : batch)
    const chosen = probe ? yield* chosenOf(live) : live
    yield* settle(live.filter((entry) => !chosen.includes(entry)).map((entry) => released(entry, "Released")))
    waiting = grouped(chosen).map((entries) => ({ entries, until: now + lease, probe }))
    return late + waiting.length > 0
  })

  const expire = (now: number): Effect.Effect<void, OutboxStoreError> =>
    Effect.gen(function*() {
      for (const horizon of horizons) if (horizon <= now) horizons.delete(horizon)
      const { late, live } = yield* take(now, lookedAt, 1)
      yield* settle(live.map((entry) => released(entry, "Released")))
      if (late > 0 && live.length === 0) yield* expire(now)
    })

  const next = (now: number): Effect.Effect<Parcel | undefined, OutboxStoreError> =>
    Effect.suspend(() => {
      const parcel = waiting.shift()
      return parcel !== undefined
        ? Effect.succeed(parcel)
        : Effect.flatMap(claim(now), (some) => some ? next(now) : Effect.undefined)
    })

  return {
    next,
    release,
    expire,
    expiring: (at) => {
      if (horizons.size < mostHorizons) horizons.add(at)
    },
    nextExpiry: () => {
      let next = Infinity
      for (const horizon of horizons) next = Math.min(next, horizon)
      return next
    },
    tooMany: (count) => {
      batch = Math.max(1, Math.min(batch, Math.ceil(count / 2)))
    }
  }
}

/**
 * The probe: one of those that were tried least. An entry may be what fails, and not the vendor; it must not be the only
 * one that is ever tried.
 */
const chosenOf = (live: ReadonlyArray<Claimed>): Effect.Effect<ReadonlyArray<Claimed>> => {
  const least = live.reduce((least, { attempts }) => Math.min(least, attempts), Infinity)
  const freshest = live.filter(({ attempts }) => attempts === least)
  return Effect.map(Random.next, (random) => freshest.slice(Math.floor(random * freshest.length)).slice(0, 1))
}

/** The impressions of one customer together, each purchase for itself, in the order of their first. */
const grouped = (claimed: ReadonlyArray<Claimed>): Array<NonEmptyReadonlyArray<Claimed>> => {
  const groups = new Map<string, Array<Claimed>>()
  for (const entry of claimed) {
    const key = entry.kind === "purchase" ? entry.id : `of ${entry.customer}`
    const group = groups.get(key) ?? []
    groups.set(key, group)
    group.push(entry)
  }
  return Array.from(groups.values()).filter(isArrayNonEmpty)
}
