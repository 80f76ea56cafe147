import type { Breaker, Resilience } from "@priceport/core"
import type * as Prng from "./Prng.ts"

/** What a world is made of, and the numbers its invariants are checked against. All times are in milliseconds. */
export interface Settings {
  readonly exposure: "on-fetch" | "on-impression"
  readonly hasBundle: boolean
  /** Handed to the stack as it is, but for the bundle and for the breaker's ear. */
  readonly policy: Resilience.Policy & { readonly breaker?: Breaker.Options }
  readonly timeToLive: number
  readonly revalidateUntil: number
  readonly usableUntil: number
  readonly lookupTimeout: number
  readonly budget: number
  readonly maxEntries: number
  readonly gateAtMost: number
  readonly quota: { readonly ratio: number; readonly floor: number }
}

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000]

/** The recommended stack as its documents describe it. */
const usual: Settings = {
  exposure: "on-impression",
  hasBundle: false,
  policy: {},
  timeToLive: 5 * minute,
  revalidateUntil: 30 * minute,
  usableUntil: 5 * minute + day,
  lookupTimeout: 3 * second,
  budget: 3 * second,
  maxEntries: 10_000,
  gateAtMost: hour,
  quota: { ratio: 0.2, floor: 3 }
}

/** Draws a world: every second one is as the documents recommend, the others are changed in all that may be changed. */
export const draw = (random: Prng.Prng): Settings => {
  const settings: Settings = {
    ...usual,
    exposure: random.pick(["on-fetch", "on-impression"]),
    hasBundle: random.chance(0.4)
  }
  if (random.chance(0.5)) return settings

  const timeToLive = random.pick([0, 5 * second, minute, 5 * minute])
  const staleWhileRevalidate = random.pick([0, 30 * second, 25 * minute])
  const staleIfError = random.pick([0, minute, 2 * hour, day])
  const lookupTimeout = random.pick([undefined, second, 2 * second, 6 * second])
  const budget = random.pick([second, 3 * second, 5 * second])
  const maxEntries = random.pick([2, 5, 10_000])
  const gateAtMost = random.pick([10 * second, hour])
  const quota = { ratio: random.pick([0, 0.2]), floor: random.pick([0, 3]) }
  return {
    ...settings,
    timeToLive,
    revalidateUntil: timeToLive + staleWhileRevalidate,
    usableUntil: timeToLive + staleIfError,
    lookupTimeout: lookupTimeout ?? usual.lookupTimeout,
    budget,
    maxEntries,
    gateAtMost,
    quota,
    policy: {
      budget: { getPaywall: budget },
      attempt: { getPaywall: random.pick([300, second, 2_500]) },
      breaker: {
        openFor: random.pick([second, 5 * second]),
        ...(random.chance(0.7)
          ? { failures: random.pick([1, 3, 5, 1_000_000]) }
          : { rate: { threshold: 0.5, calls: random.pick([4, 10]) } })
      },
      notBefore: { atMost: gateAtMost },
      retry: { times: random.pick([0, 2, 5]), base: random.pick([20, 100]), quota },
      cache: {
        timeToLive,
        staleWhileRevalidate,
        staleIfError,
        lookupTimeout,
        maxEntries,
        patience: random.pick([100, second]),
        refreshPause: random.pick([0, second, 20 * second]),
        maxRetryAfter: random.pick([second, minute]),
        ...(random.chance(0.3) && { refusals: { NotFound: 0, Rejected: minute } })
      }
    }
  }
}
