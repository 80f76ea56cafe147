/** Vendors that keep what reaches them: doubles, and the real adapters before a server that is not there. */
import { BotsiProvider } from "@priceport/botsi"
import { type Attribution, type Paywall, PricingError, PricingProvider, type Purchase } from "@priceport/core"
import { CorrilyProvider } from "@priceport/corrily"
import { Clock, Effect, Redacted } from "effect"
import * as FakeHttp from "../../support/FakeHttp.ts"
import * as Originals from "./Originals.ts"

/** How often an original came back, and whatever came back changed. */
export interface Arrivals {
  readonly impressions: Map<Originals.Original, number>
  readonly purchases: Map<Originals.Original, number>
  readonly batches: Array<number>
  readonly changed: Array<string>
  failures: number
}

export interface World {
  readonly arrivals: Arrivals
  readonly vendors: Readonly<Record<Originals.Vendor, PricingProvider.Service>>
  /** When each of them was asked, ISO 8601. */
  readonly fetchedAt: Map<Originals.Vendor, string>
  /** What the attribution of an original must be. */
  readonly expected: (original: Originals.Original) => string
  /** Nothing is answered at all. */
  isDown: boolean
  /** Whether this request, which comes for the first time, fails. */
  fails: () => boolean
}

const empty = (): Arrivals => ({
  impressions: new Map(),
  purchases: new Map(),
  batches: [],
  changed: [],
  failures: 0
})

const transactionOf = (transaction: Purchase.Transaction) =>
  transaction._tag === "AppStoreTransaction" ? transaction.transactionId : transaction.token

const paywallOf = (original: Originals.Original, fetchedAt: string): Paywall.Paywall => ({
  provider: original.vendor,
  id: original.paywallId,
  placement: original.placement,
  products: [{ id: "premium", offerIds: [], features: [] }],
  experiment: { _tag: "Unknown" },
  attribution: Originals.attributionOf(original, fetchedAt),
  provenance: { source: "live", fetchedAt, notes: [], attempts: [] }
})

