import { FallbackBundle, type Paywall } from "@priceport/core"
import { Effect } from "effect"

/** A bundle for one of the two placements, with a German entry, pulled at this time (milliseconds). */
export const load = (pulledAt: number) =>
  Effect.suspend(() => {
    const paywall = (id: string): Paywall.Paywall => ({
      provider: "bundle",
      id,
      placement: "onboarding",
      products: [{ id: "premium_monthly", offerIds: [], features: [] }],
      experiment: { _tag: "None" },
      provenance: { source: "live", fetchedAt: new Date(pulledAt).toISOString(), notes: [], attempts: [] }
    })
    const contents = FallbackBundle.fromPaywalls([
      { paywall: paywall("bundle:default") },
      { locale: "de", paywall: paywall("bundle:de") }
    ])
    return Effect.orDie(FallbackBundle.load(FallbackBundle.toText(contents), { file: "fallback.json" }))
  })
