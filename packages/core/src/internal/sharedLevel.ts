import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PricingError } from "../provider/PricingError.ts"
import type { Place, SharedPaywalls } from "../resilience/SharedPaywalls.ts"
import type { Settings } from "./cacheSettings.ts"
import * as PaywallMemory from "./paywallMemory.ts"
import type { PaywallShelf } from "./paywallShelf.ts"

type Answer = Effect.Effect<Paywall, PricingError>

/** What a lookup asks before the provider, and tells after it. */
export interface SharedLevel {
  readonly ask: (key: string, names: ReadonlyArray<string>, request: PaywallRequest) => Answer
  /** Ends when the store knows, or after its timeout. It is told again until it does. */
  readonly forget: (names: ReadonlyArray<string>) => Effect.Effect<void>
}

/** Other machines' clocks may be ahead by this much, in milliseconds. */
const maxSkew = 5000

/** How many names may wait for a store that cannot be reached. */
const maxUntold = 10_000

/** Makes it of a provider's call and a store; without a store it is the call alone. */
export const make = Effect.fnUntraced(function*(options: {
  readonly provider: string
  readonly store: SharedPaywalls | undefined
  readonly call: (request: PaywallRequest) => Answer
  readonly shelf: PaywallShelf
  readonly settings: Settings
  readonly count: { failures: number; sharedHits: number; sharedFailures: number }
}): Effect.fn.Return<SharedLevel, never, Scope.Scope> {
  const { call, count, provider, settings, shelf, store } = options
  if (store === undefined) return { ask: (_key, _names, request) => call(request), forget: () => Effect.void }
  const scope = yield* Effect.scope
  /** Names the store has not been told to forget yet: what it has of them does not count. */
  const untold = new Map<string, number>()
  /** There were too many of them: nothing counts that may have been stored before. */
  let uselessUntil = 0

  const counted = <A>(effect: Effect.Effect<A, unknown>): Effect.Effect<A | undefined> =>
    effect.pipe(
      Effect.catchDefect(Effect.fail),
      Effect.catch(() => Effect.sync(() => void count.sharedFailures++))
    )

  const own = (names: ReadonlyArray<string>) => names.map((name) => `${provider.length}:${provider}${name}`)

  const fetch = (request: PaywallRequest, place: Place | undefined): Answer =>
    Effect.tap(call(request), (paywall) =>
      place === undefined || paywall.provenance.source !== "live"
        ? Effect.void
        : Clock.clockWith((clock) => {
          const put = place.put(paywall, clock.currentTimeMillisUnsafe(), settings.usableUntil)
          return Effect.forkIn(counted(put), scope)
        }))

  const ask: SharedLevel["ask"] = Effect.fnUntraced(function*(key, names, request) {
    const clock = yield* Clock.Clock
    const isUseless = clock.currentTimeMillisUnsafe() < uselessUntil
    if (isUseless || names.some((name) => untold.has(name))) return yield* call(request)
    const place = yield* counted(store.find(key, own(names)))
    const now = clock.currentTimeMillisUnsafe()
    const entry = place?.entry
    const held = shelf.get(key)
    const isNew = held?._tag !== "Good" || (entry !== undefined && entry.storedAt > held.storedAt)
    if (entry === undefined || !isNew || entry.storedAt > now + maxSkew) return yield* fetch(request, place)

    const storedAt = Math.min(entry.storedAt, now)
    const shared = { paywall: entry.paywall, storedAt }
    const until = held?._tag === "Good" ? settings.timeToLive : settings.revalidateUntil
    if (now - storedAt < until) {
      count.sharedHits++
      return PaywallMemory.adopt(shared, settings, now, undefined, [])
    }
    return yield* fetch(request, place).pipe(
      Effect.catch((error) => {
        const now = clock.currentTimeMillisUnsafe()
        if (now - storedAt >= settings.usableUntil) return Effect.fail(error)
        count.failures++
        count.sharedHits++
        return Effect.succeed(PaywallMemory.adopt(shared, settings, now, error.reason._tag, error.attempts))
      })
    )
  })

  const told = (names: ReadonlyArray<string>): void => {
    for (const name of names) {
      const times = untold.get(name) ?? 0
      if (times > 1) untold.set(name, times - 1)
      else untold.delete(name)
    }
  }

  const forget: SharedLevel["forget"] = Effect.fnUntraced(function*(names) {
    for (const name of names) untold.set(name, (untold.get(name) ?? 0) + 1)
    // A mark outlives what was asked for before it, and that may still be on its way.
    const tell = Effect.as(store.forget(own(names), 2 * settings.usableUntil), true)
    if ((yield* counted(tell)) !== undefined) told(names)
    else if (untold.size <= maxUntold) {
      const again = Effect.andThen(Effect.retry(tell, patiently), Effect.sync(() => told(names)))
      yield* Effect.forkIn(Effect.ignore(again), scope)
    } else {
      told(names)
      uselessUntil = (yield* Clock.currentTimeMillis) + settings.usableUntil
    }
  })

  return { ask, forget }
})

const patiently = Schedule.min([
  Schedule.exponential(Duration.millis(200)),
  Schedule.spaced(Duration.seconds(30))
])
