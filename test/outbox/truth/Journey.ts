/** What happens between a paywall and its report: caches, a fallback, JSON and tokens, as drawn for each paywall. */
import type { Attribution, AttributionToken, KeyRing, PaywallRequest, PricingProvider } from "@priceport/core"
import { Paywall } from "@priceport/core"
import * as Fallback from "@priceport/core/resilience/Fallback"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import * as PaywallCache from "@priceport/core/resilience/PaywallCache"
import * as SharedPaywalls from "@priceport/core/resilience/SharedPaywalls"
import { Clock, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import type * as Prng from "../../simulation/Prng.ts"
import * as Originals from "./Originals.ts"
import type * as Vendors from "./Vendors.ts"

/** A paywall that was fetched, and what the application holds of it. */
export interface Trip {
  readonly original: Originals.Original
  readonly attribution: Attribution.Attribution
}

export interface Keys {
  readonly ring: KeyRing.KeyRing["Service"]
  readonly tokens: AttributionToken.AttributionToken["Service"]
}

export interface Tools {
  readonly prng: Prng.Prng
  readonly world: Vendors.World
  readonly passed: (stage: string, count?: number) => void
  /** Whatever must not happen. */
  readonly wrong: (what: string) => void
  /** Before and after a rotation of the keys. */
  readonly before: Keys
  readonly after: Keys
}

/** How the paywalls of a batch are cached. */
export interface Plan {
  readonly shared: boolean
  /** By the adapters of Botsi and Corrily, in place of their doubles. */
  readonly real: boolean
  /** How many of them are asked for during an outage first, and again during one later, of 1. */
  readonly outages: number
}

const codec = Schema.fromJsonString(Schema.toCodecJson(Paywall.Paywall))
const toText = Schema.encodeSync(codec)
const fromText = Schema.decodeSync(codec)

const requestOf = ({ customer, enrolled, placement }: Originals.Original): PaywallRequest.PaywallRequest => ({
  placement,
  customer,
  ...!enrolled && { enroll: false }
})

/** What takes real time is done for many at once; for what does not, fibers would cost more than the work. */
const manner = ({ real, shared }: Plan) => ({ concurrency: real || shared ? 100 : 1 })

/** Asks one vendor for all of these, by every way that is drawn. */
export const make = Effect.fnUntraced(function*(
  vendor: PricingProvider.Service,
  originals: ReadonlyArray<Originals.Original>,
  plan: Plan,
  tools: Tools
) {
  const { after, before, passed, prng, world, wrong } = tools
  const concurrently = manner(plan)
  world.fetchedAt.set(originals[0]!.vendor, new Date(yield* Clock.currentTimeMillis).toISOString())
  const outage = originals.filter(() => prng.chance(plan.outages))
  const cache = (keys: Keys, shared: boolean) =>
    Effect.gen(function*() {
      const level = shared ? yield* SharedPaywalls.make({ sealing: keys.ring, timeout: "1 hour" }) : undefined
      const cache = yield* PaywallCache.make({ lookupTimeout: "1 hour", shared: level })(vendor)
      return cache.provider
    })
  const inner = yield* cache(before, plan.shared)
  const one = outage.length === 0 ? inner : Fallback.bundled(yield* bundle(outage))(inner)

  world.isDown = true
  yield* Effect.forEach(outage, (original) =>
    Effect.gen(function*() {
      const paywall = yield* one.getPaywall(requestOf(original))
      const outcome = yield* one.recordImpression(paywall)
      const purchase = { ...paywall.attribution && { attribution: paywall.attribution }, transaction }
      const refused = yield* Effect.flip(one.validatePurchase(purchase))
      const isInvented = paywall.provenance.source !== "bundled" || "attribution" in paywall ||
        outcome._tag !== "NotCounted" ||
        refused.reason._tag !== (original.vendor === "corrily" ? "Unsupported" : "Unattributable")
      if (isInvented) wrong(`a bundled answer was ${JSON.stringify([paywall, outcome, refused.reason._tag])}`)
      passed("fallback")
    }), concurrently)
  world.isDown = false

  /** Live first; then, as drawn, from this process's cache or another process's. */
  const remembered = new Set(originals.filter((original) => outage.includes(original) || prng.chance(0.6)))
  const live = yield* Effect.forEach(
    originals,
    (original) => (remembered.has(original) ? one : vendor).getPaywall(requestOf(original)),
    concurrently
  )
  passed("live", live.length)
  // What is shared with other processes is written while the caller goes on.
  yield* TestClock.adjust(0)
  const two = yield* cache(after, plan.shared)
  const again = yield* Effect.forEach(originals, (original, index) => {
    const way = prng.pick(["live", "cache", plan.shared ? "shared" : "cache"])
    if (way === "live" || !remembered.has(original)) return Effect.succeed(live[index]!)
    return Effect.tap(
      (way === "cache" ? one : two).getPaywall(requestOf(original)),
      ({ provenance }) => Effect.sync(() => passed(provenance.source === "cache" ? way : "missed"))
    )
  }, concurrently)

  yield* TestClock.adjust("6 minutes")
  world.isDown = true
  const old = new Map(
    yield* Effect.forEach(outage, (original) =>
      Effect.map(one.getPaywall(requestOf(original)), (paywall) => {
        if (paywall.provenance.source === "stale") passed("stale")
        return [original, paywall] as const
      }), concurrently)
  )
  world.isDown = false
  return yield* Effect.forEach(
    originals,
    (original, index) => carried(original, old.get(original) ?? again[index]!, tools)
  )
})

/** As text and as a token, as drawn. */
const carried = (
  original: Originals.Original,
  paywall: Paywall.Paywall,
  tools: Tools
): Effect.Effect<Trip, unknown> => {
  const { passed, prng, world, wrong } = tools
  const asText = prng.chance(0.1)
  if (asText) passed("json")
  const { attribution } = asText ? fromText(toText(paywall)) : paywall
  return Effect.map(
    prng.chance(0.15) ? throughToken(original, attribution!, tools) : Effect.succeed(attribution!),
    (attribution) => {
      const is = Originals.text(attribution)
      if (is !== world.expected(original)) wrong(`${world.expected(original)} was carried as ${is}`)
      return { original, attribution }
    }
  )
}

const throughToken = (
  { placement, subject, vendor }: Originals.Original,
  attribution: Attribution.Attribution,
  { after, before, passed, prng }: Tools
) => {
  const rotated = prng.chance(0.5)
  passed(rotated ? "token, keys rotated" : "token")
  const { tokens } = rotated ? after : before
  return Effect.flatMap(
    before.tokens.seal(attribution),
    (token) => tokens.open(token, { subject, placement, provider: vendor })
  )
}

const bundle = (originals: ReadonlyArray<Originals.Original>) => {
  const paywalls = originals.map(({ placement, vendor }) => ({
    placement,
    paywall: { provider: vendor, id: "bundled", products: [{ id: "premium", offerIds: [], features: [] }] }
  }))
  const [pulledAt, expiresAt] = ["1970-01-01T00:00:00.000Z", "1971-01-01T00:00:00.000Z"]
  return FallbackBundle.load({ version: 1, pulledAt, expiresAt, paywalls }, { file: "bundle.json" })
}

export const transaction = {
  _tag: "AppStoreTransaction",
  transactionId: "t",
  originalTransactionId: "t",
  productId: "premium",
  environment: "sandbox"
} as const
