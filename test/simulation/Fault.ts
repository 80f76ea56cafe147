import { PricingError } from "@priceport/core"
import { Effect } from "effect"
import type * as Prng from "./Prng.ts"

/** A mistake of an adapter's author, which is no `PricingError`. */
export class Bug extends Error {}

/** What a vendor does with an attempt. It fails with a reason, dies, never ends, or lets the answer follow. */
export type Behaviour = (random: Prng.Prng) => Effect.Effect<void, PricingError.Reason>

const after = (millis: number) => (millis === 0 ? Effect.void : Effect.sleep(millis))

const failing = (reason: () => PricingError.Reason): Behaviour => (random) =>
  Effect.andThen(after(random.pick([0, 15, 80])), Effect.suspend(() => Effect.fail(reason())))

const healthy: Behaviour = (random) => after(random.between(20, 120))

const unavailable = failing(() => new PricingError.Unavailable({ status: 503 }))

const transport = failing(() => new PricingError.Transport({ detail: "connection reset", sent: "maybe" }))

const rateLimited = (retryAfterMs: number) => failing(() => new PricingError.RateLimited({ status: 429, retryAfterMs }))

/** A share of the attempts behaves otherwise. */
const nowAndThen = (share: number, rare: Behaviour, common: Behaviour): Behaviour => (random) =>
  random.chance(share) ? rare(random) : common(random)

/** Every kind of vendor a world may meet. `repriced` answers, with other prices than before. */
export const kinds = {
  healthy,
  "instant": () => Effect.void,
  "slow": (random) => after(random.between(800, 4_000)),
  "silent": () => Effect.never,
  "flapping": nowAndThen(0.5, unavailable, healthy),
  "failing at a rate": nowAndThen(0.2, transport, healthy),
  "rate limiting": rateLimited(700),
  "rate limiting without a time": failing(() => new PricingError.RateLimited({ status: 429 })),
  "rate limiting for a second": rateLimited(1_000),
  "rate limiting for a minute": rateLimited(60_000),
  "rate limiting, longer each time": (random) => rateLimited(random.pick([1_000, 60_000]))(random),
  "rate limiting for a day": rateLimited(86_400_000),
  unavailable,
  "unavailable for a while": failing(() => new PricingError.Unavailable({ status: 503, retryAfterMs: 5_000 })),
  transport,
  "drifting": failing(() => new PricingError.InvalidResponse({ path: "products", detail: "Expected an array" })),
  "repriced": healthy,
  "unauthorized": failing(() => new PricingError.Unauthorized({ status: 401 })),
  "forbidden": failing(() => new PricingError.Forbidden({ status: 403 })),
  "refusing": failing(() => new PricingError.Rejected({ status: 400, detail: "no such paywall" })),
  "not finding": failing(() => new PricingError.NotFound({ status: 404, code: "placement_not_found" })),
  "not finding, without a word": failing(() => new PricingError.NotFound({ status: 404 })),
  "dying": nowAndThen(0.5, () => Effect.die(new Bug("a bug of the adapter")), healthy)
} satisfies Record<string, Behaviour>

export type Kind = keyof typeof kinds

export const behave = (kind: Kind, random: Prng.Prng): Effect.Effect<void, PricingError.Reason> => {
  const behaviour: Behaviour = kinds[kind]
  return behaviour(random)
}

/** How likely each is. A vendor is well most of the time, or nothing would be worth keeping. */
export const weights: Readonly<Record<Kind, number>> = {
  ...(Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 1])) as Record<Kind, number>),
  healthy: 8,
  silent: 2,
  slow: 2,
  unavailable: 2
}