/** Vendors who served these. `real` puts the adapters of Botsi and Corrily in the place of their doubles. */
export const make = Effect.fnUntraced(function*(originals: ReadonlyArray<Originals.Original>, real: boolean) {
  const arrivals = empty()
  const byPlacement = new Map(originals.map((original) => [original.placement, original]))
  const byVendorPlacement = new Map(originals.map((original) => [original.vendorPlacement, original]))
  const texts = new Map<Originals.Original, string>()
  const tried = new Set<string>()

  const tally = (counts: Map<Originals.Original, number>, original: Originals.Original | undefined) => {
    if (original === undefined) return void arrivals.changed.push("nothing that was ever served")
    counts.set(original, (counts.get(original) ?? 0) + 1)
  }

  /** A request fails the first time, if at all. */
  const isRefused = (request: string) => {
    if (world.isDown) return true
    if (tried.has(request)) return false
    tried.add(request)
    const fails = world.fails()
    if (fails) arrivals.failures++
    return fails
  }
  const failing = (request: string) =>
    Effect.suspend(() => isRefused(request) ? Effect.fail(new PricingError.Unavailable({ status: 503 })) : Effect.void)

  const take = (counts: Map<Originals.Original, number>, attributions: ReadonlyArray<Attribution.Attribution>) =>
    Effect.sync(() => {
      for (const attribution of attributions) {
        const original = byPlacement.get(attribution.placement)
        const expected = original && world.expected(original)
        const actual = Originals.text(attribution)
        if (expected !== actual) arrivals.changed.push(`${expected} came back as ${actual}`)
        tally(counts, original)
      }
    })

  const double = (id: Originals.Vendor) => {
    const shown = (attributions: ReadonlyArray<Attribution.Attribution>) =>
      Effect.andThen(
        failing(`shown ${attributions[0]!.placement}`),
        Effect.suspend(() => {
          arrivals.batches.push(attributions.length)
          return take(arrivals.impressions, attributions)
        })
      )
    return PricingProvider.make({
      id,
      capabilities: {
        exposure: id === "corrily" ? "on-fetch" : "on-impression",
        purchases: id === "corrily" ? [] : ["app_store", "play_store"],
        repeatPurchase: "unknown"
      },
      timeouts,
      getPaywall: ({ placement }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          world.isDown
            ? Effect.fail(new PricingError.Unavailable({ status: 503 }))
            : Effect.succeed(paywallOf(byPlacement.get(placement)!, new Date(now).toISOString()))),
      ...(id !== "corrily" && {
        recordImpression: (attribution) => Effect.as(shown([attribution]), { _tag: "Recorded" }),
        recordImpressions: shown,
        validatePurchase: (attribution, transaction) =>
          failing(`bought ${transactionOf(transaction)}`).pipe(
            Effect.andThen(take(arrivals.purchases, [attribution])),
            Effect.as({ provider: id, customer: { entitlements: [] } })
          )
      })
    })
  }

  /** What Botsi reads in an event or a validation. */
  const read = (counts: Map<Originals.Original, number>, body: Readonly<Record<string, unknown>>) => {
    const { abTestId, aiPricingModelId, customerUserId, isExperiment, paywallId, placementId, profileId } = body
    const original = byVendorPlacement.get(String(placementId))
    const actual = JSON.stringify([
      placementId,
      paywallId,
      "isExperiment" in body ? [isExperiment] : [],
      "aiPricingModelId" in body ? [aiPricingModelId] : [],
      "abTestId" in body ? [abTestId] : [],
      ...("profileId" in body ? ["profileId", profileId] : []),
      ...("customerUserId" in body ? ["customerUserId", customerUserId] : [])
    ])
    const expected = original && Originals.wire(original, "token" in body)
    if (expected !== actual) arrivals.changed.push(`${expected} came back as ${actual}`)
    tally(counts, original)
  }

  const botsi: FakeHttp.Reply = ({ body, raw, url }) => {
    const request = body as Readonly<Record<string, unknown>>
    if (url.endsWith("/paywalls")) {
      const { payload } = byVendorPlacement.get(String(request["placementId"]))!
      const { placementId: _, ...data } = payload
      return world.isDown ? down() : Response.json({ ok: true, data: { ...data, sourceProducts } })
    }
    if (isRefused(raw)) return down()
    if (!url.endsWith("/events")) read(arrivals.purchases, request)
    else {
      const events = body as ReadonlyArray<Readonly<Record<string, unknown>>>
      arrivals.batches.push(events.length)
      for (const event of events) read(arrivals.impressions, event)
    }
    return Response.json({ ok: true, data: { profileId: "p" } })
  }

  const corrily: FakeHttp.Reply = ({ body }) => {
    const { payload } = byVendorPlacement.get(String((body as Readonly<Record<string, unknown>>)["paywall_id"]))!
    return world.isDown
      ? down()
      : Response.json({ success: true, products: [], pricing_page: { id: payload["pricingPageId"] } })
  }

  const placements = Object.fromEntries(originals.map((original) => [original.placement, original.vendorPlacement]))
  const world: World = {
    arrivals,
    isDown: false,
    fails: () => false,
    fetchedAt: new Map(),
    expected: (original) => {
      const known = texts.get(original)
      if (known !== undefined) return known
      const fetchedAt = world.fetchedAt.get(original.vendor) ?? "never"
      const text = Originals.text(Originals.attributionOf(original, fetchedAt))
      texts.set(original, text)
      return text
    },
    vendors: {
      house: double("house"),
      botsi: real
        ? yield* Effect.provide(
          BotsiProvider.make({ secretKey: Redacted.make("sk_x.y"), placements, timeouts }),
          FakeHttp.make(botsi).layer
        )
        : double("botsi"),
      corrily: real
        ? yield* Effect.provide(
          CorrilyProvider.make({ apiKey: Redacted.make("key"), placements, timeouts }),
          FakeHttp.make(corrily).layer
        )
        : double("corrily")
    }
  }
  return world
})

const down = () => Response.json({ error: "down" }, { status: 503 })

const sourceProducts = [{ productId: "premium" }]

/** The test's clock may run far ahead of what takes real time. */
const timeouts = { getPaywall: "1 hour", recordImpression: "1 hour", validatePurchase: "1 hour" } as const
