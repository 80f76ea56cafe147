/**
 * Delivers what an outbox holds, with the vendors that have entries in it, and no others.
 */
import * as KeyRing from "@priceport/core/attribution/KeyRing"
import * as PricingError from "@priceport/core/provider/PricingError"
import { PricingProvider } from "@priceport/core/provider/PricingProvider"
import * as ProviderRegistry from "@priceport/core/provider/ProviderRegistry"
import * as Outbox from "@priceport/outbox/Outbox"
import { OutboxStore } from "@priceport/outbox/OutboxStore"
import * as Arr from "effect/Array"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Failure from "./Failure.ts"
import * as SealingKeys from "./SealingKeys.ts"
import * as Vendors from "./Vendors.ts"

/** Says how much was delivered, is still pending, and was given up. */
export const deliver = Effect.fnUntraced(function*({ repeatPurchases, within }: {
  readonly within: Duration.Duration
  readonly repeatPurchases: boolean
}) {
  const lanes = yield* (yield* OutboxStore).lanes
  const unknown = lanes.find((lane) => !Vendors.ids.some((id) => id === lane))
  if (unknown !== undefined) {
    const why = `the outbox holds entries of ${unknown}; this command knows ${Vendors.ids.join(" and ")}`
    const reason = new PricingError.AttributionMismatch({ why })
    return yield* new PricingError.PricingError({ provider: unknown, operation: "recordImpression", reason })
  }
  const vendors = yield* Effect.forEach(
    Vendors.ids.filter((id) => lanes.includes(id)),
    (id) => Vendors.provider(id, "recordImpression")
  )
  if (!Arr.isReadonlyArrayNonEmpty(vendors)) return { delivered: 0, pending: 0, dead: 0 }

  if (!(yield* Vendors.isSet(SealingKeys.variable))) {
    const issue = "It is not set. Expected the keys that the application seals its outbox with"
    return yield* Failure.invalid("recordImpression", SealingKeys.variable, issue)
  }
  const keys = Layer.effect(
    KeyRing.KeyRing,
    Effect.mapError(
      Effect.flatMap(SealingKeys.config, KeyRing.make),
      () => Failure.invalid("recordImpression", SealingKeys.variable, SealingKeys.expected)
    )
  )
  const outbox = Outbox.layer({ repeatPurchases }).pipe(
    Layer.provide(keys),
    Layer.provide(Layer.succeed(PricingProvider, ProviderRegistry.make(vendors)))
  )
  return yield* Effect.provide(Outbox.Outbox.use((_) => _.flush(within)), outbox)
})
